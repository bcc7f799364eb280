"""How does a module get another name or place? Its file moves, and every import that means it follows, or nothing does.

`rename module utils to helpers` also renames what `from pkg import utils` binds; where the new name is taken in a file,
that file keeps the old one by an alias.
"""

from dataclasses import replace
from pathlib import PurePosixPath

from context.snapshot import FileText, Snapshot
from lsp_server.edits.change import ChangeSet, Operation, Problem, Rename, edit_in
from lsp_server.recipes.candidates import compile_problems, open_candidates
from lsp_server.recipes.modules.destination import choose_module, destination
from lsp_server.recipes.modules.draft import Draft
from lsp_server.recipes.modules.follow import follow
from lsp_server.recipes.modules.mentions import mention_sites
from lsp_server.recipes.modules.package_files import files_below
from lsp_server.recipes.modules.places import keep_names, module_places, package_problems
from lsp_server.recipes.modules.proof import proof_problems
from lsp_server.recipes.modules.sentence import Relocation, stem
from lsp_server.recipes.plan import Done, Material, Plan, Refused, Site, Wanted
from lsp_server.recipes.python.imports import INIT_FILES, Modules, files_of, modules_of
from lsp_server.recipes.python.listings import LISTERS, listings
from lsp_server.recipes.python.loaders import LOADERS, change_of, loaders
from lsp_server.recipes.python.names import PythonFile, Symbol, open_file
from lsp_server.recipes.python.values import member_values
from lsp_server.recipes.rename.collisions import collisions
from lsp_server.recipes.sequence import after, joined
from lsp_server.recipes.splices import Splice, edit_of, lines_of, source_of

ANY_MODULE = "*.py"
"""What is looked through for a name that is near the one that was not found."""


def called(name: str) -> tuple[str, ...]:
    """The patterns of the paths of modules and packages that have a name."""
    return tuple(f"{folder}{name}{rest}" for folder in ("", "*/") for rest in (".py", ".pyi", "/__init__.py"))


def carry_out(plan: Plan, material: Material) -> Done | Refused | Wanted:
    """The whole change of a module's name or place."""
    if not isinstance(plan, Relocation):
        raise TypeError(plan)
    patterns = tuple(pattern for name in plan.names()[:1] for pattern in called(name))
    if set(patterns) - set(material.patterns):
        return Wanted((), patterns)
    modules = modules_of(material.snapshot, material.candidates)
    path = choose_module(modules, plan, material)
    if isinstance(path, Problem):
        knows_all = ANY_MODULE in material.patterns or path.code != "NOT_FOUND"
        return Refused((path,)) if knows_all else Wanted((), (ANY_MODULE,))
    new = destination(modules, plan, path)
    if isinstance(new, Problem):
        return Refused((new,))
    steps = _steps(modules, path, new)
    if isinstance(steps, Problem):
        return Refused((steps,))
    # What lists the names or the modules of a package need not mention the module.
    if plan.to and not {*LISTERS, *LOADERS} <= {*material.names}:
        return Wanted((*LISTERS, *LOADERS))
    snapshot, dones, consumed = material.snapshot, list[Done](), material.consumed
    for number, (old, goal) in enumerate(steps):
        paths = tuple(dict.fromkeys((*(steps[0][1] if each == path else each for each in material.candidates), old)))
        paths = paths if number else tuple(dict.fromkeys((*material.candidates, path)))
        shown = replace(material, snapshot=snapshot, consumed=None if number else consumed, candidates=paths)
        done = _one_step(plan, shown, old, goal)
        if isinstance(done, Refused):
            return done
        dones.append(done)
        snapshot = after(snapshot, done.change)
    done = joined(material.snapshot, dones)
    return _told(plan, _with_readers(done, modules, material, path, new) if plan.to else done, path, new)


def _with_readers(done: Done, modules: Modules, material: Material, path: str, new: str) -> Done:
    """The change, with the places that read all names or modules of a package that gets or loses one."""
    symbol = Symbol(modules, stem(path), stem(new), _holder(modules, path), path=path)
    change = change_of(modules, path, new)
    found = (*listings(symbol, material, change.holders.__contains__), *loaders(symbol, material, change))
    known = {(site.path, site.line) for site in done.uncertain}
    new_ones = {(site.path, site.line): site for site in found if (site.path, site.line) not in known}
    return replace(done, uncertain=(*done.uncertain, *new_ones.values()))


def _steps(modules: Modules, path: str, new: str) -> list[tuple[str, str]] | Problem:
    """The way to a new path: another name within the folder first, another folder then."""
    name = stem(new)
    if stem(path) == name or path.endswith(INIT_FILES) != new.endswith(INIT_FILES):
        return [(path, new)]
    place = PurePosixPath(path.rpartition("/")[0] if path.endswith(INIT_FILES) else path)
    between = str(place.with_name(name)) + ("/__init__.py" if path.endswith(INIT_FILES) else ".py")
    if between == new:
        return [(path, new)]
    if modules.at(str(place.with_name(name))) is not None:
        return Problem("EXISTS", f"{between} is there already: move the module first, then rename it.", between)
    return [(path, between), (between, new)]


