"""The index stays within its limits, reads first what the user looks at, and says what it left out."""

import asyncio
import os
import time
from pathlib import Path

from context.index import Index
from context.retrieval.select import Query
from context.snapshot import Place, Snapshot
from context.storage.eviction import Limits, evict
from context.workspace.files import FileFilter
from context.workspace.mounts import kernel_folders
from tests.context.workspace import NEVER_SEND, indexed, write

HOUR = 3600


def stored(index: Path, name: str, size: int, hours: float) -> Path:
    """A store of so many bytes that was used so many hours ago."""
    folder = index / name
    folder.mkdir(parents=True)
    (folder / "index.db").write_bytes(b"x" * size)
    then = time.time() - hours * HOUR
    os.utime(folder, (then, then))
    return folder


def test_other_versions_go_first_then_the_least_recently_used(tmp_path: Path):
    own = stored(tmp_path, "own/v2", 100, 0)
    old_version = stored(tmp_path, "own/v1", 100, 1)
    oldest = stored(tmp_path, "far/v2", 100, 9)
    recent = stored(tmp_path, "near/v2", 100, 2)
    assert evict(own, 400) == 400
    assert evict(own, 300) == 300
    assert not old_version.exists()
    assert evict(own, 200) == 200
    assert not oldest.parent.exists()
    assert recent.exists()
    assert evict(own, 10) == 100
    assert own.exists()


def test_a_store_that_was_used_a_moment_ago_stays_and_a_time_in_the_future_is_none(tmp_path: Path):
    own = stored(tmp_path, "own/v2", 100, 0)
    in_use = stored(tmp_path, "busy/v1", 100, 0.01)
    future = stored(tmp_path, "wrong/v1", 100, -24)
    link = tmp_path / "link"
    link.symlink_to(in_use.parent)
    assert evict(own, 0) == 200
    assert in_use.exists()
    assert not future.exists()


async def test_the_cache_folder_of_many_workspaces_stays_within_its_limit(tmp_path: Path):
    cache = tmp_path / "cache"
    for number in range(5):
        root = write(tmp_path / f"root{number}", f"//- a.py\nload_user({number})\n")
        index = Index(root, cache, NEVER_SEND, Limits(cache_bytes=1))
        await index.refresh()
        assert index.mentions("load_user") == ("a.py",)
        assert "cache_megabytes" in index.warnings[0]
        await index.close()
        for store in (cache / "index").glob("*/*"):
            os.utime(store, (1, 1))
    assert len(list((cache / "index").glob("*/*"))) == 1


async def test_a_workspace_with_too_many_files_is_indexed_in_part_and_says_so(tmp_path: Path):
    root = write(tmp_path / "root", "//- top.py\nload_user()\n")
    for number in range(30):
        write(root, f"//- deep/er/m{number}.py\nload_user()\n")
    index = Index(root, tmp_path / "cache", NEVER_SEND, Limits(most_files=20))
    try:
        await index.refresh()
        assert index.capped
        assert len(index.mentions("load_user")) == 20
        assert "top.py" in index.mentions("load_user")
        (warning,) = index.warnings
        assert "more than 20 files" in warning
        write(root, "//- deep/er/new.py\nload_user()\n")
        await index.update(["deep/er/new.py"])
        assert len(index.mentions("load_user")) == 20
        for number in range(30):
            (root / f"deep/er/m{number}.py").unlink()
        await index.refresh()
        assert not index.capped
        assert index.mentions("load_user") == ("deep/er/new.py", "top.py")
    finally:
        await index.close()


def test_what_the_kernel_makes_up_is_not_walked():
    if "proc" not in kernel_folders(Path("/")):
        assert not Path("/proc/self/mounts").exists()
        return
    assert list(FileFilter(Path("/proc/self"), ()).walk()) == []
    assert kernel_folders(Path("/proc/self")) == {"."}


async def test_what_the_user_looks_at_is_read_first(tmp_path: Path):
    root = tmp_path / "root"
    for number in range(600):
        write(root, f"//- a{number % 9}/m{number}.py\nload_user({number})\n")
    write(
        root, "//- zoo/open.py\ndef keeper(): ...\n//- zoo/beside.py\ndef lion(): ...\n//- last/z.py\ndef late(): ...\n"
    )
    index = Index(root, tmp_path / "cache", NEVER_SEND)
    seen: list[tuple[bool, bool]] = []
    try:
        index.focus(["zoo/open.py", "not/there.py"])
        opened_later = asyncio.Event()

        def report(_: object) -> None:
            seen.append((bool(index.definitions("lion")), bool(index.definitions("late"))))
            if not opened_later.is_set():
                opened_later.set()
                index.focus(["last/z.py"])

        refreshing = asyncio.create_task(index.refresh(report))
        await refreshing
        # From the first batch on; and the other within the batches that were under way.
        assert seen[0] == (True, False)
        assert seen[-2][1]
        assert len(index.mentions("load_user")) == 600
    finally:
        await index.close()


async def test_an_answer_while_the_index_is_built_has_what_is_there_and_how_much_that_is(tmp_path: Path):
    root = tmp_path / "root"
    for number in range(4000):
        write(root, f"//- a{number % 9}/m{number}.py\nload_user({number})\n")
    write(root, "//- zoo/open.py\ndef keep_lions(): ...\n//- zoo/beside.py\ndef feed_lions(): ...\n")
    index = Index(root, tmp_path / "cache", NEVER_SEND)
    try:
        query = Query("feed lions", 2000, Place("zoo/open.py", 1, 1))
        # The worker processes have started, as in a server that runs.
        assert (await index.select(query, Snapshot(root))).completeness == 0
        refreshing = asyncio.create_task(index.refresh())
        context = await index.select(query, Snapshot(root))
        while "zoo/beside.py" not in {piece.path for piece in context.pieces}:
            context = await index.select(query, Snapshot(root))
        assert context.completeness < 1
        await refreshing
        assert (await index.select(query, Snapshot(root))).completeness == 1
    finally:
        await index.close()


async def test_times_in_the_future_are_no_reason_to_read_a_file_again(tmp_path: Path):
    root = write(tmp_path / "root", "//- a.py\nload_user()\n")
    later = time.time() + 90 * 24 * HOUR
    os.utime(root / "a.py", (later, later))
    await asyncio.sleep(0.2)
    async with indexed(root, tmp_path / "cache") as index:
        seen: list[object] = []
        await index.refresh(seen.append)
        assert seen == []
        (root / "a.py").write_text("save_user()\n")
        os.utime(root / "a.py", (later, later))
        await index.refresh()
        assert index.mentions("load_user") == ()
