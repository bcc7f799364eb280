"""Does a change break what parsed before, or make worse what was broken?"""

from pathlib import Path

import pytest

from lsp_server.edits.change import Create, Rename
from lsp_server.review.judge import refusals
from tests.review.checks import check_verdict, edit, verdict_of

GOOD = "def f(x):\n    return x\n\n\ndef g(x):\n    return x\n"


def check_breaks(tmp_path: Path, path: str, before: str, after: str, line: int) -> None:
    """The change is denied with the line that no longer parses."""
    verdict = verdict_of(tmp_path, edit(path, before, after))
    assert verdict.level == "deny"
    assert verdict.checks["syntax"] == "new-findings"
    assert verdict.findings[0].line == line, verdict.findings
    assert f"{path}, line {line}: " in verdict.reasons[0]
    (problem, *_) = refusals(verdict)
    assert (problem.code, problem.path) == ("SYNTAX_WORSE", path)


@pytest.mark.parametrize(
    ("path", "before", "after", "line"),
    [
        ("a.py", GOOD, GOOD.replace("def g(x):", "def g(x:"), 5),
        ("a.js", "let a = 1;\nlet b = 2;\n", "let a = 1;\nlet b = = 2;\n", 2),
        ("a.ts", "let a: number = 1;\n", "let a: number = 1;\nfunction f( {\n", 2),
        ("a.go", "package a\n\nfunc f() {}\n", "package a\n\nfunc f() {\n", 3),
        ("a.rs", "fn f() {}\n", "fn f() {}\nfn g( -> {}\n", 2),
        ("A.java", "class A { }\n", "class A { int ; }\n", 1),
    ],
)
def test_a_file_that_parsed_must_still_parse(tmp_path: Path, path: str, before: str, after: str, line: int):
    check_breaks(tmp_path, path, before, after, line)


@pytest.mark.parametrize(
    "after",
    [
        "return 1\n" + GOOD,
        GOOD + "from __future__ import annotations\n",
        GOOD + "break\n",
        "def f(x, x):\n    return x\n",
        "if x:\n\tif y:\n        z()\n",
    ],
)
def test_python_must_still_compile_where_a_grammar_sees_no_fault(tmp_path: Path, after: str):
    check_verdict(tmp_path, "deny", "the file compiled before", edit("a.py", GOOD, after))


def test_the_compiler_has_the_last_word_and_gives_no_warnings(tmp_path: Path):
    check_verdict(tmp_path, "allow", "", edit("a.py", GOOD, GOOD + 'x = "\\d"\nassert (1, "always")\n'))


def test_text_that_no_compiler_takes_is_survived(tmp_path: Path):
    check_verdict(tmp_path, "deny", "compile", edit("a.py", GOOD, "x = " + "(" * 500 + ")" * 500 + "\n"))
    check_verdict(tmp_path, "deny", "compile", edit("a.py", GOOD, GOOD + "x = '\0'\n"))


def test_a_new_file_must_parse(tmp_path: Path):
    check_verdict(tmp_path, "deny", "b.py, line 1", Create("b.py", "def f(:\n"))
    check_verdict(tmp_path, "allow", "", Create("b.py", GOOD))
    check_verdict(tmp_path, "allow", "", Create("b.unknown", "def f(:\n"))


BROKEN = "def a(:\n    pass\n\n\ndef b():\n    return 1\n\n\ndef c():\n    return 2\n"


def test_a_broken_file_may_be_changed_elsewhere(tmp_path: Path):
    check_verdict(tmp_path, "allow", "", edit("a.py", BROKEN, BROKEN.replace("return 1", "return 3")))
    check_verdict(tmp_path, "allow", "", edit("a.py", BROKEN, '"""Doc."""\n\n' + BROKEN))


def test_a_broken_file_may_be_mended_in_part(tmp_path: Path):
    worse = BROKEN.replace("def c():", "def c(:")
    check_verdict(tmp_path, "allow", "", edit("a.py", worse, BROKEN))
    check_verdict(tmp_path, "allow", "", edit("a.py", BROKEN, BROKEN.replace("def a(:", "def a():")))


def test_a_broken_file_may_not_get_worse(tmp_path: Path):
    check_breaks(tmp_path, "a.py", BROKEN, BROKEN.replace("def c():", "def c(:"), 9)


def test_a_fault_may_not_move_from_one_place_to_another(tmp_path: Path):
    moved = BROKEN.replace("def a(:", "def a():").replace("def c():", "def c(:")
    check_breaks(tmp_path, "a.py", BROKEN, moved, 9)


def test_one_broken_file_denies_the_whole_change(tmp_path: Path):
    check_verdict(tmp_path, "deny", "b.py", edit("a.py", GOOD, GOOD + "x = 1\n"), edit("b.py", "x = 1\n", "x = = 1\n"))


def test_a_file_that_moves_is_judged_by_what_it_is_called_then(tmp_path: Path):
    change = edit("a.txt", GOOD, GOOD.replace("def g(x):", "def g(x:"))
    verdict = verdict_of(tmp_path, Rename("a.txt", "a.py", change.base_sha, change))
    assert (verdict.level, verdict.findings[0].line) == ("deny", 5)
    assert [(problem.code, problem.path) for problem in refusals(verdict)] == [("SYNTAX_WORSE", "a.txt")]
    back = edit("a.py", GOOD, GOOD.replace("def g(x):", "def g(x:"))
    check_verdict(tmp_path, "allow", "", Rename("a.py", "a.txt", back.base_sha, back))
    check_verdict(tmp_path, "deny", "line 5", Rename("a.py", "lib/a.py", back.base_sha, back))
