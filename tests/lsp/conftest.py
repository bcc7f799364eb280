"""A workspace from one string and a scripted editor in front of a real server for it.

`start` starts a server for one test. `shared` hands out a server that stays up, with an emptied workspace: starting one
costs more than most tests.
"""

import asyncio
import json
import shutil
import textwrap
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.lsp.editor import FIRST, Editor, capabilities_of
from tests.model_server import ModelServer, model_server

Start = Callable[..., Any]
NO_MODEL = dict.fromkeys(("PATCHWRIGHT_ENDPOINT", "PATCHWRIGHT_MODEL", "PATCHWRIGHT_API_KEY"), "")


def write_files(root: Path, files: str) -> None:
    """Writes the files of a string like "//- /a.py\\n..."."""
    for section in textwrap.dedent(files).split("//- /")[1:]:
        name, _, text = section.partition("\n")
        file = root / name.strip()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def own_folders(parent: Path) -> dict[str, str]:
    """The user's own folders, empty; no model."""
    folders = {f"PATCHWRIGHT_{name.upper()}": str(parent / name) for name in ("config", "cache", "state")}
    return folders | NO_MODEL


def connected(base_url: str) -> dict[str, str]:
    """The environment that connects a scripted model."""
    return {"PATCHWRIGHT_ENDPOINT": base_url, "PATCHWRIGHT_MODEL": "scripted", "PATCHWRIGHT_API_KEY": "sk-test-key"}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a user with folders of this test's own."""
    return own_folders(tmp_path)


@pytest.fixture
async def start(tmp_path: Path, environment: dict[str, str]) -> AsyncIterator[Start]:
    """Starts an editor on a workspace: `await start("//- /a.py…", editor="vscode-1.139", apply=…, model=…)`."""
    started: list[Editor] = []

    async def begin(files: str = "", *, editor: str | dict[str, Any] = "vscode-1.139", **options: Any) -> Editor:
        root = tmp_path / "work space"
        root.mkdir(exist_ok=True)
        write_files(root, files)
        capabilities = capabilities_of(editor) if isinstance(editor, str) else editor
        settings = environment | options.pop("environment", {})
        parameters = options.pop("parameters", {})
        made = Editor(root, capabilities, settings, **options)
        started.append(made)
        await made.start(**parameters)
        return made

    yield begin
    for editor in started:
        if editor.process.returncode is None:
            await editor.stop()
        # Shown of a test that fails.
        print(editor.log)


@pytest.fixture(scope="session")
def model() -> Iterator[ModelServer]:
    """The model server of all shared servers; `shared(…, replies=[…])` says what it answers."""
    with model_server() as server:
        yield server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def pool() -> AsyncIterator[dict[str, Editor]]:
    """The servers that are up."""
    editors: dict[str, Editor] = {}
    yield editors
    await asyncio.gather(*(editor.stop() for editor in editors.values() if editor.process.returncode is None))


@pytest_asyncio.fixture(loop_scope="session")
async def shared(
    pool: dict[str, Editor], model: ModelServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Start]:
    """Like `start`, with a server that others used before; the test runs in the session's loop.

    A model is connected, and `replies` says what it answers; `environment=NO_MODEL` connects none. What a test leaves
    under way is ended with it, so that none of it reaches the next one.
    """
    used: list[Editor] = []

    async def begin(
        files: str = "",
        *,
        editor: str | dict[str, Any] = "vscode-1.139",
        replies: Sequence[Any] = (),
        apply: Any = None,
        environment: dict[str, str] | None = None,
        **options: Any,
    ) -> Editor:
        key = json.dumps([editor, environment, options])
        if key not in pool or pool[key].process.returncode is not None:
            folder = tmp_path_factory.mktemp("shared")
            (folder / "work space").mkdir()
            capabilities = capabilities_of(editor) if isinstance(editor, str) else editor
            own = own_folders(folder) | connected(model.base_url)
            pool[key] = Editor(folder / "work space", capabilities, own | (environment or {}), **options)
            await pool[key].start()
        ready = pool[key]
        used.append(ready)
        ready.forget()
        # What it still had to say to others has arrived then.
        await ready.heard()
        ready.forget()
        model.play(replies)
        ready.apply, ready.choose, ready.answers = apply, None, {}
        for path in ready.root.iterdir():
            path.unlink() if path.is_symlink() or path.is_file() else shutil.rmtree(path)
        write_files(ready.root, files)
        return ready

    yield begin
    for each in used:
        if each.process.returncode is None and not each.process.stdin.is_closing():
            await each.at_rest()


@pytest.fixture
def agreeing(shared: Start) -> Start:
    """Like `shared`, with a user who agrees to all that the review asks about."""

    async def begin(*arguments: Any, **options: Any) -> Editor:
        editor: Editor = await shared(*arguments, **options)
        editor.choose = FIRST
        return editor

    return begin
