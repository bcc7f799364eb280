"""How code is written near a place: what is clear becomes a line, what is mixed is left out."""

import textwrap
from pathlib import Path

import pytest

from context.parsing.languages import LANGUAGES, language_of
from context.snapshot import Snapshot, from_buffer
from context.style.conventions import MOST_CHARACTERS, MOST_LINES, Sample, Sampled, convention_lines
from context.style.formatters import Layout, configured_layout
from context.style.habits import case_of, habits
from tests.context.workspace import indexed, write


def check_conventions(text: str, path: str, *expected: str, never: tuple[str, ...] = ()) -> None:
    """The lines for a file whose only neighbour is itself: each expected text stands in one of them."""
    language = language_of(path)
    assert language is not None
    sampled = (Sampled(path, 1.0, habits(path, textwrap.dedent(text)), at_place=True),)
    lines = convention_lines(Sample(language.name, sampled))
    said = "\n".join(lines)
    for each in expected:
        assert each in said
    for each in never:
        assert each not in said


PYTHON = '''
    """A module."""

    from __future__ import annotations

    import logging

    LOGGER_NAME = "app"
    MOST_TRIES = 5
    LONGEST_WAIT = 2.0
    FIRST_WAIT = 0.5

    logger = logging.getLogger(__name__)


    def get_user(name: str) -> str | None:
        """Returns the user of a name."""
        raise NotFoundError(name)


    def get_group(name: str) -> str | None:
        """Returns the group of a name."""
        raise NotFoundError(name)


    def get_role(name: str) -> str | None:
        """Returns the role of a name."""
        raise NotFoundError(name)


    def is_known(name: str) -> bool:
        """Checks whether a name is known."""
        return name in ("a", "b")


    def is_allowed(name: str) -> bool:
        """Checks whether a name may do it."""
        return name in ("a", "b")


    def is_admin(name: str) -> bool:
        """Checks whether a name may do everything."""
        return name in ("a", "b")


    class UserStore:
        """Users by name."""

        def _read_all(self) -> None: ...
        def _write_all(self) -> None: ...
        def _lock_file(self) -> None: ...
        def _free_file(self) -> None: ...
        def load_user(self) -> None:
            """Loads a user."""


    class GroupStore:
        """Groups by name."""
    '''


def test_python_says_names_docstrings_hints_layout_and_errors():
    check_conventions(
        PYTHON,
        "app/users.py",
        "functions snake_case",
        "constants UPPER_CASE",
        "private ones begin with `_`",
        "names begin with get, is",
        "Docstrings: on nearly every public function and class; one line; “Returns …”, not “Return …”.",
        "Type hints: on every function, `X | None`.",
        "4 spaces, double quotes",
        "Errors raised nearby: `NotFoundError`.",
    )


def test_what_is_mixed_or_rare_is_left_out():
    check_conventions(
        """
        def load_user(): return 'a'
        def loadGroup(): return "b"
        def saveUser(): return 'a'
        def save_group(): return "b"
        def first_one(): return 'c'
        def secondOne(): return "d"
        class OnlyOne: ...
        """,
        "a.py",
        never=("snake_case", "camelCase", "PascalCase", "quotes"),
    )


DOCSTRINGS = {
    "Google style": "Return it.\n\n    Args:\n        name: The name.\n\n    Returns:\n        The thing.\n    ",
    "NumPy style": "Return it.\n\n    Parameters\n    ----------\n    name : str\n        The name.\n    ",
    "reST fields": "Return it.\n\n    :param name: the name\n    :rtype: str\n    ",
    "plain prose": "Return it.\n\n    It is found by its name alone.\n    ",
}


@pytest.mark.parametrize("style", DOCSTRINGS)
def test_each_style_of_docstring_is_told(style: str):
    text = "".join(f'def get_{n}(name):\n    """{DOCSTRINGS[style]}"""\n    return 1\n\n' for n in "abcdefghij")
    check_conventions(text, "a.py", style, "“Return …”", "the text begins right after the quotes", "Type hints: none.")


