"""How does a file get tests to fill in? One for each public function, in the file where this project would have them.

Each is marked as skipped until it is written: nothing is invented, and nothing passes that tests nothing.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from lsp_server.edits.change import Create, Problem
from lsp_server.recipes.outcome import finished, refused
from lsp_server.recipes.plan import Done, Material, Plan, Refused, Wanted
from lsp_server.recipes.python.imports import dotted_name
from lsp_server.recipes.python.names import PythonFile, Symbol, open_file
from lsp_server.recipes.python.placement import ImportLine, place_imports
from lsp_server.recipes.python.scopes import MODULE_SCOPE
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.skeletons.public import Public, opened_file, public_of
from lsp_server.recipes.skeletons.sentence import WriteTests
from lsp_server.recipes.splices import Splice

PATTERNS = ("*test*.py", "*.py")
MARK = '@pytest.mark.skip(reason="to be written")'


def carry_out(plan: Plan, material: Material) -> Done | Refused | Wanted:
    """The test file, new or with the tests that it lacks."""
    if not isinstance(plan, WriteTests):
        raise TypeError(plan)
    if not set(PATTERNS) <= set(material.patterns):
        return Wanted((), PATTERNS)
    found = opened_file(material, plan.where, "which file to test")
    if isinstance(found, Wanted):
        return found
    if isinstance(found, Problem):
        return refused(found)
    symbol, file = found
    if _is_test(file.path):
        return refused(Problem("FORMAT", f"{file.path} is a test itself.", file.path))
    return _written(material, symbol, file)


def _written(material: Material, symbol: Symbol, file: PythonFile) -> Done | Refused:
    path = _existing(file.path, material) or _new_path(file.path, material)
    target = open_file(symbol, path) if material.snapshot.exists(path) else None
    if target is not None and not isinstance(target, PythonFile):
        return refused(Problem("MISSING", f"{path} {target.reason}.", path))
    wanted = [each for each in public_of(file) if not each.is_class and not _has_test(each, target)]
    if not wanted:
        what = f"{path} has a test for each" if target is not None else f"{file.path} has no public function"
        return refused(Problem("NO_CHANGE", f"{what}: there is nothing to write.", path))
    module = dotted_name(symbol.modules, file.path)
    count = "1 test" if len(wanted) == 1 else f"{len(wanted)} tests"
    summary = f"Write {count} to fill in for {file.path} in {path}"
    if target is None:
        return finished(material, {}, summary, created=(Create(path, _new_file(module, wanted, file.file.eol)),))
    splices = _appended(symbol, target, module, wanted)
    if isinstance(splices, Problem):
        return refused(splices)
    return finished(material, {path: splices}, summary)


def _is_test(path: str) -> bool:
    name = PurePosixPath(path).name
    return name.startswith("test_") or name.endswith("_test.py") or name == "conftest.py"


def _stem(path: str) -> str:
    """What a test file is named for."""
    return PurePosixPath(path).stem.removeprefix("test_").removesuffix("_test")


def _existing(path: str, material: Material) -> str:
    """The test file that is named for a file, with most folders in common; empty for none or several."""
    stem = PurePosixPath(path).stem
    stem = PurePosixPath(path).parent.name if stem == "__init__" else stem
    tests = [each for each in material.candidates if _is_test(each) and _stem(each) == stem.lstrip("_")]
    tests = [each for each in tests if material.snapshot.exists(each)]
    folders = set(PurePosixPath(path).parts[:-1])
    tests.sort(key=lambda each: (-len(folders & set(PurePosixPath(each).parts[:-1])), len(each), each))
    predicted = _new_path(path, material)
    return predicted if predicted in tests else tests[0] if len(tests) == 1 else ""


def _new_path(path: str, material: Material) -> str:
    """Where a test file for a path belongs: as the tests of most other files lie to theirs."""
    tests = {each for each in material.candidates if _is_test(each) and not each.endswith("conftest.py")}
    sources = [each for each in material.candidates if each.endswith(".py") and not _is_test(each)]
    wins = Counter(number for source in sources for number, place in enumerate(_places(source)) if place in tests)
    best = max(wins, key=lambda number: (wins[number], -number)) if wins else 0
    if not wins and tests:
        folders = Counter(str(PurePosixPath(each).parent) for each in tests)
        suffix = sum(each.endswith("_test.py") for each in tests) > len(tests) / 2
        name = list(_places(path))[1 if suffix else 0].rpartition("/")[2]
        return str(PurePosixPath(folders.most_common(1)[0][0]) / name)
    return list(_places(path))[best]


def _places(path: str) -> Iterator[str]:
    """Where a test of a file may lie: flat or as its package, without its top folder or not, beside it."""
    parts = PurePosixPath(path).parts
    folders = parts[1:-1] if parts[0] in {"src", "lib"} else parts[:-1]
    stem = PurePosixPath(path).stem
    name = (folders[-1] if folders else "init") if stem == "__init__" else stem.lstrip("_")
    for root in ("tests", "test"):
        for inner in ((), folders[1:], folders):
            for form in (f"test_{name}.py", f"{name}_test.py"):
                yield "/".join([root, *inner, form])
    own = "/".join(parts[:-1])
    for folder in (own, f"{own}/tests" if own else "tests", f"{parts[0]}/tests" if len(parts) > 1 else "tests"):
        for form in (f"test_{name}.py", f"{name}_test.py"):
            yield f"{folder}/{form}" if folder else form


def _test_name(each: Public) -> str:
    owner = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", each.owner).lower()
    return f"test_{owner}_{each.name}" if owner else f"test_{each.name}"


def _has_test(each: Public, target: PythonFile | None) -> bool:
    """Whether a test file has a test that begins with the name, or speaks of the function."""
    if target is None:
        return False
    names = [name for scope in target.names.scopes for name in scope.bindings]
    own = _test_name(each)
    if any(name == own or name.startswith(f"{own}_") for name in names):
        return True
    called = rf"\.{re.escape(each.name)}\(" if each.owner else rf"\b{re.escape(each.name)}\("
    return re.search(called, target.file.text) is not None


def _signature(each: Public) -> str:
    returned = text_of(each.node.child_by_field_name("return_type"))
    parameters = " ".join(text_of(each.node.child_by_field_name("parameters")).split())
    return f"{parameters} -> {returned}" if returned else parameters


def _cases(wanted: list[Public], eol: str) -> str:
    """The tests, each with what its function takes."""
    blocks: list[str] = []
    for each in wanted:
        named = f"{each.owner}.{each.name}" if each.owner else each.name
        said = f"    assert {named}  # {_signature(each)}"
        said = said if len(said) <= 100 else f"    assert {named}"
        blocks.append(eol.join([MARK, f"def {_test_name(each)}():", said]))
    return (eol * 3).join(blocks)


def _imported(wanted: list[Public]) -> list[str]:
    return sorted({each.owner or each.name for each in wanted}, key=lambda name: (name[:1].islower(), name))


def _new_file(module: str, wanted: list[Public], eol: str) -> str:
    names = _imported(wanted)
    line = f"from {module} import {', '.join(names)}"
    if len(line) > 88:
        line = eol.join([f"from {module} import (", *(f"    {name}," for name in names), ")"])
    return eol.join(["import pytest", "", line]) + eol * 3 + _cases(wanted, eol) + eol


def _appended(symbol: Symbol, target: PythonFile, module: str, wanted: list[Public]) -> list[Splice] | Problem:
    """The tests below those that are there, and the imports that they need."""
    bound = target.names.scopes[MODULE_SCOPE].bindings
    lines: list[ImportLine] = []
    for line in (ImportLine("pytest"), *(ImportLine(module, name) for name in _imported(wanted))):
        bindings = bound.get(line.bound, [])
        if not bindings:
            lines.append(line)
        elif any(each.kind not in {"import", "from"} for each in bindings):
            message = f"`{line.bound}` means something else in {target.path}: write the test by hand."
            return Problem("CONFLICT", message, target.path)
    eol, size = target.file.eol, target.lines.size
    gap = eol * (2 if target.source.endswith((b"\n", b"\r")) else 3) if target.source.strip() else ""
    return [*place_imports(symbol.modules, target, lines), Splice(size, size, gap + _cases(wanted, eol) + eol)]
