"""Where does a name come from? As other files import it, from the one module that defines it, or from the standard
library. What is not decided by those is said with the candidates.
"""

import importlib
import sys
from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache

from lsp_server.edits.change import Problem
from lsp_server.recipes.move.imports import is_relative, reference
from lsp_server.recipes.python.imports import Modules, dotted_name, module_of, resolve, submodule
from lsp_server.recipes.python.names import PythonFile, Symbol, imported_name, open_file
from lsp_server.recipes.python.placement import ImportLine
from lsp_server.recipes.python.scopes import MODULE_SCOPE, Binding

_COMMON = """
abc argparse asyncio base64 collections collections.abc concurrent.futures configparser contextlib contextvars copy
csv dataclasses datetime decimal difflib email.message enum fractions functools glob hashlib heapq hmac inspect io
itertools json logging logging.handlers math multiprocessing operator os pathlib pickle pprint queue random re secrets
shlex shutil signal socket sqlite3 statistics string struct subprocess tempfile textwrap threading time timeit
traceback types typing unittest unittest.mock urllib.parse urllib.request uuid warnings weakref zoneinfo
"""
COMMON = _COMMON.split()
"""Modules of the standard library whose names may be meant by themselves: to load them has no effect that one sees."""


def source_of_name(symbol: Symbol, file: PythonFile, name: str, candidates: Sequence[str]) -> ImportLine | Problem:
    """The import that gives a file a name: `Path`, `pkg.core.User`, `json`, `np`."""
    modules = symbol.modules
    if "." in name:
        return _dotted(symbol, file, name)
    lines, defined = Counter[ImportLine](), dict[str, None]()
    for path in candidates:
        other = open_file(symbol, path) if path.endswith((".py", ".pyi")) else None
        if not isinstance(other, PythonFile) or path == file.path:
            continue
        for binding in other.names.scopes[MODULE_SCOPE].bindings.get(name, ()):
            line = _as_imported(modules, file, other, binding)
            if line is not None:
                lines[line] += 1
            elif binding.kind in {"class", "function", "value", "annotation"}:
                defined[module_of(modules, path)] = None
    own = [_from(modules, file, module, name) for module in defined if module != file.path]
    if lines:
        return _most_used(name, lines, own)
    if not own and resolve(modules, file.path, name) is not None:
        return ImportLine(name)
    if not own and name in sys.stdlib_module_names:
        return ImportLine(name)
    standard = [ImportLine(module, name) for module in standard_modules(name)]
    return _only(name, [*own, *standard])


def _as_imported(modules: Modules, file: PythonFile, other: PythonFile, binding: Binding) -> ImportLine | None:
    """The import of another file as this file would write it."""
    if binding.kind == "import":
        if binding.aliased:
            return ImportLine(binding.module, "", binding.name)
        # `import a.b` gives the name `a`: it says that there is such a package.
        return ImportLine(binding.name)
    if binding.kind != "from":
        return None
    imported = imported_name(binding)
    alias = binding.name if binding.aliased and binding.name != imported else ""
    module = resolve(modules, other.path, binding.module)
    if module is None:
        return None if binding.module.startswith(".") else ImportLine(binding.module, imported, alias)
    if module == module_of(modules, file.path):
        return None
    return ImportLine(_reference(modules, file, module), imported, alias)


def _from(modules: Modules, file: PythonFile, module: str, name: str) -> ImportLine:
    return ImportLine(_reference(modules, file, module), name)


def _reference(modules: Modules, file: PythonFile, module: str) -> str:
    if not module.endswith((".py", ".pyi")):
        return module.replace("/", ".")
    return reference(modules, file.path, module, relative=is_relative(file))


def _most_used(name: str, lines: Counter[ImportLine], own: list[ImportLine]) -> ImportLine | Problem:
    """What the other files agree on. Where they do not, the module that defines it decides, if it is among theirs."""
    if len(lines) == 1:
        return next(iter(lines))
    if len(own) == 1 and own[0] in lines:
        return own[0]
    return _only(name, list(lines))


