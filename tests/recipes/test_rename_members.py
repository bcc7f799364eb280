"""Methods and attributes: what the hierarchy shares is certain, an unknown receiver is listed, another class stays."""

import pytest

from tests.recipes.renaming import check_refused, check_rename
from tests.recipes.workspace import after, carry_out, files_in, sites_of

FETCH = "rename Store.load to fetch"
BACK = "rename Store.fetch to load"


def check_member(workspace: str, sites: list[str] | None = None, description: str = FETCH, back: str = BACK):
    return check_rename(workspace, description, sites, back)


STORE = """
//- /pkg/__init__.py
//- /pkg/core.py
class Store:
    def «load|fetch»(self, key): ...
"""


@pytest.mark.parametrize(
    "uses",
    [
        "class Disk(Store):\n    def «load|fetch»(self, key):\n        return super().«load|fetch»(key)",
        "class Disk(Store):\n    def again(self):\n        return self.«load|fetch»(1)",
        "class Disk(Store): ...\nDisk().«load|fetch»(1)",
        "class Disk(Store): ...\nclass Fast(Disk):\n    def «load|fetch»(self, key): ...",
        "def use(store: Store):\n    store.«load|fetch»(1)",
        'def use(store: "Store | None" = None):\n    store.«load|fetch»(1)',
        "def use(store: Optional[Store]):\n    store.«load|fetch»(1)",
        "store = Store()\nstore.«load|fetch»(1)",
        "with Store() as store:\n    pass\nStore.«load|fetch»(store, 1)",
        "def make() -> Store: ...\nmake().«load|fetch»(1)",
        "async def make() -> Store: ...\nasync def use():\n    (await make()).«load|fetch»(1)",
        "class Keeper:\n    def __init__(self):\n        self.store = Store()\n        self.store.«load|fetch»(1)",
        "class Keeper:\n    store: Store\n    def use(self):\n        self.store.«load|fetch»(1)",
        "class Keeper:\n    @property\n    def store(self) -> Store: ...\nKeeper().store.«load|fetch»(1)",
        "class Disk(Store):\n    def again(self: T):\n        return self.«load|fetch»(1)",
        "class Maker(Store):\n    @classmethod\n    def make(cls):\n        return cls().«load|fetch»(1)",
        "class Maker(Store):\n    def copy(self) -> Self: ...\nMaker().copy().«load|fetch»(1)",
        'from unittest.mock import patch\npatch.object(Store, "«load|fetch»")\npatch("pkg.core.Store.«load|fetch»")',
        'getattr(Store(), "«load|fetch»")',
        "class Mixin:\n    def «load|fetch»(self, key): ...\nclass Both(Mixin, Store): ...",
    ],
)
def test_uses_whose_receiver_is_known_change(uses):
    check_member(f"{STORE}//- /use.py\nfrom typing import Optional, Self\nfrom pkg.core import Store\n{uses}\n")


@pytest.mark.parametrize(
    ("uses", "lines"),
    [
        ("def use(store):\n    store.load(1)", [3]),
        ("def use(stores: list):\n    for store in stores:\n        store.load(1)", [4]),
        ("def use(a):\n    store = Store() if a else make(a)\n    store.load(1)", [4]),
        ("class Mixin:\n    def use(self):\n        self.load(1)", [4]),
        ('def use(x):\n    getattr(x, "load")', [3]),
        ("# see `Store.load`", [2]),
        ('def use():\n    """Calls `load(1)`."""', [3]),
    ],
)
def test_uses_whose_receiver_is_not_known_are_listed(uses, lines):
    check_member(f"{STORE}//- /use.py\nfrom pkg.core import Store\n{uses}\n", [f"use.py:{line}" for line in lines])


@pytest.mark.parametrize(
    "uses",
    [
        "class Other:\n    def load(self): ...\nOther().load()",
        "import json\njson.load(1)",
        "def load(): ...\nload()",
        "load = 1",
        "'x'.load\n{}.load\n[].load",
        "import re\nre.compile('x').load()",
        "def use(x: int, y: dict[str, int]):\n    x.load\n    y.load",
        "print({'load': 1}['load'])",
        "dict(load=1)",
    ],
)
def test_what_is_something_else_stays(uses):
    check_member(f"{STORE}//- /use.py\n{uses}\n")


