"""Which bytes of a definition and of a call change when a parameter is added, removed or moved?"""

from collections.abc import Sequence
from itertools import pairwise

from context.parsing.parse import Node
from lsp_server.recipes.python.callables import CallSite
from lsp_server.recipes.python.names import PythonFile
from lsp_server.recipes.python.parameters import Parameter, inserted, without
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.signature.sentence import AddParameter, RemoveParameter, ReorderParameters
from lsp_server.recipes.splices import Splice

POSITIONAL = frozenset({"positional only", "regular"})


def add_to(plan: AddParameter, file: PythonFile, node: Node, parameters: Sequence[Parameter]) -> list[Splice]:
    """The new parameter where it is legal: behind the required ones, or by keyword only where that is not possible."""
    brackets = node.child_by_field_name("parameters")
    if brackets is None:
        return []
    listed = [each for each in brackets.named_children if each.type != "comment"]
    slots = [each for each in parameters if each.kind in POSITIONAL]
    last_keyword = [each.node for each in parameters if each.kind == "keyword only"]
    rest = [each.node for each in parameters if each.kind == "rest"]
    star = [each for each in listed if each.type == "keyword_separator"]
    slash = [each for each in listed if each.type == "positional_separator"]
    by_keyword = plan.keyword_only or rest or star or (not plan.default and any(not each.required for each in slots))
    last_slot = (slots[-1].node if slots and slots[-1].kind == "regular" else None) or (slash[-1] if slash else None)
    if not by_keyword:
        return [inserted(file.source, listed, plan.text, last_slot, brackets)]
    behind = (last_keyword or star or rest or [None])[-1]
    if behind is not None:
        return [inserted(file.source, listed, plan.text, behind, brackets)]
    return [inserted(file.source, listed, f"*, {plan.text}", last_slot, brackets)]


def remove_from(name: str, node: Node, parameters: Sequence[Parameter]) -> list[Splice]:
    """The definition without a parameter, and without a `*` or `/` that would stand alone."""
    brackets = node.child_by_field_name("parameters")
    listed = [each for each in brackets.named_children if each.type != "comment"] if brackets is not None else []
    gone = [each.node for each in parameters if each.name == name]
    kept = [each for each in parameters if each.name != name]
    if not any(each.kind == "keyword only" for each in kept):
        gone += [each for each in listed if each.type == "keyword_separator"]
    if not any(each.kind == "positional only" for each in kept):
        gone += [each for each in listed if each.type == "positional_separator"]
    return without(listed, sorted(gone, key=lambda each: each.start_byte))


def order_after(plan: ReorderParameters, names: Sequence[str]) -> list[str] | str:
    """The names of the positional parameters in their new order, or why there is none; `self` stays in front."""
    fixed = [name for name in names[:1] if name in {"self", "cls"} and name not in plan.order]
    movable = [name for name in names if name not in fixed]
    unknown = [name for name in plan.order if name not in movable]
    if unknown:
        return f"{', '.join(unknown)} cannot be moved; the parameters are {', '.join(movable) or 'none'}."
    if plan.swap:
        first, second = plan.order
        swapped = {first: second, second: first}
        return fixed + [swapped.get(name, name) for name in movable]
    return fixed + list(plan.order) + [name for name in movable if name not in plan.order]


def reorder_in(plan: ReorderParameters, file: PythonFile, parameters: Sequence[Parameter]) -> list[Splice] | str:
    """The definition with its parameters in the new order."""
    slots = [each for each in parameters if each.kind in POSITIONAL]
    order = order_after(plan, [each.name for each in slots])
    if isinstance(order, str):
        return order
    by_name = {each.name: each for each in slots}
    moved = [by_name[name] for name in order]
    if any(old.kind != new.kind for old, new in zip(slots, moved, strict=True)):
        return "a parameter cannot cross the `/`."
    for earlier, later in pairwise(moved):
        if later.required and not earlier.required:
            return f"{later.name} has no default and cannot stand behind {earlier.name}, which has one."
    return [
        Splice(old.node.start_byte, old.node.end_byte, _text(file, new.node))
        for old, new in zip(slots, moved, strict=True)
        if old != new
    ]


def at_calls(
    plan: AddParameter | RemoveParameter | ReorderParameters, call: CallSite, parameters: Sequence[Parameter]
) -> list[Splice] | str:
    """What a call becomes, or why a person must look at it."""
    brackets = call.node.child_by_field_name("arguments")
    if brackets is None or brackets.type != "argument_list":
        return "a generator stands alone between the brackets"
    match plan:
        case AddParameter():
            return _pass_value(plan, call, brackets)
        case RemoveParameter():
            return _pass_less(plan, call, parameters)
        case ReorderParameters():
            return _pass_in_order(plan, call, parameters)


def _pass_value(plan: AddParameter, call: CallSite, brackets: Node) -> list[Splice] | str:
    given = call.arguments
    if any(each.type == "keyword_argument" and text_of(each.named_children[0]) == plan.name for each in given):
        return f"it passes {plan.name} already"
    behind = given[-1] if given else None
    return [inserted(call.file.source, given, f"{plan.name}={plan.value}", behind, brackets)]


def _slots(call: CallSite, parameters: Sequence[Parameter]) -> list[str]:
    """The names that the positional arguments of a call are for."""
    names = [each.name for each in parameters if each.kind in POSITIONAL]
    return names[1:] if call.bound else names


def _pass_less(plan: RemoveParameter, call: CallSite, parameters: Sequence[Parameter]) -> list[Splice] | str:
    given = call.arguments
    by_keyword = [each for each in given if each.type == "keyword_argument"]
    hits = [each for each in by_keyword if text_of(each.named_children[0]) == plan.name]
    if not hits:
        if any(each.type in {"list_splat", "dictionary_splat"} for each in given):
            return "what it passes is made at run time"
        slots = _slots(call, parameters)
        positional = [each for each in given if each.type != "keyword_argument"]
        at = slots.index(plan.name) if plan.name in slots else len(positional)
        rest = next((each for each in parameters if each.kind == "rest"), None)
        if rest is not None and rest.name == plan.name:
            return "what it passes is for a parameter that goes" if len(positional) > len(slots) else []
        hits = positional[at : at + 1]
    if any(each.type == "call" or b"(" in (each.text or b"") for each in hits):
        return "what it passes calls something: whether that is still needed must be seen"
    return without(given, hits)


def _pass_in_order(plan: ReorderParameters, call: CallSite, parameters: Sequence[Parameter]) -> list[Splice] | str:
    """Positional arguments take the new order; what can no longer be positional is passed by keyword."""
    given = call.arguments
    positional = [each for each in given if each.type not in {"keyword_argument", "dictionary_splat"}]
    if any(each.type == "list_splat" for each in given):
        return "what it passes is made at run time"
    slots = _slots(call, parameters)
    every = [each.name for each in parameters if each.kind in POSITIONAL]
    order = order_after(plan, every)
    if isinstance(order, str) or len(positional) > len(slots):
        return "it passes more than the function names"
    passed = dict(zip(slots, positional, strict=False))
    texts: list[str] = []
    in_row = True
    for name in order[1:] if call.bound else order:
        if name not in passed:
            in_row = False
            continue
        text = _text(call.file, passed[name])
        texts.append(text if in_row else f"{name}={text}")
    return [
        Splice(node.start_byte, node.end_byte, text)
        for node, text in zip(positional, texts, strict=True)
        if _text(call.file, node) != text
    ]


def _text(file: PythonFile, node: Node) -> str:
    return file.source[node.start_byte : node.end_byte].decode("utf-8", "surrogatepass")
