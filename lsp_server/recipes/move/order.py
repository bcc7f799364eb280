"""Can every module still be loaded first? Modules that import each other are loaded in thought, before and after.

As Python does it (language reference, 5.3 and 5.4): packages before their modules, a module once, and while it is being
loaded others see what it has bound so far. Only modules on one circle matter: what is not on it never comes back to it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from context.snapshot import FileText
from lsp_server.recipes.move.loading import Event, events_of
from lsp_server.recipes.python.imports import INIT_FILES, Modules, resolve, submodule


@dataclass(frozen=True, slots=True)
class Failure:
    """A module cannot get a name of another that has not come so far; `line` is 1-based."""

    path: str
    line: int
    module: str
    name: str


@dataclass(frozen=True, slots=True)
class Loading:
    """One start of the program: the names that each module has so far, and which modules are through.

    `circle` are the modules that matter. `open` are those that have got unknown names by a star.
    """

    modules: Modules
    circle: frozenset[str]
    bound: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    aliases: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    open: set[str] = field(default_factory=set[str])
    failures: list[Failure] = field(default_factory=list[Failure])


def new_failures(before: Modules, after: Modules, new: str) -> list[Failure]:
    """What can no longer be loaded once imports go to or come from the module `new`, by any way into the program."""
    circle = circle_of(after, new)
    starts = dict.fromkeys(_first_of(after, entry, circle) for entry in sorted(circle))
    found: dict[Failure, None] = {}
    for start in starts:
        failures = loaded(after, start, circle)
        if failures:
            known = {(each.path, each.name) for each in loaded(before, start, _reached(before, start))}
            found.update(dict.fromkeys(each for each in failures if (each.path, each.name) not in known))
    return list(found)


def circle_of(modules: Modules, module: str) -> frozenset[str]:
    """The modules that import each other with this one, by whatever many steps, itself included; none if none does."""
    targets = {each: _targets(modules, each) for each in _reached(modules, module)}
    importers: dict[str, set[str]] = {}
    for each, goals in targets.items():
        for goal in goals:
            importers.setdefault(goal, set()).add(each)
    pending, found = [module], set[str]()
    while pending:
        fresh = importers.get(pending.pop(), set()) - found
        found |= fresh
        pending.extend(fresh)
    return frozenset(found)


def loaded(modules: Modules, start: str, circle: frozenset[str]) -> list[Failure]:
    """What goes wrong if a module is the first of some that is loaded."""
    loading = Loading(modules, circle)
    _load(loading, start)
    return loading.failures


def _reached(modules: Modules, module: str) -> frozenset[str]:
    """All modules that are loaded with one, itself included."""
    pending, found = [module], {module}
    while pending:
        fresh = _targets(modules, pending.pop()) - found
        found |= fresh
        pending.extend(fresh)
    return frozenset(found)


def _targets(modules: Modules, module: str) -> set[str]:
    """The modules that one loads itself, its packages among them."""
    found = set(_packages(modules, module))
    for event in _events(modules, module):
        if event.kind in {"import", "from", "star"}:
            found.update(_loaded_by(modules, module, event))
    return found - {module}


def _loaded_by(modules: Modules, path: str, event: Event) -> Iterable[str]:
    """The modules of the workspace that an import needs, in order."""
    parts = event.module.split(".") if event.kind == "import" else [event.module]
    names = [".".join(parts[: count + 1]) for count in range(len(parts))]
    for name in names:
        module = resolve(modules, path, name)
        if module is None:
            continue
        yield from _packages(modules, module)
        yield module
        inner = submodule(modules, module, event.name) if event.kind == "from" else None
        if inner is not None:
            yield inner


def _packages(modules: Modules, module: str) -> list[str]:
    """The packages around a module, outermost first."""
    folder = PurePosixPath(module).parent
    if module.endswith(INIT_FILES):
        folder = folder.parent
    found: list[str] = []
    while str(folder) != "." and modules.is_package(str(folder)):
        found.append(modules.at(str(folder)) or "")
        folder = folder.parent
    return found[::-1]


def _events(modules: Modules, module: str) -> tuple[Event, ...]:
    file = modules.snapshot.file(module) if module.endswith(".py") else None
    return events_of(file.text) if isinstance(file, FileText) else ()


def _first_of(modules: Modules, entry: str, circle: frozenset[str]) -> str:
    """The module of a circle that runs first when one of it is asked for: its outermost package there."""
    return next((each for each in _packages(modules, entry) if each in circle), entry)


def _load(loading: Loading, module: str) -> None:
    for each in (*_packages(loading.modules, module), module):
        if each in loading.circle and each not in loading.bound:
            loading.bound[each] = set()
            for event in _events(loading.modules, each):
                _run(loading, each, event)


def _run(loading: Loading, path: str, event: Event) -> None:
    """One event while a module is loaded."""
    own = loading.bound[path]
    if event.kind == "read":
        _read(loading, path, event)
        return
    if event.kind != "bind":
        module = resolve(loading.modules, path, event.module)
        for each in _loaded_by(loading.modules, path, event):
            # What a name of a package is decides whether its module is loaded for it.
            if event.kind != "from" or each == module or not _has(loading, module or "", event.name):
                _load(loading, each)
        _take(loading, path, event, module)
    if event.bound:
        own.add(event.bound)


def _take(loading: Loading, path: str, event: Event, module: str | None) -> None:
    """What an import takes from a module that may not be through."""
    if event.kind == "star":
        own, theirs = loading.bound[path], loading.bound.get(module or "")
        own.update(theirs or ())
        if theirs is None or module in loading.open:
            loading.open.add(path)
    elif event.kind == "import":
        top = event.module if event.name else event.module.partition(".")[0]
        loading.aliases[path, event.bound] = resolve(loading.modules, path, top) or ""
    elif module is not None:
        inner = submodule(loading.modules, module, event.name)
        loading.aliases[path, event.bound] = inner or ""
        if inner is None and module in loading.bound and not _has(loading, module, event.name):
            loading.failures.append(Failure(path, event.line, module, event.name))


def _read(loading: Loading, path: str, event: Event) -> None:
    """`module.name`, while the module may not have the name yet."""
    first, *rest = event.module.split(".")
    module = loading.aliases.get((path, first), "")
    for part in rest:
        module = submodule(loading.modules, module, part) or "" if module else ""
    if module not in loading.bound or module == path or _has(loading, module, event.name):
        return
    if submodule(loading.modules, module, event.name) is None:
        loading.failures.append(Failure(path, event.line, module, event.name))


def _has(loading: Loading, module: str, name: str) -> bool:
    """Whether a module that was begun has a name, or may have it."""
    own = loading.bound.get(module, set[str]())
    if name in own or "__getattr__" in own or name.startswith("__"):
        return True
    return module in loading.open and all(event.bound != name for event in _events(loading.modules, module))
