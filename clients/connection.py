"""How does the user's choice become a model that can be asked? A client for it, wrapped in what holds for every call.

From the inside out: the client; what it costs (`budget`); what it said before (`cache`); who else asks the same just
now (`shared`). So a reply from the cache costs nothing, and of two equal asks one is counted.
"""

from dataclasses import dataclass, field
from pathlib import Path

from clients.budget import AccountedModel, Caps
from clients.endpoint import EditorModel, Endpoint
from clients.model import CodeModel
from clients.profiles import Price


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for the calls of one workspace. `price` None is not known; `replies` None keeps none."""

    workspace: str
    ledger: Path
    replies: Path | None = None
    caps: Caps = field(default_factory=Caps)
    price: Price | None = None


Target = Endpoint | Path | EditorModel
"""Where a model is: at an endpoint, in a file of this machine, or behind the editor."""


def connected(target: Target, rules: Rules) -> CodeModel:
    """The model that the user chose. Nothing is opened or sent before the first ask."""
    from clients.cache import RememberingModel, ReplyCache
    from clients.ledger import Ledger
    from clients.shared import SharedModel

    model = AccountedModel(
        client_of(target, rules.ledger), rules.caps, rules.price, Ledger(rules.ledger), rules.workspace
    )
    if rules.replies is None:
        return SharedModel(model)
    return SharedModel(RememberingModel(model, ReplyCache(rules.replies), identity_of(target)))


def client_of(target: Target, state: Path) -> CodeModel:
    """The bare client: what it does is neither counted nor kept, but for what a host does not take."""
    if isinstance(target, Path):
        from clients.local import LocalModel

        return LocalModel(target)
    if isinstance(target, EditorModel):
        from clients.relayed import RelayedModel

        return RelayedModel(target)
    from clients.hosted import HostedModel
    from clients.lessons import Lessons

    return HostedModel(target, lessons=Lessons(state))


def identity_of(target: Target) -> dict[str, str]:
    """What tells this model's replies from those of others."""
    if isinstance(target, Endpoint):
        return {"url": target.base_url, "model": target.model, "api": target.api}
    if isinstance(target, EditorModel):
        return {"editor": target.id}
    try:
        found = target.stat()
        return {"file": str(target), "bytes": str(found.st_size), "changed": str(found.st_mtime_ns)}
    except OSError:
        return {"file": str(target)}
