"""Which files may be read, indexed and sent? The one filter, for the walk, the watch, the index and the prompt.

Ignored is what git ignores (`.gitignore` in every folder and above the root, `.git/info/exclude`), what
`.patchwrightignore` names besides (it may only ignore more), version control, installed packages and caches, generated
and binary files, what is too large, what the kernel makes up, and everything that is not a regular file. Folders behind
links are never entered and no link is walked: what it points to is walked under its own name.
"""

import os
import re
import stat
from collections import deque
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

from context.parsing.extract import Source
from context.parsing.languages import language_of
from context.snapshot import MAX_FILE_BYTES
from context.workspace.ignores import IGNORE_FILES, Ignores, PatternsOfTree, Rules, read_rules, rules_above
from context.workspace.mounts import kernel_folders

_FOLDERS = """
.git .hg .svn .bzr .jj .sl _darcs CVS node_modules bower_components .venv __pycache__ .tox .nox .eggs site-packages
.mypy_cache .pytest_cache .ruff_cache .hypothesis .gradle .terraform
"""
SKIPPED_FOLDERS = frozenset(_FOLDERS.split())
"""Folders that never hold the project's own code. So are those marked by `pyvenv.cfg` or `CACHEDIR.TAG`."""

FOLDER_MARKS = frozenset({"pyvenv.cfg", "CACHEDIR.TAG"})

_SUFFIXES = """
.po .pot .svg .csv .tsv .geojson .xlf
.png .jpg .jpeg .gif .ico .webp .bmp .tiff .psd .pdf .zip .gz .bz2 .xz .zst .7z .tar .tgz .jar .war .whl .egg .class
.pyc .pyo .pyd .so .dylib .dll .exe .o .a .lib .obj .wasm .bin .dat .db .sqlite .sqlite3 .mo .woff .woff2 .ttf .otf
.eot .mp3 .mp4 .mov .avi .ogg .wav .webm .flac .map .lock .sum
"""
SKIPPED_SUFFIXES = frozenset(_SUFFIXES.split())
_GENERATED = re.compile(
    r"\.min\.(?:js|css|mjs)$|(?:^|/)(?:package-lock\.json|pnpm-lock\.yaml|npm-shrinkwrap\.json)$", re.I
)
_GENERATED_SUFFIXES = frozenset((".js", ".css", ".mjs", ".json", ".yaml"))
_MARKS = FOLDER_MARKS.union(IGNORE_FILES)


