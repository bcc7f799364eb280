"""The last commit is read from git's own store, and nothing that a hostile repository names is run or followed."""

import asyncio
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from context.snapshot import FileText, Unreadable
from context.workspace.history import History, HistoryError, reading
from tests.repositories import commit, git, in_conflict, repository, write


async def changed(root: Path) -> tuple[str, ...]:
    async with reading(root) as history:
        assert isinstance(history, History), history
        return await history.changed()


async def text_in(root: Path, path: str) -> str | None:
    async with reading(root) as history:
        assert isinstance(history, History), history
        file = await history.file(path)
        return file.text if isinstance(file, FileText) else None


async def test_what_differs_from_the_last_commit_is_found(tmp_path: Path):
    root = repository(tmp_path / "r", {"a.py": "1\n", "b/c.py": "2\n", "gone.py": "3\n", "same.py": "4\n"})
    write(root, {"a.py": "new\n", "b/new é.py": "5\n", ".gitignore": "*.log\n", "x.log": "no\n"})
    (root / "gone.py").unlink()
    git(root, "add", "b")
    assert await changed(root) == (".gitignore", "a.py", "b/new é.py", "gone.py")
    assert await text_in(root, "a.py") == "1\n"
    assert await text_in(root, "gone.py") == "3\n"
    assert await text_in(root, "b/new é.py") is None


async def test_a_folder_within_a_repository_sees_only_itself(tmp_path: Path):
    root = repository(tmp_path / "r", {"app/a.py": "1\n", "other/b.py": "2\n"})
    write(root, {"app/a.py": "x\n", "other/b.py": "y\n"})
    assert await changed(root / "app") == ("a.py",)
    assert await text_in(root / "app", "a.py") == "1\n"
    assert await text_in(root / "app", "../other/b.py") is None


async def test_a_worktree_packed_branches_and_longer_hashes_are_read(tmp_path: Path):
    root = repository(tmp_path / "r", {"a.py": "1\n"})
    git(root, "worktree", "add", "-q", str(tmp_path / "w"))
    commit(tmp_path / "w", {"a.py": "2\n"}, "second")
    git(root, "pack-refs", "--all")
    git(root, "gc", "-q")
    write(tmp_path / "w", {"a.py": "3\n"})
    assert await changed(tmp_path / "w") == ("a.py",)
    assert await text_in(tmp_path / "w", "a.py") == "2\n"
    assert await text_in(root, "a.py") == "1\n"
    longer = repository(tmp_path / "long", {"a.py": "1\n"}, "--object-format=sha256")
    assert await text_in(longer, "a.py") == "1\n"


async def test_where_there_is_no_commit_or_no_repository_that_is_said(tmp_path: Path):
    (tmp_path / "none").mkdir()
    git(tmp_path / "none", "init", "-q")
    for root, why in ((tmp_path / "none", "no commit yet"), (tmp_path, "in no git repository")):
        async with reading(root) as history:
            assert isinstance(history, str)
            assert why in history


async def test_links_binary_and_huge_files_of_a_commit_are_no_text(tmp_path: Path):
    root = repository(tmp_path / "r", {"big.py": "x\n" * 600_000, "bin": "a\0b", "a.py": "1\n"})
    (root / "link.py").symlink_to("/etc/passwd")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "link")
    async with reading(root) as history:
        assert isinstance(history, History)
        for path in ("big.py", "bin", "link.py", "", ".", "none.py"):
            assert isinstance(await history.file(path), Unreadable), path


@pytest.mark.skipif(sys.platform == "win32", reason="the trap is a shell script")
async def test_nothing_that_the_repository_names_is_run(tmp_path: Path):
    """Every setting that makes git run a program for what is read here; the trap leaves a file when it is run."""
    root = in_conflict(tmp_path / "r", {"a.py": "1\n"}, {"a.py": "2\n"}, {"a.py": "3\n"})
    sprung, trap = tmp_path / "sprung", tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\necho x >> {shlex.quote(str(sprung))}\ncat\n")
    trap.chmod(0o755)
    for name in ("fsmonitor-watchman", "post-index-change", "post-checkout", "reference-transaction"):
        (root / ".git" / "hooks").mkdir(exist_ok=True)
        os.link(trap, root / ".git" / "hooks" / name)
    settings = {
        "core.fsmonitor": str(trap),
        "core.pager": str(trap),
        "core.sshCommand": str(trap),
        "core.gitProxy": str(trap),
        "core.alternateRefsCommand": str(trap),
        "core.hooksPath": str(root / ".git" / "hooks"),
        "core.worktree": "/",
        "diff.external": str(trap),
        "diff.t.textconv": str(trap),
        "diff.t.command": str(trap),
        "filter.t.clean": str(trap),
        "filter.t.smudge": str(trap),
        "filter.t.process": str(trap),
        "merge.t.driver": str(trap),
        "log.showSignature": "true",
        "gpg.program": str(trap),
        "credential.helper": str(trap),
        "alias.log": f"!{trap}",
        "extensions.partialClone": "origin",
        "remote.origin.url": f"ext::{trap}",
        "remote.origin.uploadpack": str(trap),
        "protocol.ext.allow": "always",
    }
    for name, value in settings.items():
        with (root / ".git" / "config").open("a") as file:
            section, _, key = name.rpartition(".")
            first, _, second = section.partition(".")
            heading = f'{first} "{second}"' if second else first
            file.write(f'[{heading}]\n\t{key} = "{value}"\n')
    write(root, {".gitattributes": "* filter=t diff=t merge=t\n", "b.py": "new\n"})
    async with reading(root) as history:
        assert isinstance(history, History), history
        assert set(await history.changed()) == {".gitattributes", "a.py", "b.py"}
        stages = await history.stages("a.py")
        assert stages is not None
        assert (stages.base, stages.ours, stages.theirs) == ("1\n", "2\n", "3\n")
        assert "|||||||" in await history.merged_anew(stages)
        assert await history.messages(history.head, history.theirs, "a.py") == ("their reason",)
        assert isinstance(await history.file("a.py"), FileText)
    assert not sprung.exists()
    # The trap is one: git itself, in this repository, is caught.
    await asyncio.to_thread(subprocess.run, ["git", "diff"], cwd=root, capture_output=True, check=False)
    assert sprung.exists()


async def test_nothing_is_written_into_the_repository_and_nothing_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    root = repository(tmp_path / "r", {"a.py": "1\n"})
    write(root, {"a.py": "2\n"})
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    before = {file: (file.stat().st_mtime_ns, file.stat().st_size) for file in root.rglob("*")}
    assert await changed(root) == ("a.py",)
    assert {file: (file.stat().st_mtime_ns, file.stat().st_size) for file in root.rglob("*")} == before
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.parametrize(
    "head", ["ref: ../../etc/passwd", "ref: refs/heads/../../config", "ref: HEAD", "x" * 40, "", "\0"]
)
async def test_a_head_that_leads_nowhere_is_no_commit(tmp_path: Path, head: str):
    root = repository(tmp_path / "r", {"a.py": "1\n"})
    (root / ".git" / "HEAD").write_text(f"{head}\n")
    async with reading(root) as history:
        assert isinstance(history, str)


async def test_a_broken_store_is_an_error_and_not_a_hang(tmp_path: Path):
    root = repository(tmp_path / "r", {"a.py": "1\n"})
    (root / ".git" / "index").write_bytes(b"no index")
    async with reading(root) as history:
        assert isinstance(history, History)
        with pytest.raises(HistoryError):
            await history.changed()
