"""What the world does to the store of an index: kills, races, locks that fail, and stores of other versions."""

import asyncio
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from context.index import Index
from context.retrieval.select import Query
from context.snapshot import Snapshot
from context.storage.schema import version
from tests.context.workspace import NEVER_SEND, REFRESH, indexed, write
from tests.sizes import size

FILES = 120
KILLS = size(6, 100)
RACING_SECONDS = size(4, 60)
SERVES_SECONDS = 2.0


def change_some(root: Path, turn: int, chance: random.Random) -> None:
    """New texts for about half of the files, so that there is much to write."""
    for number in range(FILES):
        if turn == 0 or chance.random() < 0.5:
            text = f"//- part{number % 12}/m{number}.py\ndef f{number}_{turn}():\n    return shared({number})\n"
            write(root, text)


def store_of(cache: Path) -> Path:
    """The file of the only store."""
    (found,) = cache.rglob("index.db")
    return found


async def answers(index: Index) -> dict[str, object]:
    """What an index says of everything in it."""
    paths = index.paths()
    numbers = [path.rpartition("/m")[2].removesuffix(".py") for path in paths if "/m" in path]
    found = {(number, turn): index.definitions(f"f{number}_{turn}") for number in numbers for turn in range(KILLS)}
    return {"paths": paths, "shared": index.mentions("shared"), "definitions": {k: v for k, v in found.items() if v}}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
async def test_kills_at_any_moment_of_the_writing_leave_a_store_that_serves_at_once_and_is_right(tmp_path: Path):
    root, cache, chance = tmp_path / "root", tmp_path / "cache", random.Random(7)
    slowest = 0.0
    for turn in range(KILLS):
        change_some(root, turn, chance)
        program = subprocess.Popen(  # noqa: ASYNC220 - nothing else runs on this loop
            [sys.executable, "-c", REFRESH, str(root), str(cache)], stdout=subprocess.PIPE
        )
        with program:
            assert program.stdout is not None
            program.stdout.readline()
            await asyncio.sleep(chance.uniform(0, 0.8))
            program.send_signal(signal.SIGKILL)
        index = Index(root, cache, NEVER_SEND)
        try:
            began = time.monotonic()
            context = await index.select(Query("shared", 500), Snapshot(root))
            slowest = max(slowest, time.monotonic() - began)
            assert context.tokens <= 500
            await index.refresh()
            assert not index.warnings
            async with indexed(root, tmp_path / f"fresh{turn}") as fresh:
                assert await answers(index) == await answers(fresh)
        finally:
            await index.close()
        shutil.rmtree(tmp_path / f"fresh{turn}")
    print(f"{KILLS} kills: the slowest first answer took {slowest:.2f} s")
    # On a machine that does much else besides, it takes longer.
    assert slowest < SERVES_SECONDS * 4


async def test_files_that_are_removed_and_replaced_while_they_are_indexed_end_in_what_is_there(tmp_path: Path):
    root, stop, turns = tmp_path / "root", threading.Event(), [0]
    change_some(root, 0, random.Random(1))

    def race() -> None:
        chance = random.Random(2)
        while not stop.is_set():
            turns[0] += 1
            number = chance.randrange(FILES)
            file = root / f"part{number % 12}" / f"m{number}.py"
            step = chance.choice(RACES)
            try:
                step(file, turns[0])
            except OSError:
                # The step before it took what this one needs away.
                continue
            finally:
                time.sleep(0.001)

    racing = threading.Thread(target=race)
    index = Index(root, tmp_path / "cache", NEVER_SEND)
    try:
        await index.refresh()
        racing.start()
        end, rounds = time.monotonic() + RACING_SECONDS, 0
        while time.monotonic() < end:
            rounds += 1
            await asyncio.gather(
                index.refresh(),
                index.update([f"part{rounds % 12}", f"part{rounds % 12}/m{rounds % FILES}.py"]),
                index.select(Query("shared", 2000), Snapshot(root)),
            )
        stop.set()
        await asyncio.to_thread(racing.join)
        print(f"{turns[0]} steps against {rounds} rounds in {RACING_SECONDS} s")
        await index.refresh()
        assert not index.warnings
        async with indexed(root, tmp_path / "fresh") as fresh:
            assert index.paths() == fresh.paths()
            assert index.mentions("shared") == fresh.mentions("shared")
            assert all(index.definitions(f"r{turn}") == fresh.definitions(f"r{turn}") for turn in range(turns[0]))
    finally:
        stop.set()
        await index.close()


def _text(turn: int) -> str:
    return f"def r{turn}():\n    return shared({turn})\n"


def _replace(file: Path, turn: int) -> None:
    beside = file.with_suffix(".new")
    beside.write_text(_text(turn))
    beside.replace(file)


def _into_folder(file: Path, turn: int) -> None:
    file.unlink()
    file.mkdir()
    (file / "inner.py").write_text(_text(turn))


