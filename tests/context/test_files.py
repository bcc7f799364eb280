"""What the file filter lets through, and everything that it must not."""

import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from context.snapshot import MAX_FILE_BYTES
from context.workspace.files import FileFilter
from context.workspace.ignores import PatternsOfTree
from tests.context.workspace import NEVER_SEND, write


def check_walk(root: Path, *expected: str) -> FileFilter:
    """The walk yields exactly these files, and the filter says the same of each alone."""
    file_filter = FileFilter(root, NEVER_SEND)
    walked = sorted(source.path for source in file_filter.walk())
    assert walked == sorted(expected)
    assert all(file_filter.allows(path) and file_filter.source(path) for path in walked)
    return file_filter


def test_nested_ignore_files_and_negation(tmp_path: Path):
    write(
        tmp_path,
        """
        //- .gitignore
        *.log
        /build/
        generated/*
        !generated/keep.py
        //- a.log
        //- build/a.py
        //- src/build/b.py
        //- generated/lost.py
        //- generated/keep.py
        //- src/.gitignore
        !important.log
        local.py
        //- src/important.log
        //- src/local.py
        //- local.py
        """,
    )
    file_filter = check_walk(
        tmp_path,
        ".gitignore",
        "src/.gitignore",
        "src/build/b.py",
        "generated/keep.py",
        "src/important.log",
        "local.py",
    )
    for path in ("a.log", "build/a.py", "generated/lost.py", "src/local.py"):
        assert not file_filter.allows(path)


def test_rules_of_the_repository_around_the_workspace_hold(tmp_path: Path):
    write(
        tmp_path,
        """
        //- .git/info/exclude
        mine.py
        //- .gitignore
        /part/out/
        //- part/out/a.py
        //- part/mine.py
        //- part/b.py
        """,
    )
    check_walk(tmp_path / "part", "b.py")


def test_a_workspace_that_is_itself_ignored_is_walked(tmp_path: Path):
    write(tmp_path, "//- .git/HEAD\n//- .gitignore\n/.cache/\n//- .cache/project/a.py\n")
    check_walk(tmp_path / ".cache" / "project", "a.py")


def test_our_own_ignore_file_only_ignores_more(tmp_path: Path):
    write(
        tmp_path,
        """
        //- .gitignore
        private.py
        //- .patchwrightignore
        !private.py
        large/
        //- private.py
        //- large/a.py
        //- a.py
        """,
    )
    check_walk(tmp_path, ".gitignore", ".patchwrightignore", "a.py")


def test_installed_packages_caches_and_generated_files_are_skipped(tmp_path: Path):
    write(
        tmp_path,
        """
        //- node_modules/a/index.js
        //- environment/pyvenv.cfg
        //- environment/lib/a.py
        //- target/CACHEDIR.TAG
        //- target/a.rs
        //- .git/config
        //- static/app.min.js
        //- package-lock.json
        //- logo.png
        //- app.js
        """,
    )
    check_walk(tmp_path, "app.js")


def test_links_fifos_sockets_and_large_files(tmp_path: Path):
    root = write(tmp_path / "root", "//- a.py\nx = 1\n//- sub/b.py\n")
    write(tmp_path / "outside", "//- c.py\nsecret = 1\n")
    (root / "out.py").symlink_to(tmp_path / "outside" / "c.py")
    (root / "outdir").symlink_to(tmp_path / "outside")
    (root / "inside.py").symlink_to(root / "a.py")
    (root / "loop").symlink_to(root)
    (root / "sub" / "self").symlink_to(root / "sub")
    (root / "big.txt").write_bytes(b"x" * (MAX_FILE_BYTES + 1))
    if hasattr(os, "mkfifo"):
        os.mkfifo(root / "fifo.py")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(root)
        try:
            server.bind("socket.py")
        finally:
            os.chdir(here)
        file_filter = check_walk(root, "a.py", "sub/b.py")
    for path in ("out.py", "outdir/c.py", "loop/a.py/x", "big.txt", "fifo.py", "socket.py", "../outside/c.py"):
        assert not file_filter.allows(path)
        assert file_filter.source(path) is None
    assert file_filter.allows("inside.py")
    assert not file_filter.sendable("out.py")
    assert not file_filter.sendable("outdir/c.py")


def test_never_send_goes_by_the_name_and_by_the_file_behind_it(tmp_path: Path):
    root = write(tmp_path, "//- .env\nKEY=1\n//- secrets/keys.py\nKEY = 1\n//- a.py\n//- deep/secrets/b.txt\n")
    (root / "innocent.py").symlink_to(root / ".env")
    (root / "folder").symlink_to(root / "secrets")
    (root / ".env.link").symlink_to(root / "a.py")
    file_filter = FileFilter(root, NEVER_SEND)
    assert file_filter.sendable("a.py")
    for path in (".env", ".ENV.local", "innocent.py", "folder/keys.py", "secrets/keys.py", ".env.link", "x/y.PEM"):
        assert not file_filter.sendable(path), path
    walked = {source.path: source.private for source in file_filter.walk()}
    # Code is indexed all the same, so that an exact rename misses no place; other files are not even read.
    assert walked == {"a.py": False, "secrets/keys.py": True}


@pytest.mark.parametrize("pattern", ["!", "[z-a]", "\\"])
def test_with_a_never_send_pattern_that_cannot_be_read_nothing_is_sent(tmp_path: Path, pattern: str):
    file_filter = FileFilter(write(tmp_path, "//- a.py\n//- b.md\n"), (*NEVER_SEND, pattern))
    assert [(source.path, source.private) for source in file_filter.walk()] == [("a.py", True)]
    assert not file_filter.sendable("b.md")


@pytest.mark.parametrize("line", ["[", "\\", "a[", "!", "/", "//", "\0", "[]", "[z-a]"])
def test_a_broken_pattern_is_passed_over(tmp_path: Path, line: str):
    root = write(tmp_path, "//- a.py\n//- b.py\n")
    (root / ".gitignore").write_text(f"{line}\nb.py\n")
    assert [source.path for source in FileFilter(root, ()).walk() if source.path.endswith(".py")] == ["a.py"]


def test_names_that_are_not_text_are_passed_over(tmp_path: Path):
    root = write(tmp_path, "//- a.py\n")
    (root / "new\nline.py").write_text("x = 1\n")
    (root / "tab\tfolder").mkdir()
    (root / "tab\tfolder" / "b.py").write_text("x = 1\n")
    try:
        os.close(os.open(os.fsencode(root) + b"/bad\xff.py", os.O_CREAT))
    except OSError:
        print("this file system takes only Unicode names")
    assert [source.path for source in FileFilter(root, ()).walk()] == ["a.py"]


NAMES = st.sampled_from(["a", "b.py", ".env", "secrets", "key.pem", "a b", "[a]"])
PARTS = st.sampled_from(
    ["**", "*", "a", "b.*", ".env*", "?", "secrets", "*.pem", "**.py", "a**b", "[ab]*", "\\a", "a "]
)
LINES = st.tuples(
    st.sampled_from(["", "/", "!", "#", "**/"]),
    st.lists(PARTS, min_size=1, max_size=3).map("/".join),
    st.sampled_from(["", "/", " "]),
).map("".join)


@given(st.lists(LINES, max_size=4), st.lists(NAMES, min_size=1, max_size=4))
def test_what_a_never_send_list_matches_some_name_in_the_path_tells(lines: list[str], names: list[str]):
    try:
        patterns = PatternsOfTree(lines)
    except ValueError:
        return
    if patterns.say("/".join(names)):
        assert any(patterns.may_match(name) for name in names)
