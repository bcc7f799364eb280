"""What is a code model? A request goes in, events come out.

Whatever answers (`hosted`, `playback`, what wraps them) is a `CodeModel`. Only a `Stop` with reason "end" or "tool" may
lead to an edit: a stream that ends without one, or with another reason, was cut.
"""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from clients.outgoing import ClearedText

CHARACTERS_PER_TOKEN = 3.5
"""An estimate for code, used where the host does not count."""

Role = Literal["system", "user", "assistant"]
StopReason = Literal["end", "length", "tool", "filter", "cancelled", "incomplete"]
FailureKind = Literal[
    "auth",
    "quota",
    "rate",
    "overloaded",
    "context_too_long",
    "not_found",
    "unsupported_api",
    "content_filter",
    "network",
    "timeout",
    "bad_output",
    "budget",
    "refused_by_policy",
]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a chat; its text has passed the outgoing gate."""

    role: Role
    text: ClearedText


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the model may call; `parameters` is a JSON schema. All of it is our own words, not the user's."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Infill:
    """The two sides of a gap to fill, and other files that help, by name."""

    prefix: ClearedText
    suffix: ClearedText
    extra: tuple[tuple[str, ClearedText], ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens used. `estimated` when the host did not say and they were counted from characters.

    `cached_tokens` of the input were read from the host's cache of prompt beginnings.
    """

    input_tokens: int
    output_tokens: int
    estimated: bool = False
    cached_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """What a model is asked. `deadline` is in seconds for the whole call; `temperature` None leaves the host's own.

    `schema` is a JSON schema that the reply should fit: a host may ignore it, so the reply is to be checked as ever.
    With `infill` the gap is filled and `messages` are not sent. `spent` is what the same ask has used before, and
    `ask` names it in the user's own audit log; neither is sent.
    """

    messages: tuple[Message, ...]
    max_output_tokens: int = 8192
    temperature: float | None = None
    deadline: float = 180.0
    schema: Mapping[str, Any] | None = None
    tools: tuple[Tool, ...] = ()
    infill: Infill | None = None
    spent: Usage = Usage(0, 0)
    ask: str = field(default="", compare=False)

    def texts(self) -> tuple[str, ...]:
        """All cleared text that this sends."""
        return tuple(cleared.text for cleared in self.cleared())

    def cleared(self) -> tuple[ClearedText, ...]:
        """The same, with what each holds."""
        if self.infill is None:
            return tuple(message.text for message in self.messages)
        return (self.infill.prefix, self.infill.suffix, *(text for _, text in self.infill.extra))


@dataclass(frozen=True, slots=True)
class Start:
    """The host accepted the request, or, with `from_cache`, gave this very reply before and was not asked again."""

    model: str
    from_cache: bool = False


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the reply."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """A piece of what the model thinks before it replies; never part of an edit."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolDelta:
    """A piece of a call of a tool: `index` tells calls of one reply apart, `json_part` adds to its arguments."""

    index: int
    name: str
    json_part: str


@dataclass(frozen=True, slots=True)
class Stop:
    """The reply is over, and why."""

    reason: StopReason


@dataclass(frozen=True, slots=True)
class Failure:
    """The call failed. `message` is one sentence for the user that says what to do; it holds no key and no prompt.

    `retry_after` is in seconds where the host named a time. Where the request was too long, `asked_tokens` and
    `limit_tokens` are what the host counted, if it said so.
    """

    kind: FailureKind
    message: str
    retry_after: float | None = None
    asked_tokens: int | None = None
    limit_tokens: int | None = None


Event = Start | TextDelta | ReasoningDelta | ToolDelta | Usage | Stop | Failure


class CodeModel(Protocol):
    """Something that answers requests. `name` and `host` are for people: they say where the code goes."""

    @property
    def name(self) -> str:
        """The model, as its host calls it."""
        ...

    @property
    def host(self) -> str:
        """Where the text goes: a host and port, or a word for a model that is not asked over a network."""
        ...

    def stream(self, request: Request) -> AsyncGenerator[Event]:
        """Events of one call: it never raises for what the host does, and ends with one `Stop` or `Failure`.

        Cancelling a task that waits for an event closes the connection at once. Who may leave the loop early, or be
        cancelled between two events, iterates within `contextlib.aclosing`.
        """
        ...

    async def warm(self) -> None:
        """Does beforehand what a call would wait for, such as connecting; nothing of the user's work is sent.

        It never raises for what the host does, and may be cancelled.
        """
        ...

    async def close(self) -> None:
        """Gives connections back."""
        ...
