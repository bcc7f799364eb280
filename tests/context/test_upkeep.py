"""An index that is kept up to date says what a new one would say, whatever happened and whatever was cut short."""

import asyncio
import os
import random
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from context.errors import ClosedError
from context.index import Index
from context.parsing.extract import Extracted, Source, extract_symbols, rows_of
from context.parsing.symbols import Symbols, symbols_of
from context.parsing.words import words
from context.retrieval.select import Query
from context.snapshot import MAX_FILE_BYTES, Snapshot
from context.storage.store import Store
from context.sweep import look_at
from context.workspace.files import FileFilter
from context.workspace.paths import PathNames
from tests.context.workspace import NEVER_SEND, indexed, write

NAMES = ("load_user", "User", "user", "save", "Größe", "x1")
FILES = ("a.py", "b.py", "B.py", "notes.md", "data", "pkg/c.py", "pkg/deep/d.go", "pkg/data/e.ts", "secrets/f.py")
RULES = (".gitignore", "pkg/.gitignore", ".patchwrightignore", "pkg/CACHEDIR.TAG")


def change_something(root: Path, chance: random.Random) -> list[str]:
    """One thing that a person or a tool may do to a tree, and the paths that a watcher would tell of."""
    kind = chance.choice(("write", "write", "write", "delete", "move", "rules", "swap", "mode"))
    path = chance.choice(FILES)
    target = root / path
    if kind == "rules":
        path = chance.choice(RULES)
        target = root / path
        if target.exists():
            target.unlink()
        elif target.parent.is_dir():
            target.write_text(chance.choice(("*.py\n", "data\n!b.py\n", "pkg/\n", "/deep\n")))
        return [path]
    if kind == "delete" or (kind == "swap" and target.exists()):
        shutil.rmtree(target) if target.is_dir() else target.unlink(missing_ok=True)
        if kind == "swap":
            (root / path / "inner.py").parent.mkdir(parents=True)
            (root / path / "inner.py").write_text("load_user(save)\n")
        return [path]
    if kind == "move":
        top = path.partition("/")[0]
        if (root / top).exists() and not (root / "moved").exists():
            (root / top).rename(root / "moved")
            return [top, "moved"]
        if (root / "moved").exists() and not (root / top).exists():
            (root / "moved").rename(root / top)
            return [top, "moved"]
        return []
    if target.is_dir():
        shutil.rmtree(target)
    if any(parent.is_file() for parent in target.parents):
        return []
    target.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"def {chance.choice(NAMES)}(): return {chance.choice(NAMES)}" for _ in range(chance.randint(0, 3))]
    target.write_text("\n".join(lines) if kind == "write" else "x" * chance.choice((0, MAX_FILE_BYTES + 1)), "utf-8")
    return [path]


def answers(index: Index) -> dict[str, object]:
    return {name: (index.mentions(name), index.definitions(name)) for name in NAMES}


@pytest.mark.parametrize("seed", range(3))
async def test_updates_say_what_a_new_index_says(tmp_path: Path, seed: int):
    chance = random.Random(seed)
    root = write(tmp_path / "root", "//- a.py\ndef load_user(): ...\n//- pkg/c.py\nUser()\n")
    async with indexed(root, tmp_path / "cache") as index:
        for turn in range(8):
            told = [path for _ in range(chance.randint(1, 4)) for path in change_something(root, chance)]
            await index.update(told)
            async with indexed(root, tmp_path / f"fresh{turn}") as fresh:
                assert answers(index) == answers(fresh), told
                assert index._catalogue.files.keys() == fresh._catalogue.files.keys(), told
                assert index._catalogue.names._paths == fresh._catalogue.names._paths


@pytest.mark.parametrize("path", ["..", "../outside", ".", "./a.py", "sub/..", "/", "", "sub/./b.py", "link"])
async def test_a_path_that_is_spelled_oddly_adds_nothing(tmp_path: Path, path: str):
    root = write(tmp_path / "root", "//- a.py\nload_user()\n//- sub/b.py\nload_user()\n")
    write(tmp_path / "outside", "//- c.py\nload_user()\n")
    (root / "link").symlink_to(tmp_path / "outside")
    async with indexed(root, tmp_path / "cache") as index:
        await index.update([path])
        await index.update([str(tmp_path / "outside")])
        assert index.mentions("load_user") == ("a.py", "sub/b.py")


