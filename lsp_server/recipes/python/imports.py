"""Which file does an import name? Module names are resolved from paths alone: nothing of the workspace is run.

A module is the path of its file (`pkg/core.py`, `pkg/__init__.py`), or of its folder for a package without one.
A stub (`core.pyi`) beside its source is the same module as the source.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from context.snapshot import Snapshot

SOURCE_FOLDERS = ("", "src", "lib", "python")
"""Where packages lie below a folder that is not a package itself."""

INIT_FILES = ("__init__.py", "__init__.pyi")


@dataclass(frozen=True, slots=True)
class Modules:
    """The modules of a workspace; `roots` are folders that hold packages, `folders` those that are known to exist."""

    snapshot: Snapshot
    roots: tuple[str, ...] = ()
    folders: frozenset[str] = frozenset()
    _found: dict[str, str | None] = field(default_factory=dict[str, "str | None"])
    _resolved: dict[tuple[str, str], str | None] = field(default_factory=dict[tuple[str, str], "str | None"])
    _packages: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def at(self, place: str) -> str | None:
        """The module at a path without suffix, `pkg/core`; None where there is none."""
        if place not in self._found:
            self._found[place] = self._look(place)
        return self._found[place]

    def _look(self, place: str) -> str | None:
        candidates = [_join(place, name) for name in INIT_FILES]
        if place:
            candidates += [f"{place}.py", f"{place}.pyi"]
        for candidate in candidates:
            if self.snapshot.exists(candidate):
                return candidate
        is_folder = place in self.folders or (place != "" and self.snapshot.exists(place))
        return place if is_folder or not place else None

    def resolved(self, path: str, name: str) -> str | None:
        """What `resolve` says, remembered for all files of a folder."""
        key = (path.rpartition("/")[0], name)
        if key not in self._resolved:
            self._resolved[key] = _resolve(self, path, name)
        return self._resolved[key]

    def packages(self, module: str) -> tuple[str, ...]:
        """The packages around a module, outermost first: they are loaded before it."""
        if module not in self._packages:
            self._packages[module] = tuple(_packages(self, module))
        return self._packages[module]

    def is_package(self, folder: str) -> bool:
        """Whether a folder has an `__init__` file."""
        return (self.at(folder) or "").endswith(INIT_FILES)


def modules_of(snapshot: Snapshot, paths: tuple[str, ...]) -> Modules:
    """The modules of a workspace, of which `paths` are known to exist."""
    known = (*paths, *snapshot.buffers)
    folders = frozenset(str(parent) for path in known for parent in PurePosixPath(path).parents if str(parent) != ".")
    plain = Modules(snapshot, (), folders)
    tops = dict.fromkeys(_top_folder(plain, path) for path in paths if path.endswith((".py", ".pyi")))
    return Modules(snapshot, tuple(tops), folders)


def files_of(modules: Modules, module: str) -> tuple[str, ...]:
    """The files that hold a module: its source, and the stub beside it; none for a folder without `__init__`."""
    if not module.endswith((".py", ".pyi")):
        return ()
    stem = module.rpartition(".")[0]
    return tuple(path for path in (f"{stem}.py", f"{stem}.pyi") if modules.snapshot.exists(path))


def stub_of(path: str) -> str:
    """Where the stub of a source would be."""
    return f"{path}i"


def module_of(modules: Modules, path: str) -> str:
    """The module that a file belongs to: the source for its stub."""
    source = path.removesuffix("i")
    return source if path.endswith(".pyi") and modules.snapshot.exists(source) else path


def module_stem(path: str) -> str:
    """The last name of a module: `core` for `pkg/core.py`, `pkg` for a package."""
    return path.removesuffix(".py").removesuffix("/__init__").rpartition("/")[2]


def submodule(modules: Modules, module: str, name: str) -> str | None:
    """The module `name` within a package; None within a module that is no package."""
    folder = _folder(module)
    return modules.at(_join(folder, name)) if folder is not None else None


def resolve(modules: Modules, path: str, name: str) -> str | None:
    """The module that a file means by a dotted name, with leading dots where it is relative.

    None for one outside, and for one that is in several folders of which none is above the file.
    """
    return modules.resolved(path, name)


def _resolve(modules: Modules, path: str, name: str) -> str | None:
    dots = len(name) - len(name.lstrip("."))
    parts = [part for part in name[dots:].split(".") if part]
    if dots:
        folder = PurePosixPath(path).parent
        for _ in range(dots - 1):
            folder = folder.parent
        start = "" if str(folder) == "." else str(folder)
        return modules.at("/".join([*([start] if start else []), *parts]))
    folder = None
    for root in _near_roots(modules, path):
        found = modules.at(_join(root, "/".join(parts)))
        if found is not None and found.endswith((".py", ".pyi")):
            return found
        folder = folder or found
    elsewhere = dict.fromkeys(modules.at(_join(root, "/".join(parts))) for root in modules.roots)
    files = [found for found in elsewhere if found is not None and found.endswith((".py", ".pyi"))]
    if files:
        return files[0] if len(files) == 1 else None
    if parts and parts[0] in sys.stdlib_module_names:
        return None  # A folder without `__init__` is found last, behind all that the standard library has.
    return folder or next((found for found in elsewhere if found is not None), None)


def dotted_name(modules: Modules, module: str) -> str:
    """The name by which a module is imported from its source folder: `pkg.core`."""
    top = _top_folder(modules, module)
    parts = PurePosixPath(module).relative_to(top or ".").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _packages(modules: Modules, module: str) -> list[str]:
    folder = PurePosixPath(module).parent
    if module.endswith(INIT_FILES):
        folder = folder.parent
    found: list[str] = []
    while str(folder) != "." and modules.is_package(str(folder)):
        found.append(modules.at(str(folder)) or "")
        folder = folder.parent
    return found[::-1]


def _near_roots(modules: Modules, path: str) -> Iterator[str]:
    """The folders above a file where its absolute imports may begin, nearest first; a package's own folder is none."""
    for parent in PurePosixPath(path).parents:
        folder = "" if str(parent) == "." else str(parent)
        if folder and modules.is_package(folder):
            continue
        for below in SOURCE_FOLDERS:
            yield _join(folder, below)


def _top_folder(modules: Modules, path: str) -> str:
    """The folder above the outermost package of a file."""
    folder = PurePosixPath(path).parent
    while str(folder) != "." and modules.is_package(str(folder)):
        folder = folder.parent
    return "" if str(folder) == "." else str(folder)


def _folder(module: str) -> str | None:
    """The folder of a package."""
    if module.endswith(INIT_FILES):
        return module.rpartition("/")[0]
    return None if module.endswith((".py", ".pyi")) else module


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder and name else folder or name
