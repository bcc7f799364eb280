"""The `patchwright` command as a program: its own process, its own folders, what it prints and how it ends."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lsp_server.cli import main

COMMAND = Path(sys.executable).with_name("patchwright")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON object on standard output."""
        assert self.out.count("\n") == 1, self.out + self.err
        return json.loads(self.out)


class Run:
    """Runs the command in a workspace that a mapping of files describes."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "workspace"
        self.root.mkdir()
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith("PATCHWRIGHT_")
        } | {f"PATCHWRIGHT_{name}": str(folder / name.lower()) for name in ("CACHE", "STATE", "CONFIG")}

    def write(self, files: Mapping[str, str | bytes]) -> None:
        for name, text in files.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_bytes(text if isinstance(text, bytes) else text.encode())

    def read(self) -> dict[str, str]:
        files = (path for path in sorted(self.root.rglob("*")) if path.is_file() and ".git" not in path.parts)
        return {path.relative_to(self.root).as_posix(): path.read_text() for path in files}

    def __call__(self, *arguments: str | Path, stdin: str = "", **environment: str) -> Ended:
        return self.program([str(COMMAND)], *arguments, stdin=stdin, **environment)

    def inside(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> Ended:
        """Runs the command in this process: for what ends before it has done anything."""
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.root)
            for name, value in self.environment.items():
                patch.setenv(name, value)
            try:
                code = main(list(arguments))
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 1
        return Ended(code, *capsys.readouterr())

    def broken(self, how: str, *arguments: str | Path) -> Ended:
        """Runs the command after some lines of Python that break something."""
        program = f"{how}\nimport sys; from lsp_server.cli import main; sys.exit(main(sys.argv[1:]))"
        return self.program([sys.executable, "-I", "-c", program], *arguments)

    def program(self, command: list[str], *arguments: str | Path, stdin: str = "", **environment: str) -> Ended:
        ended = subprocess.run(
            [*command, *map(str, arguments)],
            input=stdin,
            capture_output=True,
            text=True,
            cwd=self.root,
            env=self.environment | environment,
            timeout=120,
            check=False,
        )
        return Ended(ended.returncode, ended.stdout, ended.stderr)


@pytest.fixture
def patchwright(tmp_path: Path) -> Run:
    return Run(tmp_path)