def _only(name: str, found: list[ImportLine]) -> ImportLine | Problem:
    if len(found) == 1:
        return found[0]
    if not found:
        offered = sorted({each for module in COMMON for each in _public(module)} | set(sys.stdlib_module_names))
        near = get_close_matches(name, offered, 3, 0.75)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        advice = f"say it: `import {name} from MODULE in …`, or give the whole line"
        return Problem("NOT_FOUND", f"It is not known where {name} comes from: {advice}.{hint}")
    listed = " · ".join(line.text for line in found[:8])
    return Problem("AMBIGUOUS", f"{name} may come from several modules: {listed}. Say which: `import {name} from …`.")


def _dotted(symbol: Symbol, file: PythonFile, name: str) -> ImportLine | Problem:
    """`pkg.core` is a module, `pkg.core.User` a name in one."""
    modules = symbol.modules
    if resolve(modules, file.path, name) is not None:
        return ImportLine(name)
    owner, _, last = name.rpartition(".")
    module = resolve(modules, file.path, owner)
    if module is not None:
        return checked(symbol, file, ImportLine(_reference(modules, file, module), last))
    if owner.partition(".")[0] in sys.stdlib_module_names:
        return ImportLine(owner, last) if last in _public(owner) else ImportLine(name)
    advice = "say it whole: `add import …` or `add from … import …`"
    return Problem("NOT_FOUND", f"{owner} is no module of this workspace or of the standard library: {advice}.")


def checked(symbol: Symbol, file: PythonFile, line: ImportLine) -> ImportLine | Problem:
    """An import whose module is given, if a module of the workspace or the standard library has what it names."""
    modules = symbol.modules
    module = resolve(modules, file.path, line.module)
    if not line.name:
        return line
    if module is None:
        return _checked_standard(line)
    if submodule(modules, module, line.name) is not None:
        return line
    holder = open_file(symbol, module)
    if not isinstance(holder, PythonFile):
        return line if not module.endswith((".py", ".pyi")) else Problem("NOT_FOUND", f"{module} cannot be read.")
    bindings = holder.names.scopes[MODULE_SCOPE].bindings
    if line.name in bindings or holder.names.stars or "__getattr__" in bindings:
        return line
    near = get_close_matches(line.name, list(bindings), 3, 0.6)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    return Problem("NOT_FOUND", f"{module} ({dotted_name(modules, module)}) has no {line.name}.{hint}", module)


def _checked_standard(line: ImportLine) -> ImportLine | Problem:
    if line.module not in COMMON or f"{line.module}.{line.name}" in COMMON:
        return line
    if hasattr(importlib.import_module(line.module), line.name):
        return line
    near = get_close_matches(line.name, sorted(_public(line.module)), 3, 0.6)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    return Problem("NOT_FOUND", f"The module {line.module} has no {line.name}.{hint}")


@cache
def _public(module: str) -> frozenset[str]:
    """The names that a module of `COMMON` offers itself; none for another."""
    if module not in COMMON:
        return frozenset()
    loaded = importlib.import_module(module)
    listed = getattr(loaded, "__all__", None)
    if listed is not None:
        return frozenset(map(str, listed))
    return frozenset(
        name
        for name, value in vars(loaded).items()
        if not name.startswith("_")
        and getattr(value, "__module__", module) == module
        and not hasattr(value, "__path__")
    )


def standard_modules(name: str) -> list[str]:
    """The modules of the standard library that offer a name; of two with the same object the shorter one.

    What `typing` has of `collections.abc` is deprecated there (PEP 585).
    """
    found: dict[int, str] = {}
    every = [each for each in COMMON if name in _public(each)]
    for module in sorted((each for each in every if each != "typing" or "collections.abc" not in every), key=len):
        found.setdefault(id(getattr(importlib.import_module(module), name, module)), module)
    return list(found.values())
