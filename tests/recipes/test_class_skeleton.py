"""A list of methods becomes a class to fill in, with the signatures that are given and nothing more."""

import pytest

from context.snapshot import Place
from lsp_server.recipes.data_types.skeleton_sentence import Method, Skeleton
from lsp_server.recipes.plan import Done, NotUnderstood, Refused
from lsp_server.recipes.registry import understand
from tests.recipes.workspace import after, carry_out, problems_of

CACHE = "class skeleton Cache with get, set, delete"
PLAIN = (Method("get"), Method("set"), Method("delete"))


@pytest.mark.parametrize(
    ("sentence", "plan"),
    [
        (CACHE, Skeleton("Cache", PLAIN)),
        (
            "Please create a class skeleton called `Cache` having the methods get, set and delete.",
            Skeleton("Cache", PLAIN),
        ),
        ("class skeleton Cache: get, set, delete", Skeleton("Cache", PLAIN)),
        ("empty class Cache with methods get, set, delete in pkg/cache.py", Skeleton("Cache", PLAIN, "pkg/cache.py")),
        ("write a skeleton for a class Cache with get, set, delete", Skeleton("Cache", PLAIN)),
        ("a Cache class skeleton with get, set, delete in the module pkg.cache", Skeleton("Cache", PLAIN, "pkg.cache")),
        (
            "class skeleton Cache with get(key: str, *, strict=(1, 2)) -> dict[str, int] and async close(self) -> None",
            Skeleton(
                "Cache",
                (
                    Method("get", "self, key: str, *, strict=(1, 2)", "dict[str, int]"),
                    Method("close", "self", "None", is_async=True),
                ),
            ),
        ),
    ],
)
def test_a_sentence_becomes_its_plan(sentence, plan):
    understood = understand(sentence)
    assert isinstance(understood, tuple), understood
    assert [step.plan for step in understood] == [plan]


@pytest.mark.parametrize(
    "sentence",
    [
        "class skeleton",
        "write a class that caches",
        "create a class Cache with the methods get, set and delete",
        "add class Cache with get, set and delete",
        "class Cache with a nice interface",
        "a class Cache with methods that read and write files",
        "class skeleton Cache with all that is needed",
        "add a first class experience with get and set",
    ],
)
def test_what_names_no_methods_is_left_alone(sentence):
    assert isinstance(understand(sentence), NotUnderstood)


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("class skeleton Cache with get, get", "`get` is named twice"),
        ("class skeleton class with get", "`class` is a keyword"),
        ("class skeleton Cache with get, del", "`del` is a keyword"),
        ("class skeleton Cache with get(key: ), set", "`get(key: )` is not a method"),
        ("class skeleton Cache with get(a, a), set", "`get(a, a)` is not a method"),
        ("class skeleton Cache with get(a=1, b), set", "`get(a=1, b)` is not a method"),
        ("class skeleton Cache with get(): pass, set", "is not a method"),
    ],
)
def test_wrong_methods_are_refused(sentence, reason):
    understood = understand(sentence)
    assert isinstance(understood, Refused), understood
    assert reason in understood.problems[0].message


def write(description: str, text: str = "", behind: str = "") -> str:
    files = {"a.py": f"{text}# {description}\n{behind}"}
    line = text.count("\n") + 1
    return after(files, carry_out(files, description, Place("a.py", line, line), Place("a.py", line, line)))["a.py"]


def test_methods_are_to_be_filled_in():
    assert write(CACHE, "SIZE = 1\n", "x = 2\n") == (
        "SIZE = 1\n\n\nclass Cache:\n    def get(self):\n        raise NotImplementedError\n\n"
        "    def set(self):\n        raise NotImplementedError\n\n"
        "    def delete(self):\n        raise NotImplementedError\n\n\nx = 2\n"
    )


def test_signatures_are_written_as_given_and_the_class_itself_in_quotes():
    said = "class skeleton Node with __init__(up: Node | None = None, *rest: int) -> None, async top() -> list[Node]"
    assert write(said) == (
        'class Node:\n    def __init__(self, up: "Node | None" = None, *rest: int) -> None:\n'
        "        raise NotImplementedError\n\n"
        '    async def top(self) -> "list[Node]":\n        raise NotImplementedError\n'
    )
    lazy = "from __future__ import annotations\n"
    assert "up: Node | None = None" in write(said, lazy)


def test_it_goes_where_it_is_said_to():
    files = {"pkg/__init__.py": "", "pkg/a.py": "x = 1"}
    cache = after(files, carry_out(files, f"{CACHE} in pkg/cache.py"))["pkg/cache.py"]
    assert cache.startswith("class Cache:\n    def get(self):\n")
    assert after(files, carry_out(files, f"{CACHE} in pkg/a.py"))["pkg/a.py"].startswith("x = 1\n\n\nclass Cache:\n")
    assert after(files, carry_out(files, f"{CACHE} in pkg.a"))["pkg/a.py"].startswith("x = 1\n\n\nclass Cache:\n")


@pytest.mark.parametrize(
    ("description", "text", "reason"),
    [
        (CACHE, "", "Say where Cache belongs"),
        (f"{CACHE} in a.py", "class Cache: ...\n", "Cache is already defined in a.py:1"),
        (f"{CACHE} in a.py", "from b import Cache\n", "Cache is already defined in a.py:1"),
        (f"{CACHE} in nowhere/a.py", "", "nowhere"),
        (f"{CACHE} in ../a.py", "", "outside"),
        (
            "class skeleton Cache with list, all() -> list[int] in a.py",
            "",
            "`list` in the head of all would mean the method",
        ),
        (
            "class skeleton Cache with list, all() -> list[int] in b.py",
            "",
            "`list` in the head of all would mean the method",
        ),
    ],
)
def test_what_cannot_be_is_refused(description, text, reason):
    assert reason in problems_of(carry_out({"a.py": text}, description))


def test_a_second_time_it_is_there_already():
    files = {"a.py": ""}
    result = after(files, carry_out(files, f"{CACHE} in a.py"))
    assert "already defined" in problems_of(carry_out(result, f"{CACHE} in a.py"))


def test_unknown_types_are_told():
    done = carry_out({"a.py": "import os\n"}, "class skeleton Cache with get(a: os.PathLike, b: Path) -> Cache in a.py")
    assert isinstance(done, Done)
    assert done.summary.endswith("; not defined at the top of this file: Path")
