"""How is a name of a Go package renamed? In the package's files and in every file that certainly imports it."""

import re

from context.parsing.languages import language_of
from context.parsing.parse import Node
from context.snapshot import FileText, Snapshot, text_sha
from lsp_server.edits.change import ChangeSet, Edit, Problem, ProblemCode
from lsp_server.recipes.go_names.package import (
    GoFile,
    Places,
    defines,
    has_dot_import,
    importer_places,
    nodes_of,
    own_places,
    read_go,
)
from lsp_server.recipes.plan import Done, Material, Refused, Site
from lsp_server.recipes.rename.documents import document_sites, is_code_span
from lsp_server.recipes.rename.sentence import Rename
from lsp_server.recipes.splices import Splice, edit_of

RESERVED = frozenset(
    [
        *("break", "case", "chan", "const", "continue", "default", "defer", "else", "fallthrough", "for", "func", "go"),
        *(
            "goto",
            "if",
            "import",
            "interface",
            "map",
            "package",
            "range",
            "return",
            "select",
            "struct",
            "switch",
            "type",
        ),
        *("var", "append", "cap", "clear", "close", "copy", "delete", "len", "make", "max", "min", "new", "panic"),
        *("print", "println", "recover", "any", "bool", "byte", "error", "int", "rune", "string", "nil", "iota"),
        *("true", "false", "init", "main", "_"),
    ]
)


GENERATED = re.compile(r"^// Code generated .* DO NOT EDIT\.$", re.M)


def rename_go(plan: Rename, material: Material) -> Done | Refused | None:
    """The whole change; None where no Go package defines the name."""
    if plan.kind in {"member", "parameter"}:
        return None
    files = [
        read_go(file)
        for path in material.candidates
        if _is_go(path) and isinstance(file := material.snapshot.file(path), FileText)
    ]
    homes = [file for file in files if defines(file, plan.old) is not None and _is_meant(plan, file)]
    packages = list(dict.fromkeys((file.folder, file.package) for file in homes))
    if not packages:
        return None
    if len(packages) > 1:
        here = [
            each
            for each in packages
            if material.place is not None and str(each[0]) == material.place.path.rpartition("/")[0]
        ]
        if len(here) != 1:
            listed = ", ".join(file.path for file in homes[:8])
            return _refused(
                "AMBIGUOUS",
                f"{plan.old} is defined more than once: {listed}. "
                f"Say which: `rename {homes[0].path}:{plan.old} to {plan.new}`.",
            )
        packages = here
    folder, package = packages[0]
    places = _all_places(plan.old, material.snapshot, files, folder, package)
    problems = _problems(plan, files, places, material.snapshot, (folder, package))
    return Refused(tuple(problems)[:6]) if problems else _finished(plan, material, places, (folder, package))


def _is_go(path: str) -> bool:
    language = language_of(path)
    return language is not None and language.name == "go"


def _is_meant(plan: Rename, file: GoFile) -> bool:
    where = plan.where
    return (
        not where
        or f"/{file.path}".endswith(f"/{where}")
        or f"/{file.folder}".endswith(f"/{where}")
        or file.package == where
    )


def _refused(code: ProblemCode, message: str) -> Refused:
    return Refused((Problem(code, message),))


def _all_places(
    name: str, snapshot: Snapshot, files: list[GoFile], folder: str, package: str
) -> dict[str, tuple[GoFile, Places]]:
    found: dict[str, tuple[GoFile, Places]] = {}
    for file in files:
        is_own = (file.folder, file.package) == (folder, package)
        places = own_places(file, name) if is_own else importer_places(snapshot, file, name, folder, package)
        found[file.path] = (file, places)
    return found


def _at(file: GoFile, node: Node) -> str:
    return f"{file.path}:{file.lines.at(node.start_byte) + 1}"


