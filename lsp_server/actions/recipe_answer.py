"""How does a recipe answer? With an exact change made from every file that mentions its names."""

import asyncio
import fnmatch
import re
import time
from collections.abc import Callable
from dataclasses import replace

from context.snapshot import FileText, Snapshot
from lsp_server.actions.ask import Answer, Ask, NoChange, Proposal
from lsp_server.actions.judged import judged_and_checked
from lsp_server.actions.services import Services
from lsp_server.edits.change import Problem
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
            where = f"Step {number + 1} ({step.plan.sentence()}): " if len(steps) > 1 else ""
            return NoChange(ask, "refused", where + message, outcome.problems)
        outcomes.append(outcome)
        current = await asyncio.to_thread(after, current, outcome.change)
    done = await services.index.run(joined, snapshot, outcomes)
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
