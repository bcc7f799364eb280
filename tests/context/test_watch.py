"""Watching a real folder: a storm is one sweep, a moved branch is noticed, and no file is lost."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import context.catalogue
from context.index import Index
from context.processes.workers import Workers
from tests.context.workspace import indexed, write


async def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Waits for something that must come; the generous limit only ends a test that has failed."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - what is awaited happens on the disk
            await asyncio.sleep(0.05)


class Sweeps:
    """Counts the sweeps of all indexes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        sweep = context.catalogue.sweep

        def counted(*given):  # pyright: ignore
            self.count += 1
            return sweep(*given)

        monkeypatch.setattr(context.catalogue, "sweep", counted)


@asynccontextmanager
async def watched(root: Path, cache: Path, sweeps: Sweeps) -> AsyncIterator[Index]:
    """An index that watches; the sweep that begins it is over."""
    async with indexed(root, cache) as index:
        before = sweeps.count
        watching = asyncio.create_task(index.watch())
        await until(lambda: sweeps.count > before)
        await until(lambda: not index._catalogue._changing.locked())
        try:
            yield index
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)


def git(folder: Path, *arguments: str) -> None:
    own = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main", "-c", "gc.auto=0")
    subprocess.run(["git", *own, *arguments], cwd=folder, check=True, capture_output=True)


def many_files(root: Path, count: int, value: str) -> None:
    for number in range(count):
        write(root, f"//- part{number % 40}/m{number}.py\ndef f{number}():\n    return {value}({number})\n")


