"""Statements whose code fits a pattern get into a `try`; what would run or mean something else is listed."""

import pytest

from context.snapshot import Place
from lsp_server.recipes.patterns.wrap_sentence import WrapPattern
from lsp_server.recipes.plan import Done, NotUnderstood, Refused
from lsp_server.recipes.registry import understand
from tests.recipes.workspace import after, carry_out, problems_of, sites_of

WRAP = "wrap $F.read() in try/except OSError"


@pytest.mark.parametrize(
    ("sentence", "plan"),
    [
        (WRAP, ("$F.read()", "OSError")),
        ("Please wrap every `$F.read()` with a try-except OSError.", ("$F.read()", "OSError")),
        (
            "surround f($X) with try/except ValueError and return None in src/",
            ("f($X)", "ValueError", "return None", "src/"),
        ),
        ("put a try/except (OSError, ValueError) around f($X)", ("f($X)", "(OSError, ValueError)")),
        ("wrap f($X) in try/except OSError, ValueError", ("f($X)", "(OSError, ValueError)")),
        ("wrap f($X) in try/except OSError or KeyError", ("f($X)", "(OSError, KeyError)")),
        ("wrap f() in a try/except json.JSONDecodeError as error", ("f()", "json.JSONDecodeError as error")),
        ("wrap f() in try/except E as e and `log.error(e)`", ("f()", "E as e", "log.error(e)")),
        ("wrap f() in try/except OSError that passes in a/b.py", ("f()", "OSError", "pass", "a/b.py")),
        ("wrap f() in try/except OSError and ignore it", ("f()", "OSError", "pass")),
    ],
)
def test_a_sentence_becomes_its_plan(sentence, plan):
    understood = understand(sentence)
    assert isinstance(understood, tuple), understood
    assert [step.plan for step in understood] == [WrapPattern(*plan)]


@pytest.mark.parametrize(
    "sentence",
    [
        "wrap the text in a box",
        "wrap read in try/except OSError",
        "wrap the call that reads the file in try/except OSError",
        "wrap f() in try/except when it fails badly",
        "wrap f() in try/except OSError and tell the user about it",
        "put a try/except around everything",
        "put a try/except OSError around the upload",
        "wrap f() in try/except OSError in Go files",
        "wrap long lines (over 80) in the docs",
    ],
)
def test_other_sentences_are_left_alone(sentence):
    assert isinstance(understand(sentence), NotUnderstood)


def test_a_pattern_without_a_name_is_refused():
    understood = understand("wrap $X in try/except OSError")
    assert isinstance(understood, Refused)
    assert "no name of its own" in understood.problems[0].message


def check_wrap(before: str, result: str, description: str = WRAP, sites: tuple[int, ...] = ()):
    """One file; `sites` are the lines that are listed."""
    done = carry_out({"a.py": before}, description)
    assert after({"a.py": before}, done)["a.py"] == result
    assert sites_of(done) == [f"a.py:{line}" for line in sites]
    again = carry_out({"a.py": result}, description)
    assert isinstance(again, Refused)
    if not sites:
        assert "wrapped in such a `try` already" in problems_of(again)


def test_a_statement_is_indented_with_its_lines_and_its_comment():
    check_wrap(
        "def f(file):\n    # Reads.\n    text = file.read(  # n\n    )  # all\n    return text\n".replace(
            "  # n\n    ", ""
        ),
        "def f(file):\n    # Reads.\n    try:\n        text = file.read()  # all\n    except OSError:\n        raise\n"
        "    return text\n",
    )


def test_text_in_strings_keeps_its_place():
    check_wrap(
        'x = g(\n  """\n  a\n""",\n\n  h.read(),\n  "b\\\nc",\n)\n',
        'try:\n    x = g(\n      """\n  a\n""",\n\n      h.read(),\n      "b\\\nc",\n    )\n'
        "except OSError:\n    raise\n",
    )


def test_tabs_line_ends_and_an_open_end_stay():
    check_wrap(
        "def f(a):\r\n\treturn a.read()",
        "def f(a):\r\n\ttry:\r\n\t\treturn a.read()\r\n\texcept OSError:\r\n\t\traise",
    )


