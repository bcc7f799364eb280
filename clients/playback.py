"""What if the replies are known beforehand? A model that plays them back, for tests and for work without a network.

Playback(["first reply", [Start("m"), TextDelta("sec"), Stop("incomplete")]])
"""

from collections.abc import AsyncGenerator, Iterable, Sequence

from clients.model import Event, Failure, Request, Start, Stop, TextDelta, Usage

_PIECE = 24


class Playback:
    """Plays a reply for each request, in order: a text, which comes in pieces and ends well, or the events themselves.

    `requests` are those it got. Once the replies are used up, it fails as a host that is gone.
    """

    def __init__(self, replies: Iterable[str | Sequence[Event]], name: str = "playback") -> None:
        self.requests: list[Request] = []
        self._replies = iter(replies)
        self._name = name

    @property
    def name(self) -> str:
        """The name it was given."""
        return self._name

    @property
    def host(self) -> str:
        """Nothing leaves this process."""
        return "playback"

    async def stream(self, request: Request) -> AsyncGenerator[Event]:
        """The events of the next reply."""
        self.requests.append(request)
        reply = next(self._replies, None)
        if reply is None:
            yield Failure("network", "There are no more replies to play back.")
            return
        for event in _events(reply, self._name, request) if isinstance(reply, str) else reply:
            yield event

    async def warm(self) -> None:
        """Does nothing: there is no connection."""

    async def close(self) -> None:
        """Does nothing: there is no connection."""


def _events(text: str, name: str, request: Request) -> Iterable[Event]:
    yield Start(name)
    for start in range(0, len(text), _PIECE):
        yield TextDelta(text[start : start + _PIECE])
    yield Usage(sum(len(message.text.text) for message in request.messages) // 4, len(text) // 4, estimated=True)
    yield Stop("end")
