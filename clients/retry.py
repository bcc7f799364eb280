"""When is a call tried again? Only before the first text, only where it may help, and not for long."""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass

from clients.errors import CallError
from clients.model import Event, Start


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a call is tried again, the first pause, which then doubles, and all pauses together, in seconds."""

    most: int = 2
    first_pause: float = 0.4
    total: float = 20.0


async def with_retries(
    attempt: Callable[[float], AsyncGenerator[Event]], retries: Retries, seconds: float
) -> AsyncGenerator[Event]:
    """The events of the first attempt that gets as far as an event after `Start`; a CallError ends as its failure.

    A host that names a time to wait is asked no sooner; if that is too long, its refusal is final. All attempts
    together take at most `seconds`: each is given the deadline, a time of the event loop's clock.
    """
    clock = asyncio.get_running_loop().time
    deadline = clock() + seconds
    waited, count, has_started = 0.0, 0, False
    while True:
        has_content = False
        try:
            async with aclosing(attempt(deadline)) as events:
                async for event in events:
                    if isinstance(event, Start):
                        if has_started:
                            continue
                        has_started = True
                    else:
                        has_content = True
                    yield event
        except CallError as error:
            pause = max(error.failure.retry_after or 0.0, _pause(retries, count))
            late = clock() + pause >= deadline
            if has_content or not error.again or count >= retries.most or waited + pause > retries.total or late:
                yield error.failure
                return
        else:
            return
        await asyncio.sleep(pause)
        waited += pause
        count += 1


def _pause(retries: Retries, count: int) -> float:
    """Between half of the step and all of it, so that many clients do not come back at once."""
    return retries.first_pause * 2**count * random.uniform(0.5, 1.0)  # noqa: S311
