"""What is kept across restarts: found again, never trusted, and done without where the disk says no."""

import os
import pickle
import sqlite3
from pathlib import Path

import pytest
from diskcache import Cache
from diskcache.core import DBNAME, MODE_BINARY, MODE_PICKLE, MODE_TEXT

from context.snapshot import Snapshot
from context.storage.plain_disk import PlainDisk, open_cache
from context.storage.results import Results
from context.style.habits import is_habits
from tests.context.workspace import indexed, write


def check_results(cache: Path, expected: dict[str, object], **more: object) -> None:
    """What a process that starts now finds of the keys `a` and `b`; then it keeps more, and finds that."""
    results = Results(cache)
    try:
        assert results.get(["a", "b"]) == expected
        results.put(more)
        assert results.get(more) == more
    finally:
        results.close()


def kept_file(cache: Path) -> Path:
    (found,) = cache.rglob(DBNAME)
    return found


def test_what_was_kept_is_found_after_a_restart(tmp_path: Path):
    check_results(tmp_path / "cache", {}, a={"x": 1})
    check_results(tmp_path / "cache", {"a": {"x": 1}}, b=[2, None, "é"])
    check_results(tmp_path / "cache", {"a": {"x": 1}, "b": [2, None, "é"]})
    folders = [each for each in (tmp_path / "cache").rglob("*") if each.is_dir()]
    assert folders
    assert all(each.stat().st_mode & 0o077 == 0 for each in folders)


