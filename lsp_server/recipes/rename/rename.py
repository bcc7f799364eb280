"""How is a symbol renamed? In every Python file that certainly means it, or nowhere.

`rename load_user to fetch_user` changes the definition with its overloads and stub, imports, re-exports, `__all__`,
calls through modules, types in quotes; it lists what may be meant, and refuses what would collide or no longer compile.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from context.snapshot import FileText, Place
from lsp_server.edits.change import ChangeSet, Edit, Problem, ProblemCode
from lsp_server.recipes.candidates import compile_problems, open_candidates
from lsp_server.recipes.go_names.rename_go import rename_go
from lsp_server.recipes.plan import Done, Material, Plan, Refused, Site, Wanted
from lsp_server.recipes.python.export_lists import kept_in_order
from lsp_server.recipes.python.imports import module_of, modules_of
from lsp_server.recipes.python.listings import LISTERS, listings
from lsp_server.recipes.python.names import PythonFile, Symbol, exports, is_symbol
from lsp_server.recipes.rename.class_names import name_reads
from lsp_server.recipes.rename.collisions import collisions
from lsp_server.recipes.rename.decorators import is_fixture, is_registered
from lsp_server.recipes.rename.documents import document_sites
from lsp_server.recipes.rename.member import rename_member
from lsp_server.recipes.rename.opened import Found, Opened
from lsp_server.recipes.rename.parameter import rename_parameter
from lsp_server.recipes.rename.proof import proof_problems
from lsp_server.recipes.rename.python_places import Places, code_places
from lsp_server.recipes.rename.quotes import quoted_places
from lsp_server.recipes.rename.sentence import OTHER_LANGUAGES, Rename
from lsp_server.recipes.rename.target import Definition, choose_target
from lsp_server.recipes.rename.variable import rename_variable
from lsp_server.recipes.script.members import rename_script_member
from lsp_server.recipes.script.parameters import rename_script_parameter
from lsp_server.recipes.script.rename_script import rename_script
from lsp_server.recipes.splices import Splice, edit_of, lines_of, source_of


def carry_out(plan: Plan, material: Material) -> Done | Refused | Wanted:
    """The change that gives a symbol its new name, with the places that a person must look at."""
    if not isinstance(plan, Rename):
        raise TypeError(plan)
    if plan.path.endswith(OTHER_LANGUAGES):
        other = rename_go if plan.path.endswith(".go") else _rename_in_script
        return other(plan, material) or _refused("NOT_FOUND", f"{plan.where} does not define {plan.old}.")
    if plan.may_be_of_module and not {*LISTERS} <= {*material.names}:
        return Wanted(LISTERS)
    modules = modules_of(material.snapshot, material.candidates)
    symbol = Symbol(modules, plan.old, plan.new)
    own = plan.names() if plan.kind == "parameter" else plan.names()[:2]
    visitors = (name for name in plan.names() if name.endswith(f"_{symbol.old}"))
    files, documents, problems = open_candidates(symbol, (*own, *visitors), material)
    if problems:
        return Refused(tuple(problems))
    opened = Opened(plan, material, symbol, files, documents)
    target = choose_target(symbol, plan, files, material.place)
    if not isinstance(target, Problem):
        return _rename_symbol(opened, target)
    for other in (rename_member, rename_parameter, rename_variable):
        found = other(opened)
        if found is not None:
            return found if isinstance(found, Refused | Wanted) else finished(opened, found)
    elsewhere = None
    if target.code == "NOT_FOUND":
        elsewhere = _rename_in_script(plan, material) or rename_go(plan, material)
    return elsewhere or Refused((target,))


def _rename_in_script(plan: Rename, material: Material) -> Done | Refused | None:
    """A name of a JavaScript or TypeScript module, a member of a class, or a parameter; None where none has it."""
    if plan.kind == "parameter":
        return rename_script_parameter(plan, material)
    if plan.path != plan.where:
        return rename_script_member(plan, material)
    return rename_script(plan, material) or rename_script_member(plan, material)


def _rename_symbol(opened: Opened, target: Definition) -> Done | Refused:
    """A function, a class or a variable of a module."""
    whole = target[1].whole
    symbol = replace(
        opened.symbol,
        module=module_of(opened.symbol.modules, target[0].path),
        is_class=target[1].kind == "class",
        is_fixture=is_fixture(whole),
        is_registered=is_registered(whole),
    )
    opened = replace(opened, symbol=symbol, files=_with_module(symbol, opened.files))
    places = all_places(symbol, opened.files)
    problems = [problem for file in opened.files for problem in collisions(symbol, file, places[file.path])]
    listed = listings(symbol, opened.material, partial(exports, symbol))
    for noted in (*(name_reads(symbol, *target) if symbol.is_class else ()), *listed):
        places.setdefault(noted.path, Places()).sites.append(noted)
    return finished(opened, Found(places, all_places, tuple(problems)))


def finished(opened: Opened, found: Found) -> Done | Refused:
    """The change of all certain places, unless something speaks against it."""
    plan, material, symbol, places = opened.plan, opened.material, opened.symbol, found.places
    problems = [problem for each in places.values() for problem in each.problems] + list(found.problems)
    if problems:
        return Refused(tuple(dict.fromkeys(problems)))
    splices = _splices(material, places)
    guesses = {path: each.guesses for path, each in places.items() if plan.guessed and each.guesses}
    every = {path: [*splices.get(path, []), *guesses.get(path, {})] for path in sorted({*splices, *guesses})}
    doubts = {path: {splice: guess.why for splice, guess in each.items()} for path, each in guesses.items()}
    edits = [edit_of(text, every[path], plan.sentence(), doubts.get(path)) for path, text in _texts(material, every)]
    problems = [problem for edit in edits for problem in compile_problems(edit)]
    problems += proof_problems(symbol, edits, every, found.collect, doubts)
    if problems:
        return Refused(tuple(problems))
    # Names that change places prove nothing: they come last.
    ordered = {path: each for path, own in every.items() if (each := _in_order(symbol, path, own)) is not own}
    again = {
        path: edit_of(text, ordered[path], plan.sentence(), doubts.get(path))
        for path, text in _texts(material, ordered)
    }
    edits = [again.get(edit.path, edit) for edit in edits]
    guessed = {guess for each in guesses.values() for guess in each.values()}
    sites = [each for path in sorted(places) for each in places[path].sites if each not in guessed]
    sites += [each for document in opened.documents for each in document_sites(document, plan.old)]
    return _done(plan, material, edits, places, sites, guessed=sum(map(len, guesses.values())))


def _with_module(symbol: Symbol, files: list[PythonFile]) -> list[PythonFile]:
    """The files in order, after each has been asked which of its names are the symbol."""
    for file in files:
        for index, scope in enumerate(file.names.scopes):
            if symbol.old in scope.bindings:
                is_symbol(symbol, file.path, index)
    return sorted(files, key=lambda file: file.path)


def all_places(symbol: Symbol, files: list[PythonFile]) -> dict[str, Places]:
    """What each file has of the symbol, in its code and in its strings and comments."""
    has_members = any(
        scope.kind == "class" and symbol.old in scope.bindings for file in files for scope in file.names.scopes
    ) or any(
        use.receiver.text == b"self" and use.node.text == symbol.old.encode()
        for file in files
        for use in file.names.attributes
    )
    places: dict[str, Places] = {}
    for file in files:
        code, quoted = code_places(symbol, file, has_members=has_members), quoted_places(symbol, file)
        places[file.path] = Places(
            code.splices + quoted.splices,
            code.sites + quoted.sites,
            code.reaches + quoted.reaches,
            code.problems + quoted.problems,
            code.mentions + quoted.mentions,
            code.guesses | quoted.guesses,
        )
    return places


def _in_order(symbol: Symbol, path: str, splices: list[Splice]) -> list[Splice]:
    """The splices of a file in which a sorted `__all__` stays sorted; the same list where that needs no change."""
    file = symbol.files.get(path)
    return kept_in_order(file, splices) if isinstance(file, PythonFile) else splices


def _splices(material: Material, places: dict[str, Places]) -> dict[str, list[Splice]]:
    """The splices of each file that changes; the comment that asked goes too."""
    splices = {path: found.splices for path, found in places.items() if found.splices}
    consumed = material.consumed
    if consumed is not None:
        file = material.snapshot.file(consumed.path)
        if isinstance(file, FileText):
            splices[consumed.path] = [*splices.get(consumed.path, []), _without_lines(file, consumed)]
    return dict(sorted(splices.items()))


def _texts(material: Material, splices: dict[str, list[Splice]]) -> Iterator[tuple[str, FileText]]:
    for path in splices:
        file = material.snapshot.file(path)
        if isinstance(file, FileText):
            yield path, file


def _without_lines(file: FileText, consumed: Place) -> Splice:
    lines = lines_of(source_of(file.text))
    return Splice(lines.start(consumed.start_line - 1), lines.start(consumed.end_line), "")


def _done(
    plan: Rename,
    material: Material,
    edits: list[Edit],
    places: dict[str, Places],
    sites: Iterable[Site],
    guessed: int,
) -> Done | Refused:
    count = sum(len(set(found.splices)) for found in places.values())
    if not count + guessed:
        return _refused("NO_CHANGE", f"Nothing means {plan.old} certainly: nothing was renamed.")
    in_files = sum(bool(found.splices) for found in places.values())
    gone = material.consumed
    shown = tuple(
        site
        for site in dict.fromkeys(sites)
        if gone is None or site.path != gone.path or not gone.start_line <= site.line <= gone.end_line
    )
    kept = sum(len(found.mentions) for found in places.values())
    summary = f"Rename {plan.old} → {plan.new}: {_count(count, 'place')} in {_count(in_files, 'file')}"
    if guessed:
        summary += f"; {_count(guessed, 'place')} that may mean something else, for you to confirm"
    if shown:
        summary += f"; {len(shown)} more to check"
    if kept:
        summary += f"; {_count(kept, 'other use')} of the word kept"
    return Done(ChangeSet(tuple(edits)), summary, count, shown)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _refused(code: ProblemCode, message: str) -> Refused:
    return Refused((Problem(code, message),))
