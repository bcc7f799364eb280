"""Can what a workspace says change the page that shows it? It is shown as it is, and marks nothing."""

import pytest

from lsp_server.actions.describe import plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("total_of_all", "total_of_all"),
        ("_private and public_", "\\_private and public\\_"),
        ("__init__", "\\_\\_init\\_\\_"),
        ("a_*b*", "a\\_\\*b\\*"),
        ("![x](y) `z` | <b> # {i}", "!\\[x\\](y) \\`z\\` \\| \\<b\\> \\# \\{i\\}"),
        ("a\\", "a\\\\"),
    ],
)
def test_marks_are_escaped_and_names_stay_readable(text: str, shown: str):
    assert plain(text) == shown
