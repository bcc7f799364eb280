"""What does an action see of a place, and what does it offer there? The values between the menu and an action."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from context.parsing.symbols import Definition
from context.snapshot import FileText, Place, Snapshot
from lsp_server.actions.ask import Answer, Ask, Diagnosis, Scope
from lsp_server.actions.comment import Comment
from lsp_server.actions.services import Services
from lsp_server.edits.change import ChangeSet, Problem

Report = Callable[[str], None]
"""Told what is being done, in a few words for a progress bar."""

Kind = Literal["rewrite", "fix"]
"""What an editor lists an action under: ways to rewrite code, or cures for a problem that is shown."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the user is: the lines, the comment there if any, and the file's definitions in source order.

    `diagnoses` are what the editor shows of the file at that place, or of more of it. `request` is the first
    `patchwright:` request in the lines. `is_begun`: something was changed since the last commit that may have to do
    with the file; where nobody has looked, it may.
    """

    file: FileText
    place: Place
    comment: Comment | None
    outline: tuple[Definition, ...]
    diagnoses: tuple[Diagnosis, ...] = ()
    request: Comment | None = None
    is_begun: bool = True

    def asked(self, otherwise: str) -> str:
        """What is asked for: `otherwise`, and what a request in the lines adds to it."""
        return f"{otherwise}: {self.request.text}" if self.request else otherwise


@dataclass(frozen=True, slots=True)
class Found:
    """What an action would do at a spot. `disabled` is why it cannot, for editors that can show that.

    `title` is what the menu says where the action's own title does not do.
    """

    description: str
    place: Place
    comment: Place | None = None
    disabled: str | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """A row of the table in `registry`.

    `prompt` names the file in `prompts/` that states the task to a model, `rules` the one that a prompt begins with.
    `recipes` says whether its descriptions are sentences that a recipe may understand. `find` is quick and pure: the
    menu calls it on every cursor move. `answer` is how it answers what no recipe does, where that is not by the model
    from the selected context alone. `may_be_nothing`: a model may find that there is nothing to change.
    `every_diagnosis`: it is about all that the editor ever told of the file as it is, not of the place alone.
    `proof` says what of a model's change is not what the action may do; it runs in a worker process.
    `unasked` is the description of one that is called with none at a place where the menu would not have it.
    """

    id: str
    title: str
    scope: Scope
    prompt: str
    recipes: bool
    find: Callable[[Spot], Found | None]
    kind: Kind = "rewrite"
    rules: str = "system.md"
    may_be_nothing: bool = False
    unasked: str = ""
    every_diagnosis: bool = False
    proof: Callable[[ChangeSet], tuple[Problem, ...]] | None = None
    answer: "Callable[[Ask, Action, Snapshot, Services, Report], Awaitable[Answer]] | None" = None

    @property
    def command(self) -> str:
        """The name of the LSP command."""
        return f"patchwright.{self.id}"


@dataclass(frozen=True, slots=True)
class Offer:
    """One entry of the menu."""

    action: Action
    title: str
    found: Found
