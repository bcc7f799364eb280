"""What a stub declares of a moved symbol moves too: to the stub of the new module, or with advice to none."""

import pytest

from lsp_server.recipes.plan import Refused
from tests.recipes.workspace import after, carry_out, files_in, problems_of, sites_of

CORE = """
//- /pkg/__init__.py
//- /pkg/core.py
import json

__all__ = ["load", "save"]


def load(path):
    return json.load(path)


def save(path): ...
//- /pkg/core.pyi
from typing import IO, Any, TypeVar, overload

__all__ = ["load", "save"]

_T = TypeVar("_T")

# Text as well.
@overload
def load(path: str) -> Any: ...
@overload
def load(path: IO[str]) -> _T: ...
def save(path: str) -> None: ...
"""
USERS = """//- /pkg/users.py
x = 1
//- /pkg/users.pyi
x: int
"""


def check_move(workspace: str, description: str, changed: str, sites: list[str] | None = None) -> None:
    """`changed` are the files that are new or others in the end, without those that are no stubs."""
    files, place = files_in(workspace)
    done = carry_out(files, description, place)
    assert sites_of(done) == (sites or [])
    result = {path: text for path, text in after(files, done).items() if files.get(path) != text}
    assert {path: text for path, text in result.items() if path.endswith(".pyi")} == files_in(changed)[0]
    for path, text in result.items():
        compile(text, path, "exec", dont_inherit=True)


LEFT = """
//- /pkg/core.pyi
from typing import TypeVar

__all__ = ["save"]

_T = TypeVar("_T")

def save(path: str) -> None: ...
"""
ARRIVED = """
# Text as well.
@overload
def load(path: str) -> Any: ...
@overload
def load(path: IO[str]) -> _T: ...
"""


def test_declarations_go_to_the_stub_that_is_there_with_their_imports():
    arrived = (
        f"//- /pkg/users.pyi\nfrom typing import IO, Any, overload\n\nfrom pkg.core import _T\n\nx: int\n{ARRIVED}"
    )
    check_move(CORE + USERS, "move load to pkg/users.py", LEFT + arrived)
    check_move(CORE + USERS, "move load from pkg/core.pyi to pkg/users.py", LEFT + arrived)
    check_move(CORE + USERS, "move load to pkg.users", LEFT + arrived)


def test_a_new_module_gets_a_stub_with_just_what_it_has():
    arrived = f"//- /pkg/new.pyi\nfrom typing import IO, Any, overload\n\nfrom pkg.core import _T\n{ARRIVED}"
    check_move(CORE, "move load to pkg/new.py", LEFT + arrived)


def test_a_re_export_is_one_in_the_stub_too():
    files, _ = files_in(CORE)
    done = carry_out(files, "move load to pkg/new.py and keep a re-export")
    stub = after(files, done)["pkg/core.pyi"]
    assert "from pkg.new import load as load\n" in stub
    assert '__all__ = ["load", "save"]' in stub
    assert "def load" not in stub


SMALL = """
//- /pkg/__init__.py
//- /pkg/core.py
class User: ...
def greet(user): ...
//- /pkg/core.pyi
class User: ...
def greet(user: User) -> str: ...
"""


def test_a_stub_that_still_needs_the_name_imports_it():
    changed = """
    //- /pkg/core.pyi
    from pkg.new import User

    def greet(user: User) -> str: ...
    //- /pkg/new.pyi
    class User: ...
    """
    check_move(SMALL, "move User to pkg/new.py", changed)


def test_a_name_that_the_old_module_still_has_is_exported_by_its_stub():
    workspace = SMALL.replace("def greet(user): ...", "def greet(user): return User()")
    changed = """
    //- /pkg/core.pyi
    from pkg.new import User as User

    def greet(user: User) -> str: ...
    //- /pkg/new.pyi
    class User: ...
    """
    check_move(workspace, "move User to pkg/new.py", changed)


def test_other_stubs_import_from_the_new_module_and_that_one_no_longer_from_the_old():
    workspace = (
        SMALL
        + """//- /pkg/api.pyi
from .core import User as User, greet as greet
//- /pkg/there.py
from .core import greet
def show(): return greet(1)
//- /pkg/there.pyi
from .core import User, greet
def show(user: User) -> str: ...
"""
    )
    changed = """
    //- /pkg/core.pyi
    def greet(user: User) -> str: ...
    //- /pkg/api.pyi
    from .there import User as User
    from .core import greet as greet
    //- /pkg/there.pyi
    from .core import greet
    def show(user: User) -> str: ...

    class User: ...
    """.replace("    def greet", "    from pkg.there import User\n\n    def greet", 1)
    check_move(workspace, "move User to pkg/there.py", changed)


def test_a_module_that_is_there_without_a_stub_gets_none_and_the_user_is_told_what_to_do():
    files, _ = files_in(CORE + "//- /pkg/users.py\nx = 1\n")
    problems = problems_of(carry_out(files, "move load to pkg/users.py"))
    assert "pkg/core.pyi declares load, and pkg/users.py has no stub for it" in problems
    assert "Write pkg/users.pyi for all of it first" in problems
    assert "move load to a new module" in problems
    # Each piece of the advice helps.
    assert not isinstance(carry_out(files | {"pkg/users.pyi": "x: int\n"}, "move load to pkg/users.py"), Refused)
    assert not isinstance(carry_out(files, "move load to pkg/new.py"), Refused)
    without = files | {"pkg/core.pyi": "def save(path: str) -> None: ...\n"}
    assert not isinstance(carry_out(without, "move load to pkg/users.py"), Refused)