def parsed_files(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Gets, for each batch that is sent to be parsed, how many files it has."""
    batches: list[int] = []
    each = Workers.each

    def spied(self, function, items, seconds=None):  # pyright: ignore
        def seen():  # pyright: ignore
            for item in items:
                if function.func.__name__ == "extract_files":
                    batches.append(len(item))
                yield item

        return each(self, function, seen(), seconds)

    monkeypatch.setattr(Workers, "each", spied)
    return batches


async def test_a_checkout_of_2500_files_is_one_or_two_sweeps_and_the_way_back_parses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    root = tmp_path / "root"
    many_files(root, 2500, "old_name")
    git(root, "init")
    git(root, "add", ".")
    git(root, "commit", "-m", "one")
    git(root, "checkout", "-b", "other")
    many_files(root, 2500, "new_name")
    shutil.rmtree(root / "part39")
    git(root, "add", ".")
    git(root, "commit", "-m", "two")
    git(root, "checkout", "main")
    sweeps = Sweeps(monkeypatch)
    async with watched(root, tmp_path / "cache", sweeps) as index:
        assert len(index.mentions("old_name")) == 2500
        before = sweeps.count
        git(root, "checkout", "other")
        await until(lambda: len(index.mentions("new_name")) == 2438 and index.mentions("old_name") == ())
        await asyncio.sleep(2.5)
        assert sweeps.count - before <= 2
        batches = parsed_files(monkeypatch)
        git(root, "checkout", "main")
        await until(lambda: len(index.mentions("old_name")) == 2500 and index.mentions("new_name") == ())
        await asyncio.sleep(1.5)
        async with indexed(root, tmp_path / "fresh") as fresh:
            assert index._catalogue.files.keys() == fresh._catalogue.files.keys()
            assert {path: row.sha for path, row in index._catalogue.files.items()} == {
                path: row.sha for path, row in fresh._catalogue.files.items()
            }
            # What is parsed now is all the new index's.
            assert sum(batches) == 2500


@pytest.mark.parametrize("layout", ["root", "folder", "worktree"])
async def test_a_moved_branch_is_noticed_wherever_git_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: str
):
    repository = write(tmp_path / "repository", "//- inner/a.py\nload_user()\n")
    git(repository, "init")
    git(repository, "add", ".")
    git(repository, "commit", "-m", "one")
    git(repository, "branch", "other")
    root = repository if layout == "root" else repository / "inner"
    if layout == "worktree":
        root = tmp_path / "tree"
        git(repository, "worktree", "add", str(root), "-b", "third")
    sweeps = Sweeps(monkeypatch)
    async with watched(root, tmp_path / "cache", sweeps):
        before = sweeps.count
        git(root, "symbolic-ref", "HEAD", "refs/heads/other")
        await until(lambda: sweeps.count > before)


async def test_ignore_files_outside_the_workspace_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    repository = write(tmp_path / "repository", "//- inner/a.py\nload_user()\n//- inner/b.py\nload_user()\n")
    git(repository, "init")
    tree = tmp_path / "tree"
    git(repository, "add", ".")
    git(repository, "commit", "-m", "one")
    git(repository, "worktree", "add", str(tree))
    async with watched(tree / "inner", tmp_path / "cache", Sweeps(monkeypatch)) as index:
        write(tree, "//- .gitignore\ninner/a.py\n")
        await until(lambda: index.mentions("load_user") == ("b.py",))
        (tree / ".gitignore").unlink()
        write(repository, "//- .git/info/exclude\nb.py\n")
        await until(lambda: index.mentions("load_user") == ("a.py",))


async def test_a_tree_of_3000_files_that_is_copied_in_and_taken_away_loses_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    root = write(tmp_path / "root", "//- a.py\n")
    many_files(tmp_path / "tree", 3000, "shared")
    async with watched(root, tmp_path / "cache", Sweeps(monkeypatch)) as index:
        shutil.copytree(tmp_path / "tree", root / "copy")
        await until(lambda: len(index.mentions("shared")) == 3000)
        shutil.rmtree(root / "copy")
        await until(lambda: index.mentions("shared") == ())


async def test_a_new_folder_costs_no_sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    root = write(tmp_path / "root", "//- a.py\n")
    sweeps = Sweeps(monkeypatch)
    async with watched(root, tmp_path / "cache", sweeps) as index:
        before = sweeps.count
        write(root, "//- new/deep/b.py\nload_user()\n")
        await until(lambda: index.mentions("load_user") == ("new/deep/b.py",))
        assert sweeps.count == before


async def test_a_root_that_goes_and_comes_back_is_watched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    root = write(tmp_path / "root", "//- a.py\nload_user()\n")
    async with watched(root, tmp_path / "cache", Sweeps(monkeypatch)) as index:
        shutil.rmtree(root)
        await until(lambda: index.mentions("load_user") == ())
        write(root, "//- b.py\nload_user()\n")
        await until(lambda: index.mentions("load_user") == ("b.py",))
        await asyncio.sleep(2)
        write(root, "//- c.py\nload_user()\n")
        await until(lambda: index.mentions("load_user") == ("b.py", "c.py"))


async def test_a_checkout_of_one_file_and_a_case_only_rename_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    root = write(tmp_path / "root", "//- module.py\nload_user()\n")
    async with watched(root, tmp_path / "cache", Sweeps(monkeypatch)) as index:
        (root / "module.py").rename(root / "Module.py")
        await until(lambda: index.mentions("load_user") == ("Module.py",))


OUT_OF_WATCHES = """
import asyncio, sys
from pathlib import Path
import context.index
from context.index import Index

Path("/proc/sys/user/max_inotify_watches").write_text("3")
context.index.UNWATCHED_SECONDS = 0.2

async def main():
    root, told = Path(sys.argv[1]), []
    index = Index(root, Path(sys.argv[2]), ())
    await index.refresh()
    watching = asyncio.create_task(index.watch(told.append))
    while not told:
        await asyncio.sleep(0.05)
    (root / "late.py").write_text("load_later()")
    while not index.mentions("load_later"):
        await asyncio.sleep(0.05)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    await index.close()
    print(len(told), told[0])

asyncio.run(main())
"""


def test_a_system_out_of_watches_is_told_once_and_the_index_looks_now_and_then(tmp_path: Path):
    unshare = ["unshare", "--user", "--map-root-user", "--mount"]
    if sys.platform != "linux" or subprocess.run([*unshare, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this system gives no namespace of one's own, in which watches can be made rare")
    many_files(tmp_path / "root", 30, "shared")
    program = [*unshare, sys.executable, "-c", OUT_OF_WATCHES, str(tmp_path / "root"), str(tmp_path / "cache")]
    done = subprocess.run(program, check=False, capture_output=True, text=True, timeout=60, env={**os.environ})
    assert done.stdout.startswith("1 "), done.stderr
    assert "cannot be watched" in done.stdout
