"""The index over a real folder: what it finds, what it keeps up with, and what cannot harm it."""

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from context.index import Index, IndexProgress
from context.retrieval.select import Query
from context.snapshot import MAX_FILE_BYTES, Snapshot
from tests.context.workspace import NEVER_SEND, REFRESH, indexed, write

WORKSPACE = """
    //- models.py
    class User:
        def load_user(self): ...
    //- views.py
    from models import User
    __all__ = ["load_user"]
    def show(user: "User"):
        return user.load_user()
    //- secrets/admin.py
    from models import User
    TOKEN = "hunter2hunter2"
    //- README.md
    Call load_user first.
    //- tests/test_models.py
    def test_load_user(): assert User().load_user()
    """


async def check_index(index: Index) -> None:
    """The workspace above is indexed as it should be."""
    assert index.mentions("load_user") == ("README.md", "models.py", "tests/test_models.py", "views.py")
    # A name of one part is answered with all that it is a part of: too many, never too few.
    assert index.mentions("user") == ("README.md", "models.py", "tests/test_models.py", "views.py")
    assert {"models.py", "secrets/admin.py", "tests/test_models.py", "views.py"} <= set(index.mentions("User"))
    assert index.mentions("nowhere") == ()
    assert [(path, found.kind, found.stub) for path, found in index.definitions("load_user")] == [
        ("models.py", "method", True)
    ]
    assert index.completeness == 1.0


def store_file(cache: Path) -> Path:
    (found,) = cache.rglob("index.db")
    return found


async def test_definitions_and_mentions_cold_and_warm(tmp_path: Path):
    root = write(tmp_path / "root", WORKSPACE)
    seen: list[IndexProgress] = []
    index = Index(root, tmp_path / "cache", NEVER_SEND)
    stats = await index.refresh(seen.append)
    await check_index(index)
    assert (stats.mode, stats.files, stats.skipped) == ("cold", 5, 0)
    assert stats.symbols >= 5
    assert stats.references >= 5
    assert seen[-1] == IndexProgress(5, 5)
    await asyncio.sleep(0.2)
    await index.refresh()
    await index.close()
    async with indexed(root, tmp_path / "cache") as again:
        seen.clear()
        assert (await again.refresh(seen.append)).mode == "warm"
        assert seen == []
        await check_index(again)
    assert all(each.stat().st_mode & 0o077 == 0 for each in (tmp_path / "cache").rglob("*") if each.is_dir())


async def test_changes_are_seen_even_when_size_and_modification_time_stay(tmp_path: Path):
    root = write(tmp_path / "root", WORKSPACE)
    async with indexed(root, tmp_path / "cache") as index:
        await asyncio.sleep(0.2)
        await index.refresh()
        before = (root / "models.py").stat()
        (root / "models.py").write_text((root / "models.py").read_text().replace("load_user", "save_user"))
        os.utime(root / "models.py", ns=(before.st_atime_ns, before.st_mtime_ns))
        (root / "views.py").unlink()
        shutil.copytree(root / "tests", root / "more")
        await index.refresh()
        assert index.mentions("save_user") == ("models.py",)
        assert index.mentions("load_user") == ("README.md", "more/test_models.py", "tests/test_models.py")
        assert not index.definitions("load_user")


async def test_update_looks_at_files_folders_and_ignore_files(tmp_path: Path):
    root = write(tmp_path / "root", WORKSPACE)
    async with indexed(root, tmp_path / "cache") as index:
        write(root, "//- new/deep/a.py\nload_user = 1\n//- views.py\n")
        await index.update(["new", "views.py", "not/there.py", "../outside.py"])
        assert index.mentions("load_user") == ("README.md", "models.py", "new/deep/a.py", "tests/test_models.py")
        shutil.rmtree(root / "new")
        (root / ".gitignore").write_text("README.md\n")
        await index.update(["new", ".gitignore"])
        assert index.mentions("load_user") == ("models.py", "tests/test_models.py")


