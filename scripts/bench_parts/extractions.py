"""How many random ranges of statements can become a function, and do a package's tests stay green with them?

Seeded random ranges within the functions of a package are extracted, each alone in its file; then the tests run with
one extraction in every file, again and again with other ones, until all were there. Refusals are counted by reason.

    PACKAGES=click RANGES=150 scripts/bench extractions
"""

import ast
import os
import random
import re
import shutil
import tempfile
from collections import Counter
from pathlib import Path

from recipe_bench.packages import PACKAGES, Package
from recipes import environment, put_back, suite, unpacked

from context.snapshot import FileText, Place, Snapshot, from_bytes, to_bytes
from lsp_server.recipes.extract.function import carry_out
from lsp_server.recipes.extract.sentence import ExtractFunction
from lsp_server.recipes.plan import Done, Material, Refused, Wanted

SEED = 20
RANGES = int(os.environ.get("RANGES", "150"))
LONGEST = 6
"""Statements of a range."""

Range = tuple[str, int, int]


def ranges(tree: Path, package: Package) -> list[Range]:
    """Random ranges of statements that follow one another in a block of a function: path, first and last line."""
    blocks: list[tuple[str, list[ast.stmt]]] = []
    for file in sorted((tree / package.source).rglob("*.py")):
        for function in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                nodes = [function, *(each for each in ast.walk(function) if not isinstance(each, ast.ClassDef))]
                every = [getattr(node, name, None) for node in nodes for name in ("body", "orelse", "finalbody")]
                path = file.relative_to(tree).as_posix()
                blocks += [(path, body) for body in every if isinstance(body, list) and body]
    order = random.Random(f"{SEED} {package.name} extract")
    found: dict[Range, None] = {}
    while len(found) < RANGES:
        path, body = order.choice(blocks)
        start = order.randrange(len(body))
        end = min(len(body), start + order.randint(1, LONGEST))
        found[path, body[start].lineno, body[end - 1].end_lineno or body[end - 1].lineno] = None
    return list(found)


def extracted(root: Path, where: Range) -> str | Refused:
    """The text of the file with the range as a function of its own, or why not."""
    path, first, last = where
    plan = ExtractFunction("taken_out", first, last, path)
    names: tuple[str, ...] = ()
    paths = tuple(each.relative_to(root).as_posix() for each in sorted(root.rglob("*.py")))
    while True:
        seen = tuple(each for each in paths if any(name in (root / each).read_text("utf-8") for name in names))
        outcome = carry_out(plan, Material(Snapshot(root), Place(path, first, last), None, seen, names))
        if isinstance(outcome, Wanted):
            names = (*names, *outcome.names)
        elif isinstance(outcome, Done):
            return next(text for text in outcome.change.texts_after().values() if text is not None)
        else:
            return outcome


def measure(package: Package, python: Path) -> None:
    """Prints the counts of one package, and what its tests say of each round."""
    tree = unpacked(package)
    done: dict[Range, str] = {}
    refused = Counter[str]()
    for where in ranges(tree, package):
        outcome = extracted(tree, where)
        if isinstance(outcome, Refused):
            refused[re.sub(r"\(.*|`\w+` (?!would)|\d+", "", outcome.problems[0].message)[:60].strip()] += 1
        else:
            done[where] = outcome
    print(f"{package.name}: {len(done)} of {len(done) + refused.total()} ranges extracted")
    for reason, count in refused.most_common():
        print(f"  {count:4} refused: {reason}")
    rounds = Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / package.name
        shutil.copytree(tree, root)
        pending = dict(done)
        while pending:
            chosen = {where[0]: where for where in pending}
            rounds[
                "green" if passes(root, package, python, {w: pending.pop(w) for w in chosen.values()}) else "red"
            ] += 1
            put_back(tree, root)
    print(f"  rounds of tests: {dict(rounds)}", flush=True)


def passes(root: Path, package: Package, python: Path, texts: dict[Range, str]) -> bool:
    """Whether the tests pass with some extractions, one in a file."""
    for (path, _, _), text in texts.items():
        file = from_bytes(path, (root / path).read_bytes())
        assert isinstance(file, FileText)
        (root / path).write_bytes(to_bytes(file, text))
    fine, told = suite(python, root, package)
    if not fine:
        print(f"  red with {', '.join(f'{path}:{first}-{last}' for path, first, last in texts)}:\n{told}")
    return fine


def main() -> None:
    """All packages that are named."""
    python, wanted = environment(), os.environ.get("PACKAGES", "click").split()
    for package in PACKAGES:
        if package.name in wanted:
            measure(package, python)


if __name__ == "__main__":
    main()
