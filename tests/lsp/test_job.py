"""A job that is stopped says so, at whatever step it was, and denies nothing that was done."""

import asyncio
from pathlib import Path
from typing import Any, cast

import pytest
from lsprotocol import types

from lsp_server.actions.ask import Ask, Proposal
from lsp_server.actions.git_base import Base
from lsp_server.actions.registry import ACTIONS
from lsp_server.client import Client
from lsp_server.edits.change import ChangeSet
from lsp_server.features import job as jobs
from lsp_server.features.arguments import Arguments
from lsp_server.features.outcome import Delivery
from lsp_server.folders import Folder
from lsp_server.recipes.plan import Site
from lsp_server.review.verdict import Verdict
from lsp_server.server import build_session
from lsp_server.session import Session

HUNK = {"path": "a.py", "hunk": 0}
HERE = Arguments("file:///ws/a.py", types.Range(types.Position(0, 0), types.Position(0, 0)), "do it")


async def check_stopped(session: Session, stuck: asyncio.Event) -> tuple[dict[str, Any], list[str]]:
    """The result of a job that is stopped once it is stuck, and what the user was told."""
    said: list[str] = []
    cast("Any", session.server).window_show_message = lambda params: said.append(params.message)
    running = asyncio.create_task(jobs.run(session, ACTIONS[0], HERE, None))
    await stuck.wait()
    session.jobs[0].stop()
    return await running, said


async def test_while_the_editor_makes_a_progress_bar_it_is_cancelled_like_anywhere():
    session, stuck = build_session(), asyncio.Event()
    session.client = Client(work_done_progress=True)

    async def hang(*_: object) -> None:
        stuck.set()
        await asyncio.sleep(60)

    cast("Any", session.protocol).send_request_async = hang
    result, said = await check_stopped(session, stuck)
    assert result["outcome"] == "cancelled"
    assert said == [jobs.CANCELLED]


async def test_while_a_page_is_shown_the_change_is_not_denied(monkeypatch: pytest.MonkeyPatch):
    session, stuck = build_session(), asyncio.Event()
    sites = tuple(Site("a.py", line, "old()", "in a string") for line in range(1, 9))
    made = Proposal(Ask("changeFiles", "x"), ChangeSet(()), Verdict(), "recipe", "Rename old", sites)

    async def hang(*_: object) -> None:
        stuck.set()
        await asyncio.sleep(60)

    def answer(value: object) -> Any:
        async def given(*_: object, **__: object) -> object:
            return value

        return given

    monkeypatch.setattr(jobs, "_located", lambda *_: (Folder(Path("/"), Path("/")), "a.py"))
    monkeypatch.setattr(Session, "snapshot", lambda *_: None)
    monkeypatch.setattr(Session, "services", answer(None))
    monkeypatch.setattr(jobs, "_ask", answer(made.ask))
    monkeypatch.setattr(jobs, "propose", answer(made))
    monkeypatch.setattr(jobs, "delivered", answer(Delivery("done")))
    monkeypatch.setattr(jobs, "show_page", hang)
    result, said = await check_stopped(session, stuck)
    assert result["outcome"] == "done"
    assert "Rename old" in said[0]


async def test_a_rejection_of_a_part_that_fails_half_way_rejects_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    for name in ("CONFIG", "CACHE", "STATE"):
        monkeypatch.setenv(f"PATCHWRIGHT_{name}", str(tmp_path / name))
    session = build_session()
    folder = session.folders.add(tmp_path.as_uri())
    assert folder is not None
    made = Proposal(Ask("changeFiles", "x"), ChangeSet(()), Verdict(), "recipe", "Rename old")
    held = session.proposals.keep(folder, made, Base(), "")

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("lsp_server.edits.choose.chosen", fail)
    command = cast("Any", session.protocol).fm.commands["patchwright.reject"]
    with pytest.raises(RuntimeError):
        await command(types.ExecuteCommandParams("patchwright.reject", arguments=[{"id": held.id, "hunks": [HUNK]}]))
    kept = session.proposals.get(held.id)
    assert kept is not None
    assert kept.proposal is made
