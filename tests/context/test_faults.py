"""What the world does to an index: disks that are full, programs that are killed, files that no one would write."""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from context.index import Index
from context.retrieval.select import Query
from context.snapshot import Snapshot
from context.workspace.files import FileFilter
from tests.context.workspace import NEVER_SEND, indexed, write

INDEX = """
import asyncio, json, sys
from pathlib import Path
from context.index import Index

async def main():
    index = Index(Path(sys.argv[1]), Path(sys.argv[2]), ())
    print("started", flush=True)
    for turn in range(int(sys.argv[3])):
        await index.refresh()
    found = {name: len(index.mentions(name)) for name in ("shared", "nowhere")}
    print(json.dumps({**found, "symbols": len(index.definitions("f7")), "warnings": index.warnings}))
    await index.close()

asyncio.run(main())
"""
FOUND = '{"shared": 300, "nowhere": 0, "symbols": 1, "warnings": []}'


def many(root: Path) -> Path:
    for number in range(300):
        write(root, f"//- part{number % 20}/m{number}.py\ndef f{number}():\n    return shared({number})\n")
    return root


def program(root: Path, cache: Path, turns: int = 1) -> list[str]:
    return [sys.executable, "-c", INDEX, str(root), str(cache), str(turns)]


def of_its_own(script: str) -> list[str]:
    """The beginning of a command that runs in a namespace of its own, after a script that prepares it."""
    unshare = ["unshare", "--user", "--map-root-user", "--mount"]
    if sys.platform != "linux" or subprocess.run([*unshare, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this system gives no namespace of one's own, in which a disk can be full or read-only")
    return [*unshare, "sh", "-c", f'{script} && exec "$@"', "sh"]


def store_file(cache: Path) -> Path:
    (found,) = cache.rglob("index.db")
    return found


@pytest.mark.parametrize("disk", ["full", "read-only"])
def test_a_disk_that_takes_nothing_costs_one_warning(tmp_path: Path, disk: str):
    root, cache = many(tmp_path / "root"), tmp_path / "cache"
    cache.mkdir()
    script = f"mount -t tmpfs -o size=200k none {cache}"
    if disk == "read-only":
        script += f" && mount -o remount,ro {cache}"
    command = [*of_its_own(script), *program(root, cache, 2)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    said = done.stdout.splitlines()[-1]
    assert said.startswith(FOUND.partition(', "warnings"')[0])
    assert said.count("is kept in memory only") == 1


async def test_a_store_in_memory_goes_back_to_the_disk_that_takes_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    root = write(tmp_path / "root", "//- a.py\nload_user()\n")
    (tmp_path / "cache").write_text("this is a file")
    async with indexed(root, tmp_path / "cache") as index:
        assert len(index.warnings) == 1
        (tmp_path / "cache").unlink()
        await index.refresh()
        assert len(index.warnings) == 1
        monkeypatch.setattr("context.catalogue.RETRY_SECONDS", 0.0)
        index._catalogue._next_try = 0.0
        write(root, "//- b.py\nload_user()\n")
        await index.refresh()
        assert index.warnings == ()
        assert index.mentions("load_user") == ("a.py", "b.py")
        context = await index.select(Query("load user", 1000), Snapshot(root))
        assert context.pieces
    assert store_file(tmp_path / "cache").stat().st_size


async def test_a_store_that_another_program_holds_is_waited_for(tmp_path: Path):
    root = write(tmp_path / "root", "//- a.py\nload_user()\n")
    async with indexed(root, tmp_path / "cache") as index:
        holder = sqlite3.connect(store_file(tmp_path / "cache"), isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        write(root, "//- b.py\nload_user()\n")
        refreshing = asyncio.create_task(index.refresh())
        await asyncio.sleep(0.5)
        assert index.mentions("load_user") == ("a.py",)
        holder.execute("ROLLBACK")
        await refreshing
        assert index.mentions("load_user") == ("a.py", "b.py")
        assert index.warnings == ()
        assert index._catalogue.store is not None
        index._catalogue.store._writer.sqlite.execute("PRAGMA busy_timeout = 200")
        holder.execute("BEGIN IMMEDIATE")
        write(root, "//- c.py\nload_user()\n")
        await index.refresh()
        assert "in memory" in index.warnings[0]
        assert index.mentions("load_user") == ("a.py", "b.py", "c.py")
        holder.execute("ROLLBACK")
        holder.close()
        index._catalogue._next_try = 0.0
        await index.refresh()
        assert index.warnings == ()
        assert index.mentions("load_user") == ("a.py", "b.py", "c.py")


def test_two_processes_on_one_workspace_are_both_right(tmp_path: Path):
    root, cache = many(tmp_path / "root"), tmp_path / "cache"
    running = [subprocess.Popen(program(root, cache, 4), stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for each in running:
        said, _ = each.communicate(timeout=120)
        assert said.splitlines()[-1] == FOUND


@pytest.mark.parametrize("damage", ["cut", "garbage", "gone", "foreign"])
async def test_a_write_ahead_log_that_is_damaged_after_a_kill_heals(tmp_path: Path, damage: str):
    root, cache = many(tmp_path / "root"), tmp_path / "cache"
    killed = subprocess.Popen(program(root, cache, 1000), stdout=subprocess.PIPE)  # noqa: ASYNC220 - alone on the loop
    with killed:
        assert killed.stdout is not None
        killed.stdout.readline()
        while not (logs := [each for each in cache.rglob("index.db-wal") if each.stat().st_size > 50_000]):  # noqa: ASYNC110 - the disk
            await asyncio.sleep(0.01)
        killed.kill()
    (log,) = logs
    data = log.read_bytes()
    if damage == "cut":
        log.write_bytes(data[: len(data) * 2 // 3 + 7])
    elif damage == "garbage":
        log.write_bytes(data[:5000] + os.urandom(len(data) - 5000))
    elif damage == "foreign":
        log.write_bytes(os.urandom(len(data)))
    else:
        log.unlink()
    async with indexed(root, cache) as index, indexed(root, tmp_path / "fresh") as fresh:
        for name in ("shared", "f7", "f299", "nowhere"):
            assert index.mentions(name) == fresh.mentions(name)
            assert index.definitions(name) == fresh.definitions(name)
        assert index.warnings == ()


async def test_damage_that_no_query_meets_is_found_by_the_check_that_follows_a_start(tmp_path: Path):
    root, cache = many(tmp_path / "root"), tmp_path / "cache"
    async with indexed(root, cache):
        pass
    file = store_file(cache)
    with sqlite3.connect(file) as connection:
        ((page, size),) = connection.execute(
            "SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_schema WHERE name = 'definition'"
        )
    connection.close()
    data = bytearray(file.read_bytes())
    data[(page - 1) * size : page * size] = os.urandom(size)
    file.write_bytes(data)
    async with indexed(root, cache) as index:
        await index._catalogue.check()
        assert len(index.definitions("f7")) == 1
        assert len(index.mentions("shared")) == 300


async def test_large_and_deep_sources_cost_nothing_but_their_symbols(tmp_path: Path):
    root = write(tmp_path / "root", "//- a.py\ndef load_user(): ...\n")
    (root / "large.py").write_bytes(b"load_user = 1\n" * 750_000)
    (root / "long.js").write_text("let x = [" + "1," * 499_000 + "load_user];\n")
    (root / "deep.py").write_text("x = " + "(" * 100_000 + "load_user" + ")" * 100_000 + "\n")
    (root / "deep.js").write_text("{" * 100_000 + "load_user" + "}" * 100_000 + "\n")
    (root / "deep.json").write_text("[" * 400_000)
    async with indexed(root, tmp_path / "cache") as index:
        assert index.mentions("load_user") == ("a.py", "deep.js", "deep.py", "large.py", "long.js")
        assert [path for path, _ in index.definitions("load_user")] == ["a.py"]
        context = await index.select(Query("load_user", 4000), Snapshot(root))
        assert context.pieces[0].path == "a.py"
        assert context.tokens <= 4000


def test_a_folder_that_goes_while_it_is_walked_ends_nothing(tmp_path: Path):
    root = tmp_path / "root"
    for number in range(40):
        write(root, f"//- part{number}/a.py\n//- part{number}/deep/b.py\n")
    (root / "loop").symlink_to(root)
    os.mkfifo(root / "pipe.py")
    seen = 0
    for source in FileFilter(root, NEVER_SEND).walk():
        seen += 1
        if seen == 5:
            shutil.rmtree(root / "part39")
            shutil.rmtree(root)
        assert source.path.startswith("part")
    assert 5 <= seen <= 40


async def test_names_that_no_one_would_choose_are_passed_over(tmp_path: Path):
    root = write(tmp_path / "root", "//- a.py\nload_user()\n")
    for name in (b"new\nline.py", b"\xff\xfe.py", b"tab\t.py", b"\x1b[31m.py"):
        try:
            (root / os.fsdecode(name)).write_text("load_user()\n")
        except OSError:
            print(f"this file system takes no {name!r}")
    (root / os.fsdecode(b"folder\xff")).mkdir()
    (root / os.fsdecode(b"folder\xff") / "b.py").write_text("load_user()\n")
    async with indexed(root, tmp_path / "cache") as index:
        assert index.mentions("load_user") == ("a.py",)
        await index.update([os.fsdecode(b"\xff\xfe.py"), "new\nline.py", os.fsdecode(b"folder\xff"), "nul\0.py"])
        assert index.mentions("load_user") == ("a.py",)


async def test_a_clock_that_was_set_back_hides_no_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    root = write(tmp_path / "root", "//- a.py\nload_user()\n")
    async with indexed(root, tmp_path / "cache") as index:
        now = time.time_ns()
        monkeypatch.setattr(time, "time", lambda: now / 1e9 - 86_400)
        monkeypatch.setattr(time, "time_ns", lambda: now - 86_400 * 10**9)
        (root / "a.py").write_text("save_user()\n")
        os.utime(root / "a.py", ns=(now - 86_400 * 10**9,) * 2)
        await index.refresh()
        assert index.mentions("load_user") == ()
        assert index.mentions("save_user") == ("a.py",)


async def test_asking_and_updating_while_files_come_and_go_never_fails(tmp_path: Path):
    root = many(tmp_path / "root")
    index = Index(root, tmp_path / "cache", NEVER_SEND)
    stop = asyncio.Event()

    async def disturb() -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            shutil.rmtree(root / f"part{turn % 20}", ignore_errors=True)
            write(root, f"//- part{(turn + 7) % 20}/m{turn}.py\nshared({turn})\n")
            await asyncio.sleep(0.005)

    try:
        disturbing = asyncio.create_task(disturb())
        for turn in range(6):
            await asyncio.gather(
                index.refresh(),
                index.update([f"part{turn}", f"part{turn}/m{turn}.py"]),
                index.select(Query("shared", 2000), Snapshot(root)),
            )
        stop.set()
        await disturbing
        await index.refresh()
        async with indexed(root, tmp_path / "fresh") as fresh:
            assert index.mentions("shared") == fresh.mentions("shared")
            assert index.warnings == ()
    finally:
        await index.close()


async def test_what_was_not_parsed_is_told_with_its_reason_and_some_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("context.sweep.extract_files", crash_on_crashing)
    root = write(tmp_path / "root", "//- a.py\nload_user()\n//- crashing.py\nload_user(1)\n")
    (root / "large.py").write_bytes(b"load_user = 1\n" * 100_000)
    for number in range(5):
        (root / f"data{number}.bytes").write_bytes(b"\0\1\2")
    async with indexed(root, tmp_path / "cache") as index:
        told = {each.why: (each.files, each.examples) for each in await index.unparsed()}
        assert told == {
            "binary: left out": (5, ("data0.bytes", "data1.bytes", "data2.bytes")),
            "the parser crashed or took too long: found by its words only": (1, ("crashing.py",)),
            "larger than 1 MB: known by its words only": (1, ("large.py",)),
        }
        (root / "crashing.py").unlink()
        await index.update(["crashing.py"])
        assert len(await index.unparsed()) == 2


def crash_on_crashing(root: str, sources, *, parsed: bool = True):  # pyright: ignore
    """Runs in the worker: stands in for a parser that brings its process down."""
    from context.workspace.reading import extract_files

    if parsed and any(source.path == "crashing.py" for source in sources):
        os._exit(11)
    return extract_files(root, sources, parsed=parsed)
