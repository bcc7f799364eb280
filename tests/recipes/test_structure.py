"""A list of fields becomes a TypedDict, NamedTuple, enum, pydantic model, TypeScript interface or Go struct."""

import pytest

from context.snapshot import Place
from lsp_server.recipes.plan import NotUnderstood, Refused
from lsp_server.recipes.registry import understand
from tests.recipes.workspace import after, carry_out, problems_of


def write(description: str, path: str = "a.py", text: str = "") -> str:
    comment = "//" if path.endswith((".ts", ".go")) else "#"
    files = {path: f"{text}{comment} {description}\n"}
    line = files[path].count("\n")
    return after(files, carry_out(files, description, Place(path, line, line), Place(path, line, line)))[path]


@pytest.mark.parametrize(
    ("description", "result"),
    [
        (
            "TypedDict User with id: int, name: str",
            "from typing import TypedDict\n\n\nclass User(TypedDict):\n    id: int\n    name: str\n",
        ),
        (
            "make a named tuple Point: x int, y int = 0",
            "from typing import NamedTuple\n\n\nclass Point(NamedTuple):\n    x: int\n    y: int = 0\n",
        ),
        (
            "enum Color red green blue",
            "from enum import Enum, auto\n\n\nclass Color(Enum):\n"
            "    RED = auto()\n    GREEN = auto()\n    BLUE = auto()\n",
        ),
        (
            "create an enum Level with low = 1 and high = 2",
            "from enum import Enum\n\n\nclass Level(Enum):\n    LOW = 1\n    HIGH = 2\n",
        ),
        (
            "pydantic model User with id: int, tags: list[str] = []",
            "from pydantic import BaseModel, Field\n\n\nclass User(BaseModel):\n    id: int\n"
            "    tags: list[str] = Field(default_factory=list)\n",
        ),
        (
            "TypedDict Tree with left: Tree",
            'from typing import TypedDict\n\n\nclass Tree(TypedDict):\n    left: "Tree"\n',
        ),
    ],
)
def test_a_python_type_is_written_with_its_import(description, result):
    assert write(description) == result


def test_other_languages_have_their_own_form():
    assert write("TypeScript interface User with id: number, tags?: string[]", "a.ts") == (
        "export interface User {\n  id: number;\n  tags?: string[];\n}\n".replace("  ", "    ")
    )
    assert write("Go struct User with ID int64, Name string", "a.go", "package main\n\n") == (
        "package main\n\ntype User struct {\n\tID   int64\n\tName string\n}\n"
    )


@pytest.mark.parametrize(
    "sentence",
    ["enum values should be strings", "use an enum for the colors", "Go struct tags are wrong", "add a TypedDict"],
)
def test_what_names_no_fields_is_left_alone(sentence):
    assert isinstance(understand(sentence), NotUnderstood)


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("TypedDict User with id: int = 1", "no defaults"),
        ("NamedTuple User with id: list = []", "shared"),
        ("enum Color with red, red", "named twice"),
        ("TypeScript interface User with id", "not a field"),
        ("TypedDict class with x: int", "keyword"),
    ],
)
def test_wrong_fields_are_refused(sentence, reason):
    understood = understand(sentence)
    assert isinstance(understood, Refused), understood
    assert reason in understood.problems[0].message


def test_a_taken_name_and_a_wrong_language_are_refused():
    place = Place("a.py", 2, 2)
    files = {"a.py": "class User: ...\n# x\n", "b.go": "package b\n// x\n"}
    assert "line 1" in problems_of(carry_out(files, "TypedDict User with x: int", place, place))
    assert "cannot stand" in problems_of(carry_out(files, "TypedDict T with x: int", Place("b.go", 2, 2)))


def test_a_file_that_is_named_gets_it_at_its_end_or_is_made():
    files = {"src/a.ts": "const x = 1;\n", "go/a.go": "package a\n"}
    result = after(files, carry_out(files, "TypeScript interface User with id: number in src/user.ts"))
    assert result["src/user.ts"] == "export interface User {\n    id: number;\n}\n"
    assert "type User struct" in after(files, carry_out(files, "Go struct User with ID int64 in go/a.go"))["go/a.go"]
    made = after(files, carry_out(files, "enum Color with red and green in src/colors.py"))["src/colors.py"]
    assert made == "from enum import Enum, auto\n\n\nclass Color(Enum):\n    RED = auto()\n    GREEN = auto()\n"
    assert "cannot stand in src/a.ts" in problems_of(carry_out(files, "enum Color with red and green in src/a.ts"))
