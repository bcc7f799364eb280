"""Which recipes does a description ask for? A table: adding a recipe is its module, a row here and its tests."""

import re
from difflib import get_close_matches

from lsp_server.recipes.coroutine import make_async
from lsp_server.recipes.coroutine import sentence as async_sentence
from lsp_server.recipes.data_types import data_type, skeleton, skeleton_sentence, structure, structure_sentence
from lsp_server.recipes.dependencies import sentence as dependencies_sentence
from lsp_server.recipes.dependencies import upgrade
from lsp_server.recipes.extract import constant, function, variable
from lsp_server.recipes.extract import sentence as extract_sentence
from lsp_server.recipes.fields import add_field
from lsp_server.recipes.fields import sentence as fields_sentence
from lsp_server.recipes.imports import add_import, exports, unused
from lsp_server.recipes.imports import sentence as imports_sentence
from lsp_server.recipes.inline import function as inline_function
from lsp_server.recipes.inline import sentence as inline_sentence
from lsp_server.recipes.modules import relocate
from lsp_server.recipes.modules import sentence as module_sentence
from lsp_server.recipes.move import move
from lsp_server.recipes.move import sentence as move_sentence
from lsp_server.recipes.patterns import replace as replace_pattern
from lsp_server.recipes.patterns import sentence as patterns_sentence
from lsp_server.recipes.patterns import wrap, wrap_sentence
from lsp_server.recipes.plan import Example, NotUnderstood, Recipe, Refused, Step
from lsp_server.recipes.rename import rename
from lsp_server.recipes.rename import sentence as rename_sentence
from lsp_server.recipes.signature import sentence as signature_sentence
from lsp_server.recipes.signature import signature
from lsp_server.recipes.skeletons import cases, docstrings, hints
from lsp_server.recipes.skeletons import sentence as skeletons_sentence
from lsp_server.recipes.stubs import implement
from lsp_server.recipes.stubs import sentence as stubs_sentence
from lsp_server.recipes.wording import THANKS, beginnings, continued, near, placed_alike, spread, with_place

PARAMETER_WORDS = ("parameter", "parameters", "param", "params", "argument", "arguments", "arg", "args", "kwarg")

