"""Code that fits a pattern is replaced by its structure; what is no code, or would mean something else, stays."""

import pytest

from context.snapshot import Place
from lsp_server.recipes.patterns.sentence import ReplacePattern
from lsp_server.recipes.plan import NotUnderstood, Refused
from lsp_server.recipes.registry import understand
from tests.recipes.workspace import after, carry_out, problems_of, sites_of


@pytest.mark.parametrize(
    ("sentence", "plan"),
    [
        ("replace assertEquals($A, $B) with assertEqual($A, $B)", ("assertEquals($A, $B)", "assertEqual($A, $B)")),
        ("Change `print($X)` to `log.info($X)` in src/", ("print($X)", "log.info($X)", "src/")),
        ("rewrite foo($$$ARGS) as bar($$$ARGS) in a/b.py", ("foo($$$ARGS)", "bar($$$ARGS)", "a/b.py")),
        ("replace every f($X) by g($X) in the tests folder", ("f($X)", "g($X)", "tests")),
        ("turn f($X) into g($X) in all python files", ("f($X)", "g($X)", "", "python")),
        ("replace f($X) with g($X) in *.py", ("f($X)", "g($X)", "", "python")),
        ("replace f($X) with g($X) in c++ code", ("f($X)", "g($X)", "", "cpp")),
        ("replace f($X) -> g($X) in the whole project", ("f($X)", "g($X)")),
        ("replace has($K) with $K in store", ("has($K)", "$K in store")),
        ("change `f(True)` to `g()`", ("f(True)", "g()")),
    ],
)
def test_a_sentence_becomes_its_plan(sentence, plan):
    understood = understand(sentence)
    assert isinstance(understood, tuple), understood
    assert [step.plan for step in understood] == [ReplacePattern(*plan)]


@pytest.mark.parametrize(
    "sentence",
    [
        "replace print with logging",
        "replace the spinner with a progress bar",
        "change the price to $5 in the shop",
        "replace `foo` with `bar`",
        "change foo() to bar()",
        "replace tabs with spaces in src/",
        "rewrite the parser in Rust",
        "change $5 to $6",
    ],
)
def test_other_sentences_are_left_alone(sentence):
    assert isinstance(understand(sentence), NotUnderstood)


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("replace f($X) with g($Y)", "`$Y` is not in the pattern"),
        ("replace $X with g($X)", "no name of its own"),
        ("replace f($X) with f($X)", "same"),
    ],
)
def test_a_wrong_pattern_is_refused(sentence, reason):
    understood = understand(sentence)
    assert isinstance(understood, Refused)
    assert reason in understood.problems[0].message


def replaced(text: str, description: str, path: str = "a.py") -> str:
    files = {path: text}
    return after(files, carry_out(files, description))[path]


@pytest.mark.parametrize(
    ("before", "description", "result"),
    [
        ("f(1)\n'f(2)'  # f(3)\n", "replace f($X) with g($X)", "g(1)\n'f(2)'  # f(3)\n"),
        ("f(  # why\n    1,\n)\n", "replace f($$$X) with log.g($$$X)", "log.g(  # why\n    1,\n)\n"),
        ("f( 1 ,\n   2 )\n", "replace f($A, $B) with g($A, $B)", "g( 1 ,\n   2 )\n"),
        ("f(1, b=2)\n", "replace f($A, b=$B) with f($A, c=$B)", "f(1, c=2)\n"),
        ("f(1, 2)\n", "replace f($A, $B) with f($B, $A)", "f(2, 1)\n"),
        ("f(1)\n", "replace f($A) with f($A, None)", "f(1, None)\n"),
        ("f()\nf(1, 2)\n", "replace f($$$A) with g(x, $$$A)", "g(x)\ng(x, 1, 2)\n"),
        ("é = f('ü')\r\nf(1)", "replace f($A) with g($A)", "é = g('ü')\r\ng(1)"),
        ("x = d.has_key(k)\n", "replace $O.has_key($K) with $K in $O", "x = k in d\n"),
        ("print(f'{f(1)}')\n", "replace f($A) with g($A)", "print(f'{g(1)}')\n"),
        ("if f(a):\n    f(b)\n", "replace f($A) with g($A)", "if g(a):\n    g(b)\n"),
        ("assertTrue(a == b)\n", "replace assertTrue($A == $B) with assertEqual($A, $B)", "assertEqual(a, b)\n"),
    ],
)
def test_a_place_that_fits_changes_and_nothing_else(before, description, result):
    assert replaced(before, description) == result


