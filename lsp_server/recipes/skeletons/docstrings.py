"""How does a file get docstrings to fill in? Where there are none, in the style that the project counts.

What stands in them is in the code: the words of the name, the parameters, whether something is returned, what is
raised. What only a person knows is `...`.
"""

import re
from collections import Counter
from dataclasses import dataclass

from context.parsing.parse import Node
from context.snapshot import FileText
from context.style.habits import VERBS, habits
from lsp_server.edits.change import Problem
from lsp_server.recipes.outcome import finished, refused
from lsp_server.recipes.plan import Done, Material, Plan, Refused, Site, Wanted
from lsp_server.recipes.python.insert import Layout
from lsp_server.recipes.python.names import PythonFile
from lsp_server.recipes.python.parameters import Parameter, parameters_of
from lsp_server.recipes.python.placement import layout_of
from lsp_server.recipes.python.places import site
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.skeletons.public import Public, opened_file, public_of
from lsp_server.recipes.skeletons.sentence import WriteDocstrings
from lsp_server.recipes.splices import Splice

MOST_FILES = 8
MOST_CHARACTERS = 40_000
"""So much of other files is looked at."""

OWN_WEIGHT = 4
"""How much the file itself counts beside another of its folder."""

WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+")


@dataclass(frozen=True, slots=True)
class Style:
    """How docstrings look: the sections (`google`, `numpy`, `rest`, or none), and where the text begins."""

    sections: str = ""
    below: bool = False
    third_person: bool = False


def carry_out(plan: Plan, material: Material) -> Done | Refused | Wanted:
    """The file with a docstring for each public function and class that has none."""
    if not isinstance(plan, WriteDocstrings):
        raise TypeError(plan)
    found = opened_file(material, plan.where, "which file to document")
    if isinstance(found, Wanted):
        return found
    if isinstance(found, Problem):
        return refused(found)
    _, file = found
    folder = file.path.rpartition("/")[0]
    near = f"{folder}/*.py" if folder else "*.py"
    if near not in material.patterns:
        return Wanted((), (near,))
    style = _style(file, material)
    splices: list[Splice] = []
    sites: list[Site] = []
    layout = layout_of(file)
    for each in public_of(file):
        made = _docstring(file, layout, each, style)
        if isinstance(made, Site):
            sites.append(made)
        elif made is not None:
            splices.append(made)
    if not splices:
        return refused(Problem("NO_CHANGE", f"All public functions and classes of {file.path} have a docstring."))
    count = "1 docstring" if len(splices) == 1 else f"{len(splices)} docstrings"
    return finished(material, {file.path: splices}, f"Write {count} to fill in in {file.path}", sites)


def _style(file: PythonFile, material: Material) -> Style:
    """The style that the file and those beside it take most often."""
    counts: dict[str, Counter[str]] = {}
    others = [path for path in material.candidates if path != file.path][: MOST_FILES - 1]
    left = MOST_CHARACTERS
    for path in (file.path, *others):
        text = material.snapshot.file(path)
        if not isinstance(text, FileText) or (path != file.path and len(text.text) > left):
            continue
        left -= len(text.text) if path != file.path else 0
        for aspect, options in habits(path, text.text).items():
            for option, count in options.items():
                weight = OWN_WEIGHT if path == file.path else 1
                counts.setdefault(aspect, Counter())[option] += count * weight
    styles = counts.get("doc style", Counter[str]())
    best = styles.most_common(1)[0][0] if styles else ""
    opening, voice = counts.get("doc opening", Counter[str]()), counts.get("doc voice", Counter[str]())
    sections = best if best in {"google", "numpy", "rest"} else ""
    return Style(sections, opening["below"] > opening["same"], voice["Returns"] > voice["Return"])


def _docstring(file: PythonFile, layout: Layout, each: Public, style: Style) -> Splice | Site | None:
    """The docstring of a definition; a place where there is no room for it; None where it has one."""
    body = each.node.child_by_field_name("body")
    first = body.named_children[0] if body is not None and body.named_children else None
    if body is None or first is None:
        return None
    if first.type == "expression_statement" and first.named_children and first.named_children[0].type == "string":
        return None
    row = layout.lines.at(first.start_byte)
    if first.start_point[0] == each.node.start_point[0] or layout.lines.at(body.start_byte) == layout.lines.at(
        each.node.start_byte
    ):
        return site(file, each.node, "its body stands on one line")
    indent = layout.indent(row)
    lines = [_summary(each, style), *_sections(each, style)]
    text = _quoted(lines, style)
    written = layout.eol.join(f"{indent}{line}" if line else "" for line in text)
    start = layout.lines.start(row)
    gap = layout.eol if each.is_class else ""
    return Splice(start, start, written + layout.eol + gap)


