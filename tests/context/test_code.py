"""Comments and docstrings may be another; a token, a nesting, or a comment that a tool obeys may not."""

import pytest

from context.parsing.code import Difference, code_difference

PYTHON = "def f(x):\n    if x:\n        return 1\n    return 2\n"

SAME = {
    "docstring.py": (
        PYTHON,
        'def f(x):\n    """One or two."""\n    # truthy\n    if x:\n        return 1\n    return 2  # no\n',
    ),
    "one_line.py": ("def f(): return 1\n", 'def f():\n    """One."""\n    return 1\n'),
    "kept_dots.py": ("def f(): ...\n", 'def f():\n    """One."""\n    ...\n'),
    "another_docstring.py": ('def f():\n    "old"\n    g()\n', 'def f():\n    """New."""\n    g()\n'),
    "attribute.py": ("class A:\n    x = 1\n", 'class A:\n    """A."""\n\n    x = 1\n    """The x."""\n'),
    "module.py": ("x = 1\n", '"""A module."""\n\nx = 1\n'),
    "a.js": ("function f() { return 1 }\n", "/** One. */\nfunction f() { return 1 } // one\n"),
    "a.ts": (
        "export class A { f(): number { return 1 } }\n",
        "export class A {\n  /** One. */\n  f(): number { return 1 }\n}\n",
    ),
    "a.tsx": ("const a = <b>x</b>;\n", "/** A. */\nconst a = <b>x</b>;\n"),
    "a.go": ("package a\n\nfunc F() int { return 1 }\n", "package a\n\n// F is one.\nfunc F() int { return 1 }\n"),
    "a.rs": ("fn f() -> i32 { 1 }\n", "/// One.\n///\n/// # Panics\n/// Never.\nfn f() -> i32 { 1 }\n"),
    "A.java": (
        "class A { int f() { return 1; } }\n",
        "/** A. */\nclass A {\n  /** One. */\n  int f() { return 1; }\n}\n",
    ),
    "a.c": ("int f(void) { return 1; }\n", "/* One. */\nint f(void) { return 1; }\n"),
    "a.cpp": ("int f() { return 1; }\n", "/// One.\nint f() { return 1; }\n"),
    "a.cs": ("class A { int F() { return 1; } }\n", "/// <summary>A.</summary>\nclass A { int F() { return 1; } }\n"),
    "a.rb": ("def f\n  1\nend\n", "# One.\ndef f\n  1\nend\n"),
    "a.php": ("<?php\nfunction f() { return 1; }\n", "<?php\n/** One. */\nfunction f() { return 1; }\n"),
    "a.kt": ("fun f(): Int { return 1 }\n", "/** One. */\nfun f(): Int { return 1 }\n"),
    "a.swift": ("func f() -> Int { return 1 }\n", "/// One.\nfunc f() -> Int { return 1 }\n"),
    "a.scala": ("object A { def f = 1 }\n", "/** One. */\nobject A { def f = 1 }\n"),
    "a.lua": ("function f() return 1 end\n", "--- One.\nfunction f() return 1 end\n"),
    "a.sh": ("f() { echo 1; }\n", "# Says 1.\nf() { echo 1; }\n"),
}


@pytest.mark.parametrize("path", SAME)
def test_documentation_alone_is_no_other_code(path: str):
    before, after = SAME[path]
    assert code_difference(path, before, after) is None
    assert code_difference(path, after, before) is None


@pytest.mark.parametrize("path", [path for path in SAME if "1" in SAME[path][0]])
def test_a_single_other_number_is_found_behind_all_the_documentation(path: str):
    before, after = SAME[path]
    assert isinstance(code_difference(path, before.replace("1", "7", 1), after), Difference)


OTHER = {
    "a line that is nested": ("a.py", "if a:\n    b()\nc()\n", "if a:\n    b()\n    c()\n", 3),
    "a line that comes": ("a.py", "x = 1\n", '"""M."""\n\nx = 1\ny = 2\n', 4),
    "a line that goes": ("a.py", "x = 1\ny = 2\n", "# M\nx = 1\n", 2),
    "dots that go": ("a.py", "def f(): ...\n", 'def f():\n    """One."""\n', None),
    "a string that is run": ("a.py", "def f():\n    g()\n", 'def f():\n    f"""{h()}"""\n    g()\n', 2),
    "a string that is a value": ("a.py", 'x = "a"\n', 'x = "b"\n', 1),
    "a type": ("a.py", "def f(x): pass\n", "def f(x: int): pass\n", 1),
    "a checker told to look away": ("a.py", "x = 1\n", "x = 1  # type: ignore\n", 1),
    "a checker told so in front of it": ("a.ts", "f()\n", "// @ts-ignore\nf()\n", 1),
    "a tag of a build": ("a.go", "package a\n", "//go:build never\n\npackage a\n", 1),
    "a first line that says what runs it": ("a.sh", "f\n", "#!/bin/zsh\nf\n", 1),
    "an attribute": ("a.rs", "fn f() {}\n", "/// F.\n#[inline]\nfn f() {}\n", 2),
    "a name": ("a.go", "package a\n\nfunc f() {}\n", "package a\n\n// g.\nfunc g() {}\n", 4),
    "a bracket": ("a.js", "a = (b + c) * d\n", "a = b + c * d\n", 1),
    "a file of no language": ("a.txt", "x\n", "y\n", 1),
}


@pytest.mark.parametrize("what", OTHER)
def test_any_other_code_is_found_with_its_line(what: str):
    path, before, after, line = OTHER[what]
    found = code_difference(path, before, after)
    assert found is not None
    assert line in (None, found.line)


def test_what_stood_there_before_is_told():
    before, after = "def f():\n    g()\n    return None\n", 'def f():\n    """F."""\n    g()\n'
    assert code_difference("a.py", before, after) == Difference(3, "g()", "return None")


def test_a_text_that_is_broken_is_compared_by_what_can_be_read_of_it():
    broken = "def f(:\n    return 1\n"
    assert code_difference("a.py", broken, broken + "# c\n") is None
    assert code_difference("a.py", broken, broken.replace("1", "2")) is not None


def test_a_very_deep_text_does_not_end_the_process():
    deep = "x = " + "[" * 20_000 + "]" * 20_000 + "\n"
    assert code_difference("a.py", deep, "# deep\n" + deep) is None
