"""How is an ask answered from the workspace's code? Its context is selected, the model asked, the reply reviewed."""

import asyncio

from clients.model import CodeModel, Failure
from context.retrieval.select import Context, Query
from context.snapshot import Snapshot
from lsp_server.actions.ask import Answer, Ask, NoChange
from lsp_server.actions.model_answer import Onto, Sight, answer_with_model
from lsp_server.actions.notebooks import without_notebook
from lsp_server.actions.offer import Action, Report
from lsp_server.actions.services import Services

HOW_TO_CONNECT = " `patchwright doctor` says how to connect one."
NEEDS_MODEL = f"This needs a model, and none is connected.{HOW_TO_CONNECT}"


async def answer_in_context(
    ask: Ask,
    action: Action,
    snapshot: Snapshot,
    services: Services,
    report: Report,
    hints: tuple[str, ...] = (),
    onto: Onto | None = None,
) -> Answer:
    """The model's answer, asked again with less of the workspace where it reads less at once.

    `hints` are recipes whose phrasing is near the description, for a user without a model. `onto` says what a change of
    the snapshot's texts is really made to, where they are not the files themselves.
    """
    context = await selected(ask, snapshot, services, report)
    model = services.model
    if model is None:
        return NoChange(ask, "needs-model", needs_model(hints), context=context)

    async def asked(shown: Context, asked_model: CodeModel) -> Answer:
        return await answer_with_model(
            ask, action, Sight(shown, snapshot, onto, action.proof), services, asked_model, report
        )

    answer = await asked(context, model)
    if isinstance(answer, NoChange) and answer.failure and answer.failure.kind == "context_too_long":
        report("The model reads less at once: asking again with less of the workspace")
        answer = await asked(
            await _found(ask, smaller_budget(context.tokens, answer.failure), snapshot, services), model
        )
    return answer


async def selected(ask: Ask, snapshot: Snapshot, services: Services, report: Report) -> Context:
    """What the model is to see of the workspace for an ask."""
    report("Finding the code that matters")
    context = await _found(ask, ask.budget.context_tokens, snapshot, services)
    if context.completeness < 1:
        report(f"The index is being built, {context.completeness:.0%} so far: going on with what is there")
    return context


async def _found(ask: Ask, budget: int, snapshot: Snapshot, services: Services) -> Context:
    context = await services.index.select(
        Query(_sought(ask), budget, ask.place, beside=ask.scope == "workspace"), snapshot
    )
    # A rule that is younger than the index may say that a file is never sent.
    return without_notebook(await asyncio.to_thread(context.only, services.may_leave), ask)


def _sought(ask: Ask) -> str:
    return f"{ask.description}\n{ask.sought}".rstrip()


def smaller_budget(tokens: int, failure: Failure) -> int:
    """Tokens of context to try after a refusal as too long: in proportion where the host said how far, else a third."""
    asked, limit = failure.asked_tokens, failure.limit_tokens
    share = 0.8 * limit / asked if asked and limit and limit < asked else 1 / 3
    # The rest of the prompt, which does not shrink, and the reply take their part too.
    return max(200, int(tokens * min(share, 0.5)))


def needs_model(hints: tuple[str, ...]) -> str:
    """What to say where no model is connected."""
    near = f" Did you mean: {' · '.join(hints)}?" if hints else ""
    return f"{NEEDS_MODEL}{near}"