def test_a_file_in_the_place_of_a_folder_ends_what_was_in_it(tmp_path: Path):
    root = write(tmp_path, "//- data\nx\n")
    known = {"data/a.py": None, "data.py": None}
    change = look_at(FileFilter(root, ()), known, ["data"], lambda folder: [f"{folder}/a.py"])  # pyright: ignore
    assert change.gone == ("data/a.py",)


async def test_a_folder_that_is_gone_takes_with_it_what_was_in_it_and_nothing_beside(tmp_path: Path):
    root = write(
        tmp_path / "root", "//- data/a.py\nx = 1\n//- data/deep/b.py\nx = 2\n//- data0.py\nx = 3\n//- data.py\nx = 4\n"
    )
    async with indexed(root, tmp_path / "cache") as index:
        shutil.rmtree(root / "data")
        await index.update(["data", "\udcff", "a\0b", "never/there"])
        assert index.mentions("x") == ("data.py", "data0.py")


async def test_closing_in_the_middle_leaves_no_file_marked_as_empty(tmp_path: Path):
    root = tmp_path / "root"
    for number in range(300):
        write(root, f"//- m{number}.py\ndef f{number}():\n    return shared({number})\n")
    for turn in range(6):
        index = Index(root, tmp_path / "cache", NEVER_SEND)
        refreshing = asyncio.create_task(index.refresh())
        await asyncio.sleep(0.06 * turn)
        updating = asyncio.create_task(index.update(["m1.py"]))
        await index.close()
        for ended in await asyncio.gather(refreshing, updating, return_exceptions=True):
            assert not isinstance(ended, BaseException) or isinstance(ended, ClosedError)
        with pytest.raises(ClosedError):
            await index.refresh()
    async with indexed(root, tmp_path / "cache") as index:
        assert len(index.mentions("shared")) == 300
        assert all(index.definitions(f"f{number}") for number in range(300))
        assert not list(index._catalogue.store.folder.glob("broken*"))  # pyright: ignore


async def test_cancelling_in_the_middle_is_made_good_by_the_next_refresh(tmp_path: Path):
    root = tmp_path / "root"
    for number in range(200):
        write(root, f"//- m{number}.py\nshared({number})\n")
    index = Index(root, tmp_path / "cache", NEVER_SEND)
    try:
        for turn in range(8):
            refreshing = asyncio.create_task(index.refresh())
            await asyncio.sleep(0.03 * turn)
            refreshing.cancel()
            await asyncio.gather(refreshing, return_exceptions=True)
            await index.update(["m0.py"])
            assert index.completeness == 1.0 or len(index.mentions("shared")) < 200
        await index.refresh()
        assert len(index.mentions("shared")) == 200
    finally:
        await index.close()


async def test_cancelling_while_a_store_is_built_anew_leaves_nothing_that_passes_for_full(tmp_path: Path):
    root = write(tmp_path / "root", "//- a.py\nload_user()\n")
    async with indexed(root, tmp_path / "cache") as index:
        emptied = asyncio.Event()
        catalogue = index._catalogue
        load = catalogue._load

        async def stop_here(store: Store) -> None:
            emptied.set()
            await asyncio.sleep(60)
            await load(store)

        catalogue.suspect = True
        catalogue._load = stop_here
        refreshing = asyncio.create_task(index.refresh())
        await emptied.wait()
        refreshing.cancel()
        await asyncio.gather(refreshing, return_exceptions=True)
        catalogue._load = load
        assert index.mentions("load_user") == ("a.py",)
        await index.refresh()
        assert index.mentions("load_user") == ("a.py",)


async def test_a_broken_store_on_a_full_disk_goes_on_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    root = write(tmp_path / "root", "//- a.py\nload_user()\n")
    async with indexed(root, tmp_path / "cache") as index:
        whole = Store.write

        def full(store: Store, *work: object) -> object:
            if not store.warning:
                raise OSError("no space left")
            return whole(store, *work)  # pyright: ignore

        monkeypatch.setattr(Store, "write", full)
        index._catalogue.suspect = True
        await index.refresh()
        assert index.mentions("load_user") == ("a.py",)
        assert len(index.warnings) == 1