@pytest.mark.parametrize(
    "damage", ["garbage", "header", "middle", "truncated", "empty", "foreign", "tables", "directory"]
)
async def test_a_damaged_store_is_moved_aside_and_rebuilt(tmp_path: Path, damage: str):
    root = write(tmp_path / "root", WORKSPACE)
    async with indexed(root, tmp_path / "cache"):
        pass
    file = store_file(tmp_path / "cache")
    data = file.read_bytes()
    if damage == "garbage":
        file.write_bytes(os.urandom(len(data)))
    elif damage == "header":
        file.write_bytes(b"\0" * 100 + data[100:])
    elif damage == "middle":
        file.write_bytes(data[:4096] + os.urandom(len(data) - 4096))
    elif damage == "truncated":
        file.write_bytes(data[: len(data) // 2])
    elif damage == "empty":
        file.write_bytes(b"")
    elif damage == "directory":
        file.unlink()
        file.mkdir()
    else:
        connection = sqlite3.connect(file)
        if damage == "foreign":
            connection.execute("PRAGMA application_id = 1")
        else:
            connection.execute("DROP TABLE definition")
            connection.execute("DROP TABLE chunk_terms")
            connection.commit()
        connection.close()
    async with indexed(root, tmp_path / "cache") as index:
        (root / "models.py").touch()
        await index.refresh()
        await index.select(Query("load user", 1000), Snapshot(root))
        await check_index(index)


@pytest.mark.parametrize("table", ["chunk_terms_data", "blob_words_data", "file", "definition"])
async def test_a_store_that_breaks_while_it_is_open_heals(tmp_path: Path, table: str):
    root = write(tmp_path / "root", WORKSPACE)
    async with indexed(root, tmp_path / "cache") as index:
        connection = sqlite3.connect(store_file(tmp_path / "cache"))
        connection.execute(f"DELETE FROM {table}" if table.endswith("_data") else f"DROP TABLE {table}")
        connection.commit()
        connection.close()
        # Until it has healed it may say too much, never too little.
        assert set(index.mentions("load_user")) >= {"models.py", "views.py"}
        (root / "models.py").touch()
        await index.refresh()
        context = await index.select(Query("load user", 1000), Snapshot(root))
        assert "models.py" in {piece.path for piece in context.pieces}
        await check_index(index)


async def test_a_cache_that_cannot_be_written_costs_one_warning(tmp_path: Path):
    root = write(tmp_path / "root", WORKSPACE)
    (tmp_path / "cache").write_text("this is a file")
    async with indexed(root, tmp_path / "cache") as index:
        await check_index(index)
        await index.refresh()
        assert len(index.warnings) == 1
        assert "in memory" in index.warnings[0]
        assert (await index.select(Query("load user", 1000), Snapshot(root))).pieces


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
async def test_a_read_only_cache_costs_one_warning(tmp_path: Path):
    root = write(tmp_path / "root", WORKSPACE)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache").chmod(0o500)
    async with indexed(root, tmp_path / "cache") as index:
        await check_index(index)
        assert len(index.warnings) == 1


async def test_a_cache_folder_that_is_a_link_is_refused(tmp_path: Path):
    root = write(tmp_path / "root", WORKSPACE)
    (tmp_path / "cache").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "cache" / "index").symlink_to(tmp_path / "elsewhere")
    async with indexed(root, tmp_path / "cache") as index:
        await check_index(index)
        assert "in memory" in index.warnings[0]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root may give a folder away")
async def test_a_cache_folder_of_another_user_is_neither_read_nor_written(tmp_path: Path):
    root = write(tmp_path / "root", WORKSPACE)
    theirs = tmp_path / "cache" / "index"
    theirs.mkdir(parents=True)
    os.chown(theirs, 65534, 65534)
    async with indexed(root, tmp_path / "cache") as index:
        await check_index(index)
        assert "belongs to another user" in index.warnings[0]
        assert len(index.warnings) == 1
    assert [path for path in theirs.rglob("*") if path.is_file()] == []


async def test_a_full_disk_in_the_middle_goes_on_in_memory(tmp_path: Path):
    root = write(tmp_path / "root", WORKSPACE)
    (root / "words.txt").write_text("\n".join(f"word{number}" for number in range(20_000)))
    index = Index(root, tmp_path / "cache", NEVER_SEND)
    try:
        store = await index._catalogue.opened()
        # SQLite itself refuses to grow, as it does on a full disk.
        store._writer.sqlite.execute("PRAGMA max_page_count = 1")
        await index.refresh()
        await check_index(index)
        assert index.mentions("word19999") == ("words.txt",)
        assert len(index.warnings) == 1
    finally:
        await index.close()


async def test_two_indexes_on_one_workspace_are_both_right(tmp_path: Path):
    root = write(tmp_path / "root", WORKSPACE)
    async with indexed(root, tmp_path / "cache") as one, indexed(root, tmp_path / "cache") as other:
        for turn in range(5):
            write(root, f"//- turn_{turn}.py\nload_user = {turn}\n")
            await asyncio.gather(one.refresh(), other.refresh())
        expected = tuple(
            sorted(["README.md", "models.py", "tests/test_models.py", "views.py"] + [f"turn_{t}.py" for t in range(5)])
        )
        assert one.mentions("load_user") == other.mentions("load_user") == expected
        assert not one.warnings
        assert not other.warnings


async def test_a_refresh_that_is_killed_leaves_a_store_that_the_next_one_completes(tmp_path: Path):
    root = tmp_path / "root"
    for number in range(400):
        write(root, f"//- part{number % 20}/m{number}.py\ndef f{number}():\n    return shared({number})\n")
    for delay in (0.0, 0.25, 0.5, 0.8):
        program = subprocess.Popen(  # noqa: ASYNC220 - nothing else runs on this loop
            [sys.executable, "-c", REFRESH, str(root), str(tmp_path / "cache")], stdout=subprocess.PIPE
        )
        with program:
            assert program.stdout is not None
            program.stdout.readline()
            await asyncio.sleep(delay)
            program.send_signal(signal.SIGKILL)
    async with indexed(root, tmp_path / "cache") as index:
        assert len(index.mentions("shared")) == 400
        assert all(index.definitions(f"f{number}") for number in range(400))
        assert not index.warnings


async def test_odd_files_are_skipped_or_searched_by_words_and_nothing_else_suffers(tmp_path: Path):
    root = write(tmp_path / "root", WORKSPACE)
    (root / "long.py").write_text("x = " + "load_user + " * 80_000 + "1\n")
    (root / "binary.py").write_bytes(b"load_user\0" * 10)
    (root / "latin.py").write_bytes("# café\nload_user = 1\n".encode("latin-1"))
    (root / "bom.py").write_bytes(b"\xef\xbb\xbfload_user = 1\n")
    (root / "carriage.py").write_bytes(b"a = 1\rload_user = 2\r")
    (root / "large.py").write_bytes(b"load_user = 1\n" * (MAX_FILE_BYTES // 14 + 2))
    (root / "random.py").write_bytes(bytes(range(1, 256)) * 300)
    async with indexed(root, tmp_path / "cache") as index:
        found = index.mentions("load_user")
        assert {"long.py", "latin.py", "bom.py", "carriage.py", "large.py", "models.py", "views.py"} <= set(found)
        assert "binary.py" not in found
        assert "large.py" not in index.mentions("other_name")
        context = await index.select(Query("load_user", 4000), Snapshot(root))
        assert context.tokens <= 4000
        assert "large.py" not in {piece.path for piece in context.pieces}


async def test_files_that_vanish_while_they_are_read_do_no_harm(tmp_path: Path):
    root = tmp_path / "root"
    for number in range(300):
        write(root, f"//- m{number}.py\nshared({number})\n")

    async def vanish() -> None:
        for number in range(0, 300, 2):
            (root / f"m{number}.py").unlink()
            await asyncio.sleep(0)

    index = Index(root, tmp_path / "cache", NEVER_SEND)
    try:
        await asyncio.gather(index.refresh(), vanish())
        await index.refresh()
        assert len(index.mentions("shared")) == 150
        shutil.rmtree(root)
        await index.refresh()
        assert index.mentions("shared") == ()
    finally:
        await index.close()


async def test_a_file_that_crashes_its_worker_loses_only_its_symbols(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    root = write(tmp_path / "root", WORKSPACE)
    monkeypatch.setattr("context.sweep.extract_files", crash_on_views)
    async with indexed(root, tmp_path / "cache") as index:
        await check_index(index)
        assert not index.definitions("show")


def crash_on_views(root: str, sources, *, parsed: bool = True):  # pyright: ignore
    """Runs in the worker: stands in for a parser that brings its process down."""
    from context.workspace.reading import extract_files

    if parsed and any(source.path == "views.py" for source in sources):
        os._exit(11)
    return extract_files(root, sources, parsed=parsed)


async def test_watching_picks_up_edits_a_copied_tree_and_a_removed_one(tmp_path: Path):
    root = write(tmp_path / "root", WORKSPACE)
    for number in range(60):
        write(tmp_path / "tree", f"//- a{number % 6}/b{number % 10}/m{number}.py\nshared({number})\n")
    async with indexed(root, tmp_path / "cache") as index:
        watching = asyncio.create_task(index.watch())
        try:
            await asyncio.sleep(0.3)
            (root / "views.py").write_text("fetch_user()\n")
            shutil.copytree(tmp_path / "tree", root / "copy")
            await until(lambda: len(index.mentions("shared")) == 60 and index.mentions("fetch_user") == ("views.py",))
            shutil.rmtree(root / "copy")
            await until(lambda: index.mentions("shared") == ())
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)


async def until(holds) -> None:  # pyright: ignore
    """Waits for something that must come; the generous limit only ends a test that has failed."""
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110 - what is awaited happens on the disk
            await asyncio.sleep(0.05)


async def test_a_watch_that_fails_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object, **__: object):
        raise OSError("no more watches")

    monkeypatch.setattr("watchfiles.watch", refuse)
    monkeypatch.setattr("context.index.UNWATCHED_SECONDS", 0.05)
    root = write(tmp_path / "root", WORKSPACE)
    async with indexed(root, tmp_path / "cache") as index:
        watching = asyncio.create_task(index.watch())
        try:
            write(root, "//- late.py\nload_later()\n")
            await until(lambda: index.mentions("load_later") == ("late.py",))
            assert len(index.warnings) == 1
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