def test_a_mixin_that_only_meets_the_class_in_a_third_one_is_renamed_too():
    check_member(f"""{STORE}
//- /mixin.py
class Quick:
    def «load|fetch»(self, key): ...
//- /both.py
from mixin import Quick
from pkg.core import Store
class Both(Quick, Store): ...
""")


def test_grandchildren_in_files_that_do_not_name_the_class_are_found():
    check_member(f"""{STORE}
//- /a.py
from pkg.core import Store
class Disk(Store): ...
//- /b.py
from a import Disk
class Quick:
    def «load|fetch»(self, key): ...
class Both(Quick, Disk): ...
""")


def test_a_field_is_renamed_as_keyword_of_the_constructor_and_in_patterns():
    check_member(
        """
//- /core.py
from dataclasses import dataclass, replace
@dataclass
class User:
    «name|label»: str
    def show(self):
        return self.«name|label»
def use(user: User, other):
    match user:
        case User(«name|label»=x): ...
    User(«name|label»="a")
    replace(user, «name|label»="b")
    other(name=1)
""",
        description="rename attribute name of User to label",
        back="rename attribute label of User to name",
    )


def test_an_attribute_that_is_assigned_to_self_is_renamed():
    check_member(
        """
//- /core.py
class Box:
    __slots__ = ("«load|fetch»",)
    def __init__(self, load):
        self.«load|fetch» = load
    def grow(self):
        self.«load|fetch» += 1
        return self.«load|fetch»
box = Box(1)
del box.«load|fetch»
""",
        description="rename Box.load to fetch",
        back="rename Box.fetch to load",
    )


def test_a_property_is_renamed_with_its_setter():
    check_member(
        """
//- /core.py
class Box:
    @property
    def «load|fetch»(self) -> int: ...
    @«load|fetch».setter
    def «load|fetch»(self, value): ...
    alias = «load|fetch»
Box().«load|fetch» = 2
""",
        description="rename Box.load to fetch",
        back="rename Box.fetch to load",
    )


def test_a_stub_changes_with_its_source():
    check_member(f"""{STORE}
//- /pkg/core.pyi
class Store:
    def «load|fetch»(self, key): ...
""")


def test_an_enum_member_is_renamed():
    check_member(
        """
//- /core.py
from enum import Enum
class Color(Enum):
    «load|fetch» = 1
print(Color.«load|fetch»)
match x:
    case Color.«load|fetch»: ...
""",
        description="rename Color.load to fetch",
        back="rename Color.fetch to load",
    )


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (
            "class Store:\n    def load(self): ...\n    def fetch(self): ...",
            "is a member already of Store in core.py:3",
        ),
        (
            "class Store:\n    def load(self): ...\nclass Disk(Store):\n    fetch = 1",
            "is a member already of Disk in core.py:4",
        ),
        ("import threading\nclass Store(threading.Thread):\n    def load(self): ...\n    def run(self): ...", ""),
        ("class Store(dict):\n    def load(self): ...", ""),
    ],
)
def test_a_taken_name_is_refused_with_its_place(code, reason):
    if reason:
        check_refused(f"//- /core.py\n{code}\n", reason, description=FETCH)
    else:
        new = "start" if "Thread" in code else "update"
        check_refused(f"//- /core.py\n{code}\n", "would override that of", description=f"rename Store.load to {new}")


def test_an_override_of_the_standard_librarys_method_is_refused():
    check_refused(
        "//- /core.py\nimport threading\nclass Job(threading.Thread):\n    def run(self): ...\n",
        "overrides that of threading.Thread",
        description="rename Job.run to work",
    )


def test_a_base_outside_the_workspace_is_listed():
    check_member(
        "//- /core.py\nfrom django.db import Model\nclass Store(Model):\n    def «load|fetch»(self): ...\n",
        ["core.py:2"],
    )