def _problems(
    plan: Rename,
    files: list[GoFile],
    places: dict[str, tuple[GoFile, Places]],
    snapshot: Snapshot,
    home: tuple[str, str],
) -> list[Problem]:
    """Why the name cannot be given."""
    old, new = plan.old, plan.new
    if new in RESERVED or old in {"init", "main"}:
        return [Problem("FORMAT", f"`{new if new in RESERVED else old}` has a meaning of its own in Go: it stays.")]
    problems: list[Problem] = []
    for file, found in places.values():
        is_own = (file.folder, file.package) == home
        if file.fault_line and nodes_of(file, old):
            message = f"{file.path}:{file.fault_line} has a syntax error: correct it first, so that nothing is missed."
            problems.append(Problem("SYNTAX_WORSE", message, file.path))
        if is_own:
            taken = [
                each
                for each in nodes_of(file, new)
                if each.type in {"identifier", "type_identifier", "package_identifier"}
            ]
            problems += [
                Problem("CONFLICT", f"`{new}` is used already in {_at(file, each)}: choose another name.", file.path)
                for each in taken[:1]
            ]
        elif found.nodes and old[:1].isupper() and not new[:1].isupper():
            problems.append(
                Problem(
                    "CONFLICT",
                    f"{_at(file, found.nodes[0])} uses it in another package, and `{new}` would not be exported.",
                    file.path,
                )
            )
        if found.nodes and GENERATED.search(file.file.text):
            message = f"{file.path} is generated: change what it is made from, and make it anew."
            problems.append(Problem("CONFLICT", message, file.path))
        if has_dot_import(snapshot, file, home[0]) and nodes_of(file, old):
            problems.append(
                Problem("CONFLICT", f"{file.path} imports all names of {home[1]} by `.`: change that first.", file.path)
            )
        problems += [
            Problem("CONFLICT", f"{old} is embedded in {_at(file, each)}: its name is that of a field too.", file.path)
            for each in found.embedded
        ]
    return problems


def _finished(
    plan: Rename, material: Material, places: dict[str, tuple[GoFile, Places]], home: tuple[str, str]
) -> Done | Refused:
    edits: list[Edit] = []
    sites: list[Site] = []
    gone = material.consumed
    for path, (file, found) in sorted(places.items()):
        splices = [Splice(node.start_byte, node.end_byte, plan.new) for node in found.nodes]
        if gone is not None and gone.path == path:
            splices.append(Splice(file.lines.start(gone.start_line - 1), file.lines.start(gone.end_line), ""))
        if splices:
            edits.append(edit_of(file.file, splices, plan.sentence()))
        sites += [_site(file, node, why) for node, why in found.doubts]
        sites += _comments(file, plan.old)
    problems = _proof(plan, material.snapshot, edits, places, home)
    if problems:
        return Refused(tuple(problems))
    for path in material.candidates:
        text = material.snapshot.file(path)
        if not _is_go(path) and isinstance(text, FileText):
            sites += document_sites(text, plan.old)
    shown = [
        each
        for each in dict.fromkeys(sites)
        if gone is None or each.path != gone.path or not gone.start_line <= each.line <= gone.end_line
    ]
    count = sum(len(found.nodes) for _, found in places.values())
    in_files = "1 file" if len(edits) == 1 else f"{len(edits)} files"
    summary = f"Rename {plan.old} → {plan.new}: {count} {'place' if count == 1 else 'places'} in {in_files}"
    summary += f"; {len(shown)} more to check" if shown else ""
    return Done(ChangeSet(tuple(edits)), summary, count, tuple(shown))


def _site(file: GoFile, node: Node, why: str) -> Site:
    row = file.lines.at(node.start_byte)
    text = file.source[file.lines.start(row) : file.lines.start(row + 1)].decode("utf-8", "replace").strip()
    return Site(file.path, row + 1, text, why)


def _comments(file: GoFile, name: str) -> list[Site]:
    """Comments that name it: those of a definition begin with its name."""
    sites: list[Site] = []
    for number, line in enumerate(file.file.text.split("\n"), 1):
        code, marks, comment = line.partition("//")
        begins = comment.strip().startswith((f"{name} ", f"export {name}", f"go:linkname {name}"))
        if marks and (begins or is_code_span(comment, name)) and '"' not in code:
            sites.append(Site(file.path, number, line.strip(), "in a comment"))
    return sites


def _proof(
    plan: Rename, snapshot: Snapshot, edits: list[Edit], places: dict[str, tuple[GoFile, Places]], home: tuple[str, str]
) -> list[Problem]:
    """Where renaming back would not touch as many places, or a file has errors that it did not have."""
    problems: list[Problem] = []
    for edit in edits:
        file = read_go(FileText(edit.path, edit.after, text_sha(edit.after), None, edit.eol))
        found = _all_places(plan.new, snapshot, [file], *home)[edit.path][1]
        if file.fault_line or len(found.nodes) != len(places[edit.path][1].nodes):
            message = f"`{plan.new}` would mean something else in {edit.path}: nothing was renamed."
            problems.append(Problem("CONFLICT", message, edit.path))
    return problems
