"""A real Neovim, a real project, and the report of what the one did with the other."""

import os
import sys
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.editors.plugin import Play, player
from tests.editors.scripted import driven
from tests.installs import PROJECT, alone, installed, ran

SDISTS = PROJECT / ".cache" / "sdists"
PACKAGE = "click==8.1.8"
DRIVE = Path(__file__).parent / "drive.lua"


@pytest.fixture(scope="session")
def neovim() -> Path:
    """A Neovim of at least 0.11, installed below the project if it is not there yet."""
    return installed("install-neovim", "neovim", "no Neovim") / "bin" / "nvim"


@pytest.fixture(scope="session")
def older_neovim() -> Path:
    """Neovim 0.10, which has neither `vim.lsp.config` nor inline completion."""
    folder = installed("install-neovim", "neovim-0.10", "no Neovim 0.10", SUITE="trixie", MINOR="10")
    return folder / "bin" / "nvim"


@pytest.fixture(scope="session")
def oldest_neovim() -> Path:
    """Neovim 0.7, Debian 12's, for which the plugin is too new."""
    folder = installed("install-neovim", "neovim-0.7", "no Neovim 0.7", SUITE="bookworm", MINOR="7")
    return folder / "bin" / "nvim"


@pytest.fixture(scope="session")
def helix_emacs() -> Path:
    """The folder that holds `hx` and `emacs`."""
    return installed("install-helix-emacs", "helix-emacs", "no Helix and Emacs") / "bin"


@pytest.fixture(params=["neovim", "older_neovim"])
def program(request: pytest.FixtureRequest) -> Path:
    """The newest Neovim, and Debian's, which has neither inline completion nor lenses that ask for themselves."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def play(neovim: Path, tmp_path: Path) -> Play:
    """The plugin in the newest Neovim."""
    return player(neovim, tmp_path)


@pytest.fixture(scope="session")
def sdist() -> Path:
    """The source distribution of a well-known package, fetched once."""
    file = SDISTS / (PACKAGE.replace("==", "-") + ".tar.gz")
    SDISTS.mkdir(parents=True, exist_ok=True)
    with alone():
        if not file.exists():
            pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet"]
            ran([*pip, "--no-deps", "--no-binary", ":all:", "--dest", SDISTS, PACKAGE], f"no {PACKAGE}")
    return file


@dataclass(frozen=True)
class Report:
    """What Neovim reports, and the project afterwards."""

    root: Path
    before: dict[str, str]
    said: dict[str, Any]

    @property
    def messages(self) -> list[str]:
        return self.said["messages"]

    def buffer(self, path: str) -> str:
        """The text of a loaded buffer."""
        return self.said["buffers"][path]["text"]

    def on_disk(self) -> dict[str, str]:
        """Every Python file now."""
        return python_files(self.root)

    def changed(self) -> set[str]:
        """The Python files that differ on disk."""
        now = self.on_disk()
        return {path for path in now.keys() | self.before.keys() if now.get(path) != self.before.get(path)}


def python_files(root: Path) -> dict[str, str]:
    """Every Python file by its path."""
    return {str(file.relative_to(root)): file.read_bytes().decode() for file in sorted(root.rglob("*.py"))}


Drive = Callable[..., Report]


@pytest.fixture
def drive(neovim: Path, sdist: Path, tmp_path: Path) -> Drive:
    """Writes lines into a file of the project, puts the cursor there, runs a code action, saves all."""
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    root = next(path for path in tmp_path.iterdir() if path.is_dir())

    def run(file: str, comment: str, title: str, *, environment: dict[str, str] | None = None, **steps: Any) -> Report:
        target = root / file
        text = target.read_text(encoding="utf-8") if target.exists() else ""
        target.write_text(f"{text}{comment}", encoding="utf-8")
        before = python_files(root)
        line = text.count("\n") + 1 + comment.index("#") - len(comment[: comment.index("#")].lstrip("\n"))
        server = [sys.executable, "-I", "-m", "lsp_server", "serve"]
        given = {"server": server, "root": str(root), "file": file, "line": line, "title": title, "saves": True}
        folders = {f"PATCHWRIGHT_{name.upper()}": str(tmp_path / name) for name in ("config", "cache", "state")}
        folders["XDG_STATE_HOME"] = str(tmp_path / "xdg")
        none = dict.fromkeys(("PATCHWRIGHT_ENDPOINT", "PATCHWRIGHT_MODEL", "PATCHWRIGHT_API_KEY"), "")
        command = [neovim, "--headless", "-u", "NONE", "-i", "NONE", "-n", "-S", DRIVE]
        given_to = os.environ | none | folders | (environment or {})
        said, _ = driven(command, given | steps, tmp_path, given_to, seconds=90)
        return Report(root, before, said)

    return run
