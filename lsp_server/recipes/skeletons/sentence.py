"""Is a sentence about tests, docstrings or type hints of a whole file? `tests for pkg/core.py`."""

from dataclasses import dataclass
from typing import Literal

from lsp_server.recipes.phrasing import matched
from lsp_server.recipes.plan import Example
from lsp_server.recipes.python.named_file import parse_where

KINDS = "(skeletons|skeleton|stubs|placeholders)"
TESTS = (
    "tests for {where}",
    f"[(add|create|write|make)] [the] [pytest] (test|tests) {KINDS} for {{where}}",
    f"[(add|create|write|make)] {KINDS} of [the] [pytest] tests for {{where}}",
)
TESTS_PHRASINGS = ("tests for pkg/core.py", "write test skeletons for pkg.core", "add test stubs for this file")
DOCSTRINGS = (
    "docstrings for [all] [the] [public] (functions|functions and classes) (in|of) {where}",
    "[add] docstrings for [all] [the] [public] (functions|functions and classes) (in|of) {where}",
    f"[(add|create|write|make)] docstring {KINDS} (to|for|in) {{where}}",
)
DOCSTRINGS_PHRASINGS = ("docstrings for public functions in core.py", "add docstring skeletons to pkg.core")
HINTS = (
    "add [the] [missing] [certain] (type hints|type annotations|types) (to|in) {where}",
    "(annotate|add) {only:return types} (in|of|to) {where}",
    "add {none:-> None} where nothing is returned in {where}",
)
HINTS_PHRASINGS = (
    "add type hints to core.py",
    "annotate return types in pkg.core",
    "add -> None where nothing is returned in core.py",
)

SOURCE = """
//- /shop/__init__.py
//- /shop/prices.py
def total(items: list[float], *, discount=0.0, rounded=True):
    if discount > 1:
        raise ValueError(discount)
    return round(sum(items) * (1 - discount), 2)


def label(name):
    return f"<{name}>"


def show(name):
    \"\"\"Prints a label.

    Args:
        name: What is on it.
    \"\"\"
    print(label(name))
"""
TESTS_EXAMPLE = Example("tests for shop/prices.py", SOURCE + "//- /tests/shop/test_basket.py\n//- /shop/basket.py\n")
DOCSTRINGS_EXAMPLE = Example("docstrings for public functions in shop/prices.py", SOURCE)
HINTS_EXAMPLE = Example("add type hints to shop/prices.py", SOURCE)

Part = Literal["all", "returns", "none"]


@dataclass(frozen=True, slots=True)
class WriteTests:
    """A test to fill in for each public function of a file."""

    where: str = ""

    def sentence(self) -> str:
        """What will be done, for the user."""
        return f"Write test skeletons for {self.where or 'this file'}"

    def names(self) -> tuple[str, ...]:
        """None: files are found by their paths."""
        return ()


@dataclass(frozen=True, slots=True)
class WriteDocstrings:
    """A docstring to fill in for each public function and class of a file that has none."""

    where: str = ""

    def sentence(self) -> str:
        """What will be done, for the user."""
        return f"Write docstring skeletons in {self.where or 'this file'}"

    def names(self) -> tuple[str, ...]:
        """None: files are found by their paths."""
        return ()


@dataclass(frozen=True, slots=True)
class AddHints:
    """The type hints of a file that are certain: `part` says which."""

    where: str = ""
    part: Part = "all"

    def sentence(self) -> str:
        """What will be done, for the user."""
        what = {"all": "type hints", "returns": "return types", "none": "`-> None`"}[self.part]
        return f"Add the {what} that are certain to {self.where or 'this file'}"

    def names(self) -> tuple[str, ...]:
        """None: files are found by their paths."""
        return ()


def understand_tests(sentence: str) -> WriteTests | None:
    """The file that tests are wanted for."""
    where = _where(TESTS, sentence)
    return WriteTests(where) if where is not None else None


def understand_docstrings(sentence: str) -> WriteDocstrings | None:
    """The file that docstrings are wanted in."""
    where = _where(DOCSTRINGS, sentence)
    return WriteDocstrings(where) if where is not None else None


def understand_hints(sentence: str) -> AddHints | None:
    """The file that type hints are wanted in."""
    found = matched(HINTS, sentence)
    where = parse_where(found["where"]) if found is not None else None
    if found is None or where is None:
        return None
    return AddHints(where, "returns" if "only" in found else "none" if "none" in found else "all")


def _where(templates: tuple[str, ...], sentence: str) -> str | None:
    found = matched(templates, sentence)
    return parse_where(found["where"]) if found is not None else None
