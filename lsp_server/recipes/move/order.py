"""Can every module still be loaded first? Modules that import each other are loaded in thought, before and after.

As Python does it (language reference, 5.3 and 5.4): packages before their modules, a module once, and while it is being
loaded others see what it has bound so far. Only modules on one circle matter: what is not on it never comes back to it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from context.snapshot import FileText
from lsp_server.recipes.move.loading import Event, events_of
from lsp_server.recipes.python.imports import Modules, resolve, submodule


@dataclass(frozen=True, slots=True)
class Failure:
    """A module cannot get a name of another that has not come so far; `line` is 1-based."""

    path: str
    line: int
    module: str
    name: str


@dataclass(frozen=True, slots=True)
class Step:
    """Something that a module of the circle does while it is loaded.

    An import needs `targets` first, then takes `name` of `module`; a star takes all of it. `inner` is the module that
    the name is, if it is one. What is read is `name` of `module`. `names` get bound.
    """

    kind: Literal["import", "from", "star", "bind", "read"]
    names: frozenset[str]
    line: int = 0
    targets: tuple[str, ...] = ()
    module: str = ""
    name: str = ""
    inner: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """What each module of a circle does, read once for all ways into it."""

    modules: Modules
    circle: frozenset[str]
    steps: dict[str, tuple[Step, ...]] = field(default_factory=dict[str, tuple[Step, ...]])
    later: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])


@dataclass(frozen=True, slots=True)
class Loading:
    """One start of the program: the names that each module has so far; `open` have got unknown ones by a star."""

    course: Course
    bound: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    open: set[str] = field(default_factory=set[str])
    failures: list[Failure] = field(default_factory=list[Failure])


def new_failures(before: Modules, after: Modules, new: str) -> list[Failure]:
    """What can no longer be loaded once imports go to or come from the module `new`, by any way into the program."""
    course = Course(after, circle_of(after, new))
    starts = dict.fromkeys(_first_of(course, entry) for entry in sorted(course.circle))
    found: dict[Failure, None] = {}
    for start in starts:
        failures = loaded(course, start)
        if failures:
            known = {(each.path, each.name) for each in loaded(Course(before, _reached(before, start)), start)}
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


def loaded(course: Course, start: str) -> list[Failure]:
    """What goes wrong if a module is the first of some that is loaded.

    With a stack of its own: a chain of imports may be longer than Python's.
    """
    loading = Loading(course)
    stack = [_run(loading, start)]
    while stack:
        needed = next(stack[-1], None)
        if needed is None:
            stack.pop()
        elif needed in course.circle and needed not in loading.bound:
            stack.append(_run(loading, needed))
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
    found = set(modules.packages(module))
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
        yield from modules.packages(module)
        yield module
        inner = submodule(modules, module, event.name) if event.kind == "from" else None
        if inner is not None:
            yield inner


def _events(modules: Modules, module: str) -> tuple[Event, ...]:
    file = modules.snapshot.file(module) if module.endswith(".py") else None
    return events_of(file.text) if isinstance(file, FileText) else ()


def _first_of(course: Course, entry: str) -> str:
    """The module of a circle that runs first when one of it is asked for: its outermost package there."""
    return next((each for each in course.modules.packages(entry) if each in course.circle), entry)


def _run(loading: Loading, path: str) -> Iterator[str]:
    """What a module does while it is loaded; yields each module that must be loaded before it goes on."""
    yield from loading.course.modules.packages(path)
    if path not in loading.course.circle or path in loading.bound:
        return
    own = loading.bound[path] = set[str]()
    for step in _steps(loading.course, path):
        for each in step.targets:
            # What a name of a package is decides whether its module is loaded for it.
            if each != step.inner or not _has(loading, step.module, step.name):
                yield each
        if step.kind == "star":
            theirs = loading.bound.get(step.module)
            own.update(theirs or ())
            if theirs is None or step.module in loading.open:
                loading.open.add(path)
        elif step.module in loading.bound and not step.inner and not _has(loading, step.module, step.name):
            loading.failures.append(Failure(path, step.line, step.module, step.name))
        own.update(step.names)


def _has(loading: Loading, module: str, name: str) -> bool:
    """Whether a module that was begun has a name, or may have it."""
    own = loading.bound.get(module, set[str]())
    if name in own or "__getattr__" in own or name.startswith("__"):
        return True
    return module in loading.open and name not in _names_later(loading.course, module)


def _names_later(course: Course, module: str) -> frozenset[str]:
    """All names that a module binds by its end."""
    if module not in course.later:
        course.later[module] = frozenset(event.bound for event in _events(course.modules, module))
    return course.later[module]


def _steps(course: Course, path: str) -> tuple[Step, ...]:
    """What a module does with others of the circle; the names that it binds in between are taken together."""
    if path not in course.steps:
        steps: list[Step] = []
        names, aliases = set[str](), dict[str, str]()
        for event in _events(course.modules, path):
            step = _read_step(course, path, event, aliases) if event.kind == "read" else None
            if event.kind not in {"read", "bind"}:
                step = _import_step(course, path, event, aliases)
            if step is not None:
                steps += [Step("bind", frozenset(names)), step]
                names.clear()
            elif event.bound:
                names.add(event.bound)
        course.steps[path] = (*steps, Step("bind", frozenset(names)))
    return course.steps[path]


def _import_step(course: Course, path: str, event: Event, aliases: dict[str, str]) -> Step | None:
    """An import of the circle, or a star; None for one of what is not on the circle. Notes which module a name is."""
    modules = course.modules
    module = resolve(modules, path, event.module)
    inner = submodule(modules, module, event.name) if event.kind == "from" and module is not None else None
    if event.kind == "import":
        top = event.module if event.name else event.module.partition(".")[0]
        inner = resolve(modules, path, top)
    if event.bound:
        aliases[event.bound] = inner or ""
    targets = tuple(each for each in _loaded_by(modules, path, event) if each in course.circle)
    if not targets and event.kind != "star":
        return None
    names = frozenset({event.bound} if event.bound else ())
    if event.kind == "import":
        return Step("import", names, event.line, targets)
    return Step(event.kind, names, event.line, targets, module or "", event.name, inner or "")


def _read_step(course: Course, path: str, event: Event, aliases: dict[str, str]) -> Step | None:
    """`module.name` of a module of the circle; a module within a package is there when its package is asked for."""
    first, *rest = event.module.split(".")
    module = aliases.get(first, "")
    for part in rest:
        module = submodule(course.modules, module, part) or "" if module else ""
    if module not in course.circle or module == path or submodule(course.modules, module, event.name) is not None:
        return None
    return Step("read", frozenset(), event.line, (), module, event.name)
