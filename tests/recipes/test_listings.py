"""Code that reads whatever names a module has gets another name there: it is shown, though it mentions none."""

import pytest

from tests.recipes.renaming import check_rename
from tests.recipes.workspace import carry_out, sites_of

PACKAGE = """
//- /pkg/__init__.py
from pkg.core import «load|fetch»
//- /pkg/core.py
def «load|fetch»(): ...
"""

READS = {
    "vars": "names = [name for name in vars(pkg) if name[0] != '_']",
    "dir": "for name in dir(pkg): print(name)",
    "the dictionary": "print(pkg.__dict__.items())",
    "what it exports": "assert all(name in pkg.__all__ for name in ['load'[:4]])",
    "whether some are exported": "assert all(each.__name__ in pkg.__all__ for each in functions)",
    "whether it is exported itself": "from pkg import «load|fetch»\nassert «load|fetch».__name__ in pkg.__all__",
    "members": "inspect.getmembers(pkg, inspect.isclass)",
    "members by their own name": "getmembers(pkg)",
    "the module that defines it": "vars(pkg.core).values()",
    "a name that is not written there": "vars(pkg)[name]",
    "in a function": "def test():\n    assert sorted(vars(pkg))",
}


@pytest.mark.parametrize("name", READS)
def test_what_reads_all_names_of_a_module_is_shown(name: str):
    code = f"import inspect\nfrom inspect import getmembers\nimport pkg.core\n{READS[name]}\n"
    line = 4 + READS[name].count("\n")
    check_rename(f"{PACKAGE}//- /test_all.py\n{code}", sites=[f"test_all.py:{line}"])


OTHERS = {
    "another module": "import other\nvars(other)",
    "an object": "vars(pkg.core.Thing())",
    "its own names": "vars()",
    "one other name": 'vars(pkg)["other"]',
    "one other name, asked for": 'vars(pkg).get("other")',
    "whether it has another": '"other" in dir(pkg)',
    "an export list of its own": "__all__ = pkg.core.__all__ + ['y']\n__all__ += pkg.core.__all__",
    "an export list that grows": "__all__ = ['x']\n__all__.extend(pkg.core.__all__)",
    "whether one function is exported": "from pkg.more import save as s\nassert s.__name__ in pkg.__all__",
    "whether another is exported": '"other" in pkg.__all__',
    "an argument": "def show(pkg):\n    return dir(pkg)",
    "a name of theirs": "def vars(pkg): ...",
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_reads_something_else_is_no_place(name: str):
    check_rename(f"{PACKAGE}//- /other.py\n//- /use.py\nimport pkg.core\n{OTHERS[name]}\n")


def test_a_member_is_no_name_of_a_module():
    check_rename(
        "//- /shop.py\nclass Cart:\n    def «total|cost»(self): ...\n//- /use.py\nimport shop\nvars(shop)\n",
        "rename method Cart.total to cost",
        back="rename method Cart.cost to total",
    )


def moved(use: str, description: str, pkg: str = "from pkg.core import load\n") -> list[str]:
    files = {"pkg/__init__.py": pkg, "pkg/core.py": "def load(): ...\n", "pkg/other.py": "x = 1\n", "test_all.py": use}
    return sites_of(carry_out(files, description))


def test_a_move_that_gives_a_package_or_a_module_another_name_shows_who_reads_them_all():
    assert moved("import pkg\nvars(pkg)\n", "move pkg/core.py:load to pkg/new.py") == ["test_all.py:2"]
    assert moved("import pkg.other\ndir(pkg.other)\n", "move pkg/core.py:load to pkg/other.py") == ["test_all.py:2"]
    assert moved("from pkg import core\ndir(core)\n", "move pkg/core.py:load to pkg/other.py") == ["test_all.py:2"]


def test_a_move_that_leaves_the_names_of_a_package_as_they_are_is_certain():
    assert moved("import pkg\nvars(pkg)\n", "move pkg/core.py:load to pkg/other.py") == []
    kept = "move pkg/core.py:load to pkg/other.py and keep a re-export"
    assert moved("from pkg import core\ndir(core)\n", kept) == []
