"""An open buffer that is edited says what a fresh look at the same text would say."""

import ast
import asyncio
import json
import re
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from context import buffer_trees
from context.buffer_trees import buffer_extract, buffer_faults, buffer_outline, buffer_saved, change_between
from context.buffers import Buffers
from context.parsing.extract import Extracted, Source, extract_symbols
from context.parsing.languages import LANGUAGES
from context.parsing.parse import QUICK_BYTES, syntax_faults
from context.parsing.symbols import Symbols, outline, symbols_of
from context.snapshot import Snapshot, from_buffer
from context.workspace.reading import extract_files
from tests.context.workspace import indexed, write

TYPED = [
    "x",
    "_1",
    " ",
    "\n",
    "\r\n",
    "\t",
    "(",
    ")",
    "{",
    "}",
    "[",
    '"',
    "'",
    '"""',
    "`",
    ":",
    ";",
    ",",
    "=",
    ".",
    "\\",
]
TYPED += [
    "#",
    "//",
    "/*",
    "*/",
    "<",
    "=>",
    "@",
    "é",
    "🙂",
    "def f():\n    return 1\n",
    "function f() {}\n",
    "class A {\n",
    "",
]


def check_buffer(path: str, text: str) -> None:
    """All that is said of a buffer is what a fresh parse says."""
    assert buffer_faults(path, text) == syntax_faults(path, text)
    assert buffer_outline(path, text) == outline(path, text)
    source = text.encode("utf-8", "surrogatepass")
    assert buffer_extract(path, text, "sha") == extract_symbols(source, "sha", symbols_of(path, source) or Symbols())


def real_source(module: object) -> str:
    """The text of a module that is installed here."""
    file = getattr(module, "__file__", "")
    return Path(file).read_text("utf-8")


BRACES = """
// A list of users.
export class Users {
  constructor(names) { this.names = names; }
  /** Adds one. */
  add(name) { this.names.push(name); return `${name} added`; }
}
function load(path) { return path ? JSON.parse(path) : {}; }
const MOST = 5;
"""
GO = """package users

import "fmt"

// Users by name.
type Users struct { names []string }

// Add adds one.
func (u *Users) Add(name string) error {
	if name == "" { return fmt.Errorf("no name") }
	u.names = append(u.names, name)
	return nil
}
"""
JAVA = """package users;
import java.util.List;
/** Users. */
public class Users {
    private final List<String> names;
    public Users(List<String> names) { this.names = names; }
    // Adds one.
    public boolean add(String name) { return names.add(name); }
}
"""
RUST = """use std::collections::HashMap;

/// Users by name.
pub struct Users { names: HashMap<String, u32> }

impl Users {
    /// Adds one.
    pub fn add(&mut self, name: &str) -> Option<u32> { self.names.insert(name.to_string(), 1) }
}
"""
SOURCES = {
    "a.py": real_source(json.decoder),
    "b.py": real_source(httpx._config),
    "large.py": real_source(ast) * 3,
    "a.js": BRACES * 5,
    "a.ts": BRACES.replace("(name)", "(name: string)") * 5,
    "a.tsx": BRACES + "export const View = () => <div className='a'>{load('x')}</div>;\n",
    "a.go": GO * 3,
    "A.java": JAVA * 3,
    "a.rs": RUST * 3,
}
FEW = settings(max_examples=20)

edits = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 30), st.sampled_from(TYPED), st.booleans()),
    min_size=1,
    max_size=8,
)


def edited(text: str, where: float, removed: int, typed: str, *, at_word: bool) -> str:
    """The text after one edit: at the end of a word, as one types, or anywhere."""
    ends = [match.end() for match in re.finditer(r"\w+", text)] if at_word else []
    start = ends[int(where * len(ends))] if ends else int(where * (len(text) + 1))
    return text[:start] + typed + text[start + (0 if at_word else removed) :]


