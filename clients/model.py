"""What is a code model? A request goes in, events come out.

Every adapter (`openai_chat`, `playback`, ...) is a `CodeModel`. Only a `Stop` with reason "end" may lead to an edit: a
stream that ends without one, or with another reason, was cut.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Literal, Protocol

from clients.outgoing import ClearedText

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
    "refused_by_policy",
]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a chat; its text has passed the outgoing gate."""

    role: Role
    text: ClearedText


@dataclass(frozen=True, slots=True)
class Request:
    """What a model is asked. `deadline` is in seconds for the whole call; `temperature` None leaves the host's own."""

    messages: tuple[Message, ...]
    max_output_tokens: int = 8192
    temperature: float | None = None
    deadline: float = 180.0


@dataclass(frozen=True, slots=True)
class Start:
    """The host accepted the request."""

    model: str


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the reply."""

    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens used. `estimated` when the host did not say and they were counted from characters."""

    input_tokens: int
    output_tokens: int
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """The reply is over, and why."""

    reason: StopReason


@dataclass(frozen=True, slots=True)
class Failure:
    """The call failed. `message` is one sentence for the user that says what to do; it holds no key and no prompt.

    `retry_after` is in seconds where the host named a time.
    """

    kind: FailureKind
    message: str
    retry_after: float | None = None


Event = Start | TextDelta | Usage | Stop | Failure


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

    async def close(self) -> None:
        """Gives connections back."""
        ...