def test_a_name_that_no_stub_declares_moves_alone():
    workspace = CORE.replace("def load(path):", "def _read(path): ...\n\n\ndef load(path):")
    check_move(workspace, "move _read to pkg/new.py", "")


def test_a_stub_of_the_new_module_that_lacks_what_arrives_is_shown():
    workspace = CORE.partition("//- /pkg/core.pyi")[0] + USERS
    check_move(workspace, "move load to pkg/users.py", "", ["pkg/users.pyi:1"])
    declared = workspace.replace("x: int", "x: int\ndef load(path: str) -> object: ...")
    check_move(declared, "move pkg/core.py:load to pkg/users.py", "")


def test_a_stub_elsewhere_that_declares_what_moves_is_shown():
    workspace = SMALL + "//- /typings/pkg/core.pyi\nclass User: ...\n//- /typings/pkg/other.pyi\nclass User: ...\n"
    files, _ = files_in(workspace)
    assert sites_of(carry_out(files, "move pkg/core.py:User to pkg/new.py")) == ["typings/pkg/core.pyi:1"]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("class User: ...\ndef g", "if True:\n    class User: ...\ndef g", "not defined on its own at the top"),
        (
            "class User: ...\ndef g",
            "from .x import *\nclass User(Some): ...\ndef g",
            "Some may come from an `import *`",
        ),
        ("class User: ...\ndef g", "y: int; User: type\ndef g", "shares its line with other code"),
    ],
)
def test_declarations_that_cannot_be_moved_exactly_keep_the_source_where_it_is(old: str, new: str, why: str):
    head, stub, rest = SMALL.partition("//- /pkg/core.pyi")
    files, _ = files_in(head + stub + rest.replace(old, new))
    assert why in problems_of(carry_out(files, "move User to pkg/new.py"))


def test_a_stub_that_declares_another_of_the_name_is_in_the_way():
    files, _ = files_in(SMALL + "//- /pkg/there.py\nx = 1\n//- /pkg/there.pyi\nx: int\nclass User: ...\n")
    assert "pkg/there.pyi has a User already" in problems_of(carry_out(files, "move pkg/core.py:User to pkg/there.py"))


def test_a_stub_is_no_place_to_move_from_or_to_by_itself():
    files, _ = files_in("//- /fast.pyi\ndef add(a: int) -> int: ...\n//- /use.py\nimport fast\n")
    assert "a stub without a source" in problems_of(carry_out(files, "move add to slow.py"))
    assert "say pkg/new.py" in problems_of(carry_out(files_in(SMALL)[0], "move User to pkg/new.pyi"))


def test_a_stub_that_takes_all_of_the_old_module_exports_the_name_from_the_new_one():
    workspace = SMALL + "//- /pkg/api.py\nfrom .core import *\n//- /pkg/api.pyi\nfrom .core import *\n"
    files, _ = files_in(workspace)
    result = after(files, carry_out(files, "move greet to pkg/new.py"))
    assert result["pkg/api.pyi"] == "from .core import *\nfrom .new import greet as greet\n"
    assert result["pkg/api.py"] == "from .core import *\nfrom .new import greet  # noqa: F401\n"


def test_a_stub_that_imports_what_moves_is_shown():
    files, _ = files_in(SMALL.replace("def greet(user: User) -> str: ...", "from ._fast import greet as greet"))
    done = carry_out(
        files | {"pkg/_fast.pyi": "def greet(user: object) -> str: ...\n"}, "move pkg/core.py:greet to new.py"
    )
    assert sites_of(done) == ["pkg/core.pyi:2"]


@pytest.mark.parametrize(
    ("old", "new", "is_same"),
    [
        ('TypeVar("_T")', "TypeVar('_T')", True),
        ('typing.TypeVar("_T", covariant=True)', 'TypeVar("_T", covariant=True,)', True),
        ('TypeVar("_T")', 'TypeVar("_T", covariant=True)', False),
        ('TypeVar("_T")', 'ParamSpec("_T")', False),
        ('TypeVar("_T", bound=User)', 'TypeVar("_T", bound=User)', False),
        ('TypeVar("_T")', "int", False),
    ],
)
def test_a_type_variable_that_both_stubs_have_is_used_where_it_is_the_same(old: str, new: str, is_same: bool):  # noqa: FBT001
    head = "//- /core.py\ndef load(x): ...\n//- /users.py\nx = 1\n"
    stubs = f"//- /core.pyi\n_T = {old}\ndef load(x: _T) -> _T: ...\n//- /users.pyi\n_T = {new}\n"
    files, _ = files_in(head + stubs)
    done = carry_out(files, "move load to users.py")
    if is_same:
        assert after(files, done)["users.pyi"] == f"_T = {new}\n\ndef load(x: _T) -> _T: ...\n"
    else:
        assert "`_T` means something else in users.pyi" in problems_of(done)
