"""The plugin in a real Neovim: a small shop, steps to play in it, and what came of each."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.editors.documented import SHOP, on_disk, shop
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
    ) -> dict[str, Any]:
        for name, text in (files or {}).items():
            (root / name).write_text(text, encoding="utf-8")
        script, report = folder / "steps.json", folder / "report.json"
        given = {"cmd": SERVER} | (options or {})
        folders = {name: folder / name for name in ("config", "cache", "state")}
        folders["config"].mkdir(exist_ok=True)
        (folders["config"] / "config.toml").write_text(settings, encoding="utf-8")
        place = {"plugin": str(PLUGIN), "root": str(root), "file": "cart.py"}
        script.write_text(json.dumps(place | {"options": given, "steps": steps}), encoding="utf-8")
        environment = {f"PATCHWRIGHT_{name.upper()}": str(folder) for name, folder in folders.items()}
        environment |= dict.fromkeys(("PATCHWRIGHT_ENDPOINT", "PATCHWRIGHT_MODEL", "PATCHWRIGHT_API_KEY"), "")
        if model is not None:
            named = {"ENDPOINT": model.base_url, "MODEL": "scripted", "API_KEY": "sk-test-key"}
            environment |= {f"PATCHWRIGHT_{name}": value for name, value in named.items()}
        own = {"DRIVE": str(script), "DRIVE_REPORT": str(report), "XDG_STATE_HOME": str(folder / "xdg")}
        done = subprocess.run(
            [program, "--headless", "-u", "NONE", "-i", "NONE", "-n", "-S", DRIVE],
            env=os.environ | environment | own,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert report.exists(), done.stderr
        said = json.loads(report.read_text(encoding="utf-8"))
        assert said.get("problem") is None, (said, done.stderr)
        return said | {"disk": on_disk(root), "errors": done.stderr}

    return run


__all__ = ["PREVIEW", "SHOP", "Play", "player"]
