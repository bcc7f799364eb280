"""How is a gap in code filled? The shapes in which hosts take the text before and after it, best one first.

A server that knows its own model's tokens (`/infill`, `suffix`) is better than a template on our side. A template is
text with special tokens in it, so text of the user's that holds such a token is refused rather than let it close the
template.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from clients import ollama, openai_chat
from clients.adapter import Adapter, Reply, count, items, text
from clients.endpoint import InfillName, Quirk
from clients.errors import GapError
from clients.model import Event, Infill, Request, TextDelta, Usage


@dataclass(frozen=True, slots=True)
class Template:
    """How a family of models is shown a gap. `models` are globs; the reply ends at each of `stop`."""

    models: tuple[str, ...]
    form: str
    stop: tuple[str, ...]


_QWEN = (
    "<|fim_prefix|>",
    "<|fim_suffix|>",
    "<|fim_middle|>",
    "<|endoftext|>",
    "<|file_sep|>",
    "<|fim_pad|>",
    "<|repo_name|>",
)
_STAR = ("<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<|endoftext|>", "<file_sep>")

TEMPLATES: tuple[Template, ...] = (
    Template(("*qwen*coder*", "*codeqwen*"), "<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>", _QWEN),
    Template(
        ("*codegemma*",), "<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>", (*_QWEN, "<|file_separator|>")
    ),
    Template(
        ("*starcoder*", "*stable-code*", "*granite*code*"),
        "<fim_prefix>{prefix}<fim_suffix>{suffix}<fim_middle>",
        _STAR,
    ),
    Template(("*codellama*",), "<PRE> {prefix} <SUF>{suffix} <MID>", ("<PRE>", "<SUF>", "<MID>", "<EOT>")),
)
"""The first row that fits a model's name decides; families whose form is not certain are left out."""


def _llama_cpp(_model: str, request: Request, _quirks: frozenset[Quirk]) -> dict[str, Any]:
    gap = _gap(request)
    body: dict[str, Any] = {
        "input_prefix": gap.prefix.text,
        "input_suffix": gap.suffix.text,
        "input_extra": [{"filename": name, "text": cleared.text} for name, cleared in gap.extra],
        "n_predict": request.max_output_tokens,
        "stream": True,
        "cache_prompt": True,
    }
    return _sampled(body, request)


def _read_llama_cpp(reply: Reply, _name: str, data: Mapping[str, Any]) -> Iterable[Event]:
    if said := text(data.get("content")):
        yield TextDelta(said)
    if data.get("stop") is True:
        reply.is_done = True
        reply.reason = "length" if data.get("stop_type") == "limit" or data.get("stopped_limit") is True else "end"
        cached = count(data.get("tokens_cached"))
        asked = count(data.get("tokens_evaluated"))
        reply.usage = Usage(asked, count(data.get("tokens_predicted")), cached_tokens=min(cached, asked))


def _ollama(model: str, request: Request, _quirks: frozenset[Quirk]) -> dict[str, Any]:
    gap = _gap(request)
    return {
        "model": model,
        "prompt": gap.prefix.text,
        "suffix": gap.suffix.text,
        "stream": True,
        "options": ollama.options(request),
    }


def _completions(model: str, request: Request, _quirks: frozenset[Quirk]) -> dict[str, Any]:
    gap = _gap(request)
    body: dict[str, Any] = {
        "model": model,
        "prompt": gap.prefix.text,
        "suffix": gap.suffix.text,
        "max_tokens": request.max_output_tokens,
        "stream": True,
    }
    return _sampled(body, request)


def _template(model: str, request: Request, _quirks: frozenset[Quirk]) -> dict[str, Any]:
    prompt, stop = templated(model, _gap(request))
    body: dict[str, Any] = {
        "model": model,
        "prompt": prompt,
        "max_tokens": request.max_output_tokens,
        "stop": list(stop[:4]),
        "stream": True,
    }
    return _sampled(body, request)


def templated(model: str, gap: Infill) -> tuple[str, tuple[str, ...]]:
    """The prompt for a gap, and where its reply ends. Raises GapError."""
    row = next((row for row in TEMPLATES if any(fnmatchcase(model.lower(), glob) for glob in row.models)), None)
    if row is None:
        raise GapError("no template is known for this model")
    prefix, suffix = gap.prefix.text, gap.suffix.text
    if any(token in side for token in row.stop for side in (prefix, suffix)):
        raise GapError("the text around the gap holds a special token of the model")
    return row.form.format(prefix=prefix, suffix=suffix), row.stop


def _read_completions(reply: Reply, _name: str, chunk: Mapping[str, Any]) -> Iterable[Event]:
    """Chunks of `/completions` have their text beside the reason; Mistral's have the shape of a chat."""
    choices = items(chunk.get("choices"))
    if choices and "text" in choices[0]:
        reply.usage = openai_chat.usage(chunk.get("usage")) or reply.usage
        if reason := text(choices[0].get("finish_reason")):
            reply.reason = openai_chat.REASONS.get(reason, "incomplete")
        yield TextDelta(text(choices[0].get("text")))
    else:
        yield from openai_chat.read(reply, _name, chunk)


def _gap(request: Request) -> Infill:
    if request.infill is None:
        raise GapError("the request has no gap")
    return request.infill


def _sampled(body: dict[str, Any], request: Request) -> dict[str, Any]:
    return body if request.temperature is None else body | {"temperature": request.temperature}


INFILLS: Mapping[InfillName, Adapter] = {
    "llama_cpp": Adapter("/infill", _llama_cpp, _read_llama_cpp, at_root=True),
    "ollama": Adapter("/api/generate", _ollama, ollama.read, at_root=True),
    "mistral": Adapter("/fim/completions", _completions, _read_completions, says_when_done=False),
    "completions": Adapter("/completions", _completions, _read_completions, says_when_done=False),
    "template": Adapter("/completions", _template, _read_completions, says_when_done=False),
}
