"""Settings that change while a folder is still being opened hold for it."""

import asyncio
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lsp_server import folders
from lsp_server.actions.services import Services, open_services
from lsp_server.folders import Folder
from lsp_server.settings import Settings, load_settings


async def test_what_is_never_sent_holds_for_a_folder_that_is_being_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    environment = {f"PATCHWRIGHT_{name}": str(tmp_path / name.lower()) for name in ("CONFIG", "CACHE", "STATE")}
    old, _ = load_settings(environment)
    new = replace(old, never_send=("customers.py",))
    (tmp_path / "root").mkdir()
    folder = Folder(tmp_path / "root", (tmp_path / "root").resolve())
    may_open = threading.Event()

    def slowly(root: Path, settings: Settings, *more: Any) -> Services:
        may_open.wait(5)
        return open_services(root, settings, *more)

    monkeypatch.setattr(folders, "_open", slowly)
    opening = asyncio.create_task(folder.services(old))
    await asyncio.sleep(0)
    renewing = asyncio.create_task(folder.renew(new))
    await asyncio.sleep(0)
    may_open.set()
    await asyncio.gather(opening, renewing)
    assert (await folder.services(new)).settings.never_send == ("customers.py",)
    await folder.close()
