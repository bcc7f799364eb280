"""Code that lists or loads whatever modules a package has is shown, though it mentions none of them."""

from pathlib import Path

import pytest

from context.snapshot import Snapshot
from lsp_server.edits.change import Rename
from lsp_server.recipes.modules.relocate import called
from lsp_server.recipes.plan import Done, Material
from lsp_server.recipes.python.listings import LISTERS
from lsp_server.recipes.python.loaders import LOADERS
from lsp_server.recipes.registry import understand
from tests.recipes.workspace import carry_out, sites_of

IMPORTS = "import importlib\nimport pkgutil\nfrom importlib import import_module\nimport pkg.core\n"
FILES = {
    "pkg/__init__.py": "",
    "pkg/core.py": "def load(): ...\n",
    "pkg/sub/__init__.py": "",
    "other/__init__.py": "",
    "other/thing.py": "",
}


def shown(code: str, description: str = "rename module pkg.core to base", path: str = "use.py") -> list[str]:
    """The places that are shown of a file that begins with some imports and goes on with `code`."""
    done = carry_out({**FILES, path: IMPORTS + code + "\n"}, description)
    assert isinstance(done, Done), done
    assert any(isinstance(operation, Rename) for operation in done.change.operations)
    return [place for place in sites_of(done) if place.startswith(f"{path}:")]


READS = {
    "names of the package": "vars(pkg)",
    "its dictionary": "print(pkg.__dict__)",
    "its modules": "list(pkgutil.iter_modules(pkg.__path__))",
    "its modules, with a prefix": "list(pkgutil.iter_modules(pkg.__path__, 'pkg.'))",
    "all below it": "list(pkgutil.walk_packages(pkg.__path__))",
    "by a name with a hole": "importlib.import_module(f'pkg.{name}')",
    "by the name alone": "import_module(f'pkg.{name}')",
    "by the builtin": "__import__(f'pkg.{name}')",
    "by a beginning of its name": "import_module(f'pkg.co{rest}')",
    "by a sum": "import_module('pkg.' + name)",
    "by a format": "import_module('pkg.{}'.format(name))",
    "by percent": "import_module('pkg.%s' % name)",
    "by the package's own name": "import_module(f'{pkg.__name__}.{name}')",
    "counted from the package": "import_module(f'.{name}', 'pkg')",
    "counted from the package, by keyword": "import_module('.' + name, package=pkg.__name__)",
    "by a name that is put together before": "def f(name):\n    path = f'pkg.{name}'\n    import_module(path)",
    "by a whole name that is put together": "stem = 'core'\nimport_module('pkg.' + stem)",
    "something of the module": "import_module(f'pkg.core.{name}')",
}


@pytest.mark.parametrize("name", READS)
def test_what_finds_the_modules_of_a_package_is_shown_once(name: str):
    line = 5 + READS[name].count("\n")
    assert shown(READS[name]) == [f"use.py:{line}"]


INSIDE = {
    "its own folders": "list(pkgutil.iter_modules(__path__))",
    "its own name": "import_module(f'{__name__}.{name}')",
    "its own package": "import_module(f'.{name}', __package__)",
}


@pytest.mark.parametrize("name", INSIDE)
def test_a_package_that_looks_for_its_own_modules_is_shown(name: str):
    code = INSIDE[name]
    assert shown(code, path="pkg/__init__.py") == ["pkg/__init__.py:5"]
    assert shown(code, "rename module other.thing to stuff", path="pkg/__init__.py") == []


def test_a_module_that_loads_its_neighbours_is_shown():
    assert shown("import_module(f'{__package__}.{name}')", path="pkg/near.py") == ["pkg/near.py:5"]
    assert shown("import_module(f'{__name__}.{name}')", path="pkg/near.py") == []


