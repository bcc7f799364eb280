"""Finish this change: what the author began since the last commit is carried to every place that it concerns.

Call sites of what got another signature, names that were renamed in one place only, tests and documentation that say
what is no longer true: the diff, and the lines that still speak of what it changed, show them.
"""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from context.parsing.symbols import Definition, outline
from context.snapshot import FileText, Snapshot
from context.workspace.history import History, HistoryError, reading
from lsp_server.actions.ask import Answer, Ask, Evidence, NoChange
from lsp_server.actions.changelog import head_of_changes
from lsp_server.actions.context_answer import answer_in_context
from lsp_server.actions.offer import Action, Found, Report, Spot
from lsp_server.actions.services import Services
from lsp_server.actions.target import target
from lsp_server.edits.change import ChangeSet, Create, Delete, Operation
from lsp_server.edits.diff import unified
from lsp_server.edits.lines import contents
from lsp_server.recipes.sequence import compared

MOST_FILES = 60
MOST_LINES = 60
"""So many lines elsewhere show what the change left behind."""

MOST_NAMES = 30
LINE_CHARACTERS = 200
DIFF_SHARE = 2.0
"""The diff may have so many characters for each token of the context's budget: half of what the files may have."""

FINISH = "Finish this change"

_WORDS = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Changed:
    """One file as the last commit has it and as it is; None where it is not there."""

    path: str
    before: FileText | None
    after: FileText | None

    def operation(self) -> Operation | None:
        """The change as a value; None where the texts are equal but for the ends of their lines."""
        if self.before is None:
            return Create(self.path, self.after.text) if self.after else None
        if self.after is None:
            return Delete(self.path, self.before.sha, self.before.text)
        if contents(self.before.text) == contents(self.after.text):
            return None
        return compared(self.before, self.after.text)


def find(spot: Spot) -> Found | None:
    """Offered in definitions and on comments of files that something which was begun may concern."""
    if not spot.is_begun or (spot.comment is None and target(spot) is None):
        return None
    return Found(spot.asked(FINISH), spot.place, title=FINISH)


async def answer(ask: Ask, action: Action, snapshot: Snapshot, services: Services, report: Report) -> Answer:
    """The model's answer to the diff since the last commit."""
    report("Reading what was changed since the last commit")
    async with reading(services.root) as history:
        if isinstance(history, str):
            return NoChange(ask, "refused", f"{history}, so that there is no change to finish.")
        try:
            changed = await _changed(history, snapshot, services)
        except HistoryError as error:
            return NoChange(ask, "failed", f"The last commit cannot be read: {error}. Nothing was changed.")
    if not changed:
        return NoChange(ask, "refused", "Nothing was changed since the last commit: there is nothing to finish.")
    gone, others, new = await services.index.run(touched_names, changed)
    names = (*gone, *others, *new)
    left = await asyncio.to_thread(_left_behind, (*gone, *others), frozenset(gone), changed, snapshot, services)
    evidence = _diffs(changed, int(ask.budget.context_tokens * DIFF_SHARE))
    if left:
        told = "Lines that name what the change removed, or gave another signature:"
        evidence = (*evidence, Evidence(told, "\n".join(left)))
    evidence = (*evidence, *await asyncio.to_thread(head_of_changes, snapshot, services))
    where = ", ".join(each.path for each in changed[:3])
    searched = " ".join(f"`{name}`" for name in names[:MOST_NAMES])
    about = replace(ask, evidence=evidence, sought=f"{where} {searched}")
    return await answer_in_context(about, action, snapshot, services, report)


async def _changed(history: History, snapshot: Snapshot, services: Services) -> tuple[Changed, ...]:
    """The files that differ from the last commit, on disk or in the editor, but for those that are never shown."""
    on_disk = await history.changed()
    found: list[Changed] = []
    for path in sorted({*on_disk, *snapshot.buffers}):
        if not await asyncio.to_thread(services.may_leave, path) or services.index.filter.ignores(path):
            continue
        before, after = await history.file(path), await asyncio.to_thread(snapshot.file, path)
        sides = [side if isinstance(side, FileText) else None for side in (before, after)]
        unreadable = any(not isinstance(side, FileText) and side.exists for side in (before, after))
        changed = Changed(path, *sides)
        if not unreadable and changed.operation() is not None:
            found.append(changed)
        if len(found) == MOST_FILES:
            break
    return tuple(found)