def _back_from_folder(file: Path, turn: int) -> None:
    shutil.rmtree(file)
    file.write_text(_text(turn))


def _link(file: Path, _: int) -> None:
    file.unlink()
    file.symlink_to(file.parent.parent / "part0" / "m0.py")


def _without_folder(file: Path, turn: int) -> None:
    if turn % 20 == 0:
        shutil.rmtree(file.parent)
        file.parent.mkdir()


RACES: tuple[Callable[[Path, int], object], ...] = (
    lambda file, turn: file.write_text(_text(turn)),
    lambda file, _: file.unlink(),
    _replace,
    _replace,
    _into_folder,
    _back_from_folder,
    _link,
    _without_folder,
)


async def test_a_store_of_another_version_is_neither_read_nor_touched(tmp_path: Path):
    root, cache = write(tmp_path / "root", "//- a.py\nload_user()\n"), tmp_path / "cache"
    async with indexed(root, cache):
        pass
    own = store_of(cache)
    assert own.parent.name == version()
    other = own.parent.with_name(f"{version()[:-1]}~")
    shutil.copytree(own.parent, other)
    with sqlite3.connect(other / "index.db") as connection:
        connection.execute("UPDATE file SET path = 'planted.py'")
    connection.close()
    before = (other / "index.db").read_bytes()
    shutil.rmtree(own.parent)
    async with indexed(root, cache) as index:
        assert index.paths() == ("a.py",)
        assert index.warnings == ()
    assert not other.exists() or (other / "index.db").read_bytes() == before


OTHER_SCHEMAS = {
    "columns of another kind": "DROP TABLE file; CREATE TABLE file(name TEXT, text TEXT)",
    "no table": "DROP TABLE definition",
    "a view in the place of a table": "DROP TABLE blob; CREATE VIEW blob AS SELECT 1 AS id",
    "not ours": "PRAGMA application_id = 7",
}


@pytest.mark.parametrize("damage", OTHER_SCHEMAS)
async def test_a_store_with_other_tables_in_our_place_is_moved_aside_and_built_anew(tmp_path: Path, damage: str):
    root, cache = write(tmp_path / "root", "//- a.py\ndef load_user(): ...\nload_user()\n"), tmp_path / "cache"
    async with indexed(root, cache):
        pass
    with sqlite3.connect(store_of(cache)) as connection:
        connection.executescript(OTHER_SCHEMAS[damage])
    connection.close()
    write(root, "//- b.py\nload_user()\n")
    async with indexed(root, cache) as index:
        assert index.mentions("load_user") == ("a.py", "b.py")
        assert len(index.definitions("load_user")) == 1
        assert index.warnings == ()
        assert (await index.select(Query("load_user", 500), Snapshot(root))).pieces


class Locks(sqlite3.Connection):
    """A connection to a file on a disk whose locks fail, as those of NFS may; statements with `fails` are refused."""

    fails: tuple[str, ...] = ()
    code = sqlite3.SQLITE_PROTOCOL

    def execute(self, sql: str, *given: Any) -> sqlite3.Cursor:
        if any(sql.startswith(each) for each in Locks.fails) and not self.is_memory:
            error = sqlite3.OperationalError("locking protocol")
            error.sqlite_errorcode = Locks.code
            raise error
        return super().execute(sql, *given)

    is_memory = False


@pytest.mark.parametrize("code", ["SQLITE_PROTOCOL", "SQLITE_IOERR_LOCK", "SQLITE_NOLFS", "SQLITE_CANTOPEN"])
@pytest.mark.parametrize("when", ["opening", "writing"])
async def test_locks_that_fail_leave_an_index_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, when: str
):
    connect = sqlite3.connect

    def locking(file: Any, *given: Any, **named: Any) -> sqlite3.Connection:
        made = connect(file, *given, **named, factory=Locks)
        assert isinstance(made, Locks)
        made.is_memory = file == ":memory:"
        return made

    monkeypatch.setattr(sqlite3, "connect", locking)
    monkeypatch.setattr(Locks, "code", getattr(sqlite3, code))
    fails = ("PRAGMA journal_mode", "BEGIN IMMEDIATE") if when == "opening" else ("BEGIN IMMEDIATE",)
    root = write(tmp_path / "root", "//- a.py\ndef load_user(): ...\n")
    if when == "opening":
        monkeypatch.setattr(Locks, "fails", fails)
    async with indexed(root, tmp_path / "cache") as index:
        monkeypatch.setattr(Locks, "fails", fails)
        for number in range(3):
            write(root, f"//- b{number}.py\nload_user()\n")
            await index.refresh()
        assert index.mentions("load_user") == ("a.py", "b0.py", "b1.py", "b2.py")
        assert len(index.definitions("load_user")) == 1
        assert (await index.select(Query("load_user", 500), Snapshot(root))).pieces
        assert len(index.warnings) == 1
        assert "is kept in memory only" in index.warnings[0]
