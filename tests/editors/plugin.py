"""The plugin in a real Neovim: a small shop, steps to play in it, and what came of each."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.editors.documented import SHOP, on_disk, shop
from tests.editors.documented import environment as environment_of
from tests.editors.scripted import driven
from tests.model_server import ModelServer

PLUGIN = Path(__file__).parents[2] / "editors" / "neovim"
DRIVE = Path(__file__).parent / "drive_plugin.lua"
SERVER = [sys.executable, "-I", "-m", "lsp_server", "serve"]
PREVIEW = "[review]\npreview = true\n"

Play = Callable[..., dict[str, Any]]


def player(neovim: Path, folder: Path) -> Play:
    """Opens cart.py of a small shop and plays the steps; what came of each."""
    root = shop(folder)

    def run(
        *steps: dict[str, Any],
        model: ModelServer | None = None,
        options: dict[str, Any] | None = None,
        program: Path = neovim,
        settings: str = "",
        files: dict[str, str] | None = None,
        installed: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        for name, text in (files or {}).items():
            (root / name).write_text(text, encoding="utf-8")
        (folder / "config").mkdir(exist_ok=True)
        (folder / "config" / "config.toml").write_text(settings, encoding="utf-8")
        given: dict[str, Any] = {"root": str(root), "file": "cart.py", "steps": steps}
        if installed is None:
            given |= {"plugin": str(PLUGIN), "options": {"cmd": SERVER} | (options or {})}
        environment = environment_of(folder, model) if installed is None else dict(installed)
        clean = ["-u", "NONE", "-i", "NONE", "-n"] if installed is None else []
        said, errors = driven([program, "--headless", *clean, "-S", DRIVE], given, folder, environment)
        return said | {"disk": on_disk(root), "errors": errors}

    return run


__all__ = ["PREVIEW", "SHOP", "Play", "player"]