RECIPES: tuple[Recipe, ...] = (
    Recipe(
        "data type",
        data_type.PHRASINGS,
        data_type.understand,
        data_type.carry_out,
        ("dataclass",),
        Example(
            "dataclass Point with x: int, y: int = 0", "//- /shapes.py\n# dataclass Point with x: int, y: int = 0$0\n"
        ),
    ),
    Recipe(
        "other types from fields",
        structure_sentence.PHRASINGS,
        structure_sentence.understand,
        structure.carry_out,
        ("typeddict", "namedtuple", "struct"),
        structure_sentence.EXAMPLE,
    ),
    Recipe(
        "class skeleton",
        skeleton_sentence.PHRASINGS,
        skeleton_sentence.understand,
        skeleton.carry_out,
        ("class", "skeleton"),
        skeleton_sentence.EXAMPLE,
    ),
    Recipe(
        "rename or move a module",
        module_sentence.PHRASINGS,
        module_sentence.understand,
        relocate.carry_out,
        ("module", "package"),
        module_sentence.EXAMPLE,
    ),
    Recipe(
        "rename",
        rename_sentence.PHRASINGS,
        rename_sentence.understand,
        rename.carry_out,
        ("rename",),
        rename_sentence.EXAMPLE,
    ),
    Recipe(
        "extract function",
        extract_sentence.FUNCTION_PHRASINGS,
        extract_sentence.understand_function,
        function.carry_out,
        ("extract",),
        extract_sentence.FUNCTION_EXAMPLE,
    ),
    Recipe(
        "extract variable",
        extract_sentence.VARIABLE_PHRASINGS,
        extract_sentence.understand_variable,
        variable.carry_out,
        ("extract", "variable"),
        extract_sentence.VARIABLE_EXAMPLE,
    ),
    Recipe(
        "extract constant",
        extract_sentence.CONSTANT_PHRASINGS,
        extract_sentence.understand_constant,
        constant.carry_out,
        ("constant", "magic"),
        extract_sentence.CONSTANT_EXAMPLE,
    ),
    Recipe(
        "inline",
        inline_sentence.PHRASINGS,
        inline_sentence.understand,
        inline_function.carry_out,
        ("inline",),
        inline_sentence.EXAMPLE,
    ),
    Recipe(
        "make async",
        async_sentence.PHRASINGS,
        async_sentence.understand,
        make_async.carry_out,
        ("async", "await"),
        async_sentence.EXAMPLE,
    ),
    Recipe(
        "move", move_sentence.PHRASINGS, move_sentence.understand, move.carry_out, ("move", "mv"), move_sentence.EXAMPLE
    ),
    Recipe(
        "add parameter",
        signature_sentence.ADD_PHRASINGS,
        signature_sentence.understand_add,
        signature.carry_out,
        PARAMETER_WORDS,
        signature_sentence.ADD_EXAMPLE,
    ),
    Recipe(
        "remove parameter",
        signature_sentence.REMOVE_PHRASINGS,
        signature_sentence.understand_remove,
        signature.carry_out,
        PARAMETER_WORDS,
        signature_sentence.REMOVE_EXAMPLE,
    ),
    Recipe(
        "reorder parameters",
        signature_sentence.REORDER_PHRASINGS,
        signature_sentence.understand_reorder,
        signature.carry_out,
        (*PARAMETER_WORDS, "reorder", "swap"),
        signature_sentence.REORDER_EXAMPLE,
    ),
    Recipe(
        "add field",
        fields_sentence.PHRASINGS,
        fields_sentence.understand,
        add_field.carry_out,
        ("field",),
        fields_sentence.EXAMPLE,
    ),
    Recipe(
        "implement abstract methods",
        stubs_sentence.PHRASINGS,
        stubs_sentence.understand,
        implement.carry_out,
        ("abstract", "protocol"),
        stubs_sentence.EXAMPLE,
    ),
    Recipe(
        "test skeletons",
        skeletons_sentence.TESTS_PHRASINGS,
        skeletons_sentence.understand_tests,
        cases.carry_out,
        ("tests",),
        skeletons_sentence.TESTS_EXAMPLE,
    ),
    Recipe(
        "docstring skeletons",
        skeletons_sentence.DOCSTRINGS_PHRASINGS,
        skeletons_sentence.understand_docstrings,
        docstrings.carry_out,
        ("docstrings", "docstring"),
        skeletons_sentence.DOCSTRINGS_EXAMPLE,
    ),
    Recipe(
        "type hints",
        skeletons_sentence.HINTS_PHRASINGS,
        skeletons_sentence.understand_hints,
        hints.carry_out,
        ("hints", "annotations"),
        skeletons_sentence.HINTS_EXAMPLE,
    ),
    Recipe(
        "add import",
        imports_sentence.ADD_PHRASINGS,
        imports_sentence.understand_add,
        add_import.carry_out,
        ("import",),
        imports_sentence.ADD_EXAMPLE,
    ),
    Recipe(
        "export",
        imports_sentence.EXPORT_PHRASINGS,
        imports_sentence.understand_export,
        exports.carry_out,
        ("__all__",),
        imports_sentence.EXPORT_EXAMPLE,
    ),
    Recipe(
        "replace pattern",
        patterns_sentence.PHRASINGS,
        patterns_sentence.understand,
        replace_pattern.carry_out,
        ("pattern",),
        patterns_sentence.EXAMPLE,
    ),
    Recipe(
        "wrap in try",
        wrap_sentence.PHRASINGS,
        wrap_sentence.understand,
        wrap.carry_out,
        ("try", "wrap"),
        wrap_sentence.EXAMPLE,
    ),
    Recipe(
        "upgrade dependency",
        dependencies_sentence.PHRASINGS,
        dependencies_sentence.understand,
        upgrade.carry_out,
        ("upgrade", "bump", "pin", "dependency"),
        dependencies_sentence.EXAMPLE,
    ),
    Recipe(
        "remove unused imports",
        imports_sentence.UNUSED_PHRASINGS,
        imports_sentence.understand_unused,
        unused.carry_out,
        ("unused", "imports"),
        imports_sentence.UNUSED_EXAMPLE,
    ),
)

STEPS = re.compile(
    r"\s*(?:,?\s+(?:and\s+)?then\s|,?\s+and\s(?:also\s)?|\s+[&+](?=\s)|,?\s+after\s+that,?\s|;|[,.](?=\s))\s*",
    re.IGNORECASE,
)
"""What may part two steps; a part that is no step of its own belongs to the one before it."""

MOST_STEPS = 12


