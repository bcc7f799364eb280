"""How is a model called? The prompt through the outgoing gate, the stream of its reply, and what a user is told of it.

What comes is never applied in part: a caller gets the whole reply when it has ended, and how it ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from clients.model import CodeModel, Failure, Message, Request, Stop, StopReason, TextDelta, Tool, ToolDelta, Usage
from clients.outgoing import Withheld
from lsp_server.actions.ask import Ask, NoChange
from lsp_server.actions.edit_tools import EDIT_SCHEMA, EDIT_TOOLS, call_path, calls_text, schema_text
from lsp_server.actions.offer import Report
from lsp_server.actions.prompt import Prompt
from lsp_server.actions.recipe_calls import RECIPE_TOOLS, RecipeCall, parted
from lsp_server.actions.services import Services
from lsp_server.edits.stream import Stream, feed

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
    """A reply with secrets put back, how it ended, and what it cost. `recipes` are called beside its edits."""

    text: str
    stopped: StopReason
    usage: Usage
    recipes: tuple[RecipeCall, ...] = ()

    @property
    def whole(self) -> str:
        """All of it, for a conversation that goes on."""
        return "\n".join([*(call.text for call in self.recipes), *([self.text] if self.text else [])])


@dataclass(frozen=True, slots=True)
class Call:
    """One call for an ask. `spent` is what the ask has used before; `is_for_edits` says that the reply is a change.

    `has_recipes` says that the model may call recipes as well.
    """

    ask: Ask
    messages: tuple[Message, ...]
    spent: Usage = Usage(0, 0)  # noqa: RUF009 - a value
    is_for_edits: bool = True
    has_recipes: bool = False


@dataclass(frozen=True, slots=True)
class Writing:
    """A reply while it comes: what of it is there, and how many characters the user was last told of."""

    name: str
    default_path: str | None
    stream: Stream = field(default_factory=Stream)
    told: int = 0
    is_for_edits: bool = True

    def with_more(self, text: str) -> tuple["Writing", str]:
        """The reply with more text, and what to tell of it: each edit as it is finished, or how much there is."""
        stream, blocks = (
            feed(self.stream, text, self.default_path)
            if self.is_for_edits
            else (replace(self.stream, text=self.stream.text + text), ())
        )
        length = len(stream.text)
        said = f"{self.name} is writing: {length:,} characters" if length - self.told >= TOLD_CHARACTERS else ""
        if blocks:
            said = f"{self.name} wrote edit {stream.handed}, in {blocks[-1].path}"
        return replace(self, stream=stream, told=length if said else self.told), said


def add_usage(first: Usage, second: Usage) -> Usage:
    """Two calls' tokens together."""
    return Usage(
        first.input_tokens + second.input_tokens,
        first.output_tokens + second.output_tokens,
        first.estimated or second.estimated,
        first.cached_tokens + second.cached_tokens,
    )


def cleared(prompt: Prompt, services: Services) -> tuple[Message, ...] | Withheld:
    """Every turn through the outgoing gate."""
    messages: list[Message] = []
    for turn in prompt.turns:
        cleared = services.gate.clear(turn.parts)
        if isinstance(cleared, Withheld):
            return cleared
        messages.append(Message(turn.role, cleared.text))
    return tuple(messages)


async def read(model: CodeModel, call: Call, services: Services, report: Report) -> Reply | NoChange:
    """The whole reply, or why there is none."""
    ask, budget = call.ask, call.ask.budget
    chosen = services.settings.model
    temperature = chosen.temperature if chosen else None
    tools = _tools(call, services)
    schema = EDIT_SCHEMA if call.is_for_edits and is_held_to_json(services) else None
    request = Request(
        call.messages,
        budget.output_tokens,
        temperature,
        budget.seconds,
        schema,
        tools,
        spent=call.spent,
        ask=ask.id,
    )
    writing = Writing(model.name, ask.place.path if ask.place else None, is_for_edits=call.is_for_edits)
    usage = Usage(0, 0, estimated=True)
    stopped: StopReason = "incomplete"
    failed: Failure | None = None
    calls: list[ToolDelta] = []
    async for event in model.stream(request):
        said = ""
        match event:
            case TextDelta(text):
                writing, said = writing.with_more(text)
            case ToolDelta():
                said = _finished_call(model.name, calls, event)
                calls.append(event)
            case Usage():
                usage = event
            case Stop(reason):
                said = _finished_call(model.name, calls, None)
                stopped = reason
            case Failure():
                failed = event
            case _:
                pass
        if said:
            report(said)
    if failed is not None:
        return NoChange(ask, "failed", failed.message, usage=usage, failure=failed)
    restore = services.gate.restore
    # What a model says beside its calls is talk: the calls are the reply.
    said = writing.stream.text
    recipes, edits = parted(calls, restore) if call.has_recipes else ((), calls)
    text = calls_text(edits, restore) if calls else schema_text(said, restore) if schema else restore(said)
    return Reply(text, stopped, usage, recipes)


def _tools(call: Call, services: Services) -> tuple[Tool, ...]:
    """What the model is offered: nothing, unless the user wants tools and the reply is a change."""
    chosen = services.settings.model
    if chosen is None or not chosen.edit_tools or not call.is_for_edits:
        return ()
    return (*EDIT_TOOLS, *RECIPE_TOOLS) if call.has_recipes else EDIT_TOOLS


def is_held_to_json(services: Services) -> bool:
    """Whether the user wants that, and no tools: those give the same shape, and a model may write beside them."""
    chosen = services.settings.model
    return chosen is not None and chosen.edit_schema and not chosen.edit_tools


def _finished_call(name: str, calls: Sequence[ToolDelta], following: ToolDelta | None) -> str:
    """What to tell when the next call begins, or the reply ends: the one before it is whole."""
    if not calls or (following is not None and following.index == calls[-1].index):
        return ""
    number = len({delta.index for delta in calls})
    path = call_path([delta for delta in calls if delta.index == calls[-1].index])
    return f"{name} wrote edit {number}, in {path}" if path else f"{name} wrote edit {number}"
