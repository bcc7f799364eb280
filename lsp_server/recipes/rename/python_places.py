"""Which places of a Python file mean the symbol: certainly, perhaps, or not at all?"""

import builtins
import re
from dataclasses import dataclass, field

from context.parsing.parse import Node
from lsp_server.edits.change import Problem
from lsp_server.recipes.plan import Site
from lsp_server.recipes.python.imports import module_of, resolve, submodule
from lsp_server.recipes.python.names import (
    PythonFile,
    Symbol,
    binds,
    exports,
    is_symbol,
    open_file,
    star_exports,
    star_source,
    symbol_stems,
)
from lsp_server.recipes.python.places import site
from lsp_server.recipes.python.scopes import MODULE_SCOPE, AttributeUse, Binding, Found, Use, find_scope, is_conditional
from lsp_server.recipes.python.values import UNKNOWN, is_module_lookup, judge_attribute, lazy_module, values
from lsp_server.recipes.rename.decorators import NAME_USERS, decorators, is_fixture
from lsp_server.recipes.splices import Splice


@dataclass(frozen=True, slots=True)
class Reach:
    """A name that will read the symbol after the change: the scope it is in, and the scope that binds it."""

    node: Node
    scope: int
    owner: int


@dataclass(frozen=True, slots=True)
class Places:
    """What a file has of the symbol. `mentions` counts strings and attributes of other things with the same name.

    `guesses` are what some of the sites would become, with the reason why a person must look.
    """

    splices: list[Splice] = field(default_factory=list[Splice])
    sites: list[Site] = field(default_factory=list[Site])
    reaches: list[Reach] = field(default_factory=list[Reach])
    problems: list[Problem] = field(default_factory=list[Problem])
    mentions: list[int] = field(default_factory=list[int])
    guesses: dict[Splice, Site] = field(default_factory=dict[Splice, Site])


def doubt(places: Places, file: PythonFile, node: Node, why: str, new: str) -> None:
    """Notes an identifier that may mean the symbol, and what it would become."""
    found = site(file, node, why)
    places.sites.append(found)
    places.guesses[replaced(node, new)] = found


def code_places(symbol: Symbol, file: PythonFile, *, has_members: bool) -> Places:
    """The places in a file's code; `has_members` tells whether a class of the workspace has a member of that name."""
    places = Places()
    for scope, bound in enumerate(file.names.scopes):
        for bindings in bound.bindings.values():
            for binding in bindings:
                _judge_binding(symbol, file, scope, binding, places)
    if symbol.is_class:
        _judge_mangled(symbol, file, places)
    for use in file.names.uses:
        if use.name == symbol.old:
            _judge_use(symbol, file, use, places)
    for attribute in file.names.attributes:
        if attribute.node.text == symbol.old.encode():
            _judge_attribute(symbol, file, attribute, places, has_members=has_members)
    return places


def replaced(node: Node, text: str, offset: int = 0) -> Splice:
    """The splice that writes a text over a node."""
    return Splice(node.start_byte + offset, node.end_byte + offset, text)


def _judge_binding(symbol: Symbol, file: PythonFile, scope: int, binding: Binding, places: Places) -> None:
    is_it = binding.name == symbol.old and is_symbol(symbol, file.path, scope)
    if symbol.is_class and binding.kind == "function" and binding.name.endswith(f"_{symbol.old}"):
        places.sites.append(site(file, binding.node, "a method that may be found by the name of the class"))
    if symbol.is_fixture and binding.kind == "parameter" and binding.name == symbol.old:
        _judge_parameter(symbol, file, binding, places)
    if binding.kind == "from" and binding.imported is not None:
        _judge_import(symbol, file, binding, binding.imported, places, is_it=is_it)
    elif is_it and binding.kind == "import" and not symbol.path:
        if not binding.aliased and binding.node.parent is not None and binding.node.parent.named_child_count > 1:
            line = binding.node.start_point[0] + 1
            message = f"`import {binding.module}...` binds the same name in {file.path}:{line}: change that line first."
            places.problems.append(Problem("CONFLICT", message, file.path))
        text = symbol.new if binding.aliased else f"{symbol.old} as {symbol.new}"
        places.splices.append(replaced(binding.node, text))
    elif is_it:
        places.splices.append(replaced(binding.node, symbol.new))
        _judge_decorators(symbol, file, binding, places)


