"""How does a function, class or variable get into another module? Its lines go, importers follow, or nothing happens.

The new module gets the imports that the lines need. Importers of the old module import from the new one, and so does
what reaches the symbol through it (`core.load`, `import *`). Nothing may be left that can no longer be loaded.
"""

import re
from dataclasses import replace
from pathlib import PurePosixPath

from context.snapshot import FileText
from lsp_server.edits.change import ChangeSet, Create, Edit, Operation, Problem
from lsp_server.recipes.candidates import compile_problems, open_candidates
from lsp_server.recipes.move.arrival import arrive
from lsp_server.recipes.move.block import block_of
from lsp_server.recipes.move.circle import Stuck, first_that_loads, is_own
from lsp_server.recipes.move.follow import follow
from lsp_server.recipes.move.removal import Ground, Removal, Way, kept_readings, needed_readings
from lsp_server.recipes.move.sentence import Move, listed
from lsp_server.recipes.move.stub import move_in_stubs
from lsp_server.recipes.move.tidy import tidied
from lsp_server.recipes.outcome import apart, consumed_splice
from lsp_server.recipes.plan import Done, Material, Plan, Refused, Wanted
from lsp_server.recipes.python.imports import dotted_name, module_of, module_stem, modules_of, stub_of
from lsp_server.recipes.python.listings import LISTERS, listings
from lsp_server.recipes.python.loaders import LOADERS, change_of, loaders
from lsp_server.recipes.python.names import PythonFile, Symbol, open_file, star_source
from lsp_server.recipes.rename.sentence import Rename
from lsp_server.recipes.rename.target import choose_target
from lsp_server.recipes.splices import edit_of

MOST_COMPANIONS = 8
"""Names that a refusal offers to move together; more are no longer what was asked for."""


def carry_out(plan: Plan, material: Material) -> Done | Refused | Wanted:
    """The whole change of a move."""
    if not isinstance(plan, Move):
        raise TypeError(plan)
    ground = _ground(plan, material)
    if isinstance(ground, Refused):
        return ground
    # What takes all of a module by a star, lists its names, or finds a new module, need not mention the symbol.
    wanted = (module_stem(ground.old.path), *LISTERS, *LOADERS)
    if not {*wanted} <= {*material.names}:
        return Wanted(wanted)
    outcome = first_that_loads(ground, _attempt)
    if isinstance(outcome, Stuck):
        return _with_advice(ground, outcome)
    return tidied(ground, outcome) if isinstance(outcome, Done) else outcome


def _ground(plan: Move, material: Material) -> Ground | Refused:
    """What is meant and where it goes."""
    name, also = plan.moved[0], frozenset(plan.moved)
    symbol = Symbol(modules_of(material.snapshot, material.candidates), name, name, also=also)
    files, _, problems = open_candidates(symbol, plan.moved, material)
    if problems:
        return Refused(tuple(problems))
    where = plan.target.where or plan.target.dotted.rpartition(".")[0]
    found = choose_target(symbol, Rename(name, f"{name}_", where), files, material.place)
    if isinstance(found, Problem):
        return Refused((found,))
    old = _source_of(symbol, found[0])
    if isinstance(old, Problem):
        return Refused((old,))
    missing = [each for each in plan.others if not is_own(old, each)]
    if missing:
        return Refused((Problem("NOT_FOUND", f"{old.path} does not define {listed(missing)}.", old.path),))
    module = module_of(symbol.modules, old.path)
    symbols = tuple(replace(symbol, old=each, new=each, module=module, known={}) for each in plan.moved)
    new = _path(symbols[0], plan.to or own_module(old, name), old)
    block = block_of(old, *plan.moved)
    if isinstance(new, Problem) or isinstance(block, Problem):
        return Refused(tuple(each for each in (new, block) if isinstance(each, Problem)))
    files += _starred(symbols, files, material)
    readings, kept = needed_readings(old, block), kept_readings(old, block, plan.moved)
    changed = {_gaining(symbols[0], new), *([] if plan.keep else [old.path])}
    listed_names = [*listings(symbols[0], material, changed.__contains__)]
    if not material.snapshot.exists(new):
        listed_names += loaders(symbols[0], material, change_of(symbol.modules, new, new))
    return Ground(plan, material, symbols, tuple(files), old, new, block, readings, kept, tuple(listed_names))


def _source_of(symbol: Symbol, file: PythonFile) -> PythonFile | Problem:
    """The source of a module whose stub was found, by its path or by the cursor in it."""
    if not file.path.endswith(".pyi"):
        return file
    source = open_file(symbol, file.path.removesuffix("i"))
    message = f"{file.path} is a stub without a source beside it: nothing of it can be moved."
    return source if isinstance(source, PythonFile) else Problem("CONFLICT", message, file.path)


def _gaining(symbol: Symbol, new: str) -> str:
    """The module that has one name more afterwards: for a new file that is the package around it."""
    is_there = symbol.modules.snapshot.exists(new)
    return new if is_there else str(PurePosixPath(new).with_name("__init__.py"))