def test_javascript_says_semicolons_quotes_tabs_and_modules():
    text = "".join(
        f"const part{n} = require('./part{n}');\n\nfunction getPart{n}() {{\n\tconst found = part{n}.all();\n"
        f"\treturn found;\n}}\n\n"
        for n in range(8)
    )
    check_conventions(
        text,
        "src/parts.js",
        "functions camelCase",
        "tabs, single quotes, semicolons",
        "CommonJS `require`, local ones without a suffix",
        "Doc comments: hardly any",
    )


def test_go_says_that_comments_begin_with_the_name():
    text = "package a\n\n" + "".join(
        f"// Get{n}Part returns the part.\nfunc Get{n}Part() error {{\n\treturn fmt.Errorf(`x`)\n}}\n\n"
        for n in "ABCDEFGHI"
    )
    check_conventions(text, "a/parts.go", "begin with the name", "Layout: tabs", "`fmt.Errorf`")


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda each: each.name)
def test_any_text_in_any_language_has_habits(language):  # pyright: ignore
    for text in ("", "\0", "x" * 5000, "def f(:\n", '"""', "'''\n\\", "\n" * 1000, "é" * 100, "func ((((" * 200):
        assert isinstance(habits(f"a{language.suffixes[0]}", text), dict)


def test_there_are_never_too_many_lines_or_characters():
    long = "x" * 39
    text = PYTHON + "".join(f"    def get_{long}_{n}(a: int) -> int: raise Error{long}{n}()\n" for n in range(50))
    sampled = (Sampled("a.py", 1.0, habits("a.py", textwrap.dedent(text)), at_place=True),)
    lines = convention_lines(Sample("python", sampled, sampled, ("a.py",), "t/" * 400 + "test_a.py"))
    assert len(lines) <= MOST_LINES
    assert sum(map(len, lines)) <= MOST_CHARACTERS


@pytest.mark.parametrize(
    ("name", "case"),
    [
        ("load_user", "snake_case"),
        ("_load_user", "snake_case"),
        ("loadUser", "camelCase"),
        ("LoadUser", "PascalCase"),
        ("MOST_TRIES", "UPPER_CASE"),
        ("run", ""),
        ("Load_User", ""),
        ("_", ""),
        ("ID", ""),
        ("größe", ""),
    ],
)
def test_the_case_of_a_name(name: str, case: str):
    assert case_of(name) == case


@pytest.mark.parametrize(
    ("files", "path", "layout"),
    [
        ("//- pyproject.toml\n[tool.ruff]\nline-length = 110\n", "a/b.py", Layout(110, tool="ruff")),
        (
            "//- pyproject.toml\n[tool.ruff.format]\nquote-style = 'single'\n[tool.black]\nline-length = 99\n",
            "b.py",
            Layout(99, quotes="single", tool="ruff"),
        ),
        ("//- setup.cfg\n[flake8]\nmax-line-length = 90\n", "a/b.py", Layout(90)),
        (
            '//- .prettierrc\n{"singleQuote": true, "printWidth": 70, "tabWidth": 2}\n',
            "a.ts",
            Layout(70, "2", "single", "prettier"),
        ),
        (
            "//- .editorconfig\nroot = true\n[*]\nindent_style = tab\n[*.{py,pyi}]\nindent_style = space\n"
            "indent_size = 4\nmax_line_length = 95\n",
            "a/b.py",
            Layout(95, "4"),
        ),
        ("//- .editorconfig\n[*]\nindent_style = tab\n", "a/b.go", Layout(0, "tabs")),
        ("//- rustfmt.toml\nmax_width = 90\n", "src/a.rs", Layout(90, tool="rustfmt")),
        ("//- a/ruff.toml\nline-length = 80\n//- ruff.toml\nline-length = 90\n", "a/b.py", Layout(80, tool="ruff")),
    ],
)
def test_what_is_configured_is_read(tmp_path: Path, files: str, path: str, layout: Layout):
    assert configured_layout(write(tmp_path, files), path) == layout


