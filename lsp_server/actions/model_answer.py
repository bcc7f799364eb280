"""How does a model answer? One prompt, one reply, one precise chance to mend it.

A reply is a change only if the stream ended properly, every block fits exactly one place, the change stays in the
scope that was asked for, and the review does not deny it. Anything else goes back to the model once, then to the user.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from clients.model import CodeModel, Failure, Message, Request, Stop, StopReason, TextDelta, ToolDelta, Usage
from clients.outgoing import Withheld
from context.retrieval.select import Context
from context.snapshot import Snapshot
from lsp_server.actions.ask import Answer, Ask, NoChange, Proposal
from lsp_server.actions.describe import shortened
from lsp_server.actions.edit_tools import EDIT_TOOLS, calls_text
from lsp_server.actions.judged import judged_and_checked
from lsp_server.actions.offer import Action
from lsp_server.actions.prompt import Prompt, build_prompt, mend_prompt
from lsp_server.actions.services import Services
from lsp_server.edits.again import Kept, read_cut_reply, read_reply
from lsp_server.edits.change import ChangeSet, Problem, Refused
from lsp_server.edits.stream import Stream, feed
from lsp_server.review.judge import refusals, unwelcome
from lsp_server.review.verdict import Verdict

ATTEMPTS = 2
"""The reply and one chance to mend it: a third try seldom helps and always costs."""

TOLD_CHARACTERS = 400
"""How much a model writes between two words of progress."""

CUT: dict[StopReason, str] = {
    "length": "The reply was cut at the token limit. Ask for less at once, or raise model.max_output_tokens.",
    "incomplete": "The connection ended in the middle of the reply. Try again.",
    "filter": "The host's content filter stopped the reply.",
    "cancelled": "The reply was cancelled.",
}
"""What to say of a reply that did not end by itself; such a reply is never applied.

One that was cut at the token limit may go on: its finished blocks are kept until the rest has come.
"""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply with secrets put back, how it ended, and what it cost."""

    text: str
    stopped: StopReason
    usage: Usage


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What became of a reply: a change with its verdict, or the problems against it and the blocks that are kept."""

    change: ChangeSet | None
    verdict: Verdict | None
    problems: tuple[Problem, ...]
    kept: Kept | None = None

    @property
    def stands(self) -> bool:
        """Whether there is a change that a person may decide about, with or without findings."""
        return self.change is not None and self.verdict is not None


@dataclass(frozen=True, slots=True)
class Writing:
    """A reply while it comes: what of it is there, and how many characters the user was last told of."""

    name: str
    default_path: str | None
    stream: Stream = field(default_factory=Stream)
    told: int = 0

    def with_more(self, text: str) -> tuple["Writing", str]:
        """The reply with more text, and what to tell of it: each edit as it is finished, or how much there is."""
        stream, blocks = feed(self.stream, text, self.default_path)
        length = len(stream.text)
        said = f"{self.name} is writing: {length:,} characters" if length - self.told >= TOLD_CHARACTERS else ""
        if blocks:
            said = f"{self.name} wrote edit {stream.handed}, in {blocks[-1].path}"
        return replace(self, stream=stream, told=length if said else self.told), said


async def answer_with_model(
    ask: Ask,
    action: Action,
    context: Context,
    snapshot: Snapshot,
    services: Services,
    model: CodeModel,
    report: Callable[[str], None],
) -> Answer:
    """Asks the model, turns its reply into a reviewed change, and gives it one chance to mend a bad reply."""
    started = time.monotonic()
    prompt = await asyncio.to_thread(build_prompt, ask, action, context, snapshot)
    shown = tuple(dict.fromkeys(piece.path for piece in context.pieces))
    spent = Usage(0, 0)
    reviewed = standing = Reviewed(None, None, ())
    for attempt in range(ATTEMPTS):
        messages = await asyncio.to_thread(_clear, prompt, services)
        if isinstance(messages, Withheld):
            return NoChange(ask, "refused", messages.message, context=context)
        report(_before_asking(model, attempt, standing))
        reply = await _read(model, messages, ask, services, report, spent)
        if isinstance(reply, NoChange):
            if standing.stands:
                break
            return reply
        spent = add_usage(spent, reply.usage)
        report("Checking the change")
        reviewed = await _reviewed(reply, ask, snapshot, services, reviewed.kept, shown)
        if reviewed.stands:
            standing = _better(standing, reviewed)
        if reviewed.stands and not reviewed.problems:
            break
        if reviewed.verdict is not None and reviewed.verdict.level == "deny" and not _mendable(reviewed.problems):
            break
        if reply.stopped in CUT and reviewed.kept is None and not standing.stands:
            message = f"Nothing was changed: {CUT[reply.stopped]}"
            return NoChange(ask, "failed", message, reviewed.problems, context, spent)
        prompt = await asyncio.to_thread(mend_prompt, prompt, reply.text, reviewed.problems, snapshot, reviewed.kept)
    if standing.change is not None and standing.verdict is not None:
        return Proposal(
            ask,
            standing.change,
            standing.verdict,
            "model",
            shortened(ask.description),
            context=context,
            usage=spent,
            seconds=time.monotonic() - started,
        )
    denied = reviewed.verdict is not None and reviewed.verdict.level == "deny"
    message = "Nothing was changed: " + " ".join(problem.message for problem in reviewed.problems)
    reason = "denied" if denied else "no-edit"
    return NoChange(ask, reason, message, reviewed.problems, context, spent, reviewed.verdict)


def _before_asking(model: CodeModel, attempt: int, standing: Reviewed) -> str:
    if attempt == 0:
        return f"Asking {model.name} at {model.host}"
    return f"{'Tools found something new' if standing.stands else 'The reply did not fit'}: asking once more"


def _better(first: Reviewed, second: Reviewed) -> Reviewed:
    """Of two changes that stand the one with fewer findings, the later of equal ones."""
    return first if first.stands and len(first.problems) < len(second.problems) else second


def add_usage(first: Usage, second: Usage) -> Usage:
    """Two calls' tokens together."""
    return Usage(
        first.input_tokens + second.input_tokens,
        first.output_tokens + second.output_tokens,
        first.estimated or second.estimated,
        first.cached_tokens + second.cached_tokens,
    )