@pytest.mark.parametrize(
    ("path", "before", "result"),
    [
        ("a.js", "f(1); // f(2)\n", "g(1); // f(2)\n"),
        ("a.ts", "const x: number = f(1);\n", "const x: number = g(1);\n"),
        ("a.tsx", "const x = <A b={f(1)} />;\n", "const x = <A b={g(1)} />;\n"),
        ("a.go", "package a\n\nfunc h() { f(1) }\n", "package a\n\nfunc h() { g(1) }\n"),
        ("a.rs", "fn h() { f(1); }\n", "fn h() { g(1); }\n"),
        ("a.java", "class A { void h() { f(1); } }\n", "class A { void h() { g(1); } }\n"),
        ("a.c", "int h() { return f(1); }\n", "int h() { return g(1); }\n"),
        ("a.cpp", "int h() { return f(1); }\n", "int h() { return g(1); }\n"),
        ("a.cs", "class A { void H() { f(1); } }\n", "class A { void H() { g(1); } }\n"),
        ("a.rb", "f(1)\n", "g(1)\n"),
        ("a.php", "<?php\nf(1);\n", "<?php\ng(1);\n"),
        ("a.kt", "fun h() { f(1) }\n", "fun h() { g(1) }\n"),
        ("a.swift", "func h() { f(1) }\n", "func h() { g(1) }\n"),
        ("a.scala", "object A { def h() = f(1) }\n", "object A { def h() = g(1) }\n"),
        ("a.lua", "f(1)\n", "g(1)\n"),
    ],
)
def test_all_indexed_languages_have_a_structure(path, before, result):
    assert replaced(before, "replace f($X) with g($X)", path) == result


def test_a_command_of_a_shell_is_found_by_its_words():
    assert replaced("f a\n# f b\n", "replace f $X with g $X", "a.sh") == "g a\n# f b\n"


@pytest.mark.parametrize(
    ("before", "description", "line"),
    [
        ("x = half(a)\nx = half(a + b)\n", "replace half($A) with $A / 2", 2),
        ("x = half(a)\nx = 2 ** half(a)\n", "replace half($A) with $A / 2", 2),
        ("f(1)\nf(f(2))\n", "replace f($A) with g($A)", 2),
        ("f(1, 2)\nf(1,  # one\n  2)\n", "replace f($A, $B) with f($B, $A)", 2),
    ],
)
def test_what_would_mean_something_else_is_listed(before, description, line):
    done = carry_out({"a.py": before}, description)
    assert sites_of(done) == [f"a.py:{line}"]
    kept = before.split("\n")[line - 1].replace("f(f(2))", "g(f(2))")
    assert kept in after({"a.py": before}, done)["a.py"]


def test_only_the_files_that_are_meant_change():
    files = {"src/a.py": "f(1)\n", "src/b/c.py": "f(1)\n", "a.py": "f(1)\n", "tests/a.py": "f(1)\n"}

    def changed(scope: str) -> list[str]:
        result = after(files, carry_out(files, f"replace f($X) with g($X){scope}"))
        return [path for path in files if result[path] != files[path]]

    assert changed(" in src/") == ["src/a.py", "src/b/c.py"]
    assert changed(" in the tests folder") == ["tests/a.py"]
    assert changed(" in src/b/c.py") == ["src/b/c.py"]
    assert changed("") == list(files)


def test_two_languages_are_told_apart():
    files = {"a.py": "f(1)\n", "a.js": "f(1)\n"}
    assert "python and javascript" in problems_of(carry_out(files, "replace f($X) with g($X)"))
    for done in (
        carry_out(files, "replace f($X) with g($X) in js files"),
        carry_out(files, "replace f($X) with g($X)", Place("a.js", 1, 1)),
    ):
        assert after(files, done) == {"a.py": "f(1)\n", "a.js": "g(1)\n"}


@pytest.mark.parametrize(
    ("text", "description", "reason"),
    [
        ("h(1)\n", "replace f($X) with g($X)", "No code fits"),
        ("self.f(1)\n", "replace f($X) with g($X)", "Did you mean `$O.f($X)` with `$O.g($X)`?"),
        ("f(1)\n", "replace f($X) with g($X", "would"),
        ("f(1)\n", "replace f $X with g($X)", "no single piece of code"),
        ("'f(1)'\n", "replace f($X) with g($X)", "No code fits"),
        ("x = 2 * half(a)\n", "replace half($A) with $A / 2", "needs brackets"),
        ("f(a + b)\n", "replace f($X) with $X * 2", "needs brackets"),
    ],
)
def test_what_fits_nowhere_is_said(text, description, reason):
    assert reason in problems_of(carry_out({"a.py": text}, description))


def test_a_second_time_changes_nothing():
    files = {"a.py": "f(1)\n"}
    once = after(files, carry_out(files, "replace f($X) with g($X)"))
    assert "No code fits" in problems_of(carry_out(once, "replace f($X) with g($X)"))
