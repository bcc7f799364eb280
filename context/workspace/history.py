"""What did the workspace look like at its last commit, and what is being merged into it? Read from git's own store.

A repository can be hostile: its settings name programs (hooks, filters, pagers, monitors, helpers) that git would run.
None of them is ever read. git gets an empty folder of ours as its repository, and only the objects, the index and the
files of the real one; what the branches point to is read here. So nothing of the workspace is run, and nothing written.
"""

import asyncio
import contextlib
import os
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from context.scratch import scratch_folder
from context.snapshot import MAX_FILE_BYTES, FileText, Unreadable, from_bytes
from context.workspace.repository import Repository, repository_of

SECONDS = 20.0
MOST_OUTPUT = 32_000_000
"""Bytes; what says more is taken for broken."""

MOST_REFERENCE_BYTES = 64_000_000
LINKS = 5
"""A branch may be another name for a branch, so often."""

_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REFERENCE = re.compile(r"refs/[^\0-\x20~^:?*\[\\]+")
_PASSED_ON = ("PATH", "SYSTEMROOT", "PATHEXT", "TEMP", "TMP")

Kind = Literal["merge", "cherry-pick", "revert", "rebase"]
_UNDER_WAY: tuple[tuple[Kind, str], ...] = (
    ("merge", "MERGE_HEAD"),
    ("cherry-pick", "CHERRY_PICK_HEAD"),
    ("revert", "REVERT_HEAD"),
    ("rebase", "REBASE_HEAD"),
)


class HistoryError(Exception):
    """git could not say it: it is not installed, took too long, or its store is broken."""


@dataclass(frozen=True, slots=True)
class Stages:
    """The texts of a file that is in conflict: what both sides began with, and what each made of it."""

    base: str | None
    ours: str | None
    theirs: str | None


@dataclass(frozen=True, slots=True)
class History:
    """One repository while it is read. `head` is the last commit; `theirs` is what is being merged, picked or undone.

    `prefix` is the workspace's folder within the repository, with a slash at its end, empty for the whole of it.
    """

    repository: Repository
    scratch: Path
    prefix: str
    head: str
    kind: Kind | None = None
    theirs: str = ""

    async def changed(self) -> tuple[str, ...]:
        """The files of the workspace that differ from the last commit, new ones included. Raises HistoryError."""
        where = ("--", self.prefix or ".")
        differing = await self._git("diff-index", "-z", "--name-only", "--ignore-submodules=all", self.head, *where)
        exclude = self.repository.exclude
        ignored = (f"--exclude-from={exclude}",) if exclude.is_file() else ()
        new = await self._git("ls-files", "-z", "--others", "--exclude-per-directory=.gitignore", *ignored, *where)
        names = [name.decode("utf-8", "surrogateescape") for name in (differing + new).split(b"\0") if name]
        return tuple(sorted({name[len(self.prefix) :] for name in names if name.startswith(self.prefix)}))

    async def file(self, path: str) -> FileText | Unreadable:
        """A file of the workspace as the last commit has it. Raises HistoryError."""
        if not {"", ".", ".."}.isdisjoint(path.split("/")):
            return Unreadable(path, "is no file of the workspace", exists=False)
        listed = await self._git("ls-tree", "-z", self.head, "--", f"{self.prefix}{path}")
        mode, kind, rest = (*listed.partition(b"\t")[0].split(b" "), b"", b"", b"")[:3]
        if not listed or kind != b"blob" or mode == b"120000":
            return Unreadable(path, "is no file of the last commit", exists=bool(listed))
        return await self._blob(rest.decode(), path)

    async def stages(self, path: str) -> Stages | None:
        """The sides of a file that is in conflict, None for one that is not. Raises HistoryError."""
        listed = await self._git("ls-files", "-z", "--unmerged", "--", f"{self.prefix}{path}")
        found: dict[str, str] = {}
        for row in listed.split(b"\0"):
            words = row.partition(b"\t")[0].decode().split(" ")
            if len(words) == 3:
                blob = await self._blob(words[1], path)
                if isinstance(blob, FileText):
                    found[words[2]] = blob.text
        return Stages(found.get("1"), found.get("2"), found.get("3")) if found else None

    async def merged_anew(self, stages: Stages) -> str:
        """Both sides merged again, each conflict with what stood there before; empty where a side is missing."""
        names: list[str] = []
        for name, text in (("ours", stages.ours), ("base", stages.base), ("theirs", stages.theirs)):
            if text is None:
                return ""
            file = self.scratch / name
            await asyncio.to_thread(file.write_bytes, text.encode("utf-8", "surrogatepass"))
            names.append(str(file))
        said = await self._git("merge-file", "-p", "--zdiff3", *names, fine=range(128))
        return said.decode("utf-8", "surrogatepass")

    async def messages(self, since: str, until: str, path: str, most: int = 10) -> tuple[str, ...]:
        """What the commits that lead to `until` and not to `since` say of a file, newest first. Raises HistoryError."""
        chosen = ("--no-merges", f"--max-count={most}", "--format=%s%n%b%x00", "--no-show-signature")
        said = await self._git("log", *chosen, until, f"^{since}", "--", f"{self.prefix}{path}")
        texts = [text.strip() for text in said.decode("utf-8", "replace").split("\0")]
        return tuple(text for text in texts if text)

    async def message(self, commit: str) -> str:
        """What one commit says. Raises HistoryError."""
        said = await self._git("log", "--max-count=1", "--format=%s%n%b", "--no-show-signature", commit, "--")
        return said.decode("utf-8", "replace").strip()

    async def _blob(self, sha: str, path: str) -> FileText | Unreadable:
        size = await self._git("cat-file", "-s", sha)
        if int(size or 0) > MAX_FILE_BYTES:
            return Unreadable(path, "is too large")
        return from_bytes(path, await self._git("cat-file", "blob", sha))

    async def _git(self, *arguments: str, fine: Sequence[int] = (0,)) -> bytes:
        """What git says. Cancelling it ends git."""
        command = ("git", "--no-pager", "--literal-pathspecs", *arguments)
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                cwd=self.repository.top,
                env=_environment(self.repository, self.scratch),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except OSError as error:
            raise HistoryError("git is not installed") from error
        try:
            async with asyncio.timeout(SECONDS):
                said = await _bounded(process)
        except TimeoutError as error:
            raise HistoryError("git took too long") from error
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await asyncio.shield(process.wait())
        if process.returncode not in fine:
            raise HistoryError(f"git {arguments[0]} could not read the repository")
        return said


