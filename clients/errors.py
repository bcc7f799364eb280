"""What can go wrong with a host? The exceptions inside this package; adapters turn each into an event.

ClientError
├── CallError    no answer, or a refusal: says what the user is told
├── CutError     the answer broke off: what came of it is incomplete
└── GapError     a gap cannot be shown to this model: nothing is sent
"""

from clients.model import Failure


class ClientError(Exception):
    """A call to a host did not work out."""


class CallError(ClientError):
    """The host was not reached, or refused. `again` says whether another try may help."""

    def __init__(self, failure: Failure, *, again: bool = False) -> None:
        super().__init__(failure.message)
        self.failure = failure
        self.again = again


class CutError(ClientError):
    """The connection broke, or a limit was passed, in the middle of the answer."""


class GapError(ClientError):
    """The text around a gap holds a special token of the model, or how the model is shown a gap is not known."""