def _starred(symbols: tuple[Symbol, ...], files: list[PythonFile], material: Material) -> list[PythonFile]:
    """Files that get a symbol by `import *` and do not mention it: others may have it from them."""
    known, found = {file.path for file in files}, list[PythonFile]()
    star = re.compile(rf"\bfrom\s+[.\w]*\b{re.escape(module_stem(symbols[0].module))}\s+import\s*\(?\s*\*")
    for path in material.candidates:
        text = material.snapshot.file(path) if path.endswith((".py", ".pyi")) and path not in known else None
        file = open_file(symbols[0], path) if isinstance(text, FileText) and star.search(text.text) else None
        if isinstance(file, PythonFile) and any(star_source(each, file) == each.module for each in symbols):
            found.append(file)
    return found


def _with_advice(ground: Ground, stuck: Stuck) -> Refused | Wanted:
    """The refusal, with the names that would have to move along if that would work."""
    plan, companions = ground.plan, stuck.companions
    while companions:
        if len(companions) > MOST_COMPANIONS:
            break
        if set(companions) - set(ground.material.names):
            return Wanted(companions)
        together = replace(plan, others=tuple(dict.fromkeys((*plan.others, *companions))))
        other = _ground(together, ground.material)
        outcome = first_that_loads(other, _attempt) if isinstance(other, Ground) else other
        if isinstance(outcome, Done):
            where = f" of {ground.old.path}" if plan.target.where else ""
            said = f"move {listed(together.moved)}{where} to {ground.new}"
            problem = replace(stuck.refusal.problems[0], message=f"{stuck.refusal.problems[0].message} Say `{said}`.")
            return Refused((problem,))
        fresh = outcome.companions if isinstance(outcome, Stuck) else ()
        companions = tuple(dict.fromkeys((*companions, *fresh))) if set(fresh) - set(companions) else ()
    return stuck.refusal


def own_module(old: PythonFile, name: str) -> str:
    """The path of a new module beside another, called like a symbol in the style of modules: `disk_store.py`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name.strip("_")).lower()
    return str(PurePosixPath(old.path).with_name(f"{words}.py"))


def _path(symbol: Symbol, to: str, old: PythonFile) -> str | Problem:
    """The path of the new module, which may be there already."""
    if to.endswith(".pyi"):
        return Problem("FORMAT", f"{to} is a stub: say {to[:-1]}, and the stub follows.", to)
    if to.endswith(".py"):
        path = str(PurePosixPath(to.removeprefix("./")))
    else:
        dotted = dotted_name(symbol.modules, old.path)
        depth = len(dotted.split(".")) + (old.path.endswith("/__init__.py"))
        top = PurePosixPath(old.path).parts[:-depth]
        path = "/".join([*top, *to.split(".")]) + ".py"
        package = path.removesuffix(".py") + "/__init__.py"
        path = package if symbol.modules.snapshot.exists(package) else path
    if path.startswith("/") or ".." in PurePosixPath(path).parts:
        return Problem("PATH", f"{to} is outside the workspace.", path)
    if path == old.path:
        return Problem("NO_CHANGE", f"{symbol.old} is in {path} already.", path)
    folder = str(PurePosixPath(path).parent)
    if folder != "." and folder not in symbol.modules.folders and not symbol.modules.snapshot.exists(folder):
        return Problem("MISSING", f"There is no folder {folder} for {path}: make it first.", path)
    stem = PurePosixPath(path).stem
    return path if stem.isidentifier() else Problem("FORMAT", f"`{stem}` cannot be the name of a module.", path)


def _attempt(ground: Ground, way: Way) -> Done | Refused:
    """The change of a move with its imports in some places."""
    removal = Removal(ground, way, sites=[*ground.listings])
    follow(removal)
    text, stubs = arrive(removal), move_in_stubs(removal)
    if removal.problems:
        return Refused(tuple(dict.fromkeys(removal.problems))[:6])
    material, operations = ground.material, list[Operation]()
    comment = consumed_splice(material)
    if comment is not None and material.consumed is not None:
        removal.add(material.consumed.path, comment)
    for path, splices in sorted(removal.splices.items()):
        file = material.snapshot.file(path)
        if isinstance(file, FileText) and splices:
            operations.append(edit_of(file, apart(splices), ground.plan.sentence()))
    if text:
        operations.append(Create(ground.new, text))
    operations += [Create(path, declarations) for path, declarations in stubs.items()]
    problems = [problem for each in operations if isinstance(each, Edit) for problem in compile_problems(each)]
    if problems:
        return Refused(tuple(problems))
    return Done(ChangeSet(tuple(operations)), _summary(removal), len(operations), tuple(dict.fromkeys(removal.sites)))


def _summary(removal: Removal) -> str:
    ground = removal.ground
    own = {ground.old.path, stub_of(ground.old.path), ground.new, stub_of(ground.new)}
    importers = sum(path not in own for path in removal.splices)
    follows = "1 other file imports" if importers == 1 else f"{importers} other files import"
    it = "it" if len(ground.symbols) == 1 else "them"
    summary = f"{ground.plan.sentence()}: {follows} {it} from there"
    if stub_of(ground.old.path) in removal.splices:
        summary += "; the stub follows"
    late = sorted(name for name in removal.way.lazily if ground.readings[name].functions)
    if late:
        summary += f"; its functions import {listed(late)} when they run"
    if removal.way.inside:
        summary += f"; functions of {ground.old.path} import {it} when they run"
    count = len(dict.fromkeys(removal.sites))
    return f"{summary}; {count} to check" if count else summary
