"""What became of a change that was sent to an editor? What its files hold says it, not what the editor says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from lsp_server.actions.ask import Proposal
from lsp_server.features.left_out import Lines
from lsp_server.features.verification import State

Outcome = Literal[
    "done", "chosen", "partial", "declined", "failed", "not-visible-yet", "refused", "cancelled", "undecided"
]
"""`chosen`: all that the user took of it is there, and they left some of it out. `partial`: the editor did."""

Answer = Literal["applied", "declined", "failed", "silent"]

NOT_SHOWN = (
    "The editor says that it applied the edit, but has shown no change. If your files hold it all the same,"
    " undo it in the editor: `patchwright undo` cannot."
)
"""Some say so of what they skipped; others tell of a change only when their user is idle, or the command has ended."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a change; `files` says it of each file that was sent.

    `is_open`: the editor has not answered, and may still make the change. `may_go_on`: what is missing is whole files,
    which were not touched, and nobody stopped it. `left_out` are the lines, by path, that the user did not take, none
    for a whole file. `merged` is what was sent in the place of the proposal, or, where the outcome is "undecided", what
    nobody has agreed to yet: nothing was sent then.
    """

    outcome: Outcome
    message: str = ""
    files: Mapping[str, State] = field(default_factory=dict[str, State])
    is_open: bool = False
    may_go_on: bool = False
    left_out: Mapping[str, Lines] = field(default_factory=dict[str, Lines])
    merged: Proposal | None = None


def summed(
    files: Mapping[str, State], answer: Answer | Literal["cancelled"], left_out: Mapping[str, Lines] | None = None
) -> Delivery:
    """The outcome that the states of all files amount to; `left_out` is what the user did not take."""
    left = left_out or {}
    states = {state for path, state in files.items() if path not in left}
    if states == {"done"} and not left:
        return Delivery("done", files=files)
    if states <= {"done", "unsaved"} and "unsaved" in states:
        waiting = _listed(files, "unsaved")
        said = f"The editor holds {waiting} unsaved: save all files to finish."
        return Delivery("not-visible-yet", f"{said} {_choice(left)}".rstrip(), files, left_out=left)
    if set(files.values()) == {"unchanged"}:
        if left and not states:
            return Delivery("declined", "You left out all of it. Nothing was changed.", files, left_out=left)
        return _nothing(files, answer)
    if states <= {"done"}:
        return Delivery("chosen", f"Applied what you chose. {_choice(left)}", files, left_out=left)
    parts = [
        f"{listed} {says}."
        for state, says in (
            ("done", "hold the change"),
            ("unsaved", "are changed in the editor only, save them"),
            ("unchanged", "are as they were"),
            ("different", "hold something else than was meant"),
        )
        if (listed := _listed({path: each for path, each in files.items() if path not in left}, state))
    ]
    message = f"Partly applied: {' '.join(parts)} {_choice(left)}".rstrip()
    may_go_on = answer in ("applied", "declined", "failed") and states <= {"done", "unchanged"} and not left
    return Delivery("partial", f"{message} Undo in the editor, or ask again.", files, False, may_go_on, left)


def _choice(left_out: Mapping[str, Lines]) -> str:
    """What the user left out, in words."""
    places = [f"{path}{_lines(lines)}" for path, lines in left_out.items()]
    return f"You left out {'; '.join(places)}." if places else ""


def _lines(lines: Lines) -> str:
    return f", line{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines))}" if lines else ""


def _nothing(files: Mapping[str, State], answer: Answer | Literal["cancelled"]) -> Delivery:
    match answer:
        case "cancelled":
            return Delivery("cancelled", "Cancelled: nothing was changed.", files)
        case "failed":
            return Delivery("failed", "The editor failed to apply the edit. Nothing was changed.", files)
        case "silent":
            return Delivery("failed", "The editor has not answered. So far nothing was changed.", files, is_open=True)
        case "applied":
            return Delivery("declined", NOT_SHOWN, files)
        case _:
            return Delivery("declined", "The editor did not apply the edit. Nothing was changed.", files)


def _listed(files: Mapping[str, State], state: str) -> str:
    return ", ".join(path for path, found in files.items() if found == state)
