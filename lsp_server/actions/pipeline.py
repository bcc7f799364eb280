"""How does a description become a proposal? A recipe if one fits exactly, else the model; then the review.

The way is straight: context, model, edits, review. Nothing here writes anything: the caller delivers.
"""

import asyncio
from dataclasses import replace

from context.errors import ContextError, WorkerError, WorkerTimeoutError
from context.snapshot import Snapshot
from lsp_server.actions.ask import Answer, Ask, NoChange, Proposal
from lsp_server.actions.changelog import asks_for_entry, head_of_changes
from lsp_server.actions.context_answer import answer_in_context
from lsp_server.actions.notebooks import beyond_cell, refusal, written_notebook
from lsp_server.actions.offer import Report
from lsp_server.actions.recipe_answer import answer_with_recipes
from lsp_server.actions.registry import action_named
from lsp_server.actions.services import Services
from lsp_server.actions.warming import warmed
from lsp_server.recipes.plan import NotUnderstood, Refused
from lsp_server.recipes.registry import understand

WHAT_NOW = "Ask again; if it happens twice, run `patchwright doctor`."


async def propose(ask: Ask, snapshot: Snapshot, services: Services, report: Report) -> Answer:
    """Takes one ask as far as a reviewed proposal, or says why there is none; cancelling its task ends it all."""
    if refused := refusal(ask):
        return NoChange(ask, "refused", refused)
    try:
        answer = await _answer(ask, snapshot, services, report)
    except (ContextError, OSError) as error:
        return NoChange(ask, "failed", f"{_in_words(error)} Nothing was changed. {WHAT_NOW}")
    if isinstance(answer, Proposal) and (
        why := beyond_cell(ask, answer.change) or written_notebook(ask, answer.change)
    ):
        return NoChange(ask, "refused", f"{why} Nothing was changed.")
    return answer


def _in_words(error: ContextError | OSError) -> str:
    """What the world did; its own words only where they cannot hold a path or a text of the user's."""
    match error:
        case WorkerTimeoutError():
            return "A worker process took longer than it may."
        case WorkerError():
            return "A worker process ended before its work was done."
        case OSError(strerror=str() as reason):
            return f"The system did not let the work be done ({reason})."
        case OSError():
            return "The system did not let the work be done."
        case _:
            return "The index cannot be read."


async def _answer(ask: Ask, snapshot: Snapshot, services: Services, report: Report) -> Answer:
    action = action_named(ask.action)
    if action is None:
        return NoChange(ask, "refused", f"There is no action {ask.action!r}.")
    if not ask.description.strip():
        return NoChange(ask, "refused", "Say what to change: the description is empty.")
    hints: tuple[str, ...] = ()
    if action.recipes:
        answer = await _exact_answer(ask, snapshot, services, report)
        if not isinstance(answer, NotUnderstood):
            return answer
        hints = answer.hints
    if action.answer is not None:
        return await action.answer(ask, action, snapshot, services, report)
    if action.scope == "workspace" and asks_for_entry(ask.description):
        ask = replace(ask, evidence=await asyncio.to_thread(head_of_changes, snapshot, services))
    async with warmed(services.model):
        return await answer_in_context(ask, action, snapshot, services, report, hints)


async def _exact_answer(ask: Ask, snapshot: Snapshot, services: Services, report: Report) -> Answer | NotUnderstood:
    """What the recipes answer. What they know but cannot do is a model's to try, if one is connected."""
    found = understand(" ".join(ask.description.split()))
    if isinstance(found, NotUnderstood):
        return found
    if isinstance(found, Refused):
        message = " ".join(problem.message for problem in found.problems)
        answer: Answer = NoChange(ask, "refused", message, found.problems)
    else:
        answer = await answer_with_recipes(ask, found, snapshot, services, report)
    if isinstance(answer, NoChange) and services.model is not None and _beyond_recipes(answer):
        return NotUnderstood()
    return answer


def _beyond_recipes(answer: NoChange) -> bool:
    """Whether a recipe refused because what is meant is not its to do, rather than because doing it would be wrong."""
    return bool(answer.problems) and all(problem.code in ("NOT_FOUND", "FORMAT") for problem in answer.problems)
