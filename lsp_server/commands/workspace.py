"""How does a command open a workspace? Settings, an index brought up to date with progress, and a proper end."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from context.index import IndexProgress, IndexStats
from lsp_server.actions.services import Services, open_services
from lsp_server.commands.terminal import remarks
from lsp_server.settings import load_settings


def folder(path: Path) -> Path | None:
    """The real folder, or None after saying that there is none."""
    try:
        root = path.expanduser().resolve()
        problem = "" if root.is_dir() else "is not a folder"
    except (OSError, RuntimeError) as error:
        root, problem = path, f"cannot be used ({getattr(error, 'strerror', None) or error})"
    if root.parent == root:
        problem = "is all of the disk"
    if problem:
        remarks().print(f"{root} {problem}. Name a folder with --root.", style="red", markup=False)
        return None
    return root


@asynccontextmanager
async def opened(root: Path) -> AsyncGenerator[Services]:
    """The services for a folder, its index up to date; progress and warnings go to standard error."""
    settings, warnings = load_settings()
    console = remarks()
    for warning in warnings:
        console.print(warning, style="yellow", markup=False)
    services = open_services(root, settings)
    try:
        await refreshed(services, console)
        for warning in services.index.warnings:
            console.print(warning, style="yellow", markup=False)
        yield services
    finally:
        await services.close()
        if warning := services.audit.taken_warning():
            console.print(warning, style="yellow", markup=False)


async def refreshed(services: Services, console: Console) -> IndexStats:
    """Brings the index up to date, with a bar on a terminal."""
    columns = (SpinnerColumn(), TextColumn("Indexing"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("index", total=None)

        def report(progress: IndexProgress) -> None:
            bar.update(task, completed=progress.done, total=progress.total)

        return await services.index.refresh(report)