@pytest.mark.parametrize("path", [path for path in SOURCES if path != "large.py"])
@given(edits)
@FEW
def test_edits_lead_to_what_a_fresh_parse_says(path: str, changes: list[tuple[float, int, str, bool]]):
    text = SOURCES[path]
    check_buffer(path, text)
    for where, removed, typed, at_word in changes:
        text = edited(text, where, removed, typed, at_word=at_word)
        check_buffer(path, text)


@given(edits)
@settings(FEW, max_examples=3)
def test_so_do_edits_of_a_text_that_is_parsed_in_slices(changes: list[tuple[float, int, str, bool]]):
    text = SOURCES["large.py"]
    assert len(text) > QUICK_BYTES
    for where, removed, typed, at_word in changes[:3]:
        text = edited(text, where, removed, typed, at_word=at_word)
        check_buffer("large.py", text)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda each: each.name)
def test_every_language_takes_a_buffer_that_grows_by_keystrokes(language):  # pyright: ignore
    path = f"grown{language.suffixes[0]}"
    for length in range(0, len(BRACES), 17):
        check_buffer(path, BRACES[:length])


@given(st.text("aé🙂\n", max_size=30), st.text("aé🙂\n", max_size=30))
def test_a_change_is_the_whole_difference_and_parts_no_character(old: str, new: str):
    before, after = old.encode(), new.encode()
    change = change_between(before, after)
    assert before[: change.start] + after[change.start : change.new_end] + before[change.old_end :] == after
    for text, offset in ((before, change.start), (before, change.old_end), (after, change.new_end)):
        text[:offset].decode()


def test_no_more_trees_are_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch):
    for number in range(100):
        buffer_outline(f"m{number}.py", "def f(): ...\n")
    assert len(buffer_trees._buffers) == buffer_trees.MOST_BUFFERS
    monkeypatch.setattr(buffer_trees, "MOST_BYTES", 1000)
    buffer_outline("large.py", "x = 1\n" * 500)
    assert list(buffer_trees._buffers) == ["large.py"]


def check_saved(root: Path, path: str, data: bytes, *, private: bool = False) -> bool:
    """A file that is saved as its buffer is leads to what a fresh look at the file says; whether it was known."""
    (root / path).write_bytes(data)
    source = Source(path, 1, len(data), private)
    saved = buffer_saved(str(root), source)
    assert saved is None or [saved] == extract_files(str(root), (source,))
    return saved is not None


@given(path=st.sampled_from(sorted(SOURCES)), changes=edits, private=st.booleans())
@settings(FEW, suppress_health_check=list(HealthCheck))
def test_a_file_that_is_saved_as_its_buffer_is_leads_to_what_a_fresh_look_says(
    tmp_path: Path, *, path: str, changes: list[tuple[float, int, str, bool]], private: bool
):
    text = SOURCES[path]
    for where, removed, typed, at_word in changes[:4]:
        text = edited(text, where, removed, typed, at_word=at_word)
        buffer_outline(path, text)
    assert check_saved(tmp_path, path, text.encode("utf-8", "surrogatepass"), private=private)


def test_only_the_very_bytes_of_a_buffer_are_taken_for_it(tmp_path: Path):
    text = "def saved():\n    return 'é'\n"
    assert not check_saved(tmp_path, "never_open.py", text.encode())
    buffer_outline("a.py", text)
    assert check_saved(tmp_path, "a.py", text.encode())
    assert check_saved(tmp_path, "a.py", b"\xef\xbb\xbf" + text.encode())
    for other in (text.replace("\n", "\r\n").encode(), text.encode("latin-1"), text.encode("utf-16"), b"", b"\0"):
        assert not check_saved(tmp_path, "a.py", other)
    (tmp_path / "a.py").unlink()
    assert buffer_saved(str(tmp_path), Source("a.py", 1, 1)) is None
    buffer_outline("words.txt", text)
    assert not check_saved(tmp_path, "words.txt", text.encode())