def understand(description: str) -> tuple[Step, ...] | Refused | NotUnderstood:
    """What a description asks for, as steps in order, each a recipe with its operands.

    Every part must be understood: where one is not, nothing of the description is carried out.
    """
    sentence = normalised(description)
    whole = _match(sentence)
    if isinstance(whole, Step):
        return (whole,)
    return _several(sentence) or _steps(sentence) or whole or NotUnderstood(_hints(sentence))


def normalised(description: str) -> str:
    """A description on one line, without the marks and the thanks that end a sentence."""
    sentence = re.sub(r"\s+", " ", description).strip().rstrip(".!?; ")
    return THANKS.sub("", sentence)


def _match(sentence: str) -> Step | Refused | None:
    """The step that a sentence asks for; one that begins with its place is read as one that ends with it."""
    found = _fitting(sentence)
    for placed in with_place(sentence) if found is None else ():
        found = found or _fitting(placed)
    return found


def _fitting(sentence: str) -> Step | Refused | None:
    for recipe in RECIPES:
        plan = recipe.understand(sentence)
        if isinstance(plan, Refused):
            return plan
        if plan is not None:
            return Step(recipe, plan)
    return None


def _several(sentence: str) -> tuple[Step, ...] | Refused | None:
    """The steps of a sentence that names several parameters of one function."""
    steps = [_match(each) for each in spread(sentence)]
    refused = next((step for step in steps if isinstance(step, Refused)), None)
    return refused or (tuple(step for step in steps if isinstance(step, Step)) if steps and None not in steps else None)


def _steps(sentence: str) -> tuple[Step, ...] | Refused | None:
    """The steps of a sentence, each as long as it can be; None where a part is no step."""
    steps: list[Step] = []
    rest, before = sentence, ""
    while rest and len(steps) < MOST_STEPS:
        parted = [each.span() for each in STEPS.finditer(rest)]
        refused: Refused | None = None
        for end, begin in ((len(rest), len(rest)), *reversed(parted)):
            part = _with_names(rest[:end], steps)
            placed = placed_alike(sentence, part, before) if steps else (part, continued(part, before))
            found = next(filter(None, map(_match, placed)), None)
            refused = refused or (found if isinstance(found, Refused) else None)
            if isinstance(found, Step):
                steps.append(found)
                before = before if found.recipe is steps[0].recipe and continued(part, before) else part
                rest = rest[begin:]
                break
        else:
            return refused if steps else None
    return tuple(steps) if len(steps) > 1 and not rest else None


def _with_names(part: str, steps: list[Step]) -> str:
    """A part in which "it" is what the step before it is about."""
    about = getattr(steps[-1].plan, "result", None) if steps else None
    return re.sub(r"\bit\b", lambda _: str(about), part, count=1) if about else part


def _hints(sentence: str) -> tuple[str, ...]:
    """What could be asked instead: the steps that are understood, a word spelled right, or a near phrasing."""
    steps = [step for step in STEPS.split(sentence) if _match(step)]
    if steps:
        return tuple(f"one step at a time: {step}" for step in steps)
    meant = (*near(sentence), _corrected(sentence), *beginnings(sentence))
    fitting = tuple(text for text in dict.fromkeys(meant) if text and isinstance(_match(text), Step))
    if fitting:
        return fitting[:1]
    words = sentence.lower().replace("data class", "dataclass").split()
    return tuple(recipe.phrasings[0] for recipe in RECIPES if set(recipe.words) & set(words))


def _corrected(sentence: str) -> str:
    """The sentence with words spelled as the table spells them, if it is understood so; else nothing."""
    known = {word for recipe in RECIPES for phrasing in (*recipe.phrasings, *recipe.words) for word in phrasing.split()}
    known = {word for word in known if re.fullmatch(r"[a-z]{3,}", word)}
    words = sentence.replace("data class", "dataclass").split()
    changed = {
        number: right
        for number, word in enumerate(words)
        if word.lower() not in known and re.fullmatch(r"[A-Za-z]{3,}", word)
        if (right := _nearest(word.lower(), known))
    }
    tries = [*({number: right} for number, right in changed.items()), changed]  # A name may look like a wrong word.
    texts = (" ".join(each.get(number, word) for number, word in enumerate(words)) for each in tries if each)
    return next((text for text in texts if isinstance(_match(text), Step)), "")


def _nearest(word: str, known: set[str]) -> str:
    return next(iter(get_close_matches(word, sorted(known), 1, 0.7)), "")
