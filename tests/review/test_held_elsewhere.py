"""Is a file that belongs to something else brought before a person? Hard links, and repositories within one."""

import os
from pathlib import Path

from lsp_server.edits.change import Create
from tests.review.checks import check_verdict, edit


def test_a_file_with_a_second_name_needs_approval(tmp_path: Path):
    (tmp_path / "a.py").write_text("x = 1\n")
    check_verdict(tmp_path, "allow", "", edit("a.py", "x = 1\n", "x = 2\n"))
    os.link(tmp_path / "a.py", tmp_path / "b.py")
    check_verdict(tmp_path, "approve", "has a second name", edit("a.py", "x = 1\n", "x = 2\n"))


def test_a_file_of_a_repository_within_needs_approval(tmp_path: Path):
    (tmp_path / ".git").mkdir()
    (tmp_path / "vendor/lib").mkdir(parents=True)
    (tmp_path / "vendor/lib/.git").write_text("gitdir: x\n")
    check_verdict(tmp_path, "approve", "another repository, in vendor/lib", Create("vendor/lib/deep/a.py", "x = 1\n"))
    check_verdict(tmp_path, "allow", "", Create("vendor/a.py", "x = 1\n"))
    check_verdict(tmp_path, "allow", "", Create("a.py", "x = 1\n"))
