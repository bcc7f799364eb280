"""How does a description become a proposal? A recipe if one fits exactly, else the model; then the review.

The way is straight: context, model, edits, review. Nothing here writes anything: the caller delivers.
"""

from collections.abc import Callable

from clients.model import Failure
from context.errors import ContextError, WorkerError, WorkerTimeoutError
from context.retrieval.select import Query
from context.snapshot import Snapshot
from lsp_server.actions.ask import Answer, Ask, NoChange
from lsp_server.actions.model_answer import answer_with_model
from lsp_server.actions.recipe_answer import answer_with_recipes
from lsp_server.actions.registry import action_named
from lsp_server.actions.services import Services
from lsp_server.recipes.plan import NotUnderstood, Refused
from lsp_server.recipes.registry import understand

Report = Callable[[str], None]
"""Told what is being done, in a few words for a progress bar."""

WHAT_NOW = "Ask again; if it happens twice, run `patchwright doctor`."


async def propose(ask: Ask, snapshot: Snapshot, services: Services, report: Report) -> Answer:
    """Takes one ask as far as a reviewed proposal, or says why there is none; cancelling its task ends it all."""
    try:
        return await _answer(ask, snapshot, services, report)
    except (ContextError, OSError) as error:
        return NoChange(ask, "failed", f"{_in_words(error)} Nothing was changed. {WHAT_NOW}")


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
    report("Finding the code that matters")
    context = await services.index.select(Query(ask.description, ask.budget.context_tokens, ask.place), snapshot)
    if context.completeness < 1:
        report(f"The index is being built, {context.completeness:.0%} so far: going on with what is there")
    if services.model is None:
        return NoChange(ask, "needs-model", _needs_model(hints), context=context)
    answer = await answer_with_model(ask, action, context, snapshot, services, services.model, report)
    if isinstance(answer, NoChange) and answer.failure and answer.failure.kind == "context_too_long":
        report("The model reads less at once: asking again with less of the workspace")
        query = Query(ask.description, smaller_budget(context.tokens, answer.failure), ask.place)
        context = await services.index.select(query, snapshot)
        answer = await answer_with_model(ask, action, context, snapshot, services, services.model, report)
    return answer


def smaller_budget(tokens: int, failure: Failure) -> int:
    """Tokens of context to try after a refusal as too long: in proportion where the host said how far, else a third."""
    asked, limit = failure.asked_tokens, failure.limit_tokens
    share = 0.8 * limit / asked if asked and limit and limit < asked else 1 / 3
    # The rest of the prompt, which does not shrink, and the reply take their part too.
    return max(200, int(tokens * min(share, 0.5)))


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


def _needs_model(hints: tuple[str, ...]) -> str:
    near = f" Did you mean: {' · '.join(hints)}?" if hints else ""
    return f"This needs a model, and none is connected. `patchwright doctor` says how to connect one.{near}"
