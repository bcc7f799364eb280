"""What does a failure mean, and what can the user do? A sentence for each kind, and the kind of each refusal.

Hosts agree on little: their status counts, and the words that they use. What a host says is shown only in short, on one
line, without keys and without the text that was sent.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, cast
from urllib.parse import urlsplit

from clients.endpoint import Endpoint
from clients.errors import CallError
from clients.model import Failure, FailureKind

SENTENCES: Mapping[FailureKind, str] = {
    "auth": "{host} does not accept the API key: connect the model with another, or check PATCHWRIGHT_API_KEY or where "
    "[model] of your settings says that the key is",
    "quota": "{host} says that the account has no credit left: add credit, or choose another endpoint",
    "rate": "{host} gets too many requests: wait a little and ask again",
    "overloaded": "{host} is overloaded or broken at the moment: ask again later, or choose another endpoint",
    "context_too_long": "The request is longer than {model} can read: ask with a smaller scope or budget",
    "not_found": "{host} has no such path, or no model {model}: check the end of PATCHWRIGHT_ENDPOINT (most often /v1) "
    "and PATCHWRIGHT_MODEL",
    "unsupported_api": "{model} does not take this kind of request at {host}: choose another model or endpoint",
    "content_filter": "{host} filtered the request or the reply: say it in other words, or choose another model",
    "network": "{host} was not reached: check that it runs, and PATCHWRIGHT_ENDPOINT or [model] of your settings",
    "timeout": "{host} took too long: ask again with a smaller scope, or raise model.deadline_seconds",
    "bad_output": "{host} answered with something that is not a chat reply: check PATCHWRIGHT_ENDPOINT and the model",
    "budget": "The budget for {host} is used up: raise it in [budget] of your settings, or ask for less",
    "refused_by_policy": "The request was not sent to {host}: its address is not allowed",
}
"""What the user reads for each kind, before what the host itself says."""

_STATUSES: Mapping[int, FailureKind] = {
    401: "auth",
    402: "quota",
    403: "auth",
    404: "not_found",
    405: "not_found",
    408: "timeout",
    413: "context_too_long",
    429: "rate",
    504: "timeout",
    529: "overloaded",
}
# The first that is found in a host's code, type or message decides.
_WORDS: tuple[tuple[FailureKind, re.Pattern[str]], ...] = (
    (
        "context_too_long",
        re.compile(
            r"context_length_exceeded|exceed_context_size|context (?:length|size|window)|maximum context"
            r"|prompt is too long|too many (?:input )?tokens|string_above_max_length",
            re.IGNORECASE,
        ),
    ),
    (
        "unsupported_api",
        re.compile(r"unsupported_api_for_model|not a chat model|(?:only|not) supported in (?:the )?v1/", re.IGNORECASE),
    ),
    ("quota", re.compile(r"insufficient_quota|billing|insufficient (?:balance|credit|funds)|payment", re.IGNORECASE)),
    (
        "content_filter",
        re.compile(r"content_filter|content_policy|content management policy|ResponsibleAI", re.IGNORECASE),
    ),
    ("auth", re.compile(r"invalid_api_key|authentication|unauthori[sz]ed", re.IGNORECASE)),
    (
        "not_found",
        re.compile(r"model_not_found|no such model|model .{0,80}(?:not found|does not exist)", re.IGNORECASE),
    ),
    ("rate", re.compile(r"rate.?limit|too many requests", re.IGNORECASE)),
    (
        "overloaded",
        re.compile(r"overloaded|server_error|api_error|unavailable|internal (?:server )?error", re.IGNORECASE),
    ),
)
_AGAIN_STATUSES = frozenset({429, 500, 502, 503, 529})


def failure(
    endpoint: Endpoint, kind: FailureKind, detail: str = "", *, sentence: str = "", retry_after: float | None = None
) -> Failure:
    """A failure with its sentence (or a more telling one), followed by `detail`, which must be safe to show."""
    said = (sentence or SENTENCES[kind]).format(host=endpoint.host, model=endpoint.model)
    wait = f", in {retry_after:.0f} s" if retry_after and kind in {"rate", "overloaded"} else ""
    return Failure(kind, f"{said}{wait}{f' ({detail})' if detail else ''}.", retry_after)


def refusal(
    endpoint: Endpoint, status: int, headers: Mapping[str, str], body: bytes, sent: Sequence[str] = ()
) -> CallError:
    """What an answer other than 200 means. `headers` have lower-case names; nothing of `sent` is shown."""
    if 300 <= status < 400:
        return CallError(_redirect(endpoint, headers.get("location", "")))
    code, message = _error_in(body)
    kind = _kind(status, f"{code} {message}")
    detail = f"HTTP {status}"
    if shown := presentable(message, endpoint.api_key, sent):
        detail += f": {shown}"
    again = status in _AGAIN_STATUSES and kind in {"rate", "overloaded"}
    told = failure(endpoint, kind, detail, retry_after=retry_after(headers))
    if kind == "context_too_long":
        asked, limit = token_counts(body.decode("utf-8", "replace"))
        told = replace(told, asked_tokens=asked, limit_tokens=limit)
    return CallError(told, again=again)


_ASKED = re.compile(
    r'"n_prompt_tokens"\s*:\s*(\d{1,9})|too long:\s*(\d{1,9})'
    r"|(?:requested|resulted in|has|contains)\D{0,40}?(\d{1,9}) (?:input )?tokens"
)
_LIMIT = re.compile(
    r'"n_ctx"\s*:\s*(\d{1,9})|>\s*(\d{1,9})\s*maximum'
    r"|(?:maximum context length|context window|limit)\D{0,20}(\d{1,9})"
)


def token_counts(said: str) -> tuple[int | None, int | None]:
    """How many tokens a host counted, and how many it can read, where it says so in a way that we know."""
    found = [pattern.search(said[:4000]) for pattern in (_ASKED, _LIMIT)]
    asked, limit = (next((int(group) for group in match.groups() if group), None) if match else None for match in found)
    return asked, limit


def error_event(endpoint: Endpoint, error: object, sent: Sequence[str] = ()) -> CallError:
    """What an error object means that came with status 200, alone or in the middle of a stream."""
    code, message = _code_and_message(error)
    kind = _kind(int(code) if code.isdigit() else 200, f"{code} {message}")
    shown = presentable(message, endpoint.api_key, sent)
    return CallError(failure(endpoint, kind, shown), again=kind in {"rate", "overloaded"})


def presentable(message: str, api_key: str | None, sent: Sequence[str] = (), longest: int = 200) -> str:
    """What a host says, fit to be shown: one short line, no key or token, nothing that we sent. May be ""."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in message[: 3 * longest]).split())
    if line.startswith("<") or any(_echoes(line, text) for text in sent):
        return ""
    if api_key:
        line = line.replace(api_key, "***")
    line = re.sub(r"(?i)(bearer\s+)\S+|\b(?:sk|pk|key|api)[-_][\w*.-]{6,}", lambda match: f"{match[1] or ''}***", line)
    line = re.sub(r"(https?://[^\s/?#]*@?[^\s?#]*)[?#]\S*", r"\1", line)
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds that a host asks to wait: `retry-after-ms`, or `retry-after` as seconds or as an HTTP date."""
    for name, scale in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        if re.fullmatch(r"\s*\d{1,12}(?:\.\d{1,9})?\s*", value := headers.get(name, "")):
            return float(value) * scale
    try:
        date = parsedate_to_datetime(headers.get("retry-after", ""))
    except (ValueError, TypeError):
        return None
    moment = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


def kind_of_words(words: str) -> FailureKind | None:
    """The kind of a failure by the words in which a host tells of it; None where they say nothing that we know."""
    return next((kind for kind, pattern in _WORDS if pattern.search(words)), None)


def _kind(status: int, words: str) -> FailureKind:
    by_words = kind_of_words(words)
    by_status = _STATUSES.get(status) or ("overloaded" if status >= 500 else None)
    if status in {400, 403, 404, 413, 422, 429} or by_status is None or status == 500:
        return by_words or by_status or ("unsupported_api" if 400 <= status < 500 else "bad_output")
    return by_status


def _redirect(endpoint: Endpoint, location: str) -> Failure:
    try:
        target = urlsplit(location).hostname or endpoint.host
    except ValueError:
        target = "an address that is no URL"
    sentence = (
        "{host} sends the request on to "
        + re.sub(r"[^\w.:\[\]-]", "", target)[:100]
        + (", which was not followed: set PATCHWRIGHT_ENDPOINT to that address if you trust it")
    )
    return failure(endpoint, "refused_by_policy", sentence=sentence)


def _error_in(body: bytes) -> tuple[str, str]:
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError):
        return "", body[:1000].decode("utf-8", "replace")
    return _code_and_message(found)


def _code_and_message(error: Any) -> tuple[str, str]:
    """Code and message of the error shapes in use: nested, flat, a list of details, or a bare string."""
    if isinstance(error, list) and error:
        return _code_and_message(cast("list[Any]", error)[0])
    if not isinstance(error, dict):
        return "", error if isinstance(error, str) else ""
    fields = cast("dict[str, Any]", error)
    for name in ("error", "detail"):
        if isinstance(inner := fields.get(name), (dict, list, str)):
            return _code_and_message(inner)
    code = " ".join(str(fields[name]) for name in ("code", "type") if isinstance(fields.get(name), (str, int)))
    message = fields.get("message") or fields.get("msg") or ""
    return code, message if isinstance(message, str) else ""


def _echoes(line: str, text: str, length: int = 24) -> bool:
    """Whether a line repeats as many characters of a text, spaces apart."""
    flat = " ".join(text.split())
    return any(line[start : start + length] in flat for start in range(max(0, len(line) - length + 1)))
