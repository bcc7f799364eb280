"""Resolve the merge conflicts in this file: each comes to what both sides meant, and no marker is left.

What one side alone changed, or both alike, is settled exactly. For the rest a model sees what stood there before, what
each side made of it and what its commits say; it writes the lines for a placeholder, so that it cannot lose any other.
"""

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from context.parsing.parse import syntax_faults
from context.snapshot import FileText, Place, Snapshot, from_buffer
from context.workspace.history import History, HistoryError, reading
from lsp_server.actions.ask import Answer, Ask, Evidence, NoChange, Proposal
from lsp_server.actions.context_answer import Onto, answer_in_context
from lsp_server.actions.judged import judged_and_checked
from lsp_server.actions.offer import Action, Found, Report, Spot
from lsp_server.actions.services import Services
from lsp_server.edits.change import ChangeSet, Problem, Refused
from lsp_server.edits.conflicts import Clash, clashes, has_conflicts, replaced, settled, with_bases
from lsp_server.edits.lines import contents
from lsp_server.recipes.sequence import compared
from lsp_server.review.syntax import new_faults

PLACEHOLDER = "PATCHWRIGHT_CONFLICT_"
AROUND = 8
"""So many lines above and below a conflict show where it stands."""

MOST_NAMES = 40
_INDENTED = re.compile(rf"^([-+]?)[ \t]+({PLACEHOLDER}\d+)[ \t]*$", re.MULTILINE)
_WORDS = re.compile(r"[^\W\d]\w{2,}")

NO_FILE = "Name the file whose conflicts are to be resolved."


@dataclass(frozen=True, slots=True)
class Case:
    """A file in conflict: what of it is settled (by number from 0), and its text with placeholders for the rest."""

    file: FileText
    found: tuple[Clash, ...]
    exact: dict[int, tuple[str, ...]]
    shown: str

    @property
    def open(self) -> tuple[int, ...]:
        """The numbers, from 0, of the conflicts that are not settled."""
        return tuple(number for number in range(len(self.found)) if number not in self.exact)


def find(spot: Spot) -> Found | None:
    """Offered anywhere in a file with conflict markers."""
    if not has_conflicts(spot.file.text):
        return None
    whole = Place(spot.file.path, 1, max(1, len(contents(spot.file.text))))
    return Found(spot.asked("Resolve the merge conflicts"), whole)


async def answer(ask: Ask, action: Action, snapshot: Snapshot, services: Services, report: Report) -> Answer:
    """What is settled exactly, and the model's lines for the rest; without a model, what is settled alone."""
    started = time.monotonic()
    file = await asyncio.to_thread(snapshot.file, ask.place.path) if ask.place else None
    if not isinstance(file, FileText):
        return NoChange(ask, "refused", NO_FILE)
    found = clashes(file.text)
    if isinstance(found, str) or not found:
        why = f"{found}. Mend the markers" if isinstance(found, str) else "There are no conflict markers"
        return NoChange(ask, "refused", f"{why}. Nothing in {file.path} was changed.")
    report("Looking at what both sides did")
    async with reading(services.root) as history:
        case, said = await _case(file, found, history)
    if case.exact and (not case.open or services.model is None):
        return await _exact(ask, case, snapshot, services, started)
    shown = snapshot.with_files({**snapshot.buffers, file.path: _as_file(file, case.shown)}, ())
    about = replace(ask, place=_place(case), evidence=(*said, *_evidence(case)), sought=_names(case))
    return await answer_in_context(about, action, shown, services, report, onto=_onto(case, snapshot))


async def _case(file: FileText, found: Sequence[Clash], history: History | str) -> tuple[Case, tuple[Evidence, ...]]:
    """The conflicts with all that the history knows of them, and what the commits of both sides say."""
    said: tuple[Evidence, ...] = ()
    if isinstance(history, History):
        try:
            stages = await history.stages(file.path)
            if stages is not None:
                found = with_bases(found, await history.merged_anew(stages))
            said = await _said(history, file.path)
        except HistoryError:
            # The markers alone still say what the conflicts are.
            pass
    exact = {number: lines for number, clash in enumerate(found) if (lines := settled(clash)) is not None}

    def lines_of(number: int) -> Sequence[str]:
        return exact[number] if number in exact else (f"{PLACEHOLDER}{number + 1}",)

    return Case(file, tuple(found), exact, replaced(file.text, found, lines_of)), said


async def _said(history: History, path: str) -> tuple[Evidence, ...]:
    """What the commits of each side say that changed the file."""
    if not history.theirs:
        return ()
    if history.kind != "merge":
        their_texts: tuple[str, ...] = (await history.message(history.theirs),)
        our_texts: tuple[str, ...] = ()
    else:
        their_texts = await history.messages(history.head, history.theirs, path)
        our_texts = await history.messages(history.theirs, history.head, path)
    sides = (("Commits of our side:", our_texts), (f"Commits of their side ({history.kind}):", their_texts))
    return tuple(Evidence(title, "\n\n".join(texts), path) for title, texts in sides if any(texts))