def _judge_mangled(symbol: Symbol, file: PythonFile, places: Places) -> None:
    """`_User__name`, by which a private member of the class is reached from outside."""
    for row in {
        file.lines.at(found.start())
        for found in re.finditer(rb"\b_%s__\w" % re.escape(symbol.old.lstrip("_").encode()), file.source)
    }:
        text = file.source[file.lines.start(row) : file.lines.start(row + 1)].decode("utf-8", "replace").strip()
        places.sites.append(Site(file.path, row + 1, text, "a private member of the class, by its full name"))


def _judge_decorators(symbol: Symbol, file: PythonFile, binding: Binding, places: Places) -> None:
    """What a decorator makes of the name is not seen in the code: a template filter, a command, an endpoint."""
    for decorator, name in decorators(binding.whole):
        used = NAME_USERS.get(name)
        if used:
            places.sites.append(site(file, decorator, f"the decorator may use the name as that of {used}"))


def _judge_parameter(symbol: Symbol, file: PythonFile, binding: Binding, places: Places) -> None:
    """pytest gives a fixture to every parameter that has its name."""
    function = binding.node.parent
    while function is not None and function.type != "function_definition":
        function = function.parent
    whole = function.parent if function is not None else None
    if function is None or whole is None:
        return
    named = function.child_by_field_name("name")
    is_test = named is not None and (named.text or b"").startswith(b"test")
    if is_test or is_fixture(whole):
        places.sites.append(site(file, binding.node, "a parameter that may be given the fixture of that name"))


def _judge_import(
    symbol: Symbol, file: PythonFile, binding: Binding, imported: Node, places: Places, *, is_it: bool
) -> None:
    """`from module import name [as alias]`: the imported name and the alias may change each on its own."""
    name, alias = (imported.text or b"").decode("utf-8", "replace"), binding.name
    module = resolve(symbol.modules, file.path, binding.module)
    means_it = name == symbol.old and exports(symbol, module)
    if name == symbol.old and module is None and binding.module.rpartition(".")[2] in symbol_stems(symbol):
        places.sites.append(
            site(file, imported, f"`{binding.module}` was not found in the workspace, or more than once")
        )
    elif name == symbol.old and module is not None and not means_it:
        _judge_missing(symbol, file, imported, module, places)
    new_name = symbol.new if means_it else name
    new_alias = symbol.new if is_it else alias
    if (new_name, new_alias) == (name, alias):
        return
    whole = binding.node.parent if binding.aliased and binding.node.parent is not None else imported
    if new_name == new_alias and not (binding.aliased and name == alias):
        places.splices.append(replaced(whole, new_name))
    elif binding.aliased:
        if new_name != name:
            places.splices.append(replaced(imported, new_name))
        if new_alias != alias:
            places.splices.append(replaced(binding.node, new_alias))
    else:
        places.splices.append(replaced(imported, f"{new_name} as {new_alias}"))


def _judge_missing(symbol: Symbol, file: PythonFile, imported: Node, module: str, places: Places) -> None:
    """A name that is imported from a module that does not seem to have it may be made at run time."""
    if not module.endswith((".py", ".pyi")) or binds(symbol, module, symbol.old):
        return
    if lazy_module(symbol, {module}):
        places.sites.append(site(file, imported, f"{module} makes its attributes when they are asked for"))
    elif submodule(symbol.modules, module, symbol.old) is None and not _has_outside_star(symbol, module):
        places.sites.append(site(file, imported, f"{module} does not seem to have it"))


def _has_outside_star(symbol: Symbol, module: str) -> bool:
    opened = open_file(symbol, module)
    stars = opened.names.stars if isinstance(opened, PythonFile) else []
    return any(resolve(symbol.modules, module, star.module) is None for star in stars)


def _judge_use(symbol: Symbol, file: PythonFile, use: Use, places: Places) -> None:
    verdict = judge_name(symbol, file, use.scope, use.node.start_byte)
    if isinstance(verdict, str):
        places.sites.append(site(file, use.node, verdict))
    elif verdict is not None:
        places.splices.append(replaced(use.node, symbol.new))
        places.reaches.append(Reach(use.node, use.scope, verdict))


