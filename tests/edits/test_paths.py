"""Which paths name a file of the workspace? Those that cannot lead anywhere else, however they are read."""

import ntpath
import posixpath
import random
import re
import unicodedata
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_server.edits.change import Problem
from lsp_server.edits.paths import normalise


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("a.py", "a.py"),
        ("./app/io.py", "app/io.py"),
        ("app//io.py", "app/io.py"),
        ("app/./io.py", "app/io.py"),
        ("app\\io.py", "app/io.py"),
        (".github/workflows/ci.yml", ".github/workflows/ci.yml"),
        ("my docs/café 100%.md", "my docs/café 100%.md"),
        ("a..b/c...d", "a..b/c...d"),
        ("pages/[id]/page.tsx", "pages/[id]/page.tsx"),
    ],
)
def test_relative_paths_are_made_plain(path: str, plain: str):
    assert normalise(path) == plain


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("", "names no file"),
        (".", "names no file"),
        ("app/", "names a folder"),
        ("/etc/passwd", "is absolute"),
        ("\\windows\\x", "is absolute"),
        ("//server/share/x", "is absolute"),
        ("\\\\server\\share\\x", "is absolute"),
        ("C:\\x.py", "names a drive"),
        ("c:x.py", "names a drive"),
        ("file:///etc/passwd", "URI"),
        ("a.py::$DATA", "a stream"),
        ("~/.bashrc", "home folder"),
        ("~root/x", "home folder"),
        ("./~/x", "home folder"),
        ("../x", "out of the workspace"),
        ("app/../../x", "out of the workspace"),
        ("app/../x", "out of the workspace"),
        ("app\\..\\..\\x", "out of the workspace"),
        ("%2e%2e/x", "out of the workspace"),
        ("%252e%252e%252fx", "out of the workspace"),
        ("app/%2e%2e%5cx", "out of the workspace"),
        ("%2fetc/passwd", "is absolute"),
        ("a%00.py", "invisible"),
        ("．．/x", "out of the workspace"),
        ("‥/x", "out of the workspace"),
        ("a.py\0.txt", "U+0000"),
        ("a\n.py", "U+000A"),
        ("\u202egpj.py", "U+202E"),
        (".g\u200bit/config", "U+200B"),
        ("\ufeffa.py", "U+FEFF"),
        ("a\ud800.py", "U+D800"),
        (".git./config", "ends with a dot"),
        ("app /x", "ends with a dot or a blank"),
        ("app/x.py ", "ends with a dot or a blank"),
        (".../x", "ends with a dot"),
        ("a/" * 600 + "b", "too long"),
        ("a" * 300, "too long"),
    ],
)
def test_paths_that_may_lead_elsewhere_are_refused(path: str, why: str):
    problem = normalise(path)
    assert isinstance(problem, Problem)
    assert problem.code == "PATH"
    assert why in problem.message
    assert problem.message.isprintable()


WORDS = (
    ".. . / \\ %2e %2E%2e %2f %5c %25 %00 ~ : C: file: ．/ ／ ＼ ‥ ．．/ a etc app.py é ..a a.. ::$DATA // \\\\ $HOME %"
)
PIECES = (*re.split(" ", WORDS), " ", "\t", "\0", "\u202e", "\u200b", "\ud800")


def check_no_escape(path: str) -> None:
    """A path is refused, or stays below the root however it is read."""
    plain = normalise(path)
    if isinstance(plain, Problem):
        return
    assert normalise(plain) == plain
    for reading in {plain, unquote(plain), unquote(unquote(plain)), unicodedata.normalize("NFKC", plain)}:
        assert posixpath.normpath(posixpath.join("/w/s", reading)).startswith("/w/s/")
        assert ntpath.normpath(ntpath.join("C:\\w\\s", reading)).startswith("C:\\w\\s\\")
        assert "\0" not in reading
        assert not reading.startswith("~")


@settings(max_examples=500)
@given(st.one_of(st.lists(st.sampled_from(PIECES), max_size=8).map("".join), st.text(max_size=20)))
def test_no_path_escapes(path: str):
    check_no_escape(path)


def test_none_of_twenty_thousand_paths_escapes():
    chance = random.Random(41)
    for _ in range(20_000):
        check_no_escape("".join(chance.choices(PIECES, k=chance.randint(1, 8))))
