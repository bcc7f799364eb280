"""The beginning of a prompt stays the same, byte for byte, so that a host can reuse what it computed for it."""

import os
import shutil
from os.path import commonprefix
from pathlib import Path

import httpx
import pytest

from clients.outgoing import Source
from context.index import Index
from context.retrieval.select import Query
from context.snapshot import Place, Snapshot
from lsp_server.actions.ask import Ask
from lsp_server.actions.prompt import build_prompt
from lsp_server.actions.registry import action_named

PLACE = Place("httpx/_config.py", 80, 84)
RETRY = "Add a `retries` option to the client that is handed to the transport"
COOKIES = "Cookies with an expired date are not sent any more"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A real package, as it is installed here."""
    root = tmp_path / "root"
    assert httpx.__file__
    shutil.copytree(Path(httpx.__file__).parent, root / "httpx", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "other.py").write_text("def unrelated(): ...\n")
    return root


async def prompted(root: Path, cache: Path, description: str, place: Place | None = PLACE) -> str:
    """The whole prompt of one ask to an index that is opened for it, as a server that has just started would."""
    index = Index(root, cache, ())
    try:
        await index.refresh()
        snapshot = Snapshot(root)
        context = await index.select(Query(description, 6000, place), snapshot)
        action = action_named("changeFiles")
        assert action is not None
        prompt = build_prompt(Ask("changeFiles", description, place), action, context, snapshot)
    finally:
        await index.close()
    parts = [part for turn in prompt.turns for part in turn.parts]
    return "".join(part.text if isinstance(part, Source) else part for part in parts)


async def test_the_same_ask_gives_the_same_prompt_after_a_restart_and_without_a_cache(package: Path, tmp_path: Path):
    first = await prompted(package, tmp_path / "cache", RETRY)
    assert "# Conventions near the place" in first
    assert await prompted(package, tmp_path / "cache", RETRY) == first
    assert await prompted(package, tmp_path / "new", RETRY) == first


async def test_another_file_that_is_written_anew_changes_nothing(package: Path, tmp_path: Path):
    first = await prompted(package, tmp_path / "cache", RETRY)
    os.utime(package / "other.py")
    os.utime(package / "httpx" / "_api.py")
    assert await prompted(package, tmp_path / "cache", RETRY) == first


async def test_two_descriptions_at_one_place_share_the_rules_and_the_conventions(package: Path, tmp_path: Path):
    one = await prompted(package, tmp_path / "cache", RETRY)
    other = await prompted(package, tmp_path / "cache", COOKIES)
    shared = commonprefix([one, other])  # noqa: RUF071 - letter by letter is what is meant
    assert "# Conventions near the place" in shared
    assert "- Layout: 4 spaces, double quotes" in shared
    assert "## httpx/_config.py" in shared
    for said in (RETRY, COOKIES):
        assert said not in shared


async def test_what_changes_comes_last(package: Path, tmp_path: Path):
    whole = await prompted(package, tmp_path / "cache", RETRY)
    parts = ["You change code", "# Conventions near the place", "# Files of the workspace", "# Task", RETRY]
    assert [whole.count(part) for part in parts] == [1] * len(parts)
    assert sorted(parts, key=whole.index) == parts
