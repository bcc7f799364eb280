"""Which places of JavaScript and TypeScript files mean the symbol: certainly, or perhaps?"""

import re
from pathlib import PurePosixPath

from context.parsing.parse import Node
from lsp_server.recipes.plan import Site
from lsp_server.recipes.rename.documents import is_code_span, looks_like_code
from lsp_server.recipes.script.modules import Script, ScriptFile, exports, is_local, is_ours, source_of_import
from lsp_server.recipes.script.scopes import Occurrence, occurrences, owner_of
from lsp_server.recipes.splices import Splice


def script_places(script: Script, file: ScriptFile, new: str) -> tuple[list[Splice], list[Site]]:
    """What must change in a file, and what a person must look at."""
    splices: list[Splice] = []
    sites: list[Site] = []
    for each in file.found.names:
        reason = _judge(script, file, each)
        if reason == "":
            splices.append(replaced(each.node, script.name, new))
        elif reason is not None:
            sites.append(script_site(file, each.node, reason))
    for node in file.found.members:
        reason = _judge_member(script, file, node)
        if reason == "":
            splices.append(Splice(node.start_byte, node.end_byte, new))
        elif reason is not None:
            sites.append(script_site(file, node, reason))
    for node in file.found.others:
        reason = judge_text(file, node, script.name)
        if reason is not None:
            sites.append(script_site(file, node, reason))
    return splices, sites


def replaced(node: Node, old: str, new: str) -> Splice:
    """The new name; a name that is also the key of a property keeps the key."""
    is_key = node.type in {"shorthand_property_identifier", "shorthand_property_identifier_pattern"}
    return Splice(node.start_byte, node.end_byte, f"{old}: {new}" if is_key else new)


def script_site(file: ScriptFile, node: Node, why: str) -> Site:
    """The uncertain place at a node."""
    row = file.lines.at(node.start_byte)
    text = file.source[file.lines.start(row) : file.lines.start(row + 1)].decode("utf-8", "replace").strip()
    return Site(file.path, row + 1, text, why)


def _judge(script: Script, file: ScriptFile, each: Occurrence) -> str | None:
    """Empty where a name certainly is the symbol, a reason where it may be, None where it is something else."""
    if each.role in {"import", "imported", "re-export"}:
        written, target = source_of_import(script, file.path, each.node)
        if target is not None:
            return "" if exports(script, target) else None
        is_like = PurePosixPath(written).name.partition(".")[0] in _stems(script)
        return f"`{written}` was not found in the workspace" if is_like else None
    if is_ours(script, file, each):
        return ""
    if each.role in {"read", "export"}:
        owner = owner_of(file.found, each.node)
        if owner is None:
            return "nothing in this file binds the name"
        bindings = (other for other in file.found.names if other.role == "bind" and other.scope.id == owner.id)
        if any(_is_required(script, other.node) for other in bindings):
            return "it is taken from a module by `require`"
        if owner.type == "program" and _is_unresolved_import(script, file):
            return "it is imported from what was not found in the workspace"
    if each.role == "bind" and _is_required(script, each.node):
        return "it is taken from a module by `require`"
    return None


def _stems(script: Script) -> set[str]:
    """The last names of the modules that export the symbol."""
    paths = [script.home, *(path for path, does in script.known.items() if does)]
    parts = [PurePosixPath(path) for path in paths]
    return {part.parent.name if part.name.startswith("index.") else part.name.partition(".")[0] for part in parts}


def _is_unresolved_import(script: Script, file: ScriptFile) -> bool:
    for each in file.found.names:
        if each.role == "import":
            written, target = source_of_import(script, file.path, each.node)
            return target is None and PurePosixPath(written).name.partition(".")[0] in _stems(script)
    return False


def _is_required(script: Script, node: Node) -> bool:
    """Whether a name is taken from a module that looks like the symbol's by `require` or `import()`."""
    module = required_module(node)
    return bool(module) and PurePosixPath(module).name.partition(".")[0] in _stems(script)


def required_module(node: Node) -> str:
    """The module that a declared name is taken from by `require` or `import()`; empty for none."""
    statement: Node | None = node
    while statement is not None and statement.type != "variable_declarator":
        statement = statement.parent
    value = statement.child_by_field_name("value") if statement is not None else None
    text = (value.text or b"").decode("utf-8", "replace") if value is not None else ""
    found = re.match(r"(?:await\s+)?(?:require|import)\(\s*[\"']([^\"']+)[\"']", text)
    return found[1] if found is not None else ""


def _judge_member(script: Script, file: ScriptFile, node: Node) -> str | None:
    """`core.load`: certain where `core` is a namespace import of a module that exports it."""
    parent = node.parent
    receiver = None
    if parent is not None and parent.type in {"member_expression", "nested_type_identifier", "nested_identifier"}:
        receiver = parent.child_by_field_name("object") or parent.child_by_field_name("module")
    if receiver is None or receiver.type != "identifier":
        return None
    name = (receiver.text or b"").decode("utf-8", "replace")
    found = occurrences(file.tree.root_node, file.source, name)
    owner = owner_of(found, receiver)
    bindings = [each for each in found.names if owner is not None and each.scope.id == owner.id]
    for each in bindings:
        if each.role == "namespace":
            written, target = source_of_import(script, file.path, each.node)
            if target is not None:
                return "" if exports(script, target) else None
            return f"`{written}` was not found in the workspace"
        if each.role == "bind" and _is_required(script, each.node):
            return f"`{name}` is a module by `require`"
    is_module_like = name in _stems(script)
    return f"it is not known what `{name}` is" if is_module_like and not is_local(script, file.path) else None


def judge_text(file: ScriptFile, node: Node, name: str) -> str | None:
    """Strings that are just the name, and comments that show it as code."""
    text = (node.text or b"").decode("utf-8", "replace")
    if node.type in {"string_fragment", "string"} and text.strip("\"'`") == name:
        return "the name in a string" if looks_like_code(name) else None
    if node.type == "comment" and any(is_code_span(line, name) for line in text.splitlines()):
        return "in a comment"
    return None
