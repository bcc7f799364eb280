"""May this be spent? A model whose calls are counted, checked against the user's caps, and written down.

A call is checked before anything is sent, by an estimate, and again with every piece of the reply; where a cap is
reached the connection is closed. What was used is written down however the call ends.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass

from clients.ledger import Entry, Ledger
from clients.model import (
    CHARACTERS_PER_TOKEN,
    CodeModel,
    Event,
    Failure,
    ReasoningDelta,
    Request,
    Start,
    TextDelta,
    ToolDelta,
    Usage,
)
from clients.profiles import Price


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that may be spent on one ask, and in a day in one workspace and in all; None is no cap."""

    tokens_per_ask: float | None = None
    usd_per_ask: float | None = None
    tokens_per_day: float | None = None
    usd_per_day: float | None = None
    tokens_per_workspace: float | None = None
    usd_per_workspace: float | None = None

    @property
    def any_in_usd(self) -> bool:
        """Whether money is capped, so that prices must be known."""
        return any(cap is not None for cap in (self.usd_per_ask, self.usd_per_day, self.usd_per_workspace))

    @property
    def any_by_day(self) -> bool:
        """Whether what was spent before matters."""
        caps = (self.tokens_per_day, self.usd_per_day, self.tokens_per_workspace, self.usd_per_workspace)
        return any(cap is not None for cap in caps)


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens and US dollars."""

    tokens: float = 0.0
    usd: float = 0.0


class AccountedModel:
    """A model, counted. `price` None is not known: then no call is made where the user capped money."""

    def __init__(self, model: CodeModel, caps: Caps, price: Price | None, ledger: Ledger, workspace: str) -> None:
        self._model = model
        self._caps = caps
        self._price = price
        self._ledger = ledger
        self._workspace = workspace
        self._tokens_per_character = 1 / CHARACTERS_PER_TOKEN

    @property
    def name(self) -> str:
        """The model, as its host calls it."""
        return self._model.name

    @property
    def host(self) -> str:
        """Where the text goes."""
        return self._model.host

    async def stream(self, request: Request) -> AsyncGenerator[Event]:
        """Events of one call: see `CodeModel.stream`; a cap that is reached is a failure of kind "budget"."""
        if self._caps.any_in_usd and self._price is None:
            yield self._failure("its price is not known: name it in your profiles.toml, or cap tokens instead")
            return
        entries = await asyncio.to_thread(self._ledger.today) if self._caps.any_by_day else ()
        limits = _Limits(self._caps, entries, self._workspace, self._spent(request.spent))
        characters = sum(map(len, request.texts()))
        usage = Usage(round(characters * self._tokens_per_character), 0, estimated=True)
        if passed := limits.passed(self._spent(usage)):
            yield self._failure(f"{passed}, and nothing was sent")
            return
        is_spent, written = False, 0
        try:
            async with aclosing(self._model.stream(request)) as events:
                async for event in events:
                    is_spent = is_spent or isinstance(event, (Start, Usage))
                    if isinstance(event, Usage):
                        usage = event
                        self._learn(event, characters)
                    elif isinstance(event, (TextDelta, ReasoningDelta, ToolDelta)):
                        written += len(event.json_part if isinstance(event, ToolDelta) else event.text)
                        usage = Usage(usage.input_tokens, round(written / CHARACTERS_PER_TOKEN), estimated=True)
                        if passed := limits.passed(self._spent(usage)):
                            yield usage
                            yield self._failure(f"{passed}, and the reply was stopped")
                            return
                    yield event
        finally:
            if is_spent:
                self._write(usage)

    async def warm(self) -> None:
        """Warms the model: nothing is asked, so nothing is counted."""
        await self._model.warm()

    async def close(self) -> None:
        """Closes the model."""
        await self._model.close()

    def _write(self, usage: Usage) -> None:
        """Writes it down at once, also while being cancelled: one short line at the end of a file."""
        usd = None if self._price is None else self._price.of(usage)
        self._ledger.add(self._workspace, self.host, self.name, usage, usd)

    def _spent(self, usage: Usage) -> Spent:
        return Spent(usage.input_tokens + usage.output_tokens, self._price.of(usage) if self._price else 0.0)

    def _learn(self, usage: Usage, characters: int) -> None:
        """The host's own count makes the next estimate better."""
        if not usage.estimated and characters > 2000 and usage.input_tokens:
            self._tokens_per_character = min(1.0, max(0.1, usage.input_tokens / characters))

    def _failure(self, why: str) -> Failure:
        return Failure("budget", f"{self.name} at {self.host} was not asked to the end: {why}.")


@dataclass(frozen=True, slots=True)
class _Limit:
    """One cap and what of it was used before this call."""

    said: str
    most: float | None
    used: float
    is_money: bool


class _Limits:
    def __init__(self, caps: Caps, today: Iterable[Entry], workspace: str, before: Spent) -> None:
        entries = list(today)
        here = [entry for entry in entries if entry.workspace == workspace]
        day, there = _sum(entries), _sum(here)
        self._limits = (
            _Limit("budget.tokens_per_ask", caps.tokens_per_ask, before.tokens, is_money=False),
            _Limit("budget.usd_per_ask", caps.usd_per_ask, before.usd, is_money=True),
            _Limit("budget.tokens_per_day", caps.tokens_per_day, day.tokens, is_money=False),
            _Limit("budget.usd_per_day", caps.usd_per_day, day.usd, is_money=True),
            _Limit("budget.tokens_per_workspace", caps.tokens_per_workspace, there.tokens, is_money=False),
            _Limit("budget.usd_per_workspace", caps.usd_per_workspace, there.usd, is_money=True),
        )

    def passed(self, spent: Spent) -> str:
        """Which cap this call passes; "" if none."""
        for limit in self._limits:
            used = limit.used + (spent.usd if limit.is_money else spent.tokens)
            if limit.most is not None and used > limit.most:
                shown = f"${used:.2f} of ${limit.most:.2f}" if limit.is_money else f"{used:,.0f} of {limit.most:,.0f}"
                return f"{limit.said} is used up ({shown})"
        return ""


def _sum(entries: Iterable[Entry]) -> Spent:
    known = list(entries)
    return Spent(sum(entry.tokens for entry in known), sum(entry.usd or 0.0 for entry in known))
