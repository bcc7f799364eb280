"""A real package is renamed in a copy: it still imports and works, and renaming back gives its bytes again."""

import os
import shutil
import subprocess
import symtable
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest

from context.parsing.languages import LANGUAGES
from context.parsing.parse import parse
from context.snapshot import Snapshot, from_bytes, to_bytes
from lsp_server.recipes.plan import Done, Material, Refused
from lsp_server.recipes.python.listings import LISTERS
from lsp_server.recipes.python.walk import read_names
from lsp_server.recipes.registry import understand

USE = """
import pkgutil, importlib, io, sys
sys.path.insert(0, ".")
import rich
assert not rich.__file__.startswith(sys.prefix), rich.__file__
for module in pkgutil.walk_packages(rich.__path__, "rich."):
    if module.name not in {"rich.__main__", "rich._win32_console", "rich._windows_renderer"}:
        importlib.import_module(module.name)
from rich.console import Console
from rich.table import Table
table = Table(title="Names")
table.add_column("old")
table.add_row("[b]one[/b] 漢字")
console = Console(file=io.StringIO(), width=40)
console.print(table, {"a": [1, 2]})
print(console.file.getvalue())
"""


def package_folder(name: str) -> Path:
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def copied(name: str, target: Path) -> list[str]:
    shutil.copytree(package_folder(name), target / name, ignore=shutil.ignore_patterns("__pycache__"))
    return sorted(path.relative_to(target).as_posix() for path in target.rglob("*.py*"))


def rename_on_disk(root: Path, paths: list[str], sentence: str) -> Done:
    """Carries a renaming out in a folder, as the pipeline would."""
    understood = understand(sentence)
    assert isinstance(understood, tuple)
    (step,) = understood
    recipe, plan = step.recipe, step.plan
    mentions = tuple(
        path for path in paths if any(name.encode() in (root / path).read_bytes() for name in plan.names())
    )
    snapshot = Snapshot(root)
    done = recipe.carry_out(plan, Material(snapshot, None, None, mentions, LISTERS))
    assert not isinstance(done, Refused), done
    for path, text in done.change.texts_after().items():
        file = from_bytes(path, (root / path).read_bytes())
        (root / path).write_bytes(to_bytes(file, text))
    return done


def run(root: Path) -> str:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-c", USE]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, check=True, encoding="utf-8").stdout


def test_a_renamed_package_works_as_before_and_can_be_renamed_back(tmp_path):
    paths = copied("rich", tmp_path)
    first = {path: (tmp_path / path).read_bytes() for path in paths}
    output = run(tmp_path)
    for old, new in (("cell_len", "width_of_cells"), ("Segment", "Stretch"), ("rich.console.Group", "Bundle")):
        done = rename_on_disk(tmp_path, paths, f"rename {old} to {new}")
        assert done.certain > 10
    assert "漢字" in output
    assert run(tmp_path) == output
    assert not any(b"import cell_len" in (tmp_path / path).read_bytes() for path in paths)
    for old, new in (("width_of_cells", "cell_len"), ("Stretch", "Segment"), ("rich.console.Bundle", "Group")):
        rename_on_disk(tmp_path, paths, f"rename {old} to {new}")
    assert {path: (tmp_path / path).read_bytes() for path in paths} == first


def scopes_by_python(source: str) -> Counter[frozenset[str]]:
    """The names that each scope owns, as Python's own compiler says; mangled names are left out."""
    owned: Counter[frozenset[str]] = Counter()
    tables = [symtable.symtable(source, "module.py", "exec")]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        if table.get_type() in {"function", "class"}:
            names = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_local()}
            owned[frozenset(name for name in names if name[0] not in "._" and name != "__class__")] += 1
    return +owned


def scopes_by_us(source: str) -> Counter[frozenset[str]]:
    scopes = read_names(parse(LANGUAGES[0], source.encode()).root_node, frozenset()).scopes
    kept = [scope.bindings for scope in scopes[1:] if scope.kind != "type parameters"]
    return Counter(frozenset(name for name in bindings if name[0] not in "._") for bindings in kept)


@pytest.mark.parametrize("name", ["rich", "starlette", "attr", "click", "httpx", "pluggy", "_pytest"])
def test_the_scopes_of_real_packages_are_those_of_pythons_compiler(name):
    for path in sorted(package_folder(name).rglob("*.py")):
        source = path.read_text("utf-8")
        ours, theirs = scopes_by_us(source), scopes_by_python(source)
        ours[frozenset()] = theirs[frozenset()] = 0
        assert ours == theirs, path
