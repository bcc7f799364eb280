"""A workspace from one string, the real index, gate and review around it, and a model that plays back replies."""

import textwrap
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from clients.model import Event
from clients.playback import Playback
from context.parsing.symbols import outline
from context.snapshot import FileText, Place, Snapshot, from_buffer
from lsp_server.actions.ask import Answer, Ask, Diagnosis
from lsp_server.actions.comment import comment_at
from lsp_server.actions.pipeline import propose
from lsp_server.actions.registry import action_named, menu
from lsp_server.actions.services import Services, open_services
from lsp_server.settings import load_settings

Propose = Callable[..., "AsyncIterator[Answer]"]


def write_workspace(root: Path, marked: str) -> Place | None:
    """Writes the files of a string like "//- /a.py\\n...$0..."; the place of the cursor `$0`, if there is one."""
    place = None
    for section in textwrap.dedent(marked).split("//- /")[1:]:
        name, _, text = section.partition("\n")
        name = name.strip()
        if "$0" in text:
            line = text[: text.index("$0")].count("\n") + 1
            place = Place(name, line, line)
            text = text.replace("$0", "")
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return place


@asynccontextmanager
async def services_for(root: Path, state: Path, playback: Playback | None) -> AsyncIterator[Services]:
    """Everything real but the model."""
    settings, warnings = load_settings({f"PATCHWRIGHT_{name}": str(state) for name in ("CACHE", "CONFIG", "STATE")})
    assert warnings == ()
    services = open_services(root, settings, playback)
    try:
        await services.index.refresh()
        yield services
    finally:
        await services.close()


class Check:
    """Runs one ask in a workspace; `answer`, `sent` and `said` stay for more questions."""

    def __init__(self, root: Path, state: Path) -> None:
        self.root = root
        self.state = state
        self.sent: list[str] = []
        self.said: list[str] = []

    async def __call__(
        self,
        action: str,
        marked: str,
        *,
        replies: Sequence[str | Sequence[Event]] | None = None,
        description: str | None = None,
        buffers: dict[str, str] | None = None,
        diagnoses: tuple[Diagnosis, ...] = (),
        found: bool = False,
    ) -> Answer:
        """`found` takes the description and the place from the menu, for an action that is offered there."""
        place = write_workspace(self.root, marked)
        open_files = {path: from_buffer(path, text, 1) for path, text in (buffers or {}).items()}
        snapshot = Snapshot(self.root, open_files)
        row = action_named(action)
        assert row is not None
        ask = Ask(action, description or "", place, None, row.scope, diagnoses=diagnoses)
        if found and place is not None:
            file = snapshot.file(place.path)
            assert isinstance(file, FileText)
            offers = menu(file, place, outline(file.path, file.text), diagnoses)
            here = next(offer.found for offer in offers if offer.action == row)
            ask = replace(ask, description=here.description, place=here.place, comment=here.comment)
        elif description is None and place is not None:
            file = snapshot.file(place.path)
            assert isinstance(file, FileText)
            comment = comment_at(file, place)
            assert comment is not None
            ask = replace(ask, description=comment.text, place=comment.place, comment=comment.place)
        playback = Playback(replies) if replies is not None else None
        async with services_for(self.root, self.state, playback) as services:
            answer = await propose(ask, snapshot, services, self.said.append)
        if playback is not None:
            self.sent = ["\n".join(m.text.text for m in request.messages) for request in playback.requests]
        return answer


@pytest.fixture
def check_action(tmp_path: Path) -> Check:
    root = tmp_path / "workspace"
    root.mkdir()
    return Check(root, tmp_path / "state")
