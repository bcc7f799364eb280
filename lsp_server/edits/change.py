"""What is a change? Values that every step after the model (or the recipe) works on.

A `ChangeSet` belongs to one snapshot: it names the sha of every file that it changes, and is applied whole or not at
all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from context.snapshot import Eol

Rung = Literal[
    "given",
    "exact",
    "trailing-space",
    "re-indented",
    "look-alike",
    "line-numbers",
    "backslashes",
    "fences",
    "elided",
    "similar",
    "whole-file",
]
"""How the place of a hunk was found: `given` by a recipe, a rung of the ladder in `locate`, or by comparing files."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines [start, end) of the base text, 0-based, become `lines` (without line ends).

    A place that is not `certain` is only likely: a person must see it before it is applied.
    """

    start: int
    end: int
    lines: tuple[str, ...]
    rung: Rung = "given"
    why: str = ""
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Create:
    """A new file."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Delete:
    """A file goes; `before` is the text that goes with it."""

    path: str
    base_sha: str
    before: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A file's text changes from `before` (whose sha is `base_sha`) to `after`; `hunks` say where and how.

    Both texts are whole, with the file's own line ends, without a byte-order mark; `bom` says whether the file has one.
    """

    path: str
    base_sha: str
    before: str
    after: str
    hunks: tuple[Hunk, ...] = ()
    eol: Eol = "\n"
    bom: bool = False


@dataclass(frozen=True, slots=True)
class Rename:
    """A file moves. Its text stays, or changes by `edit`, which names the file by its old path."""

    path: str
    new_path: str
    base_sha: str
    edit: Edit | None = None


Operation = Create | Rename | Delete | Edit


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Operations that belong together. No two name the same path: a file that moves and changes is one `Rename`."""

    operations: tuple[Operation, ...]

    def paths(self) -> tuple[str, ...]:
        """All paths that are touched, in order; a rename has two."""
        return tuple(
            path
            for operation in self.operations
            for path in ((operation.path, operation.new_path) if isinstance(operation, Rename) else (operation.path,))
        )

    def sides(self) -> Iterator[tuple[str, str, str]]:
        """The path of each file whose text comes, changes or goes, and its text before and after; empty for no file."""
        for operation in self.operations:
            match operation:
                case Create(path, text):
                    yield path, "", text
                case Delete(path, before=before):
                    yield path, before, ""
                case _:
                    if (edit := edit_in(operation)) is not None:
                        yield operation.path, edit.before, edit.after

    def texts_after(self) -> Mapping[str, str | None]:
        """The text of each path after the change that this change decides; None for a path that is then gone."""
        texts: dict[str, str | None] = {}
        for operation in self.operations:
            match operation:
                case Create(path, text):
                    texts[path] = text
                case Edit():
                    texts[operation.path] = operation.after
                case Delete(path):
                    texts[path] = None
                case Rename(path, new_path, edit=edit):
                    texts[path] = None
                    if edit is not None:
                        texts[new_path] = edit.after
        return texts


def edit_in(operation: Operation) -> Edit | None:
    """The change that an operation makes to the text of a file, which may move as well."""
    match operation:
        case Edit():
            return operation
        case Rename(edit=edit):
            return edit
        case _:
            return None


ProblemCode = Literal[
    "NOT_FOUND",
    "AMBIGUOUS",
    "STALE",
    "ALREADY_APPLIED",
    "NO_CHANGE",
    "TRUNCATED",
    "PATH",
    "EXISTS",
    "MISSING",
    "LAZY",
    "SHRINKS",
    "OVERLAP",
    "SYNTAX_WORSE",
    "BINARY",
    "ENCODING",
    "CONFLICT",
    "UNCERTAIN",
    "NO_EDIT",
    "FORMAT",
    "DENIED",
    "UNWRITABLE",
    "CHECK",
    "CODE",
    "APPROVAL",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a reply or a change is refused: one sentence that a person or the model can act on.

    `block` is the 1-based number of the block in the reply, None where the problem is not about one block. `details`
    are lines that show the place, for whoever mends the reply.
    """

    code: ProblemCode
    message: str
    path: str = ""
    block: int | None = None
    details: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """There is no change: each problem says what is wrong and what to do."""

    problems: tuple[Problem, ...]
