"""Which tests are in a file, and what in it gives them cases?"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lsp_server.edits.indent import depth_of
from lsp_server.edits.lines import contents
from lsp_server.review.checkpoints.asserting import Test, tests_in
from lsp_server.review.checkpoints.scene import Definition, Scene


@dataclass(frozen=True, slots=True)
class Side:
    """One text of a file of tests.

    `tables` are decorated classes and fixtures with parameters, by their names; `constants` the lines that bind a name
    at the top of the file or of a class, `helpers` functions that are no tests.
    """

    lines: Sequence[str] = ()
    tests: tuple[Test, ...] = ()
    tables: tuple[Test, ...] = ()
    helpers: tuple[Test, ...] = ()
    constants: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    is_python: bool = False


NONE = Side()


def side_of(scene: Scene, path: str | None, text: str | None) -> Side:
    """What a text holds; nothing where it is of no test."""
    if path is None or text is None or not scene.reading.is_test(path):
        return NONE
    definitions = scene.symbols(path, text).definitions
    lines = contents(text)
    if not path.endswith((".py", ".pyi")):
        return Side(lines, tests_in(text, definitions), constants=_constants(lines, definitions))
    seen = _not_shadowed(lines, definitions)
    tests = tests_in(text, seen)
    of_tests = {test.line for test in tests}
    others = [each for each in seen if each.kind in ("function", "method") and each.start_line not in of_tests]
    return Side(
        lines,
        tests,
        tuple(_tables(lines, seen)),
        tuple(_named(lines, each) for each in others),
        _constants(lines, seen),
        is_python=True,
    )


_BLOCK = re.compile(r"\s*(?:if|elif|else|while|for|try|except|with|match|case)\b")


def is_under_a_condition(side: Side, test: Test) -> bool:
    """Whether a test is defined only where a condition, a loop or a `try` leads to it."""
    inner = depth_of(test.lines[0])
    for line in reversed(side.lines[: test.line - 1]):
        if line.strip() and not line.lstrip().startswith(("#", ")", "]", "}")) and depth_of(line) < inner:
            inner = depth_of(line)
            if _BLOCK.match(line):
                return True
    return False


def _not_shadowed(lines: Sequence[str], definitions: Sequence[Definition]) -> list[Definition]:
    """The definitions but for those that a later one of the same name takes the place of."""
    indents = [depth_of(lines[each.start_line - 1]) for each in definitions]
    least: dict[str, int] = {}
    for each, indent in zip(definitions, indents, strict=True):
        least[each.container] = min(indent, least.get(each.container, indent))
    last = {
        (each.container, each.name): each
        for each, indent in zip(definitions, indents, strict=True)
        if indent == least[each.container]
    }
    return [
        each
        for each, indent in zip(definitions, indents, strict=True)
        if indent > least[each.container] or last[each.container, each.name] is each
    ]


def _constants(lines: Sequence[str], definitions: Sequence[Definition]) -> Mapping[str, Sequence[str]]:
    bound = sorted(
        (each for each in definitions if each.kind in ("field", "constant")), key=lambda each: each.kind == "constant"
    )
    return {each.name: lines[each.start_line - 1 : each.end_line] for each in bound}


def _named(lines: Sequence[str], each: Definition) -> Test:
    name = f"{each.container}.{each.name}" if each.container else each.name
    return Test(name, each.start_line, tuple(lines[each.start_line - 1 : each.end_line]))


def _tables(lines: Sequence[str], definitions: Sequence[Definition]) -> Iterator[Test]:
    for each in definitions:
        test = _named(lines, each)
        if each.kind == "class" and each.start_line < each.name_line and each.name.startswith("Test"):
            # Only what stands before its body: its tests are read by themselves.
            yield Test(
                test.name, test.line, (*test.lines[: each.name_line - each.start_line], f"class {each.name}: pass")
            )
        elif each.kind in ("function", "method") and any("params" in line for line in test.lines):
            yield test