def _told(plan: Relocation, done: Done, path: str, new: str) -> Done:
    edited = sum(edit_in(operation) is not None for operation in done.change.operations)
    files = {0: "no text changes", 1: "1 file changes"}.get(edited, f"{edited} files change")
    summary = f"{plan.sentence()}: {path} → {new}; {files}"
    if done.uncertain:
        summary += f"; {len(done.uncertain)} more to check"
    return Done(done.change, summary, done.certain, done.uncertain)


def _one_step(plan: Relocation, material: Material, path: str, new: str) -> Done | Refused:
    modules = modules_of(material.snapshot, material.candidates)
    old_name, new_name = stem(path), stem(new)
    symbol = Symbol(modules, old_name, new_name, _holder(modules, path), path=path)
    moves = _moves(material.snapshot, symbol, path, new)
    if isinstance(moves, Problem):
        return Refused((moves,))
    files, documents, problems = open_candidates(symbol, (old_name, new_name), material)
    files += [each for old in moves if isinstance(each := open_file(symbol, old), PythonFile) and each not in files]
    if problems:
        return Refused(tuple(problems))
    if _other_meaning(symbol):
        symbol = Symbol(modules, old_name, new_name, "<hidden>", path=path, files=symbol.files)
    draft = Draft(symbol, sorted(files, key=lambda file: file.path), moves)
    if old_name == new_name:
        follow(draft)
    else:
        _rename_places(draft)
    draft.sites.extend(mention_sites(modules, path, documents, keeps_name=not plan.to))
    if draft.problems:
        return Refused(tuple(dict.fromkeys(draft.problems))[:6])
    return _finished(plan, draft, material)


def _holder(modules: Modules, path: str) -> str:
    """The package that holds a module; its folder where it has no `__init__`, or where none holds it."""
    place = path.rpartition("/")[0] if path.endswith(INIT_FILES) else path.rpartition(".")[0]
    folder = place.rpartition("/")[0]
    return (modules.at(folder) or folder) if folder else ""


def _moves(snapshot: Snapshot, symbol: Symbol, path: str, new: str) -> dict[str, str] | Problem:
    """Where each file goes: a module with its stub, or all that is in a package's folder."""
    if path.endswith(INIT_FILES) and new.endswith(INIT_FILES):
        folder, goal = path.rpartition("/")[0], new.rpartition("/")[0]
        found = files_below(snapshot, folder)
        if isinstance(found, Problem):
            return found
        return {each: f"{goal}{each.removeprefix(folder)}" for each in found}
    stem_of_new = new.rpartition(".")[0]
    return {each: f"{stem_of_new}.{each.rpartition('.')[2]}" for each in files_of(symbol.modules, path)}


def _other_meaning(symbol: Symbol) -> bool:
    """Whether the package gives the module's name to something else, which every `from pkg import name` then means."""
    file = open_file(symbol, symbol.module) if symbol.module.endswith(".py") else None
    if not isinstance(file, PythonFile) or symbol.old not in file.names.scopes[0].bindings:
        return False
    return member_values(symbol, symbol.module, symbol.old) != {symbol.path}


def _rename_places(draft: Draft) -> None:
    """The new name at every place that certainly means the module."""
    symbol = draft.symbol
    places = module_places(symbol, draft.files)
    if keep_names(symbol, draft.files, places):
        kept = {key: value for key, value in symbol.known.items() if not value}
        symbol.known.clear()
        symbol.known.update(kept)
        places = module_places(symbol, draft.files)
    draft.problems.extend(package_problems(symbol, draft.files))
    for file in draft.files:
        found = places[file.path]
        draft.problems.extend([*found.problems, *collisions(symbol, file, found)])
        draft.sites.extend(found.sites)
        if found.splices:
            draft.splices.setdefault(file.path, []).extend(found.splices)


def _finished(plan: Relocation, draft: Draft, material: Material) -> Done | Refused:
    snapshot, operations = material.snapshot, list[Operation]()
    gone = material.consumed
    if gone is not None and isinstance(file := snapshot.file(gone.path), FileText):
        lines = lines_of(source_of(file.text))
        splice = Splice(lines.start(gone.start_line - 1), lines.start(gone.end_line), "")
        draft.splices.setdefault(gone.path, []).append(splice)
    for path in sorted({*draft.splices, *draft.moves}):
        file = snapshot.file(path)
        if not isinstance(file, FileText):
            return Refused((Problem("ENCODING", f"{path} {file.reason}: it cannot be moved.", path),))
        splices = draft.splices.get(path, [])
        edit = edit_of(file, splices, plan.sentence()) if splices else None
        if path in draft.moves:
            operations.append(Rename(path, draft.moves[path], file.sha, edit))
        elif edit is not None:
            operations.append(edit)
    change = ChangeSet(tuple(operations))
    edits = [edit for operation in operations if (edit := edit_in(operation)) is not None]
    problems = [problem for edit in edits for problem in compile_problems(edit)]
    problems = problems or proof_problems(draft, material, change)
    if problems:
        return Refused(tuple(problems)[:6])
    sites = [site for site in dict.fromkeys(draft.sites) if not _within(site, material)]
    certain = len(draft.moves) + sum(len(set(splices)) for splices in draft.splices.values())
    return Done(change, plan.sentence(), certain, tuple(sites))


def _within(site: Site, material: Material) -> bool:
    gone = material.consumed
    return gone is not None and site.path == gone.path and gone.start_line <= site.line <= gone.end_line