class FileFilter:
    """The filter of one workspace. `never_send` are gitignore patterns, matched without regard to case."""

    def __init__(self, root: Path, never_send: tuple[str, ...]) -> None:
        self.root = root.resolve()
        self._private = _private_patterns(never_send)

    def walk(self, folder: str = "", *, deep: bool = True) -> Iterator[Source]:
        """Every file that may be indexed below a folder (relative, empty for all), those of outer folders first.

        Contents are not looked at, so binary files of unknown suffixes are among them. A folder that is spelled in
        another way than the walk would (`./a`, `a/../b`, an absolute path) has no files. `deep=False` enters no folder.
        """
        kernel = kernel_folders(self.root)
        if "." in kernel or (folder and not self._may_walk(folder)):
            return
        # What a name tells by itself is worked out once; the same names stand in many folders.
        named_well, may_match = cache(_named_well), cache(self._may_be_private)
        private = any(may_match(part) for part in folder.split("/"))
        waiting = deque([(f"{folder}/" if folder else "", self._ignores_above(folder), private)])
        # Joining texts costs a tenth of joining paths, and there may be as many folders as files.
        root = os.path.join(self.root, "")  # noqa: PTH118
        while waiting:
            base, ignores, private = waiting.popleft()
            try:
                with os.scandir(root + base) as entries:
                    listed = list(entries)
            except OSError:
                continue
            marks = _MARKS.intersection([entry.name for entry in listed])
            if base and marks & FOLDER_MARKS:
                continue
            if marks:
                ignores = self._with_rules_of(base, ignores, marks)
            ruled = bool(ignores.git or ignores.ours)
            for entry in listed:
                name = entry.name
                path = base + name
                if _is_folder(entry):
                    skipped = not deep or name in SKIPPED_FOLDERS or path in kernel or not name.isprintable()
                    if not skipped and not (ruled and ignores.ignore(f"{path}/")):
                        waiting.append((f"{path}/", ignores, private or may_match(name)))
                elif named_well(name):
                    source = self._source(path, entry, private=(private or may_match(name)) and self.is_private(path))
                    if source is not None and not (ruled and ignores.ignore(path)):
                        yield source

    def allows(self, path: str) -> bool:
        """Whether a single file may be read and indexed, by its place and kind; its content is not looked at.

        An open file that is a link is judged by what it points to.
        """
        real = self._real(path)
        if real is None or self.ignores(path):
            return False
        try:
            status = (self.root / real).stat()
        except (OSError, ValueError):
            return False
        return stat.S_ISREG(status.st_mode) and status.st_size <= MAX_FILE_BYTES

    def ignores(self, path: str) -> bool:
        """Whether a path is ignored for its name and place; nothing need be there yet."""
        real = self._real(path)
        if real is None or not _named_well(real):
            return True
        ignores = self._ignores_in(real.rpartition("/")[0])
        return ignores is None or ignores.ignore(real)

    def sendable(self, path: str) -> bool:
        """Whether the text of a file may leave: not matched by `never_send`, by its name or by the file behind it."""
        real = self._real(path)
        return real is not None and not self.is_private(path) and not self.is_private(real)

    def is_private(self, path: str) -> bool:
        """Whether a path as it stands matches `never_send`."""
        return self._private.say(path.lower()) is True

    def _may_be_private(self, name: str) -> bool:
        return self._private.may_match(name.lower())

    def source(self, path: str) -> Source | None:
        """The file at a path as `walk` would yield it now, None where it would not."""
        target = self.root / path
        try:
            status = target.lstat()
        except (OSError, ValueError):
            return None
        if self._real(path) != path or self.ignores(path):
            return None
        return self._indexed(path, status, private=self.is_private(path))

    def _may_walk(self, folder: str) -> bool:
        well = folder != "." and folder.isprintable()
        return well and self._real(folder) == folder and self._ignores_in(folder) is not None

    def _source(self, path: str, entry: "os.DirEntry[str]", *, private: bool) -> Source | None:
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:
            return None
        return self._indexed(path, status, private=private)

    def _indexed(self, path: str, status: os.stat_result, *, private: bool) -> Source | None:
        """A file as it is indexed. Code that is private or too large is, by its names and words: a rename must know."""
        if not stat.S_ISREG(status.st_mode):
            return None
        if (private or status.st_size > MAX_FILE_BYTES) and language_of(path) is None:
            return None
        return Source(path, _changed_ns(status), status.st_size, private)

    def _real(self, path: str) -> str | None:
        """The path of the file behind a path, relative to the root; None for one that is outside."""
        try:
            real = os.path.realpath(os.path.join(self.root, path))  # noqa: PTH118
        except (OSError, ValueError):
            return None
        root = os.path.join(self.root, "")  # noqa: PTH118
        if not real.startswith(root):
            return "." if real == str(self.root) else None
        return real[len(root) :].replace(os.sep, "/") or "."

    def _ignores_in(self, folder: str) -> Ignores | None:
        """The rules that hold in a folder, its own among them; None for one that is not entered."""
        # An update of one file asks for this before all else: texts, as in `walk`.
        root = os.path.join(self.root, "")  # noqa: PTH118
        base = ""
        ignores = self._ignores_above("")
        for part in [part for part in folder.split("/") if part]:
            ignores = self._with_rules_of(base, ignores, None)
            here = f"{base}{part}"
            if part in SKIPPED_FOLDERS or os.path.islink(root + here) or ignores.ignore(f"{here}/"):  # noqa: PTH114
                return None
            if any(os.path.exists(f"{root}{here}/{mark}") for mark in FOLDER_MARKS):  # noqa: PTH110
                return None
            base = f"{here}/"
        return self._with_rules_of(base, ignores, None)

    def _ignores_above(self, folder: str) -> Ignores:
        """The rules that hold around a folder, without its own."""
        ignores = Ignores(rules_above(self.root))
        base = ""
        for part in [part for part in folder.split("/") if part]:
            ignores = self._with_rules_of(base, ignores, None)
            base = f"{base}{part}/"
        return ignores

    def _with_rules_of(self, base: str, above: Ignores, names: Collection[str] | None) -> Ignores:
        git, ours = (self._rules(base, name) if names is None or name in names else None for name in IGNORE_FILES)
        return Ignores(above.git + ((git,) if git else ()), above.ours + ((ours,) if ours else ()))

    def _rules(self, base: str, name: str) -> Rules | None:
        return read_rules(os.path.join(self.root, base, name), base)  # noqa: PTH118


def _named_well(path: str) -> bool:
    """Whether the name tells of text; a name that is not Unicode cannot be said to an editor."""
    suffix = path[path.rfind(".") :].lower()
    if suffix in SKIPPED_SUFFIXES or not path.isprintable():
        return False
    return suffix not in _GENERATED_SUFFIXES or not _GENERATED.search(path)


def _private_patterns(never_send: tuple[str, ...]) -> PatternsOfTree:
    """What is never sent: everything, where a pattern cannot be read, since what it was to keep back is unknown."""
    try:
        return PatternsOfTree(pattern.lower() for pattern in never_send)
    except (ValueError, re.error):
        return PatternsOfTree(["*"])


def _changed_ns(status: os.stat_result) -> int:
    """When a file changed. No program can set the inode's change time: a copy that keeps its times is seen by it."""
    return status.st_mtime_ns if os.name == "nt" else status.st_ctime_ns or status.st_mtime_ns


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False
