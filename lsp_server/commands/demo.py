"""Shows the main job in a temporary sample project, through the real server over stdio, as an editor would drive it.

A recipe within one file, a rename across files, and a description that needs a model: with the model that is
connected, or one found on this machine if you agree to it, else the honest answer.
"""

import argparse
import asyncio
import difflib
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from clients.detect import LocalServer, local_servers
from lsp_server.commands.terminal import agreed, print_diff, print_page
from lsp_server.demo_editor import DemoEditor
from lsp_server.settings import load_settings

SAMPLE = {
    "shop/__init__.py": '"""A small shop."""\n\nfrom shop.users import load_user\n\n__all__ = ["load_user"]\n',
    "shop/models.py": '"""What the shop knows."""\n\n# dataclass User with name: str, email: str = ""\n',
    "shop/users.py": (
        '"""Who buys here?"""\n\nfrom shop.models import User\n\n\n'
        "# rename load_user to fetch_user\n"
        'def load_user(name: str) -> User:\n    """The user of that name."""\n    return User(name)\n'
    ),
    "shop/report.py": (
        '"""What do we tell the owner?"""\n\nfrom shop import users\nfrom shop.users import load_user as load\n\n\n'
        "def greeting(name: str) -> str:\n"
        '    return f"Dear {load(name).name}, {users.load_user(name).email}"\n\n\n'
        "# list the names of several users, sorted, without duplicates\n"
    ),
}
"""The sample project: four files that use one another."""


PICTURE_COLUMNS = 110


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the demo shows: the comment that the cursor is on, and why it is shown."""

    title: str
    path: str
    comment: str


STEPS = (
    Step("A recipe within one file: no model, no network", "shop/models.py", "# dataclass User"),
    Step("A rename across files: exact, aliases and __all__ included", "shop/users.py", "# rename load_user"),
    Step("A description that needs a model", "shop/report.py", "# list the names"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No fixed interface: this is for people."""
    parser.add_argument("--no-model", action="store_true", help="neither use nor look for a model")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="also save what was shown as a picture")


def run(arguments: argparse.Namespace) -> int:
    """Runs all steps. Exit code 0, or 1 when a step did not do what it shows."""
    console = Console(highlight=False, soft_wrap=True)
    if arguments.svg:
        console = Console(highlight=False, soft_wrap=True, record=True, force_terminal=True, width=PICTURE_COLUMNS)
    with tempfile.TemporaryDirectory(prefix="patchwright-demo-") as folder:
        os.environ.update(_without_model(folder) if arguments.no_model else asyncio.run(_model(console)))
        code = asyncio.run(_show(Path(folder, "shop-project").resolve(), console))
    if arguments.svg:
        console.save_svg(str(arguments.svg), title="scripts/demo", clear=False)
    return code


def _without_model(folder: str) -> dict[str, str]:
    """The environment in which the server finds no model, neither there nor in the user's file."""
    names: dict[str, str] = {"PATCHWRIGHT_ENDPOINT": "", "PATCHWRIGHT_MODEL": ""}
    os.environ.update(names)
    return names if load_settings()[0].model is None else names | {"PATCHWRIGHT_CONFIG": folder}


async def _model(console: Console) -> dict[str, str]:
    """The environment that connects a model found on this machine, if there is one and the user agrees."""
    settings, warnings = load_settings()
    for warning in warnings:
        console.print(warning, style="yellow", markup=False)
    if settings.model is not None:
        return {}
    servers = await local_servers()
    if not servers or not servers[0].models or not sys.stdin.isatty():
        return {}
    server: LocalServer = servers[0]
    question = f"A model answers at {server.base_url} ({server.models[0]}). Send the sample project to it?"
    if not agreed(console, question):
        return {}
    return {"PATCHWRIGHT_ENDPOINT": server.base_url, "PATCHWRIGHT_MODEL": server.models[0]}


async def _show(root: Path, console: Console) -> int:
    for name, text in SAMPLE.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    editor = DemoEditor(root)
    started = time.monotonic()
    await editor.start()
    console.print(f"The server answered in {(time.monotonic() - started) * 1000:.0f} ms.", style="dim")
    try:
        shown = [await _step(step, editor, root, console) for step in STEPS]
    finally:
        await editor.stop()
    console.print()
    console.print("The same in your editor: README.md, “In your editor”. `patchwright doctor` says what works here.")
    return 0 if all(shown) else 1


async def _step(step: Step, editor: DemoEditor, root: Path, console: Console) -> bool:
    """Puts the cursor on the comment, runs the first code action, and shows what changed on disk."""
    console.print()
    console.rule(step.title, align="left", style="cyan")
    uri = editor.open(step.path)
    line = next(n for n, text in enumerate(editor.texts[uri].split("\n")) if text.startswith(step.comment))
    actions = await editor.menu(uri, line)
    if not actions:
        console.print("The server offered no code action.", style="red")
        return False
    console.print(f"{step.path}:{line + 1}  {editor.texts[uri].split(chr(10))[line]}", markup=False)
    console.print(f"Code action: {actions[0].title}", style="bold", markup=False)
    before = _read(root)
    editor.messages.clear()
    editor.pages.clear()
    await editor.choose(actions[0])
    after = _read(root)
    print_diff(console, _diff(before, after))
    for message in editor.messages if not editor.pages else ():
        console.print(message, style="green" if before != after else "yellow", markup=False)
    for page in editor.pages:
        print_page(console, page.read_text(encoding="utf-8"))
    return before != after or bool(editor.pages)


def _read(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def _diff(before: dict[str, str], after: dict[str, str]) -> str:
    """What a person sees of two states of a folder."""
    lines: list[str] = []
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path, "").splitlines(True), after.get(path, "").splitlines(True)
        lines.extend(difflib.unified_diff(old, new, f"a/{path}", f"b/{path}"))
    return "".join(lines)