class Payload:
    """Its pickle writes a file when it is loaded."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.mark,)


def attacked(cache: Path, statement: str, *values: object) -> None:
    with sqlite3.connect(kept_file(cache)) as connection:
        connection.execute(statement, values)
    connection.close()


def test_the_attack_works_on_diskcache_as_it_is(tmp_path: Path):
    check_results(tmp_path / "cache", {}, a={"x": 1})
    attacked(
        tmp_path / "cache",
        "UPDATE Cache SET mode = ?, value = ?",
        MODE_PICKLE,
        pickle.dumps(Payload(tmp_path / "mark")),
    )
    with Cache(str(kept_file(tmp_path / "cache").parent)) as unprotected:
        unprotected.get("a")
    assert (tmp_path / "mark").exists()


@pytest.mark.parametrize("where", ["value", "key", "file", "raw"])
def test_a_pickle_in_the_file_is_never_loaded(tmp_path: Path, where: str):
    cache, mark = tmp_path / "cache", tmp_path / "mark"
    check_results(cache, {}, a={"x": 1}, b={"x": 2})
    evil = pickle.dumps(Payload(mark))
    if where == "value":
        attacked(cache, "UPDATE Cache SET mode = ?, value = ?", MODE_PICKLE, evil)
    elif where == "key":
        attacked(cache, "UPDATE Cache SET key = ?, raw = 0 WHERE key = 'a'", evil)
    elif where == "file":
        (kept_file(cache).parent / "evil.val").write_bytes(evil)
        attacked(cache, "UPDATE Cache SET mode = ?, filename = 'evil.val', value = NULL", MODE_PICKLE)
    else:
        attacked(cache, "UPDATE Cache SET value = ?", evil)
    results = Results(cache)
    try:
        results.get(["a", "b"])
        results.put({"c": 3})
        results.get(["a", "b", "c"])
        opened = open_cache(cache, kept_file(cache).parent, 10_000_000)
        list(opened)
        list(opened.iterkeys())
        opened.close()
    finally:
        results.close()
    assert not mark.exists()


@pytest.mark.parametrize("mode", [MODE_BINARY, MODE_TEXT])
def test_a_row_cannot_name_a_file_to_read_or_to_remove(tmp_path: Path, mode: int):
    cache, other = tmp_path / "cache", tmp_path / "other.json"
    other.write_text('{"secret": 1}')
    check_results(cache, {}, a={"x": 1})
    attacked(cache, "UPDATE Cache SET mode = ?, filename = ?, value = NULL", mode, str(other))
    results = Results(cache)
    try:
        assert results.get(["a"]) == {}
        results.put({"a": {"x": 2}})
        assert results.get(["a"]) == {"a": {"x": 2}}
    finally:
        results.close()
    assert other.read_text() == '{"secret": 1}'


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO Settings VALUES('_directory', '/')",
        "INSERT INTO Settings VALUES('sqlite_temp_store_directory = \"/\"; --', 1)",
        "INSERT INTO Settings VALUES('disk_remove', 'x')",
        "CREATE TABLE more(x)",
        "CREATE VIEW more AS SELECT 1",
        "DROP TABLE Cache",
        "DROP TABLE Settings",
        "UPDATE Settings SET key = x'00' WHERE key = 'size_limit'",
    ],
)
def test_a_file_that_is_not_as_we_write_it_is_begun_anew(tmp_path: Path, statement: str):
    check_results(tmp_path / "cache", {}, a={"x": 1})
    attacked(tmp_path / "cache", statement)
    check_results(tmp_path / "cache", {}, a={"x": 2})
    check_results(tmp_path / "cache", {"a": {"x": 2}})


@pytest.mark.parametrize("damage", ["garbage", "truncated", "middle", "folder", "link", "values"])
def test_a_damaged_file_is_begun_anew(tmp_path: Path, damage: str):
    cache = tmp_path / "cache"
    check_results(cache, {}, a={"x": 1}, more=["y" * 200] * 200)
    file = kept_file(cache)
    data = file.read_bytes()
    if damage == "garbage":
        file.write_bytes(os.urandom(len(data)))
    elif damage == "truncated":
        file.write_bytes(data[: len(data) // 2])
    elif damage == "middle":
        file.write_bytes(data[:4096] + os.urandom(len(data) - 4096))
    elif damage == "folder":
        file.unlink()
        file.mkdir()
    elif damage == "link":
        file.rename(tmp_path / "elsewhere")
        file.symlink_to(tmp_path / "elsewhere")
    else:
        attacked(cache, "UPDATE Cache SET value = ?", b"{" * 20_000)
    results = Results(cache)
    try:
        assert results.get(["a"]) == {}
        results.put({"a": {"x": 2}})
    finally:
        results.close()
    assert Results(cache).get(["a"]) in ({}, {"a": {"x": 2}})
    if damage == "link":
        assert (tmp_path / "elsewhere").read_bytes() == data


def test_a_cache_that_cannot_be_written_keeps_nothing_and_does_not_raise(tmp_path: Path):
    (tmp_path / "cache").write_text("this is a file")
    results = Results(tmp_path / "cache")
    results.put({"a": 1})
    assert results.get(["a"]) == {}
    results.close()


def test_a_full_disk_keeps_nothing_and_does_not_raise(tmp_path: Path):
    results = Results(tmp_path / "cache")
    try:
        results.put({"a": 1})
        # SQLite itself refuses to grow, as it does on a full disk.
        results._cache._sql("PRAGMA max_page_count = 1")
        results.put({str(number): "x" * 5000 for number in range(50)})
        results.get(["a"])
        results.put({"b": 1})
    finally:
        results.close()


def test_the_oldest_go_when_there_are_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("context.storage.results.MOST_BYTES", 400_000)
    results = Results(tmp_path / "cache")
    try:
        for number in range(300):
            results.put({f"k{number}": "x" * 5000})
        assert len(results.get([f"k{number}" for number in range(300)])) < 120
        assert results.get(["k299"])
    finally:
        results.close()
    assert kept_file(tmp_path / "cache").stat().st_size < 1_000_000


def test_only_bytes_are_kept(tmp_path: Path):
    with pytest.raises(TypeError):
        PlainDisk(str(tmp_path)).store({"x": 1}, read=False)


@pytest.mark.parametrize(
    "odd", [[], "x", {"a": 1}, {"a": {"b": "c"}}, {"a": {"b": True}}, {"a": {"x" * 5000: 1}}, None]
)
def test_habits_that_were_tampered_with_are_counted_anew(odd: object):
    assert not is_habits(odd)
    assert is_habits({"a": {"b": 1}, "c": {}})


async def test_conventions_need_no_worker_after_a_restart(tmp_path: Path):
    root = write(tmp_path / "root", "//- a.py\n" + "".join(f"def load_{n}_user(): return 'a'\n" for n in range(9)))
    async with indexed(root, tmp_path / "cache") as index:
        lines = await index.conventions("a.py", Snapshot(root))
        assert lines
    async with indexed(root, tmp_path / "cache") as index:
        index._house_style._buffers = None  # pyright: ignore
        assert await index.conventions("a.py", Snapshot(root)) == lines
