"""A workspace from one string and a scripted editor in front of a real server for it."""

import textwrap
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.lsp.editor import Editor, capabilities_of

Start = Callable[..., Any]


def write_files(root: Path, files: str) -> None:
    """Writes the files of a string like "//- /a.py\\n..."."""
    for section in textwrap.dedent(files).split("//- /")[1:]:
        name, _, text = section.partition("\n")
        file = root / name.strip()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The user's own folders, empty; no model."""
    folders = {f"PATCHWRIGHT_{name.upper()}": str(tmp_path / name) for name in ("config", "cache", "state")}
    return folders | {"PATCHWRIGHT_ENDPOINT": "", "PATCHWRIGHT_MODEL": "", "PATCHWRIGHT_API_KEY": ""}


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


def connected(base_url: str) -> dict[str, str]:
    """The environment that connects a scripted model."""
    return {"PATCHWRIGHT_ENDPOINT": base_url, "PATCHWRIGHT_MODEL": "scripted", "PATCHWRIGHT_API_KEY": "sk-test-key"}