async def _bounded(process: asyncio.subprocess.Process) -> bytes:
    """All that a process says, if it is not too much."""
    said = bytearray()
    while process.stdout is not None and (piece := await process.stdout.read(65_536)):
        said += piece
        if len(said) > MOST_OUTPUT:
            raise HistoryError("git says too much")
    await process.wait()
    return bytes(said)


@asynccontextmanager
async def reading(root: Path) -> AsyncGenerator[History | str]:
    """The history of a workspace, or why there is none. What it needs on disk is gone afterwards."""
    async with scratch_folder() as scratch:
        yield await asyncio.to_thread(_begun, root, scratch)


def _begun(root: Path, scratch: Path) -> History | str:
    repository = repository_of(root)
    if repository is None:
        return "This folder is in no git repository"
    head = _commit(repository, "HEAD")
    if head is None:
        return "The repository has no commit yet, or keeps its branches in a form that is not known"
    kind: Kind | None = None
    theirs = ""
    for each, name in _UNDER_WAY:
        if not theirs and (found := _commit(repository, name)):
            kind, theirs = each, found
    for folder in ("objects", "refs"):
        (scratch / folder).mkdir()
    (scratch / "HEAD").write_text("ref: refs/heads/none\n")
    version, form = ("1", "[extensions]\nobjectFormat = sha256\n") if len(head) == 64 else ("0", "")
    (scratch / "config").write_text(f"[core]\nrepositoryFormatVersion = {version}\n{form}")
    prefix = root.resolve().relative_to(repository.top.resolve()).as_posix()
    return History(repository, scratch, "" if prefix == "." else f"{prefix}/", head, kind, theirs)


def _environment(repository: Repository, scratch: Path) -> Mapping[str, str]:
    """All that git knows: our empty repository, with the objects, the index and the files of the real one."""
    shallow = repository.common / "shallow"
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return passed | {
        "HOME": str(scratch),
        "XDG_CONFIG_HOME": str(scratch),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_DIR": str(scratch),
        "GIT_WORK_TREE": str(repository.top),
        "GIT_OBJECT_DIRECTORY": str(repository.common / "objects"),
        "GIT_INDEX_FILE": str(repository.own / "index"),
        "GIT_SHALLOW_FILE": str(shallow if shallow.is_file() else scratch / "shallow"),
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }


def _commit(repository: Repository, name: str) -> str | None:
    """The commit that a name stands for, as git's files say; None where they do not."""
    for _ in range(LINKS):
        said = _first_line(repository.own / name) or _first_line(repository.common / name) or _packed(repository, name)
        if _SHA.fullmatch(said):
            return said
        name = said.removeprefix("ref:").strip()
        if not _REFERENCE.fullmatch(name) or ".." in name:
            return None
    return None


def _first_line(file: Path) -> str:
    try:
        if not file.is_file():
            return ""
        with file.open("rb") as stream:
            return stream.read(4096).partition(b"\n")[0].decode("utf-8", "replace").strip()
    except (OSError, ValueError):
        return ""


def _packed(repository: Repository, name: str) -> str:
    file = repository.common / "packed-refs"
    try:
        if not file.is_file() or file.stat().st_size > MOST_REFERENCE_BYTES:
            return ""
        text = file.read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""
    found = re.search(rf"^([0-9a-f]{{40,64}}) {re.escape(name)}$", text, re.MULTILINE)
    return found[1] if found else ""