def test_a_member_of_several_classes_is_ambiguous_and_the_cursor_decides():
    code = "//- /core.py\nclass A:\n    def load(self): ...\nclass B:\n    def «load|fetch»(self): ...$0\n"
    check_refused(
        code.replace("«load|fetch»", "load").replace("$0", ""), "A.load (core.py:2)", description="rename load to fetch"
    )
    check_rename(code, "rename load to fetch", back="rename B.fetch to load")


def test_a_missing_member_is_answered_with_the_nearest():
    check_refused(STORE.replace("«load|fetch»", "load"), "Did you mean load?", description="rename Store.lod to fetch")
    check_refused(
        STORE.replace("«load|fetch»", "load"), "Did you mean Store.load?", description="rename Stor.load to go"
    )


def test_private_names_of_a_class_stay():
    check_refused("//- /a.py\nclass A:\n    def load(self): ...\n", "mangled", description="rename A.load to __fetch")


def test_uncertain_places_change_too_when_asked_but_only_with_a_persons_yes():
    files, _ = files_in(f"{STORE}//- /use.py\ndef use(store):\n    store.load(1)\n".replace("«load|fetch»", "load"))
    done = carry_out(files, "rename Store.load to fetch, including uncertain places")
    assert after(files, done) == {path: text.replace("load", "fetch") for path, text in files.items()}
    assert sites_of(done) == []
    certain = {operation.path: operation.hunks[0].certain for operation in done.change.operations}
    assert certain == {"pkg/core.py": True, "use.py": False}


def test_a_class_that_stands_in_for_another_object_is_shown():
    check_rename(
        """
//- /a.py
class Echo:
    def __init__(self, stream): self._stream = stream
    def __getattr__(self, name): return getattr(self._stream, name)
    def «read1|first»(self): ...
""",
        "rename Echo.read1 to first",
        ["a.py:1"],
        "rename Echo.first to read1",
    )


@pytest.mark.parametrize(
    "look_up",
    [
        'getattr(self, f"visit_{type(node).__name__}", None)',
        'getattr(self, "visit_" + type(node).__name__)',
        "getattr(self, 'visit_%s' % type(node).__name__)",
        "getattr(self, 'visit_{}'.format(type(node).__name__))",
    ],
)
def test_a_method_that_is_called_by_a_name_put_together_is_shown(look_up: str):
    check_rename(
        f"""
//- /visitor.py
class Visitor:
    def visit(self, node): return {look_up}(node)
//- /a.py
from visitor import Visitor
class Writer(Visitor):
    def «visit_Test|visit_Check»(self, node): ...
    def visits(self, node): ...
""",
        "rename Writer.visit_Test to visit_Check",
        ["a.py:2"],
        "rename Writer.visit_Check to visit_Test",
    )


def test_a_method_whose_name_begins_otherwise_is_not():
    check_rename(
        """
//- /a.py
class Writer:
    def visit(self, node): return getattr(self, f"visit_{node}")()
    def «leave_Test|leave_Check»(self, node): ...
""",
        "rename Writer.leave_Test to leave_Check",
        [],
        "rename Writer.leave_Check to leave_Test",
    )


@pytest.mark.parametrize(
    "description",
    ["rename Store.load in pkg/core.py to fetch", "in pkg/core.py, rename Store.load to fetch"],
)
def test_a_file_and_a_class_select_together(description):
    other = "class Cache:\n    def load(self, key): ...\n"
    elsewhere = "//- /pkg/other.py\nclass Store:\n    def load(self, key): ...\n"
    check_member(
        f"{STORE}{other}{elsewhere}",
        description=description,
        back=description.replace("load", "fetch", 1).replace("to fetch", "to load"),
    )


def test_a_class_of_another_file_than_the_one_said_is_not_taken():
    other = "//- /pkg/other.py\nclass Cache:\n    def load(self, key): ...\n"
    message = "No class Store in pkg/other.py has load. Did you mean Store.load (pkg/core.py:2)"
    check_refused(
        f"{STORE.replace('«load|fetch»', 'load')}{other}",
        message,
        description="rename Store.load in pkg/other.py to fetch",
    )
