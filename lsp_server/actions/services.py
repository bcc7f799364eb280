"""What does the pipeline work with? One workspace folder's index, the model, the outgoing gate and the audit log."""

from dataclasses import dataclass, replace
from pathlib import Path

from clients.endpoint import EditorModel, Relay
from clients.model import CodeModel
from clients.outgoing import NEVER_SEND, OutgoingGate, Source
from context.index import Index
from context.storage.eviction import Limits
from lsp_server.review.approval import policy_sha
from lsp_server.review.audit import Audit
from lsp_server.review.policy_files import ORGANISATION, USER, load_policy
from lsp_server.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """Open for as long as a workspace folder is. `model` is None where the user has connected none.

    `policy` is the hash of the policy files that `settings` and `gate` go by.
    `retired` are models that an ask may still be using although the settings now name another. `relay` asks a model of
    the editor, where there is one.
    """

    index: Index
    model: CodeModel | None
    gate: OutgoingGate
    settings: Settings
    audit: Audit
    policy: str = ""
    retired: tuple[CodeModel, ...] = ()
    relay: Relay | None = None

    @property
    def root(self) -> Path:
        """The workspace folder."""
        return self.index.root

    @property
    def never_send(self) -> tuple[str, ...]:
        """The patterns of files whose text never leaves and that no change may touch."""
        return _never_send(self.settings)

    @property
    def trusted(self) -> bool:
        """Whether the user lets code of this workspace run: its tests, and tools that its own settings can program."""
        return self.settings.trusts(self.root)

    def may_leave(self, path: str) -> bool:
        """Whether the text of a file may be sent. The gate knows of rules that came after the index was opened."""
        try:
            real = (self.root / path).resolve()
        except (ValueError, OSError, RuntimeError):
            return False  # A loop of links, or no path at all.
        return self.index.filter.sendable(path) and not self.gate.withholds(Source(path, real, ""))

    async def close(self) -> None:
        """Ends the worker processes and gives connections back."""
        await self.index.close()
        for model in (self.model, *self.retired):
            if model is not None:
                await model.close()


def open_services(
    root: Path, settings: Settings, model: CodeModel | None = None, relay: Relay | None = None
) -> Services:
    """The services for one folder; `model` replaces the one that the settings name. Reads the policy: it blocks."""
    policy = _policy_files(root, settings)
    settings = _with_policy(root, settings)
    limits = Limits(settings.most_files, settings.cache_megabytes * 1_000_000)
    index = Index(root.resolve(), settings.cache_folder, _never_send(settings), limits)
    gate = OutgoingGate(settings.never_send, root=root)
    audit = Audit(settings.state_folder)
    model = _audited(model or connected_model(settings, root, relay), audit, root, settings)
    return Services(index, model, gate, settings, audit, policy, relay=relay)


def renewed(services: Services, settings: Settings) -> Services:
    """The same services by other settings. The index keeps within its limits from its next look at the files on."""
    services.index.limit(Limits(settings.most_files, settings.cache_megabytes * 1_000_000))
    root = services.root
    policy = _policy_files(root, settings)
    settings = _with_policy(root, settings)
    gate = OutgoingGate(settings.never_send, root=root)
    model = _audited(connected_model(settings, root, services.relay), services.audit, root, settings)
    retired = (*services.retired, services.model) if services.model is not None else services.retired
    return replace(services, model=model, gate=gate, settings=settings, policy=policy, retired=retired)


def under_present_policy(services: Services, settings: Settings) -> Services:
    """The same services, with a gate of the policy as it is now. It blocks, and is quick where no file changed."""
    policy = _policy_files(services.root, settings)
    if policy == services.policy:
        return services
    settings = _with_policy(services.root, settings)
    if settings.never_send == services.settings.never_send:
        return replace(services, policy=policy)
    gate = OutgoingGate(settings.never_send, root=services.root)
    return replace(services, gate=gate, settings=settings, policy=policy)


def _policy_files(root: Path, settings: Settings) -> str:
    return policy_sha(root, (), (settings.config_file.parent / USER, ORGANISATION))


def _with_policy(root: Path, settings: Settings) -> Settings:
    """The settings with what the policy says is never sent."""
    policy = load_policy(root, settings.config_file.parent)
    return replace(settings, never_send=(*settings.never_send, *policy.never_send))


def _audited(model: CodeModel | None, audit: Audit, root: Path, settings: Settings) -> CodeModel | None:
    """The model, with each of its calls noted."""
    if model is None:
        return None
    from lsp_server.actions.audited import AuditedModel

    price = settings.model.price if settings.model else None
    return AuditedModel(model, audit, root, price, strict=settings.audit_strict, with_texts=settings.audit_prompts)


def _never_send(settings: Settings) -> tuple[str, ...]:
    return (*NEVER_SEND, *settings.never_send)


def connected_model(settings: Settings, root: Path, relay: Relay | None = None) -> CodeModel | None:
    """The model that the settings name, counted for this workspace; None where there is none."""
    choice = settings.model
    target = choice.target if choice else None
    if choice is None or target is None:
        return None
    if isinstance(target, EditorModel):
        target = replace(target, relay=relay)
    from clients.connection import Rules, connected

    replies = settings.cache_folder if choice.keeps_replies else None
    rules = Rules(str(root.resolve()), settings.state_folder, replies, settings.caps, choice.price)
    return connected(target, rules)