def test_two_places_of_one_statement_are_wrapped_once_and_neighbours_each():
    check_wrap(
        "a = b.read() + c.read().read()\nd = e.read()\n",
        "try:\n    a = b.read() + c.read().read()\nexcept OSError:\n    raise\n"
        "try:\n    d = e.read()\nexcept OSError:\n    raise\n",
    )


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("if a.read(): b()", "the head of an `if`"),
        ("with a.read() as b:\n    pass", "the head of a `with`"),
        ("for b in a.read():\n    pass", "the head of a `for`"),
        ("while a.read():\n    pass", "the head of a `while`"),
        ("match a.read():\n    case _: pass", "the head of a `match`"),
        ("if b:\n    pass\nelif a.read():\n    pass", "the head of an `if"),
        ("b = lambda: a.read()", "a lambda, which runs later"),
        ("b = (c.read() for c in a)", "a generator, which runs later"),
        ("@a.read()\ndef b(): ...", "the head of a definition"),
        ("def b(c=a.read()): ...", "the head of a definition"),
        ("class B(a.read()): ...", "the head of a definition"),
        ("b = a.read(); c = 1", "shares its line"),
        ("if b: a.read()", "shares its line"),
    ],
)
def test_what_is_no_statement_of_its_own_is_listed(line, why):
    message = problems_of(carry_out({"a.py": f"{line}\n"}, WRAP))
    assert "No statement can be wrapped certainly" in message
    assert why in message


def test_what_is_listed_stays_beside_what_is_done():
    check_wrap(
        "a.read()\nif a.read():\n    pass\n",
        "try:\n    a.read()\nexcept OSError:\n    raise\nif a.read():\n    pass\n",
        sites=(2,),
    )


@pytest.mark.parametrize(
    ("code", "handler", "why"),
    [
        ("a.read()", "return None", "in no function"),
        ("class A:\n    a.read()", "return None", "in no function"),
        ("def f():\n    a.read()", "continue", "in no loop"),
        ("for b in c:\n    def f():\n        a.read()", "break", "in no loop"),
        ("def f():\n    b = a.read()\n    return b", "pass", "b would not be set"),
        ("def f():\n    if a:\n        b = 1\n    b = a.read()\n    return b", "pass", "b would not be set"),
        ("import b.c\nd = a.read()\nprint(d)", "pass", "d would not be set"),
        ("def f():\n    if (b := a.read()) == 1: pass\n    return b", "pass", "the head of an `if`"),
        ("error = 1\na.read()", "as error", "`error` means something else"),
    ],
)
def test_a_handler_that_would_change_more_is_listed(code, handler, why):
    said = f" {handler}" if handler.startswith("as ") else f" and {handler}"
    assert why in problems_of(carry_out({"a.py": f"{code}\n"}, WRAP + said))


@pytest.mark.parametrize(
    "code",
    [
        "def f(b):\n    b = a.read()\n    return b",
        "def f():\n    b = None\n    if a:\n        b = a.read()\n    return b",
        "def f():\n    b = a.read()\n    return 1",
        "def f():\n    a.b = a.read()\n    return a.b",
    ],
)
def test_a_name_that_is_set_anyhow_may_fail(code):
    assert isinstance(carry_out({"a.py": f"{code}\n"}, f"{WRAP} and pass"), Done)


def test_a_handler_is_written_as_said():
    check_wrap(
        "def f(a):\n    for b in a:\n        b.read()\n",
        "def f(a):\n    for b in a:\n        try:\n            b.read()\n        except OSError as error:\n"
        "            log(error)\n",
        f"{WRAP} as error and log(error)",
    )


def test_what_is_caught_must_be_known():
    message = problems_of(carry_out({"a.py": "a.read()\n"}, WRAP.replace("OSError", "OSErorr")))
    assert "`OSErorr` is not known in a.py. Did you mean OSError?" in message
    assert "Import it first" in problems_of(carry_out({"a.py": "a.read()\n"}, WRAP.replace("OSError", "Missing")))
    known = "from b import Missing\na.read()\n"
    assert isinstance(carry_out({"a.py": known}, WRAP.replace("OSError", "Missing")), Done)


def test_strings_other_languages_and_other_folders_stay():
    files = {"src/a.py": "a.read()\n", "b.py": "a.read()\n", "src/c.js": "a.read()\n", "src/d.py": '"a.read()"\n'}
    result = after(files, carry_out(files, f"{WRAP} in src/"))
    assert {path for path in files if result[path] != files[path]} == {"src/a.py"}


def test_a_file_with_a_syntax_error_is_listed_and_nothing_is_told_as_such():
    assert "has a syntax error" in problems_of(carry_out({"a.py": "a.read()\ndef (\n"}, WRAP))
    assert "No Python code fits" in problems_of(carry_out({"a.py": "a.write()\n"}, WRAP))


def test_the_comment_that_asked_goes():
    files = {"a.py": f"def f(a):\n    # {WRAP}\n    return a.read()\n"}
    place = Place("a.py", 2, 2)
    assert after(files, carry_out(files, WRAP, place, place))["a.py"] == (
        "def f(a):\n    try:\n        return a.read()\n    except OSError:\n        raise\n"
    )