def judge_name(symbol: Symbol, file: PythonFile, scope: int, offset: int) -> int | str | None:
    """The scope whose variable the old name reads if that is the symbol; a reason where it may be; None where not."""
    found = find_scope(file.names.scopes, symbol.old, scope, offset)
    if found is None:
        return _judge_free_name(symbol, file)
    if not found.sure:
        outer = find_scope(file.names.scopes, symbol.old, file.names.scopes[found.scope].parent, offset)
        is_it = is_symbol(symbol, file.path, outer.scope) if outer else star_source(symbol, file) is not None
        return "the class may or may not have its own by then" if is_it else None
    bindings = file.names.scopes[found.scope].bindings[symbol.old]
    if is_symbol(symbol, file.path, found.scope):
        if found.scope != MODULE_SCOPE or not hasattr(builtins, symbol.old):
            return found.scope
        return _judge_builtin(file, bindings, scope, offset)
    is_replaced = any(
        not is_conditional(binding) and (binding.effect <= offset or scope != MODULE_SCOPE) for binding in bindings
    )
    if found.scope == MODULE_SCOPE and not is_replaced and star_source(symbol, file) is not None:
        return "an `import *` may have brought it by then"
    return None


def _judge_builtin(file: PythonFile, bindings: list[Binding], scope: int, offset: int) -> int | str | None:
    """A name of the module that is also a builtin's: until the module has bound it, it means the builtin."""
    if all(is_conditional(binding) for binding in bindings):
        return "it may be the builtin of that name"
    while file.names.scopes[scope].kind in {"comprehension", "class"}:
        scope = file.names.scopes[scope].parent
    runs_at_once = scope == MODULE_SCOPE
    return None if runs_at_once and all(offset < binding.effect for binding in bindings) else MODULE_SCOPE


def _judge_free_name(symbol: Symbol, file: PythonFile) -> int | str | None:
    """A name that no scope of the file binds: a star import may bring it."""
    source = star_source(symbol, file)
    outside = [star for star in file.names.stars if resolve(symbol.modules, file.path, star.module) is None]
    if source is not None:
        later = file.names.stars[-1] in outside
        return f"`from {outside[-1].module} import *` may replace it" if later else MODULE_SCOPE
    if symbol.path and module_of(symbol.modules, file.path) == symbol.module:
        return MODULE_SCOPE  # A package has the modules that were imported from it as its own names.
    stems = symbol_stems(symbol)
    for star in outside:
        if star.module.rpartition(".")[2] in stems:
            return f"`{star.module}` was not found in the workspace"
    inside = [resolve(symbol.modules, file.path, star.module) for star in file.names.stars]
    if any(
        module and star_exports(symbol, module, symbol.old) and binds(symbol, module, symbol.old) for module in inside
    ):
        return None
    if outside or hasattr(builtins, symbol.old):
        return None
    return "nothing in this file binds the name"


def _judge_attribute(symbol: Symbol, file: PythonFile, use: AttributeUse, places: Places, *, has_members: bool) -> None:
    reading = judge_attribute(symbol, file, use)
    if reading.certain:
        places.splices.append(replaced(use.node, symbol.new))
        namesake = _namesake(use.node)
        if namesake is not None:
            places.sites.append(site(file, namesake, "a variable of the same name that is made of it"))
    elif reading.perhaps and (is_likely(symbol, file, use) or not has_members):
        doubt(places, file, use.node, reading.perhaps, symbol.new)
    else:
        places.mentions.append(use.node.start_byte)


def _namesake(node: Node) -> Node | None:
    """The variable of the same name that a statement makes of an attribute: `load = cached(core.load)`."""
    name, parent = node.text, node.parent
    while parent is not None and parent.type not in {"assignment", "block", "module", "lambda"}:
        parent = parent.parent
    left = parent.child_by_field_name("left") if parent is not None and parent.type == "assignment" else None
    return left if left is not None and left.text == name else None


def is_likely(symbol: Symbol, file: PythonFile, use: AttributeUse) -> bool:
    """Whether an unknown receiver looks like the module: by its name, or by where its value comes from."""
    found = values(symbol, file, use.receiver, use.scope)
    text = (use.receiver.text or b"").decode("utf-8", "replace")
    if is_module_lookup(use.receiver):
        return True
    if found != {UNKNOWN} or use.receiver.type != "identifier":
        return found != {UNKNOWN} or text.rpartition(".")[2] in symbol_stems(symbol)
    owner: Found | None = find_scope(file.names.scopes, text, use.scope, use.node.start_byte)
    bindings = file.names.scopes[owner.scope].bindings[text] if owner else []
    made = b" ".join(_value_text(binding.node) for binding in bindings)
    marks = (b"import_module", b"__import__", b"importorskip", b"sys.modules", b"ModuleType", b"reload(")
    return text in symbol_stems(symbol) or any(mark in made for mark in marks)


def _value_text(node: Node) -> bytes:
    """The text of the assignment or parameter that binds a name."""
    parent = node.parent
    return (parent.text or b"")[:400] if parent is not None and parent.type != "parameters" else b""
