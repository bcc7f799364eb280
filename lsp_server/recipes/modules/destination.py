"""Which module does a sentence mean, and where does it go? Answers are paths; what is in the way is refused."""

import sys
from difflib import get_close_matches
from keyword import iskeyword
from pathlib import PurePosixPath

from lsp_server.edits.change import Problem
from lsp_server.recipes.modules.sentence import Relocation, stem
from lsp_server.recipes.plan import Material
from lsp_server.recipes.python.imports import INIT_FILES, Modules, dotted_name, module_of

FIXED = frozenset({"__init__", "__main__", "conftest", "setup"})
"""Modules that tools find by their name."""


def choose_module(modules: Modules, plan: Relocation, material: Material) -> str | Problem:
    """The module that is meant; the one that the cursor is in where none is named."""
    if not plan.module:
        return material.place.path if material.place is not None else Problem("NOT_FOUND", "Say which module.")
    paths = (path for path in dict.fromkeys((*material.candidates, *modules.snapshot.buffers)))
    every = dict.fromkeys(module_of(modules, path) for path in paths if path.endswith((".py", ".pyi")))
    said = plan.module.rstrip("/")
    if modules.snapshot.exists(said) and said.endswith(".py"):
        every[said] = None
    elif (package := modules.at(said.replace(".", "/"))) is not None and package.endswith((".py", ".pyi")):
        every[package] = None
    found = [path for path in every if modules.snapshot.exists(path) and _is_named(modules, said, path)]
    exact = [path for path in found if said in {path, dotted_name(modules, path), path.rpartition("/")[0]}]
    here = [path for path in found if material.place is not None and path == material.place.path]
    chosen = exact if len(exact) == 1 else here or found
    if len(chosen) == 1:
        return chosen[0]
    if chosen:
        listed = ", ".join(sorted(chosen)[:8])
        example = f"rename {sorted(chosen)[0]} to {plan.to or 'NAME'}"
        return Problem("AMBIGUOUS", f"{said} is the name of several modules: {listed}. Say which: `{example}`.")
    near = get_close_matches(stem(said), sorted({stem(path) for path in every}), 2)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    return Problem("NOT_FOUND", f"No module here is called {said}.{hint}")


def _is_named(modules: Modules, said: str, path: str) -> bool:
    """Whether a module is what was said: a path or a dotted name, whole or its end."""
    if said.endswith((".py", ".pyi")):
        return f"/{path}".endswith(f"/{said}")
    folders = path.rpartition(".")[0].removesuffix("/__init__")
    if "/" in said:
        return f"/{folders}".endswith(f"/{said}")
    return any(f".{name}".endswith(f".{said}") for name in (folders.replace("/", "."), dotted_name(modules, path)))


def destination(modules: Modules, plan: Relocation, path: str) -> str | Problem:
    """The path that the module gets."""
    if stem(path) in FIXED and not path.endswith(INIT_FILES):
        return Problem("FORMAT", f"{path} is found by its name: it cannot be moved.", path)
    if not plan.to:
        new = f"{path.removesuffix('.py')}/__init__.py"
        return Problem("NO_CHANGE", f"{path} is a package already.", path) if path.endswith(INIT_FILES) else new
    place = _into(modules, plan, path) if plan.into else _renamed(modules, plan.to, path)
    return _unfit(modules, plan, path, place) or _file_of(path, place)


def _file_of(path: str, place: str) -> str:
    return f"{place}/{PurePosixPath(path).name}" if path.endswith(INIT_FILES) else place + ".py"


def _unfit(modules: Modules, plan: Relocation, path: str, place: str) -> Problem | None:
    """Why a module cannot be at a place."""
    name = PurePosixPath(place).name
    folder = str(PurePosixPath(place).parent)
    if place.startswith("/") or ".." in PurePosixPath(place).parts:
        return Problem("PATH", f"{plan.to} is outside the workspace.", place)
    if not name.isidentifier() or iskeyword(name) or name in FIXED:
        return Problem("FORMAT", f"`{name}` cannot be the name of a module that others import.", path)
    if folder != "." and folder not in modules.folders and not modules.snapshot.exists(folder):
        return Problem("MISSING", f"There is no folder {folder} for {name}: make it first.", folder)
    new = _file_of(path, place)
    if new == path:
        return Problem("NO_CHANGE", f"{path} is there already.", path)
    there = modules.at(place)
    if there is not None:
        return Problem("EXISTS", f"{there} is there already.", there)
    if dotted_name(modules, new) == name and name in sys.stdlib_module_names:
        return Problem("CONFLICT", f"{new} would hide the module {name} of the standard library.", new)
    return None


def _place(path: str) -> str:
    """A module's path without its suffix: its folder for a package."""
    return path.rpartition("/")[0] if path.endswith(INIT_FILES) else path.rpartition(".")[0]


def _parent(path: str) -> str:
    return str(PurePosixPath(_place(path)).parent)


def _root(modules: Modules, path: str) -> str:
    """The folder that a module's dotted name begins in."""
    depth = len(dotted_name(modules, path).split("."))
    return "/".join(PurePosixPath(_place(path)).parts[:-depth])


def _join(*parts: str) -> str:
    return "/".join(part for part in parts if part and part != ".")


def _renamed(modules: Modules, to: str, path: str) -> str:
    """Where a new name, dotted name or path puts a module, without suffix."""
    parent = _parent(path)
    if to.endswith((".py", ".pyi")) or "/" in to:
        place = to.rpartition(".")[0] if to.endswith((".py", ".pyi")) else to.rstrip("/")
        folder, _, name = place.rpartition("/")
        is_same = not folder or f"/{parent}".endswith(f"/{folder}")
        return _join(parent, name) if is_same else place
    folder, _, name = to.rpartition(".")
    holder = dotted_name(modules, path).rpartition(".")[0]
    if not folder or f".{holder}".endswith(f".{folder}"):
        return _join(parent, name)
    return _join(_root(modules, path), to.replace(".", "/"))


def _into(modules: Modules, plan: Relocation, path: str) -> str:
    """Where a folder or package puts a module, without suffix."""
    to, name = plan.to.rstrip("/"), PurePosixPath(_place(path)).name
    if "/" in plan.to or modules.snapshot.exists(to):
        return _join(to, name)
    root = _root(modules, path)
    target = _join(root, to.replace(".", "/"))
    is_new_name = to.rpartition(".")[2] == name and modules.at(target) is None
    return target if is_new_name else _join(target, name)
