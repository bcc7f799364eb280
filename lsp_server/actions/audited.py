"""What is noted of an ask? What went to which model and what came back, what the review said of it, in the audit log.

Names, sizes and hashes; texts only where the user set `audit.log_prompts`, and then as they left, without secrets.
"""

import asyncio
import hashlib
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import asdict
from pathlib import Path

from clients.model import CodeModel, Event, Failure, Request, Start, Stop, TextDelta, ToolDelta, Usage
from clients.profiles import Price
from lsp_server.edits.change import ChangeSet
from lsp_server.review.audit import Audit, EventName
from lsp_server.review.identity import change_sha
from lsp_server.review.verdict import Verdict

STRICT = (
    "Nothing was sent: the audit log in {folder} cannot be written ({reason}), and audit.strict is set. Make room"
    " there, or name another folder with PATCHWRIGHT_STATE."
)


class AuditedModel:
    """A model whose every call is in the audit log, before anything is sent and when the reply has ended.

    An equal ask that shares the call of another is noted like a call of its own. `strict`: what cannot be noted is not
    sent. `with_texts`: the texts are kept too.
    """

    def __init__(
        self, model: CodeModel, audit: Audit, root: Path, price: Price | None, *, strict: bool, with_texts: bool
    ) -> None:
        self._model = model
        self._audit = audit
        self._root = root
        self._price = price
        self._strict = strict
        self._with_texts = with_texts

    @property
    def name(self) -> str:
        """The model, as its host calls it."""
        return self._model.name

    @property
    def host(self) -> str:
        """Where the text goes."""
        return self._model.host

    async def stream(self, request: Request) -> AsyncGenerator[Event]:
        """Events of one call: see `CodeModel.stream`."""
        reason = await asyncio.to_thread(self._note, "send", self._sent(request))
        if reason and self._strict:
            said = STRICT.format(folder=self._audit.folder, reason=reason)
            yield Failure("refused_by_policy", said)
            return
        heard = _Heard(self._with_texts)
        started = time.monotonic()
        try:
            async with aclosing(self._model.stream(request)) as events:
                async for event in events:
                    heard.add(event)
                    yield event
        finally:
            values = self._called(request) | heard.values(self._price, time.monotonic() - started)
            # Not waited for: a cancelled call must be over at once.
            asyncio.get_running_loop().run_in_executor(None, self._note, "reply", values)

    async def warm(self) -> None:
        """Warms the model: nothing of the user's work leaves, so there is nothing to note."""
        await self._model.warm()

    async def close(self) -> None:
        """Closes the model."""
        await self._model.close()

    def _note(self, event: EventName, values: Mapping[str, object]) -> str:
        return self._audit.add(event, self._root, values)

    def _called(self, request: Request) -> dict[str, object]:
        return {"ask": request.ask, "host": self.host, "model": self.name}

    def _sent(self, request: Request) -> Mapping[str, object]:
        """What leaves: which lines of which files, and the hash of all of it."""
        texts = request.texts()
        values: dict[str, object] = {
            **self._called(request),
            "prompt_sha": _sha("\0".join(texts)),
            "characters": sum(map(len, texts)),
            "files": [asdict(held) for cleared in request.cleared() for held in cleared.holds],
        }
        return values | ({"texts": texts} if self._with_texts else {})


class _Heard:
    """What came of a call."""

    def __init__(self, with_texts: bool) -> None:  # noqa: FBT001
        self._keeps = with_texts
        self._texts: list[str] = []
        self._hash = hashlib.sha256()
        self._usage: Usage | None = None
        self._ended = "cancelled"
        self._from_cache = False

    def add(self, event: Event) -> None:
        match event:
            case Start():
                self._from_cache = event.from_cache
            case TextDelta(text) | ToolDelta(json_part=text):
                self._hash.update(text.encode("utf-8", "surrogatepass"))
                if self._keeps:
                    self._texts.append(text)
            case Usage():
                self._usage = event
            case Stop(reason):
                self._ended = reason
            case Failure(kind):
                self._ended = kind
            case _:
                pass

    def values(self, price: Price | None, seconds: float) -> dict[str, object]:
        usage = self._usage
        values: dict[str, object] = {
            "ended": self._ended,
            "from_cache": self._from_cache,
            "reply_sha": self._hash.hexdigest(),
            "milliseconds": round(1000 * seconds),
            "usage": asdict(usage) if usage else None,
            "usd": price.of(usage) if usage and price else None,
        }
        return values | ({"text": "".join(self._texts)} if self._keeps else {})


async def note_verdict(audit: Audit, root: Path, ask: str, change: ChangeSet, verdict: Verdict) -> None:
    """Notes what the review said of a change."""
    await asyncio.to_thread(audit.add, "check", root, {"ask": ask} | verdict_values(change, verdict))


def verdict_values(change: ChangeSet, verdict: Verdict) -> dict[str, object]:
    """A verdict without the sentences in it, which may quote the user's code."""
    return {
        "change": change_sha(change),
        "level": verdict.level,
        "paths": [[each.path, each.start_line, each.level] for each in verdict.judgements],
        "findings": [[each.tool, each.rule, each.path, each.line] for each in verdict.findings],
        "checks": dict(verdict.checks),
    }


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
