"""What does a recipe understand and return? The values between the sentence and the exact edit."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from context.snapshot import Place, Snapshot
from lsp_server.edits.change import ChangeSet, Refused


class Plan(Protocol):
    """The typed operands of one recipe, made from a sentence. A frozen dataclass that pickles."""

    def sentence(self) -> str:
        """What will be done, for the user: "Rename load_user to fetch_user in every Python file"."""
        ...

    def names(self) -> tuple[str, ...]:
        """Identifiers whose mentioning files the recipe must see; empty for a recipe within one place."""
        ...


@dataclass(frozen=True, slots=True)
class Material:
    """What a recipe works on.

    `place` is where the user is. `consumed` are the lines of the comment that held the description: the result takes
    their place. `candidates` are the paths of all files that mention one of `names`, which are the plan's `names()` and
    what was `Wanted` then, and of all that fit one of the `patterns` that were.
    """

    snapshot: Snapshot
    place: Place | None = None
    consumed: Place | None = None
    candidates: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """A place that may be meant but is not certain: it is listed for the user, never changed. `line` is 1-based."""

    path: str
    line: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Done:
    """An exact change. `certain` counts the changed places; `uncertain` are those left for a human."""

    change: ChangeSet
    summary: str
    certain: int
    uncertain: tuple[Site, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """More must be seen first: the files that mention these names too. Asked at most a few times for one plan.

    `patterns` are those of `fnmatch` for whole paths, where `*` also stands for `/`.
    """

    names: tuple[str, ...]
    patterns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """No recipe fits. `hints` name the nearest phrasings, empty where nothing is near."""

    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """What the documentation shows: a description, and a small workspace with `$0` where the cursor is.

    `//- /path` starts a file. The result is not written down here: the recipe makes it.
    """

    description: str
    workspace: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """A row of the table: how a sentence is recognised and how its plan is carried out.

    `words` begin what the recipe is asked with: a sentence with one of them that is not understood gets a hint.

    `understand` returns None for a sentence that is not this recipe's, a plan, or `Refused` for one that is clearly
    this recipe's but has a wrong operand. `carry_out` may parse many files: the pipeline runs it in a worker process.
    """

    name: str
    phrasings: tuple[str, ...]
    understand: Callable[[str], "Plan | Refused | None"]
    carry_out: Callable[[Plan, Material], Done | Refused | Wanted]
    words: tuple[str, ...] = ()
    example: Example | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a description asks for: a recipe with its operands."""

    recipe: Recipe
    plan: Plan