async def test_a_worker_that_is_gone_costs_a_whole_parse_and_nothing_else():
    buffers = Buffers()
    try:
        assert [each.name for each in await buffers.outline("a.py", "def f(): ...\n", "1")] == ["f"]
        for worker in tuple(buffers._workers._alive):
            worker.kill()
        assert [each.name for each in await buffers.outline("a.py", "def fg(): ...\n", "2")] == ["fg"]
        extract = await buffers.extract(from_buffer("a.py", "def fgh(): ...\n", 3))
        assert extract is not None
        assert [each.name for each in extract.definitions] == ["fgh"]
        assert len(await buffers.faults("a.py", "def fgh(:\n")) == 1
    finally:
        await buffers.close()


async def test_a_request_that_is_cancelled_does_not_end_the_process():
    buffers = Buffers()
    try:
        await buffers.outline("a.py", "", "0")
        before = set(buffers._workers._alive)
        asked = [
            asyncio.create_task(buffers.outline("a.py", SOURCES["large.py"] + "\n" * n, str(n))) for n in range(20)
        ]
        await asyncio.sleep(0.01)
        for each in asked[:-1]:
            each.cancel()
        assert len(await asked[-1]) > 100
        others = await asyncio.gather(*asked[:-1], return_exceptions=True)
        assert all(isinstance(each, tuple | asyncio.CancelledError) for each in others)
        assert any(isinstance(each, asyncio.CancelledError) for each in others)
        assert set(buffers._workers._alive) == before
    finally:
        await buffers.close()


async def test_the_index_answers_from_the_buffer(tmp_path: Path):
    root = write(tmp_path / "root", "//- a.py\ndef load(): ...\n")
    async with indexed(root, tmp_path / "cache") as index:
        for number in range(3):
            text = f"def load_{number}():\n    '''Loads.'''\n"
            assert [(each.name, each.docstring) for each in await index.outline("a.py", text)] == [
                (f"load_{number}", "Loads.")
            ]
            assert await index.faults("a.py", text) == ()
            snapshot = Snapshot(root, {"a.py": from_buffer("a.py", text, number)})
            overlays = await index._overlays(snapshot)
            assert [each.name for each in overlays["a.py"].definitions] == [f"load_{number}"]


async def test_a_saved_buffer_is_indexed_without_being_parsed_again(tmp_path: Path):
    root = write(tmp_path / "root", "//- a.py\ndef load(): ...\n")
    async with indexed(root, tmp_path / "cache") as index:
        asked: list[tuple[str, bool]] = []
        known = index._catalogue._saved

        async def saved(source: Source) -> Extracted | None:
            found = await known(source)
            asked.append((source.path, found is not None))
            return found

        index._catalogue._saved = saved
        await index.outline("a.py", "def load_all(): ...\n")
        write(root, "//- a.py\ndef load_all(): ...\n//- b.py\ndef other(): ...\n")
        await index.update(["a.py", "b.py"])
        assert sorted(asked) == [("a.py", True), ("b.py", False)]
        assert [path for path, _ in index.definitions("load_all")] == ["a.py"]
        assert [path for path, _ in index.definitions("other")] == ["b.py"]
        assert index.definitions("load") == ()
        # What the file holds counts, not what the buffer does.
        await index.outline("a.py", "def unsaved(): ...\n")
        write(root, "//- a.py\ndef from_elsewhere(): ...\n")
        await index.update(["a.py"])
        assert asked[-1] == ("a.py", False)
        assert [path for path, _ in index.definitions("from_elsewhere")] == ["a.py"]
        assert index.definitions("unsaved") == ()
        for worker in tuple(index._buffers._workers._alive):
            worker.kill()
        await index.outline("b.py", "def after(): ...\n")
        for worker in tuple(index._buffers._workers._alive):
            worker.kill()
        write(root, "//- b.py\ndef after(): ...\n")
        await index.update(["b.py"])
        assert [path for path, _ in index.definitions("after")] == ["b.py"]
