"""How many calls may one host get at once, and when does it take the next? One lane for each host, in each event loop.

Most hosts say with an answer how many more they take, and when that count begins anew: a call that would be refused
waits for that moment instead, if it is near.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from weakref import WeakKeyDictionary

AT_ONCE = 4
"""More at once gain little for one person, and use up what a host allows a team."""

LONGEST_WAIT = 20.0
"""Seconds. A host that takes no more for longer is asked all the same: its refusal says more than we know."""


@dataclass(slots=True)
class Lane:
    """The calls to one host: so many at once, and none before `opens_at`, a time of the event loop's clock."""

    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    opens_at: float = 0.0

    async def enter(self, deadline: float) -> None:
        """Waits for a place, which `leave` gives back. Raises TimeoutError where none is free in time."""
        async with asyncio.timeout_at(deadline):
            await self.places.acquire()
            try:
                if (pause := self.opens_at - asyncio.get_running_loop().time()) > 0:
                    await asyncio.sleep(pause)
            except BaseException:
                self.leave()
                raise

    def leave(self) -> None:
        """Gives the place back."""
        self.places.release()

    def heed(self, headers: Mapping[str, str]) -> None:
        """Learns from an answer whether another call would be taken now."""
        if (wait := refusing_for(headers)) and wait <= LONGEST_WAIT:
            self.opens_at = max(self.opens_at, asyncio.get_running_loop().time() + wait)


_lanes: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Lane]] = WeakKeyDictionary()


def lane_to(host: str) -> Lane:
    """The lane to a host: the same for all who ask it in this event loop."""
    return _lanes.setdefault(asyncio.get_running_loop(), {}).setdefault(host, Lane())


def refusing_for(headers: Mapping[str, str], now: datetime | None = None) -> float:
    """For how many seconds a host takes nothing more, by its headers with lower-case names; 0.0 if it does.

    Their names differ (`x-ratelimit-remaining-requests`, `anthropic-ratelimit-tokens-remaining`), and so do the forms
    of the time: `x-ratelimit-reset-requests: 6m0s`, a number of seconds, a Unix time, or a date.
    """
    waits = [0.0]
    for name, value in headers.items():
        if "ratelimit" in name and "remaining" in name and re.fullmatch(r"\s*0+(?:\.0+)?\s*", value):
            reset = headers.get(name.replace("remaining", "reset"), "").strip()
            waits.append(_seconds(reset, now or datetime.now(UTC)))
    return max(waits)


_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PART = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h|d)")
_UNIX_TIME = 1e9
"""A number this large is a moment rather than a pause; one of thousands of that, a moment in milliseconds."""


def _seconds(reset: str, now: datetime) -> float:
    if re.fullmatch(r"\d{1,15}(?:\.\d{1,9})?", reset):
        number = float(reset)
        if number < _UNIX_TIME:
            return number
        return max(0.0, (number / 1000 if number > _UNIX_TIME * 1000 / 2 else number) - now.timestamp())
    if re.fullmatch(f"(?:{_PART.pattern})+", reset):
        return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(reset))
    try:
        moment = datetime.fromisoformat(reset)
    except ValueError:
        return 0.0
    return max(0.0, ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds())
