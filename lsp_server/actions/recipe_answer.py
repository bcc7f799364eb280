"""How does a recipe answer? With an exact change made from every file that mentions its names."""

import asyncio
import fnmatch
import re
import stat
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePosixPath

from context.snapshot import FileText, Snapshot
from lsp_server.actions.ask import Answer, Ask, NoChange, Proposal
from lsp_server.actions.judged import judged_and_checked
from lsp_server.actions.notebooks import used_in_other_cells
from lsp_server.actions.services import Services
from lsp_server.edits.change import ChangeSet, Create, Problem
from lsp_server.recipes.plan import Done, Material, Refused, Step, Wanted
from lsp_server.recipes.sequence import after, joined

MOST_ROUNDS = 8
"""How often a recipe may ask for more files: once for each step down a hierarchy of classes."""

TOO_MANY_FILES = (
    "The workspace has more files than are indexed, so that some place could be missed. Open the folder of the project,"
    " or raise index.most_files in your settings."
)


async def answer_with_recipes(
    ask: Ask, steps: tuple[Step, ...], snapshot: Snapshot, services: Services, report: Callable[[str], None]
) -> Answer:
    """Carries plans out in a worker process, after bringing the index up to date: an exact edit may miss no file.

    Each step sees the files as the one before it left them; where one is refused, none is done.
    """
    started = time.monotonic()
    if used := used_in_other_cells(ask, tuple(name for step in steps for name in step.plan.names())):
        return NoChange(ask, "refused", f"{used} Nothing was changed.")
    if any(step.plan.names() for step in steps):
        await services.index.catch_up()
        if services.index.capped:
            return NoChange(ask, "refused", f"{TOO_MANY_FILES} Nothing was changed.")
    outcomes: list[Done] = []
    current = snapshot
    for number, step in enumerate(steps):
        report(step.plan.sentence())
        consumed = ask.comment if number == 0 else None
        outcome = await carried_out(step, Material(current, ask.place, consumed), services)
        if isinstance(outcome, Refused):
            message = " ".join(problem.message for problem in outcome.problems)
            message += await asyncio.to_thread(_near, step, outcome, services)
            where = f"Step {number + 1} ({step.plan.sentence()}): " if len(steps) > 1 else ""
            return NoChange(ask, "refused", where + message, outcome.problems)
        outcomes.append(outcome)
        current = await asyncio.to_thread(after, current, outcome.change)
    done = await services.index.run(joined, snapshot, outcomes)
    if len(steps) > 1 and not done.change.operations:
        return NoChange(ask, "refused", "These steps take back one another: the files would end as they are.")
    locked = await asyncio.to_thread(_read_only, done.change, snapshot)
    if locked:
        problem = Problem("UNWRITABLE", f"{locked} is read-only: nothing was changed.", locked)
        return NoChange(ask, "refused", problem.message, (problem,))
    return await proposed(ask, done, snapshot, services, started)


async def proposed(ask: Ask, done: Done, snapshot: Snapshot, services: Services, started: float) -> Proposal | NoChange:
    """What a recipe did, reviewed; `started` is when the ask was, on the monotonic clock."""
    verdict = await judged_and_checked(done.change, snapshot, services, ask=ask.id, exact=True)
    if verdict.level == "deny":
        return NoChange(ask, "denied", "Not applied: " + " ".join(verdict.reasons), verdict=verdict)
    return Proposal(
        ask,
        done.change,
        verdict,
        "recipe",
        done.summary,
        uncertain=done.uncertain,
        seconds=time.monotonic() - started,
    )


def _near(step: Step, refused: Refused, services: Services) -> str:
    """What may have been meant by a name that is nowhere, for the end of the refusal."""
    names, said = step.plan.names(), refused.problems[0].message
    if refused.problems[0].code != "NOT_FOUND" or not names or "Did you mean" in said or "defined in" in said:
        return ""
    near = services.index.near(names[0])
    return f" Did you mean {' or '.join(near)}?" if near else " Files that are ignored are not looked at."


def _read_only(change: ChangeSet, snapshot: Snapshot) -> str:
    """The path of a changed file that nobody may write; empty for none."""
    for operation in change.operations:
        try:
            mode = (snapshot.root / PurePosixPath(operation.path)).stat().st_mode
        except OSError:
            continue
        if not isinstance(operation, Create) and not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
            return operation.path
    return ""


async def carried_out(step: Step, material: Material, services: Services) -> Done | Refused:
    """One step, asked again with more files for as long as it wants to see more."""
    names, patterns = step.plan.names(), tuple[str, ...]()
    for _ in range(MOST_ROUNDS):
        found = _mentioning(names, material.snapshot, services) if names else ()
        fitting = _fitting(patterns, material.snapshot, services) if patterns else ()
        candidates = tuple(sorted({*found, *fitting}))
        shown = replace(material, candidates=candidates, names=names, patterns=patterns)
        outcome = await services.index.run(step.recipe.carry_out, step.plan, shown)
        if not isinstance(outcome, Wanted):
            return outcome
        if not names:
            await services.index.catch_up()
            if services.index.capped:
                return Refused((Problem("MISSING", TOO_MANY_FILES),))
        names = tuple(dict.fromkeys((*names, *outcome.names)))
        patterns = tuple(dict.fromkeys((*patterns, *outcome.patterns)))
    return Refused((Problem("FORMAT", "Too many classes and names hang together here to be sure of all of them."),))


def _mentioning(names: tuple[str, ...], snapshot: Snapshot, services: Services) -> tuple[str, ...]:
    """The files that mention one of the names: as indexed from disk, and as the open buffers stand."""
    words = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
    on_disk = {path for name in names for path in services.index.mentions(name)}
    open_files: dict[str, FileText] = dict(snapshot.buffers)
    in_buffers = {path for path, file in open_files.items() if words.search(file.text)}
    return tuple(sorted((on_disk - open_files.keys()) | in_buffers))


def _fitting(patterns: tuple[str, ...], snapshot: Snapshot, services: Services) -> tuple[str, ...]:
    """The files whose paths fit one of the patterns, open ones included."""
    fits = re.compile("|".join(map(fnmatch.translate, patterns)))
    return tuple(path for path in {*services.index.paths(), *snapshot.buffers} if fits.match(path))