def _evidence(case: Case) -> tuple[Evidence, ...]:
    """Each open conflict: where it stands, what was there, and what each side made of it."""
    evidence: list[Evidence] = []
    lines = contents(case.shown)
    path = case.file.path
    for number in case.open:
        clash, name = case.found[number], f"{PLACEHOLDER}{number + 1}"
        at = lines.index(name)
        around = "\n".join(lines[max(0, at - AROUND) : at + AROUND + 1])
        evidence.append(Evidence(f"Conflict {number + 1} stands here:", around, path))
        if clash.base is not None:
            evidence.append(Evidence("Before, there stood:", "\n".join(clash.base), path))
        ours = f"Our side{f' ({clash.our_name})' if clash.our_name else ''} made of it:"
        theirs = f"Their side{f' ({clash.their_name})' if clash.their_name else ''} made of it:"
        evidence.append(Evidence(ours, "\n".join(clash.ours), path))
        evidence.append(Evidence(theirs, "\n".join(clash.theirs), path))
    return tuple(evidence)


def _names(case: Case) -> str:
    """The names in the conflicts: what defines or uses them shows what each side was after."""
    sides = (line for number in case.open for side in case.found[number].sides for line in side)
    names = dict.fromkeys(name for line in sides for name in _WORDS.findall(line))
    return " ".join(f"`{name}`" for name in list(names)[:MOST_NAMES])


def _place(case: Case) -> Place:
    """The lines from the first to the last placeholder."""
    lines = contents(case.shown)
    at = [lines.index(f"{PLACEHOLDER}{number + 1}") + 1 for number in case.open]
    return Place(case.file.path, at[0], at[-1])


def _onto(case: Case, snapshot: Snapshot) -> Onto:
    settling = _Settling(case)

    def against_ours(change: ChangeSet) -> tuple[ChangeSet, Snapshot]:
        """The change as one of our side's file: no tool can read a file with markers."""
        ours = _as_file(case.file, settling.whole(0))
        after = change.texts_after().get(case.file.path) or ""
        return ChangeSet((compared(ours, after),)), snapshot.with_files({**snapshot.buffers, ours.path: ours}, ())

    return Onto(snapshot, settling, against_ours, _at_the_margin)


def _at_the_margin(reply: str) -> str:
    """A reply whose placeholders stand where the file has them: without blanks, which a model likes to add.

    The lines that come in their place would be shifted with them.
    """
    return _INDENTED.sub(r"\1\2", reply)


@dataclass(frozen=True, slots=True)
class _Settling:
    """Makes of a change of the text with placeholders one of the file with its markers."""

    case: Case

    def __call__(self, change: ChangeSet) -> ChangeSet | Refused:
        file = self.case.file
        after = change.texts_after().get(file.path) or ""
        left = [f"{PLACEHOLDER}{number + 1}" for number in self.case.open if f"{PLACEHOLDER}{number + 1}" in after]
        if left:
            message = f"{', '.join(left)} still stands in {file.path}: each needs a block that replaces its line."
            return Refused((Problem("CONFLICT", message, file.path),))
        if has_conflicts(after):
            return Refused((Problem("CONFLICT", f"{file.path} would still hold conflict markers.", file.path),))
        sides = [ChangeSet((compared(replace(file, text=self.whole(side)), after),)) for side in (0, 1)]
        if all(new_faults(change_of_side, syntax_faults) for change_of_side in sides):
            message = f"{file.path} would have an error in its syntax that neither side has."
            return Refused((Problem("SYNTAX_WORSE", message, file.path),))
        return ChangeSet((compared(file, after),))

    def whole(self, side: int) -> str:
        """The file as one side alone would have it."""
        return replaced(self.case.file.text, self.case.found, lambda number: self.case.found[number].sides[side])


async def _exact(ask: Ask, case: Case, snapshot: Snapshot, services: Services, started: float) -> Answer:
    """What is settled, as a change that no model made."""
    text = replaced(case.file.text, case.found, case.exact.get)
    change = ChangeSet((compared(case.file, text),))
    verdict = await judged_and_checked(change, snapshot, services, ask=ask.id)
    if verdict.level == "deny":
        return NoChange(ask, "denied", "Not applied: " + " ".join(verdict.reasons), verdict=verdict)
    count, left = len(case.exact), len(case.open)
    rest = f"; {left} more need a model or you" if left else ""
    summary = f"Resolve {count} conflict{'s' if count > 1 else ''} in {case.file.path} exactly{rest}"
    return Proposal(ask, change, verdict, "recipe", summary, seconds=time.monotonic() - started)


def _as_file(file: FileText, text: str) -> FileText:
    return replace(from_buffer(file.path, text, file.version or 0), eol=file.eol, bom=file.bom, version=file.version)


ACTION = Action(
    "resolveConflicts",
    "Resolve the merge conflicts in this file",
    "file",
    "resolve_conflicts.md",
    False,
    find,
    kind="fix",
    answer=answer,
)
