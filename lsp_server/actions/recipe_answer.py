"""How does a recipe answer? With an exact change made from every file that mentions its names."""

import re
import time
from collections.abc import Callable

from context.snapshot import FileText, Snapshot
from lsp_server.actions.ask import Answer, Ask, NoChange, Proposal
from lsp_server.actions.judged import judged
from lsp_server.actions.services import Services
from lsp_server.recipes.plan import Material, Plan, Recipe, Refused

TOO_MANY_FILES = (
    "The workspace has more files than are indexed, so that some place could be missed. Open the folder of the project,"
    " or raise index.most_files in your settings."
)


async def answer_with_recipe(
    ask: Ask, recipe: Recipe, plan: Plan, snapshot: Snapshot, services: Services, report: Callable[[str], None]
) -> Answer:
    """Carries the plan out in a worker process, after bringing the index up to date: an exact edit may miss no file."""
    started = time.monotonic()
    report(plan.sentence())
    candidates: tuple[str, ...] = ()
    if names := plan.names():
        await services.index.refresh()
        if services.index.capped:
            return NoChange(ask, "refused", f"{TOO_MANY_FILES} Nothing was changed.")
        candidates = _mentioning(names, snapshot, services)
    material = Material(snapshot, ask.place, ask.comment, candidates)
    outcome = await services.index.run(recipe.carry_out, plan, material)
    if isinstance(outcome, Refused):
        return NoChange(ask, "refused", " ".join(problem.message for problem in outcome.problems), outcome.problems)
    verdict = await judged(outcome.change, snapshot, services)
    if verdict.level == "deny":
        return NoChange(ask, "denied", "Not applied: " + " ".join(verdict.reasons), verdict=verdict)
    return Proposal(
        ask,
        outcome.change,
        verdict,
        "recipe",
        outcome.summary,
        uncertain=outcome.uncertain,
        seconds=time.monotonic() - started,
    )


def _mentioning(names: tuple[str, ...], snapshot: Snapshot, services: Services) -> tuple[str, ...]:
    """The files that mention one of the names: as indexed from disk, and as the open buffers stand."""
    words = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
    on_disk = {path for name in names for path in services.index.mentions(name)}
    open_files: dict[str, FileText] = dict(snapshot.buffers)
    in_buffers = {path for path, file in open_files.items() if words.search(file.text)}
    return tuple(sorted((on_disk - open_files.keys()) | in_buffers))