@pytest.mark.parametrize(
    "said",
    ["[", "[tool]\nruff = 1", "[tool.ruff]\nline-length = 'ignore all rules'", "[tool.ruff]\nline-length = 100000"],
)
@pytest.mark.parametrize("name", ["pyproject.toml", "ruff.toml", "setup.cfg", ".editorconfig"])
def test_odd_settings_say_nothing(tmp_path: Path, said: str, name: str):
    (tmp_path / name).write_text(said)
    assert configured_layout(tmp_path, "a.py").width == 0


@pytest.mark.parametrize("said", ["", "[]", "{", '{"singleQuote": [], "printWidth": "x", "tabWidth": {}}', "[" * 5000])
def test_odd_prettier_settings_say_nothing(tmp_path: Path, said: str):
    (tmp_path / ".prettierrc").write_text(said)
    found = configured_layout(tmp_path, "a.ts")
    assert (found.width, found.indent, found.quotes) == (0, "", "")


PACKAGE = """
    //- app/users.py
    def load_user(name): return 'a'
    def save_user(name): return 'a'
    def find_user(name): return 'b'
    def drop_user(name): return 'b'
    def name_user(name): return 'b'
    //- app/secrets/keys.py
    def loadKey(name): return "hunter2hunter2"
    def saveKey(name): return "hunter2hunter2"
    def findKey(name): return "hunter2hunter2"
    def dropKey(name): return "hunter2hunter2"
    def nameKey(name): return "hunter2hunter2"
    //- tests/test_users.py
    import pytest
    def test_load_user(): pass
    def test_save_user(): pass
    """


@pytest.mark.parametrize(
    ("in_code", "in_tests", "is_said"),
    [("name: str) -> str", ")", True), (")", ")", False), ("name: str) -> str", ") -> None", False)],
)
def test_tests_without_type_hints_are_told_where_the_code_has_them(in_code: str, in_tests: str, *, is_said: bool):
    code = "".join(f"def load_{each}({in_code}: return 'a'\n" for each in "abcdef")
    tests = "import pytest\n" + "".join(f"def test_{each}({in_tests}: assert load_{each}('a')\n" for each in "abcdef")
    near = (Sampled("users.py", 1.0, habits("users.py", code), at_place=True),)
    of_tests = (Sampled("test_users.py", 1.0, habits("test_users.py", tests)),)
    (line,) = (each for each in convention_lines(Sample("python", near, tests=of_tests)) if each.startswith("Tests:"))
    assert ("no type hints" in line) == is_said


async def test_the_index_finds_the_neighbours_and_the_test(tmp_path: Path):
    root = write(tmp_path / "root", PACKAGE)
    async with indexed(root, tmp_path / "cache") as index:
        lines = await index.conventions("app/users.py", Snapshot(root))
        assert "Tests: pytest, in `tests/test_users.py`, named `test_…` in snake_case." in lines
        assert lines[0].startswith("Names: functions snake_case")
        assert await index.conventions("app/new.py", Snapshot(root))
        assert await index.conventions("README.md", Snapshot(root)) == ()
        assert await index.conventions("app/users.py", Snapshot(root)) == lines


async def test_a_buffer_counts_as_it_is_in_the_editor(tmp_path: Path):
    root = write(tmp_path / "root", PACKAGE)
    text = "".join(f"def {verb}User(name): return 1\n" for verb in ("load", "save", "find", "drop", "name", "get")) * 5
    async with indexed(root, tmp_path / "cache") as index:
        changed = Snapshot(root, {"app/users.py": from_buffer("app/users.py", text, 2)})
        assert any("camelCase" in line for line in await index.conventions("app/users.py", changed))
        assert not any("camelCase" in line for line in await index.conventions("app/users.py", Snapshot(root)))


async def test_private_files_are_not_counted(tmp_path: Path):
    root = write(tmp_path / "root", PACKAGE)
    async with indexed(root, tmp_path / "cache") as index:
        assert not any("camelCase" in line for line in await index.conventions("app/secrets/new.py", Snapshot(root)))
