"""How is a model asked that only the editor can reach, such as one of a subscription? Through a relay, handed in.

A request goes out as JSON, parts of the reply come back, and the last of them says how it ended:

    {"model": "copilot/gpt-5-mini", "messages": [{"role": "user", "text": "…"}], "temperature": null, "tools": []}
    {"text": ""}            the host accepted the request
    {"text": "def "}        more of the reply; {"reasoning": …} and {"tool": {"index", "name", "arguments"}} likewise
    {"stopped": "end", "usage": {"inputTokens": 812, "outputTokens": 40}}, or
    {"failed": {"code": "NoPermissions", "message": "…"}}

What comes is checked like what any host says. How long a reply may be cannot be told to every such model, so it is
watched here.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, cast

from clients.endpoint import GONE, NOT_OFFERED, EditorModel
from clients.failures import kind_of_words, presentable
from clients.hosted import MOST_CHARACTERS_PER_TOKEN, tokens
from clients.model import (
    Event,
    Failure,
    FailureKind,
    ReasoningDelta,
    Request,
    Start,
    Stop,
    StopReason,
    TextDelta,
    ToolDelta,
    Usage,
)

_REASONS: Mapping[str, StopReason] = {"end": "end", "length": "length", "filter": "filter"}
_MOST_COUNTED = 10**9

_FAILURES: Mapping[str, tuple[FailureKind, str]] = {
    "NoPermissions": (
        "auth",
        "You have not allowed Patchwright to use {model}: ask again and allow it (VS Code keeps what you chose under"
        " Manage Language Model Access, in the menu of accounts)",
    ),
    "Blocked": (
        "quota",
        "{vendor} does not let {model} be used now: the quota of your plan may be used up, or your organisation may"
        " forbid it. Wait, or connect another model",
    ),
    "NotFound": (
        "not_found",
        "The editor has no model {model} of {vendor} now: sign in there, or connect another model",
    ),
    "OffTopic": (
        "content_filter",
        "{vendor} takes this for off topic: say it in other words, or connect another model",
    ),
    NOT_OFFERED: (
        "unsupported_api",
        "{model} of {vendor} can only be asked in an editor that hands on its models, such as VS Code: ask there, or"
        " connect another model with `patchwright connect`",
    ),
    GONE: ("network", "The editor was not there to ask {model}: ask again"),
    "Timeout": ("timeout", "{model} took too long: ask again with a smaller scope, or raise model.deadline_seconds"),
    "Blank": ("bad_output", "{model} answered with nothing: ask again, or connect another model"),
    "TooLong": ("bad_output", "{model} sends far more than was asked for: choose another model, or ask for less"),
    "Malformed": ("bad_output", "The editor's plugin answered with something that is no reply: update it"),
    "Gap": ("unsupported_api", "{model} is not known to fill gaps"),
}
"""By the code that the editor gives, or ours: what kind of failure it is, and what the user reads."""


class RelayedModel:
    """A model that is asked through the editor."""

    def __init__(self, model: EditorModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """The model, as its vendor calls it."""
        return self._model.name

    @property
    def host(self) -> str:
        """Whose it is."""
        return self._model.host

    async def stream(self, request: Request) -> AsyncGenerator[Event]:
        """Events of one call: see `CodeModel.stream`."""
        if self._model.relay is None or request.infill is not None:
            yield self._failure("Gap" if request.infill else NOT_OFFERED)
            return
        loop = asyncio.get_running_loop()
        end, sent, heard = loop.time() + request.deadline, request.texts(), _Heard(request)
        async with aclosing(self._model.relay(_asked(self._model, request))) as parts:
            while not heard.is_over:
                try:
                    part = await asyncio.wait_for(anext(parts, None), end - loop.time())
                except TimeoutError:
                    yield self._failure("Timeout")
                    return
                failed = {"code": GONE} if part is None else part.get("failed")
                if failed is not None or part is None:
                    yield self._told(failed, sent)
                    return
                if not heard.has_started:
                    heard.has_started = True
                    yield Start(self._model.name)
                for event in heard.events(part):
                    yield event
                if heard.problem:
                    yield self._failure(heard.problem)
                    return

    async def warm(self) -> None:
        """The editor has its own connections."""

    async def close(self) -> None:
        """Nothing is open."""

    def _told(self, failed: object, sent: Sequence[str]) -> Failure:
        """What the editor says of a request that failed."""
        values = _object(failed)
        code, message = values.get("code"), values.get("message")
        shown = presentable(message if isinstance(message, str) else "", None, sent)
        if isinstance(code, str) and code in _FAILURES:
            return self._failure(code, shown)
        kind = kind_of_words(shown) or "bad_output"
        return Failure(
            kind, f"{self._model.name} of {self._model.vendor} gave no reply: {shown or 'no reason is given'}"
        )

    def _failure(self, code: str, detail: str = "") -> Failure:
        kind, sentence = _FAILURES[code]
        said = sentence.format(model=self._model.name, vendor=self._model.vendor)
        return Failure(kind, f"{said}{f' ({detail})' if detail else ''}.")


class _Heard:
    """What has come of a reply. `problem` is the code of what is wrong with it."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._characters = 0
        self._is_blank = True
        self._has_calls = False
        self.has_started = False
        self.is_over = False
        self.problem = ""

    def events(self, part: Mapping[str, Any]) -> list[Event]:
        """The events that a part says."""
        event = _delta(part)
        if event is not None:
            return self._counted(event)
        reason = _REASONS.get(str(part.get("stopped")))
        if reason is None:
            self.problem = "Malformed"
            return []
        self.is_over = True
        usage = self._usage(_object(part.get("usage")))
        if reason == "end" and usage.output_tokens >= self._request.max_output_tokens:
            # The editor cannot say that the model was cut short; one that wrote so much was, or should have been.
            reason = "length"
        if reason == "end" and self._is_blank:
            self.problem = "Blank"
            return [usage]
        return [usage, Stop("tool" if reason == "end" and self._has_calls else reason)]

    def _counted(self, event: TextDelta | ReasoningDelta | ToolDelta) -> list[Event]:
        said = (event.json_part or event.name) if isinstance(event, ToolDelta) else event.text
        self._characters += len(said)
        self._has_calls = self._has_calls or isinstance(event, ToolDelta)
        if not isinstance(event, ReasoningDelta):
            self._is_blank = self._is_blank and not said.strip()
        if self._characters > self._request.max_output_tokens * MOST_CHARACTERS_PER_TOKEN:
            self.problem = "TooLong"
            return []
        return [event] if said else []

    def _usage(self, counted: Mapping[str, Any]) -> Usage:
        read, written = _count(counted.get("inputTokens")), _count(counted.get("outputTokens"))
        if read is not None and written is not None:
            return Usage(read, written)
        return Usage(tokens(sum(map(len, self._request.texts()))), tokens(self._characters), estimated=True)


def _asked(model: EditorModel, request: Request) -> Mapping[str, Any]:
    """The request as the editor gets it: every text in it has passed the outgoing gate."""
    return {
        "model": model.id,
        "messages": [{"role": message.role, "text": message.text.text} for message in request.messages],
        "temperature": request.temperature,
        "tools": [
            {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
            for tool in request.tools
        ],
    }


def _delta(part: Mapping[str, Any]) -> TextDelta | ReasoningDelta | ToolDelta | None:
    """The piece of the reply that a part holds, None if it holds none."""
    if isinstance(text := part.get("text"), str):
        return TextDelta(text)
    if isinstance(text := part.get("reasoning"), str):
        return ReasoningDelta(text)
    tool = _object(part.get("tool"))
    index, name, arguments = _count(tool.get("index")), tool.get("name"), tool.get("arguments")
    fits = index is not None and isinstance(name, str) and isinstance(arguments, str)
    return ToolDelta(index or 0, cast("str", name), cast("str", arguments)) if fits else None


def _object(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _count(value: object) -> int | None:
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_COUNTED
    return value if fits and isinstance(value, int) else None