def fail_on_a(root: str, sources, *, parsed: bool = True):  # pyright: ignore
    """Runs in the worker: stands in for a file that brings its process down however it is read."""
    from context.workspace.reading import extract_files

    if any(source.path == "a.py" for source in sources):
        os._exit(11)
    return extract_files(root, sources, parsed=parsed)


async def test_source_that_cannot_be_read_counts_as_mentioning_every_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("context.sweep.extract_files", fail_on_a)
    root = write(tmp_path / "root", "//- a.py\nload_user()\n//- b.py\nload_user()\n//- c.py\n//- big.py\n")
    (root / "big.py").write_bytes(b"other = 1\n" * 150_000 + b"load_user = 1\n")
    async with indexed(root, tmp_path / "cache") as index:
        assert index.mentions("load_user") == ("a.py", "b.py", "big.py")
        assert index.mentions("nowhere") == ("a.py",)
        (root / "a.py").unlink()
        await index.update(["a.py"])
        assert index.mentions("nowhere") == ()


async def test_an_error_in_one_file_does_not_end_the_indexing_of_the_others(tmp_path: Path):
    root = write(tmp_path / "root", "//- a.py\nload_user()\n//- b.py\nload_user()\n")
    async with indexed(root, tmp_path / "cache") as index:
        (root / "a.py").chmod(0)
        (root / "b.py").write_text("load_user(1)\n")
        await index.refresh()
        assert index.mentions("load_user") == ("a.py", "b.py")


async def test_asking_while_it_is_being_built(tmp_path: Path):
    root = tmp_path / "root"
    for number in range(400):
        write(root, f"//- part{number % 7}/loader_{number}.py\ndef load_user_{number}(): ...\n")
    index = Index(root, tmp_path / "cache", NEVER_SEND)
    try:
        building = asyncio.create_task(index.refresh())
        asked = 0
        while not building.done():
            context = await index.select(Query("load user in loader_3.py of part1", 2000), Snapshot(root))
            assert 0.0 <= context.completeness <= 1.0
            index.mentions("load_user_1")
            asked += 1
        assert asked
        await building
    finally:
        await index.close()


def test_names_can_be_asked_for_in_one_thread_while_another_adds_them():
    import sys
    import threading

    names = PathNames()
    stop = threading.Event()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)

    def add() -> None:
        for number in range(4000):
            names.add(f"src/user{number}/user.py")
        stop.set()

    thread = threading.Thread(target=add)
    thread.start()
    try:
        while not stop.is_set():
            names.named("user.py")
            names.scores({"user": 1.0})
    finally:
        sys.setswitchinterval(interval)
        thread.join()


async def test_contents_that_no_file_has_any_more_do_not_crowd_out_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("context.retrieval.candidates.MOST_CHUNKS", 5)
    root = write(tmp_path / "root", "//- a.py\ndef other(): return retry\n//- b.py\n")
    async with indexed(root, tmp_path / "cache") as index:
        for turn in range(8):
            (root / "b.py").write_text(f"def retry_backoff(): return {turn}\n")
            await index.update(["b.py"])
        (root / "b.py").write_text("nothing\n")
        await index.update(["b.py"])
        context = await index.select(Query("retry backoff", 2000), Snapshot(root))
        assert context.pieces[0].path == "a.py"


ODD_WORDS = ("int", "load_user", "USERS", "3dmodel", "x", "_", "Straße", "def", "İn", "ß—load_user", "“USERS”")
TEXTS = st.lists(st.text("aB_1é² -.(\n") | st.sampled_from(ODD_WORDS), max_size=12)


@given(TEXTS, TEXTS)
@settings(max_examples=60)
def test_a_word_of_a_text_is_mentioned_in_it_whatever_it_is(first: list[str], second: list[str]):
    texts = {"a.txt": " ".join(first), "b.py": "\n".join(second), ".env": " ".join(second)}
    with tempfile.TemporaryDirectory() as cache:
        store = Store(Path(cache), Path("/"))
        try:
            for path, text in texts.items():
                data = text.encode()
                source = Source(path, 1, len(data), private=path == ".env")
                rows = rows_of(extract_symbols(data, path, symbols_of(path, data) or Symbols(), private=source.private))
                store.write([Extracted(source, path, path, rows)])
            for path, text in texts.items():
                for word in words(text):
                    assert path in store.mentions(word), word
        finally:
            store.close()