OTHERS = {
    "another package": "import other\nvars(other)\nlist(pkgutil.iter_modules(other.__path__))",
    "another package's modules": "import_module(f'other.{name}')",
    "a package with a longer name": "import_module(f'pkg_more.{name}')",
    "what begins otherwise": "import_module(f'pkg.plugin_{name}')",
    "anything": "import_module(name)\nimport_module(f'{base}.{name}')",
    "a name that is no text": "import_module(pkg)",
    "counted from something unknown": "import_module(f'.{name}', somewhere)",
    "counted from another": "import_module(f'.{name}', 'other')",
    "another whole name": "import_module('pkg.' + 'other')",
    "more folders of the package": "pkg.__path__ = pkgutil.extend_path(pkg.__path__, pkg.__name__)",
    "the modules of one below": "import pkg.sub\nlist(pkgutil.iter_modules(pkg.sub.__path__))",
    "a function of theirs": "def iter_modules(x): ...\niter_modules(other)",
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_finds_other_modules_is_no_place(name: str):
    assert shown(OTHERS[name]) == []


def test_a_package_that_gets_a_module_from_elsewhere_is_shown_too():
    code = "import pkg.sub\nlist(pkgutil.iter_modules(pkg.sub.__path__))\nimport_module(f'pkg.sub.{name}')"
    assert shown(code, "move pkg/core.py to pkg/sub/") == ["use.py:6", "use.py:7"]


def test_what_walks_down_from_a_package_finds_the_modules_of_those_below():
    below = {**FILES, "pkg/sub/deep.py": "", "use.py": IMPORTS}
    walks = "pkgutil.walk_packages(pkg.__path__)\npkgutil.iter_modules(pkg.__path__)\n"
    done = carry_out({**below, "use.py": IMPORTS + walks}, "rename module pkg.sub.deep to low")
    assert sites_of(done) == ["use.py:5"]


def test_a_package_with_another_name_is_shown_where_its_name_is_written_and_not_where_it_follows():
    written = "import_module(f'pkg.{name}')"
    assert shown(written, "rename package pkg to box") == ["use.py:5"]
    done = carry_out(
        {**FILES, "pkg/__init__.py": "import importlib\nimportlib.import_module(f'{__name__}.{name}')\n"},
        "rename package pkg to box",
    )
    assert sites_of(done) == []


def test_a_relative_name_that_is_whole_is_shown_where_its_module_moves():
    assert shown("import_module('.core', 'pkg')", "move pkg/core.py to pkg/sub/") == ["use.py:5"]


def test_a_module_that_becomes_a_package_is_still_found():
    assert shown("vars(pkg)\nimport_module(f'pkg.{name}')", "turn pkg/core.py into a package") == []


def test_a_symbol_that_moves_to_a_new_module_shows_who_finds_that_one():
    use = IMPORTS + "list(pkgutil.iter_modules(pkg.__path__))\nimport_module(f'pkg.{name}')\n"
    files = {**FILES, "pkg/other.py": "x = 1\n", "use.py": use}
    assert sites_of(carry_out(files, "move load to pkg/new.py")) == ["use.py:5", "use.py:6"]
    assert sites_of(carry_out(files, "move load to pkg/other.py")) == []


def test_a_file_that_lists_names_changes_nothing_of_what_imports_mean(tmp_path: Path):
    files = {
        "src/shop/__init__.py": "",
        "src/shop/core.py": "import typing\nimport extra\nfrom .text import slug\n",
        "src/shop/text.py": "def slug(): ...\n",
        "tests/typing/check.py": "import sys\n",
        "tests/extra/check.py": "import sys\n",
        "tests/test_names.py": "import sys\nvars(sys)\n",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    (step,) = understand("rename module shop.text to words")
    # Only open files are known besides those that mention what is asked for, and none is open.
    seen = ("src/shop/core.py", "src/shop/text.py", "tests/test_names.py")
    material = Material(Snapshot(tmp_path), None, None, seen, (*LISTERS, *LOADERS), called("text"))
    done = step.recipe.carry_out(step.plan, material)
    assert isinstance(done, Done), done
    assert done.change.texts_after()["src/shop/core.py"] == "import typing\nimport extra\nfrom .words import slug\n"
