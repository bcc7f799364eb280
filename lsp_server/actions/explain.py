"""Explain this: what the lines do, why, and what to look out for, in plain text beside the code. Nothing is changed."""

import asyncio
import time

from clients.outgoing import Withheld
from context.snapshot import Snapshot
from lsp_server.actions.ask import Answer, Ask, Explanation, NoChange
from lsp_server.actions.context_answer import needs_model, selected
from lsp_server.actions.describe import shortened
from lsp_server.actions.model_call import CUT, Call, cleared, read
from lsp_server.actions.offer import Action, Found, Report, Spot
from lsp_server.actions.plain import plain
from lsp_server.actions.prompt import build_prompt
from lsp_server.actions.services import Services
from lsp_server.actions.target import lines_of, qualified, target


def find(spot: Spot) -> Found | None:
    """Offered on several lines, and inside a definition."""
    if spot.place.start_line != spot.place.end_line:
        return Found(spot.asked("Explain these lines"), spot.place, title="Explain the selection")
    definition = target(spot)
    if definition is None:
        return None
    name = qualified(definition)
    return Found(spot.asked(f"Explain `{name}`"), lines_of(spot, definition), title=f"Explain {name}")


async def answer(ask: Ask, action: Action, snapshot: Snapshot, services: Services, report: Report) -> Answer:
    """The model's words; what the text of a reply could do to whoever shows it is taken out."""
    started = time.monotonic()
    context = await selected(ask, snapshot, services, report)
    model = services.model
    if model is None:
        return NoChange(ask, "needs-model", needs_model(()), context=context)
    prompt = await asyncio.to_thread(build_prompt, ask, action, context, snapshot)
    messages = await asyncio.to_thread(cleared, prompt, services)
    if isinstance(messages, Withheld):
        return NoChange(ask, "refused", messages.message, context=context)
    report(f"Asking {model.name} at {model.host}")
    reply = await read(model, Call(ask, messages, is_for_edits=False), services, report)
    if isinstance(reply, NoChange):
        return reply
    text = plain(reply.text)
    if not text:
        return NoChange(ask, "failed", "The model explained nothing. Ask again.", context=context, usage=reply.usage)
    if reply.stopped in CUT:
        text = f"{text}\n\n[{CUT[reply.stopped]}]\n"
    return Explanation(ask, shortened(ask.description), text, context, reply.usage, time.monotonic() - started)


ACTION = Action("explain", "Explain this", "file", "explain.md", False, find, rules="explain_rules.md", answer=answer)