def _quoted(lines: list[str], style: Style) -> list[str]:
    if len(lines) == 1:
        return [f'"""{lines[0]}"""']
    head = ['"""', lines[0]] if style.below else [f'"""{lines[0]}']
    return [*head, *lines[1:], '"""']


def _summary(each: Public, style: Style) -> str:
    """The words of the name as a sentence, in the voice of the project."""
    words = [
        word if word.isupper() and len(word) > 1 else word.lower()
        for part in each.name.split("_")
        for word in WORDS.findall(part)
    ]
    is_verb = not each.is_class and "property" not in each.decorators
    if is_verb and style.third_person and words and words[0] in VERBS:
        words[0] = _third_person(words[0])
    text = " ".join(words) or each.name
    return f"{text[:1].upper()}{text[1:]}."


def _third_person(verb: str) -> str:
    if verb.endswith(("s", "x", "z", "ch", "sh", "o")):
        return f"{verb}es"
    return f"{verb[:-1]}ies" if verb.endswith("y") and verb[-2:-1] not in "aeiou" else f"{verb}s"


def _sections(each: Public, style: Style) -> list[str]:
    """What the function takes, returns and raises, in the sections of the style."""
    if each.is_class or not style.sections or "property" in each.decorators:
        return []
    parameters = [one for one in parameters_of(each.node) if not _is_receiver(each, one)]
    kind = text_of(each.node.child_by_field_name("return_type"))
    returns, raises = kind not in {"", "None", "NoReturn"} or (not kind and _returns(each.node)), _raised(each.node)
    match style.sections:
        case "google":
            lines = ["", "Args:", *(f"    {_starred(one)}: ..." for one in parameters)] if parameters else []
            lines += ["", "Returns:", "    ..."] if returns else []
            return lines + (["", "Raises:", *(f"    {name}: ..." for name in raises)] if raises else [])
        case "numpy":
            rows = [row for one in parameters for row in (_typed(one), "    ...")]
            lines = ["", "Parameters", "-" * 10, *rows] if rows else []
            lines += ["", "Returns", "-" * 7, kind or "...", "    ..."] if returns else []
            return lines + (
                ["", "Raises", "-" * 6, *(row for name in raises for row in (name, "    ..."))] if raises else []
            )
        case _:
            rows = [f":param {one.name}: ..." for one in parameters]
            rows += [":returns: ..."] if returns else []
            rows += [f":raises {name}: ..." for name in raises]
            return ["", *rows] if rows else []


def _is_receiver(each: Public, parameter: Parameter) -> bool:
    return bool(each.owner) and "staticmethod" not in each.decorators and parameter == parameters_of(each.node)[0]


def _starred(parameter: Parameter) -> str:
    return {"rest": "*", "keywords": "**"}.get(parameter.kind, "") + parameter.name


def _typed(parameter: Parameter) -> str:
    kind = text_of(parameter.node.child_by_field_name("type"))
    return f"{_starred(parameter)} : {kind}" if kind else _starred(parameter)


def own_nodes(function: Node) -> list[Node]:
    """The nodes of a function that run when it does: not those of functions and classes within it."""
    body = function.child_by_field_name("body")
    stack, found = [body] if body is not None else [], list[Node]()
    while stack:
        node = stack.pop()
        found.append(node)
        if node.type not in {"function_definition", "class_definition", "lambda"}:
            stack.extend(reversed(node.named_children))
    return found


def _returns(function: Node) -> bool:
    """Whether a function gives something back."""
    return any(node.type == "return_statement" and node.named_child_count for node in own_nodes(function))


def _raised(function: Node) -> list[str]:
    """The names of the exceptions that a function raises itself."""
    names: dict[str, None] = {}
    for node in own_nodes(function):
        if node.type == "raise_statement" and node.named_children:
            what = node.named_children[0]
            called = what.child_by_field_name("function") if what.type == "call" else what
            name = text_of(called)
            if re.fullmatch(r"(?:\w+\.)*[A-Z]\w*", name) and name != "NotImplementedError":
                names[name] = None
    return list(names)