def _clear(prompt: Prompt, services: Services) -> tuple[Message, ...] | Withheld:
    """Every turn through the outgoing gate."""
    messages: list[Message] = []
    for turn in prompt.turns:
        cleared = services.gate.clear(turn.parts)
        if isinstance(cleared, Withheld):
            return cleared
        messages.append(Message(turn.role, cleared.text))
    return tuple(messages)


async def _read(
    model: CodeModel,
    messages: tuple[Message, ...],
    ask: Ask,
    services: Services,
    report: Callable[[str], None],
    spent: Usage,
) -> Reply | NoChange:
    """The whole reply, or why there is none; `spent` is what this ask has used before."""
    chosen = services.settings.model
    temperature = chosen.temperature if chosen else None
    tools = EDIT_TOOLS if chosen and chosen.edit_tools else ()
    budget = ask.budget
    request = Request(messages, budget.output_tokens, temperature, budget.seconds, tools=tools, spent=spent, ask=ask.id)
    writing = Writing(model.name, ask.place.path if ask.place else None)
    usage = Usage(0, 0, estimated=True)
    stopped: StopReason = "incomplete"
    failed: Failure | None = None
    calls: list[ToolDelta] = []
    async for event in model.stream(request):
        match event:
            case TextDelta(text):
                writing, said = writing.with_more(text)
                if said:
                    report(said)
            case ToolDelta():
                calls.append(event)
            case Usage():
                usage = event
            case Stop(reason):
                stopped = reason
            case Failure():
                failed = event
            case _:
                pass
    if failed is not None:
        return NoChange(ask, "failed", failed.message, usage=usage, failure=failed)
    restore = services.gate.restore
    # What a model says beside its calls is talk: the calls are the reply.
    text = calls_text(calls, restore) if calls else restore(writing.stream.text)
    return Reply(text, stopped, usage)


async def _reviewed(
    reply: Reply, ask: Ask, snapshot: Snapshot, services: Services, kept: Kept | None, shown: tuple[str, ...]
) -> Reviewed:
    """What becomes of a reply, together with the blocks that were kept of the one before it.

    `shown` are the paths of the files that the model saw.
    """
    default_path = ask.place.path if ask.place else None
    if reply.stopped in CUT:
        problem = Problem("TRUNCATED", CUT[reply.stopped])
        if reply.stopped != "length" or kept is not None:
            return Reviewed(None, None, (problem,))
        begun = await services.index.run(read_cut_reply, reply.text, snapshot, default_path, shown)
        return Reviewed(None, None, begun.problems if begun else (problem,), begun)
    reading = await services.index.run(read_reply, reply.text, snapshot, default_path, kept, shown)
    change = reading.change
    if isinstance(change, Refused):
        return Reviewed(None, None, change.problems, reading.kept)
    if outside := out_of_scope(change, ask):
        return Reviewed(None, None, outside)
    verdict = await judged_and_checked(change, snapshot, services, ask=ask.id)
    if verdict.level != "deny":
        return Reviewed(change, verdict, unwelcome(verdict))
    problems = refusals(verdict)
    # Where the syntax is broken, the model is told that alone: it is what it can mend.
    broken = tuple(problem for problem in problems if problem.code == "SYNTAX_WORSE")
    return Reviewed(None, verdict, broken or problems)


def _mendable(problems: tuple[Problem, ...]) -> bool:
    """A reply that breaks the syntax may be mended; one that reaches for a denied path is not asked again."""
    return any(problem.code == "SYNTAX_WORSE" for problem in problems)


def out_of_scope(change: ChangeSet, ask: Ask) -> tuple[Problem, ...]:
    """The files that the ask did not cover: all but its own, unless the whole workspace was asked for."""
    if ask.scope == "workspace" or ask.place is None:
        return ()
    others = [path for path in change.paths() if path != ask.place.path]
    if others:
        message = f"only {ask.place.path} may change here, not {', '.join(others)}. Use “Change across files” for that."
        return tuple(Problem("DENIED", message, path) for path in others[:1])
    return ()
