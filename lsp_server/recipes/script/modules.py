"""Which file does an ES import name, and does a module export a name that is the symbol?"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from context.parsing.languages import Language, language_of
from context.parsing.parse import Node, Tree, parse, tree_faults
from context.snapshot import FileText, Snapshot
from lsp_server.recipes.script.scopes import Occurrence, Occurrences, occurrences, owner_of
from lsp_server.recipes.splices import Lines, lines_of, source_of

LANGUAGES = frozenset({"javascript", "typescript", "tsx"})
SUFFIXES = (".ts", ".tsx", ".d.ts", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
STAR = re.compile(rb"export\s*\*\s*from\s*[\"']([^\"'\n]+)[\"']")


@dataclass(frozen=True, slots=True)
class ScriptFile:
    """One file, parsed, with all places of the name. `fault_line` is the 1-based line of its first syntax error."""

    file: FileText
    source: bytes
    tree: Tree
    lines: Lines
    found: Occurrences
    fault_line: int

    @property
    def path(self) -> str:
        """The path of the file in the workspace."""
        return self.file.path


@dataclass(frozen=True, slots=True)
class Script:
    """The symbol `name`, bound in the scope of `home`'s module; `known` remembers which modules export it."""

    snapshot: Snapshot
    name: str
    home: str = ""
    files: dict[str, ScriptFile | None] = field(default_factory=dict[str, "ScriptFile | None"])
    known: dict[str, bool] = field(default_factory=dict[str, bool])


def script_language(path: str) -> Language | None:
    """The language of a JavaScript or TypeScript file."""
    language = language_of(path)
    return language if language is not None and language.name in LANGUAGES else None


def open_script(script: Script, path: str) -> ScriptFile | None:
    """A file of the workspace, read once; None for what is no such file."""
    if path not in script.files:
        file, language = script.snapshot.file(path), script_language(path)
        script.files[path] = None
        if isinstance(file, FileText) and language is not None:
            source = source_of(file.text)
            tree = parse(language, source)
            faults = tree_faults(tree, source)
            found = occurrences(tree.root_node, source, script.name)
            line = faults[0].line if faults else 0
            script.files[path] = ScriptFile(file, source, tree, lines_of(source), found, line)
    return script.files[path]


def open_scripts(script: Script, paths: Iterable[str]) -> list[ScriptFile]:
    """Those of some files that are JavaScript or TypeScript."""
    own = (path for path in paths if script_language(path) is not None)
    return [file for path in own if (file := open_script(script, path)) is not None]


def resolved(script: Script, path: str, specifier: str) -> str | None:
    """The file that a relative import names; None for packages, aliases, and what is not there."""
    if not specifier.startswith("."):
        return None
    parts: list[str] = []
    for part in (*PurePosixPath(path).parent.parts, *specifier.split("/")):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in {".", ""}:
            parts.append(part)
    base = "/".join(parts)
    stem = re.sub(r"\.([mc]?)jsx?$", "", base)
    candidates = [base, *(base + suffix for suffix in SUFFIXES), *(f"{base}/index{suffix}" for suffix in SUFFIXES)]
    candidates += [stem + suffix for suffix in SUFFIXES] if stem != base else []
    return next(
        (each for each in candidates if script_language(each) is not None and script.snapshot.exists(each)), None
    )


def source_of_import(script: Script, path: str, node: Node) -> tuple[str, str | None]:
    """The module that the statement around a node imports from: as it is written, and the file that it is."""
    current: Node | None = node
    while current is not None and current.type not in {"import_statement", "export_statement"}:
        current = current.parent
    source = current.child_by_field_name("source") if current is not None else None
    written = (source.text or b"").decode("utf-8", "replace").strip("\"'") if source is not None else ""
    return written, resolved(script, path, written) if written else None


def is_local(script: Script, path: str, seen: frozenset[str] = frozenset()) -> bool:
    """Whether the name in a module's own scope is the symbol: defined there, or imported under its name."""
    if path == script.home:
        return True
    file = open_script(script, path)
    for each in file.found.names if file is not None else ():
        if each.role == "import":
            target = source_of_import(script, path, each.node)[1]
            if target is not None and exports(script, target, seen):
                return True
    return False


def exports(script: Script, path: str, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a module exports the symbol under its name; `export *` is followed."""
    if path in seen:
        return False
    if path not in script.known:
        found = _exports(script, path, seen | {path})
        if seen:
            return found
        script.known[path] = found
    return script.known[path]


def _exports(script: Script, path: str, seen: frozenset[str]) -> bool:
    file = open_script(script, path)
    if file is None:
        return False
    own = [each for each in file.found.names if _is_exported(file, each)]
    if own:
        if any(each.role == "re-export" for each in own):
            targets = (source_of_import(script, path, each.node)[1] for each in own if each.role == "re-export")
            return any(target is not None and exports(script, target, seen) for target in targets)
        return is_local(script, path, seen)
    if any(_exports_other(node) for node in file.found.members):
        return False
    for match in STAR.finditer(file.source):
        target = resolved(script, path, match[1].decode("utf-8", "replace"))
        if target is not None and exports(script, target, seen):
            return True
    return False


def _exports_other(node: Node) -> bool:
    """Whether another thing is exported under the name: `export { other as name }`."""
    return node.parent is not None and node.parent.type == "export_specifier"


def _is_exported(file: ScriptFile, each: Occurrence) -> bool:
    """Whether a place exports the name under itself."""
    parent = each.node.parent
    if each.role in {"re-export", "export"}:
        return parent is not None and parent.child_by_field_name("alias") is None
    if each.role != "bind" or each.scope.type != "program":
        return False
    statement = each.node
    while statement.parent is not None and statement.parent.type != "program":
        statement = statement.parent
    is_default = any(child.type == "default" for child in statement.children)
    return statement.type == "export_statement" and not is_default


def is_ours(script: Script, file: ScriptFile, each: Occurrence) -> bool:
    """Whether a place that binds or reads the name belongs to the module's own scope, where that is the symbol."""
    if not is_local(script, file.path):
        return False
    if each.role in {"bind", "import", "namespace"}:
        return each.scope.type == "program"
    owner = owner_of(file.found, each.node)
    return owner is not None and owner.type == "program"