def touched_names(changed: Sequence[Changed]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The names of definitions that are gone, of those that got another first line or file, and of new ones."""
    gone: dict[str, None] = {}
    other: dict[str, None] = {}
    came: dict[str, None] = {}
    for each in changed:
        before, after = _heads(each.before), _heads(each.after)
        gone |= {name: None for name in before if name not in after}
        other |= {name: None for name, head in before.items() if name in after and after[name] != head}
        came |= {name: None for name in after if name not in before}
    # What moved from one file to another is not gone, and what names it may have to follow.
    others = other | {name: None for name in came if name in gone}
    new = came.keys() - others.keys()
    return _named(gone.keys() - came.keys(), gone), _named(others.keys(), others), _named(new, came)


def _named(names: Set[str], order: Mapping[str, None]) -> tuple[str, ...]:
    return tuple(name for name in order if name in names and len(name) > 2)[:MOST_NAMES]


def _heads(file: FileText | None) -> dict[str, str]:
    """The definitions of a file by name, with the lines up to where their body begins."""
    if file is None:
        return {}
    lines = contents(file.text)
    found: dict[str, str] = {}
    for definition in outline(file.path, file.text):
        found.setdefault(definition.name, _head(definition, lines))
    return found


def _head(definition: Definition, lines: Sequence[str]) -> str:
    """The first line of a definition, and those after it until the brackets that it opens are closed."""
    head = ""
    for line in lines[definition.name_line - 1 : definition.end_line]:
        head += f"{line.strip()} "
        if head.count("(") <= head.count(")"):
            break
    return head


def _left_behind(
    names: Sequence[str],
    gone: frozenset[str],
    changed: Sequence[Changed],
    snapshot: Snapshot,
    services: Services,
) -> list[str]:
    """Lines that hold a name of the change, as `path:line: text`; those that it wrote only with a name that is gone."""
    words = frozenset(names)
    new_lines = {each.path: _new_lines(each) for each in changed}
    paths = dict.fromkeys(path for name in names for path in services.index.mentions(name))
    found: list[str] = []
    for path in (*new_lines, *(path for path in paths if path not in new_lines)):
        file = snapshot.file(path) if services.may_leave(path) else None
        if not isinstance(file, FileText):
            continue
        for number, line in enumerate(contents(file.text), 1):
            sought = gone if number in new_lines.get(path, ()) else words
            if not sought.isdisjoint(_WORDS.findall(line)):
                found.append(f"{path}:{number}: {line.strip()[:LINE_CHARACTERS]}")
            if len(found) == MOST_LINES:
                return found
    return found


def _new_lines(changed: Changed) -> frozenset[int]:
    """The lines of a file, from 1, that the change wrote."""
    operation = changed.operation()
    if changed.after is None or operation is None or isinstance(operation, Delete):
        return frozenset()
    if isinstance(operation, Create):
        return frozenset(range(1, len(contents(operation.text)) + 1))
    shift, lines = 0, set[int]()
    for hunk in getattr(operation, "hunks", ()):
        start = hunk.start + shift
        lines |= set(range(start + 1, start + len(hunk.lines) + 1))
        shift += len(hunk.lines) - (hunk.end - hunk.start)
    return frozenset(lines)


def _diffs(changed: Iterable[Changed], characters: int) -> tuple[Evidence, ...]:
    """The diff of each file, short ones first where not all find room; the others are named."""
    diffs = {each.path: unified(ChangeSet((operation,))) for each in changed if (operation := each.operation())}
    shown: set[str] = set()
    for path, diff in sorted(diffs.items(), key=lambda pair: len(pair[1])):
        characters -= len(diff)
        if characters < 0:
            break
        shown.add(path)
    evidence = [Evidence(f"## {path}", diff, path) for path, diff in diffs.items() if path in shown]
    if left_out := [path for path in diffs if path not in shown]:
        evidence.append(Evidence("These files were changed too, by more than can be shown:", "\n".join(left_out)))
    return tuple(evidence)


ACTION = Action(
    "finishChange",
    FINISH,
    "workspace",
    "finish_change.md",
    False,
    find,
    answer=answer,
    may_be_nothing=True,
    unasked=FINISH,
)
