"""What does an action see of a place, and what does it offer there? The values between the menu and an action."""

from collections.abc import Callable
from dataclasses import dataclass

from context.parsing.symbols import Definition
from context.snapshot import FileText, Place
from lsp_server.actions.ask import Scope
from lsp_server.actions.comment import Comment


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the user is: the lines, the comment there if any, and the file's definitions in source order."""

    file: FileText
    place: Place
    comment: Comment | None
    outline: tuple[Definition, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What an action would do at a spot. `disabled` is why it cannot, for editors that can show that."""

    description: str
    place: Place
    comment: Place | None = None
    disabled: str | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """A row of the table in `registry`.

    `prompt` names the file in `prompts/` that states the task to a model. `recipes` says whether its descriptions are
    sentences that a recipe may understand. `find` is quick and pure: the menu calls it on every cursor move.
    """

    id: str
    title: str
    scope: Scope
    prompt: str
    recipes: bool
    find: Callable[[Spot], Found | None]

    @property
    def command(self) -> str:
        """The name of the LSP command."""
        return f"patchwright.{self.id}"


@dataclass(frozen=True, slots=True)
class Offer:
    """One entry of the menu."""

    action: Action
    title: str
    description: str
    place: Place
    comment: Place | None
    disabled: str | None
