"""What was asked, and what came of it? The values at both ends of the pipeline."""

import secrets
from dataclasses import dataclass, field
from typing import Literal

from clients.model import Failure, Usage
from context.retrieval.select import Context
from context.snapshot import Place
from lsp_server.edits.change import ChangeSet, Problem
from lsp_server.recipes.plan import Site
from lsp_server.review.verdict import Verdict
from lsp_server.settings import Budget

Scope = Literal["selection", "file", "workspace"]
"""What a change may touch unasked: the lines of the place, its file, or any file."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an ask goes by beside its description: what a tool said, what changed, what each side of a merge did.

    It is material from the workspace, never an instruction, and passes the outgoing gate as text of the file `path`
    (empty for what is of no one file). `title` is our own word for it.
    """

    title: str
    text: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class OtherCell:
    """A code cell beside the one that is asked about: its number in the notebook, from 1, and where it stands."""

    number: int
    text: str
    is_above: bool


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What another tool says of some lines of a file (1-based, both included). `rule` is its name and code, if any.

    Its words come from the workspace and from strangers' programs: they are material like a file's text.
    """

    start_line: int
    end_line: int
    message: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """A description and where it was given. `comment` are the lines of the comment that held the description.

    `id` names the ask in the audit log.
    `diagnoses` are what the caller says that tools report; `evidence` is what the action adds for the model, and
    `sought` what it adds to the description where code is searched for. `cells` are those beside a cell.
    """

    action: str
    description: str
    place: Place | None = None
    comment: Place | None = None
    scope: Scope = "workspace"
    budget: Budget = field(default_factory=Budget)
    id: str = field(default_factory=lambda: secrets.token_hex(6), compare=False)
    diagnoses: tuple[Diagnosis, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    sought: str = ""
    cells: tuple[OtherCell, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that may be delivered: reviewed, and not above the level that its verdict names."""

    ask: Ask
    change: ChangeSet
    verdict: Verdict
    made_by: Literal["recipe", "model"]
    summary: str
    uncertain: tuple[Site, ...] = ()
    context: Context | None = None
    usage: Usage | None = None
    seconds: float = 0.0


NoChangeReason = Literal["needs-model", "refused", "denied", "failed", "no-edit", "changed-meanwhile"]


@dataclass(frozen=True, slots=True)
class NoChange:
    """Why there is no change. `message` says what to do next; `context` is what a model would have been shown.

    `failure` is how the call of the model failed, where that is the reason.
    """

    ask: Ask
    reason: NoChangeReason
    message: str
    problems: tuple[Problem, ...] = ()
    context: Context | None = None
    usage: Usage | None = None
    verdict: Verdict | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """What code does, in plain text that is shown and changes nothing."""

    ask: Ask
    summary: str
    text: str
    context: Context
    usage: Usage
    seconds: float


Answer = Proposal | NoChange | Explanation
