"""Parameters, with the keywords of every call; variables of a function; variables of a module."""

import pytest

from tests.recipes.renaming import check_refused, check_rename

THERE = "rename parameter load of get to fetch"
BACK = "rename parameter fetch of get to load"


@pytest.mark.parametrize(
    "code",
    [
        "def get(«load|fetch»): return «load|fetch»\nget(«load|fetch»=1)\nget(2)",
        "def get(*, «load|fetch»: int = 1): return lambda: «load|fetch»\nprint(get(«load|fetch»=1))",
        "from functools import partial\ndef get(«load|fetch»): ...\npartial(get, «load|fetch»=1)",
        "def get(«load|fetch»):\n    def f():\n        nonlocal «load|fetch»\n    return [«load|fetch» for x in y]",
        "def get(«load|fetch»): return {'load': «load|fetch»}\nother(load=1)\ndef more(load): get(load)",
        "@overload\ndef get(«load|fetch»: int): ...\ndef get(«load|fetch»): ...",
        "def get(«load|fetch», f=lambda load: load): ...",
    ],
)
def test_a_parameter_is_renamed_with_its_keywords(code):
    check_rename(f"//- /core.py\n{code}\n", THERE, back=BACK)


def test_a_parameter_of_a_method_is_renamed_in_overrides_and_at_calls_in_other_files():
    check_rename(
        """
//- /core.py
class Store:
    def get(self, «load|fetch»=1): return self.get(«load|fetch»=2)
//- /disk.py
from core import Store as Base
class Disk(Base):
    def get(self, «load|fetch»=1):
        return super().get(«load|fetch»=«load|fetch»)
//- /use.py
from disk import Disk
def use(disk: Disk, other):
    disk.get(«load|fetch»=1)
    other.get(load=2)
    disk.get(**{"load": 1})
""",
        "rename parameter load of Store.get to fetch",
        ["use.py:4", "use.py:5"],
        "rename parameter fetch of Store.get to load",
    )


def test_an_aliased_import_is_followed_into_files_that_do_not_name_the_function():
    check_rename(
        """
//- /core.py
def get(«load|fetch»): ...
//- /pkg.py
from core import get as take
//- /use.py
from pkg import take
take(«load|fetch»=1)
""",
        THERE,
        back=BACK,
    )


def test_a_parameter_of_the_constructor_is_renamed_where_the_class_is_called():
    check_rename(
        """
//- /core.py
class User:
    def __init__(self, «load|fetch»):
        self.load = «load|fetch»
class Admin(User):
    def __init__(self, load):
        super().__init__(«load|fetch»=load)
//- /use.py
from core import Admin, User
User(«load|fetch»=1)
Admin(load=1)
""",
        "rename parameter load of User to fetch",
        back="rename parameter fetch of User to load",
    )


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("def get(load, fetch): ...", "is bound already in core.py:1"),
        ("def get(load):\n    return [load for fetch in load]", "means something else there"),
        ("fetch = 1\ndef get(load):\n    return fetch", "is used already, for something else"),
        ("def get(other): ... # load", "it has other"),
        ("def take(load): ...", "No function or method is called get"),
    ],
)
def test_a_renaming_of_a_parameter_that_would_change_a_meaning_is_refused(code, reason):
    check_refused(f"//- /core.py\n{code}\n", reason, description=THERE)


def test_a_fixture_given_by_name_is_refused():
    check_refused(
        "//- /test_a.py\ndef test_get(load): ...\n",
        "pytest gives",
        description="rename parameter load of test_get to fetch",
    )


def test_the_docstring_and_a_decorator_are_listed():
    check_rename(
        '//- /core.py\n@app.route("/")\ndef get(«load|fetch»):\n    """:param load: what."""\n',
        THERE,
        ["core.py:2", "core.py:3"],
        BACK,
    )


@pytest.mark.parametrize(
    "code",
    [
        "def get():\n    «load|fetch» = 1\n    «load|fetch» += 2\n    return f'{«load|fetch»}'\nload = 3",
        "def get():\n    for «load|fetch» in x:\n        print(«load|fetch»)",
        "def get():\n    with x as «load|fetch»: «load|fetch»()\n    del «load|fetch»",
        "def get():\n    def «load|fetch»(): ...\n    «load|fetch»()",
        "def get():\n    if («load|fetch» := 1): return «load|fetch»",
        "def get():\n    «load|fetch» = 1\n    class A:\n        load = 2\n    return A.load, «load|fetch»",
    ],
)
def test_a_variable_of_a_function_is_renamed_in_its_scope_only(code):
    check_rename(
        f"//- /core.py\n{code}\n", "rename variable load in get to fetch", back="rename variable fetch in get to load"
    )


def test_a_variable_of_a_module_is_renamed_in_every_file():
    check_rename("""
//- /pkg/__init__.py
//- /pkg/core.py
«load|fetch»: int = 1
def use():
    global «load|fetch»
    «load|fetch» = 2
//- /use.py
import pkg.core as core
from pkg.core import «load|fetch»
print(«load|fetch», core.«load|fetch»)
core.«load|fetch» = 3
""")


def test_the_cursor_decides_between_variables_of_the_same_name():
    check_rename(
        "//- /a.py\ndef f():\n    load = 1\ndef g():\n    «load|fetch» = 1$0\n",
        "rename load to fetch",
        back="rename variable fetch in g to load",
    )
    check_refused(
        "//- /a.py\ndef f():\n    load = 1\ndef g():\n    load = 1\n",
        "a.py:2, a.py:4",
        description="rename load to fetch",
    )


@pytest.mark.parametrize("kind", ["parameter", "variable"])
def test_a_file_and_a_function_select_together(kind):
    body = "def get(load): ...\n" if kind == "parameter" else "def get():\n    load = 1\n"
    there = body.replace("load", "«load|fetch»")
    check_rename(
        f"//- /core.py\n{there}//- /more.py\n{body}",
        f"rename {kind} load of get in core.py to fetch",
        back=f"in core.py, rename {kind} fetch of get to load",
    )


def test_a_function_of_another_file_than_the_one_said_is_not_taken():
    check_refused(
        "//- /core.py\ndef get(load): ...\n//- /more.py\ndef put(load): ...\n",
        "No function or method is called get",
        description="rename parameter load of get in more.py to fetch",
    )
