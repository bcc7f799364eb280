"""A file that cannot be read as text stops a renaming only if it may use the name, and is then named."""

from pathlib import Path

import pytest

from context.snapshot import MAX_FILE_BYTES, Snapshot
from lsp_server.recipes.plan import Done, Material, Refused
from lsp_server.recipes.python.listings import LISTERS
from lsp_server.recipes.registry import understand
from lsp_server.recipes.unread import CHUNK_BYTES, may_mention

LARGE = b"# " + b"x" * MAX_FILE_BYTES + b"\n"


def check_beside(root: Path, data: bytes) -> Done | Refused:
    """Renames `load` to `fetch` in a.py, beside a file b.py that cannot be read as text."""
    (root / "a.py").write_text("def load(): ...\n")
    (root / "b.py").write_bytes(data)
    understood = understand("rename load to fetch")
    assert isinstance(understood, tuple)
    (step,) = understood
    return step.recipe.carry_out(step.plan, Material(Snapshot(root), candidates=("a.py", "b.py"), names=LISTERS))


@pytest.mark.parametrize("data", [LARGE, b"caf\xe9 = 1\n", b"\0\0"])
def test_a_file_without_the_name_does_not_stop_it(tmp_path: Path, data: bytes):
    assert isinstance(check_beside(tmp_path, data), Done)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (LARGE + b"from a import load\n", "too large"),
        (b"caf\xe9 = load\n", "not UTF-8"),
        ("from a import load\n".encode("utf-16"), "b.py"),
    ],
)
def test_a_file_that_may_use_the_name_is_refused_by_name(tmp_path: Path, data: bytes, said: str):
    outcome = check_beside(tmp_path, data)
    assert isinstance(outcome, Refused)
    assert "b.py" in outcome.problems[0].message
    assert said in outcome.problems[0].message
    assert ".patchwrightignore" in outcome.problems[0].message


@pytest.mark.parametrize("before", [CHUNK_BYTES - 2, CHUNK_BYTES, CHUNK_BYTES + 1])
def test_a_name_across_two_chunks_is_seen(tmp_path: Path, before: int):
    (tmp_path / "b.py").write_bytes(b" " * before + b"load")
    assert may_mention(tmp_path, "b.py", "load")
    assert not may_mention(tmp_path, "b.py", "loads")
