"""A module gets another name or place: imports follow, what may mean it is shown, what would break is refused."""

import pytest

from context.snapshot import Snapshot, from_buffer
from lsp_server.edits.change import Rename
from lsp_server.recipes.modules.sentence import Relocation
from lsp_server.recipes.plan import Done, NotUnderstood
from lsp_server.recipes.python.imports import modules_of, resolve
from lsp_server.recipes.registry import understand
from tests.recipes.renaming import check_refused
from tests.recipes.workspace import NOWHERE, carry_out, files_in, problems_of, sites_of

PACKAGE = """
//- /pkg/__init__.py
from . import core
from .core import load
__all__ = ["core", "load"]
//- /pkg/core.py
from . import other
from .other import x
def load(): ...
//- /pkg/other.py
x = 1
//- /pkg/sub/__init__.py
//- /pkg/sub/deep.py
from ..core import load as l
from .. import core as c, other
"""


@pytest.mark.parametrize(
    ("sentence", "plan"),
    [
        ("rename module utils to helpers", Relocation("utils", "helpers")),
        ("Please rename the module `utils` to `helpers` and update all imports.", Relocation("utils", "helpers")),
        ("rename the utils module -> helpers", Relocation("utils", "helpers")),
        ("the module utils should be called helpers", Relocation("utils", "helpers")),
        ("call the module utils helpers from now on", Relocation("utils", "helpers")),
        ("rename pkg/core.py to pkg/base.py", Relocation("pkg/core.py", "pkg/base.py")),
        ("rename core.py to base.py everywhere", Relocation("core.py", "base.py")),
        ("rename package pkg.sub to backend", Relocation("pkg.sub", "backend")),
        ("rename this module to helpers", Relocation("", "helpers")),
        ("move pkg/a.py to pkg/sub/", Relocation("pkg/a.py", "pkg/sub/", into=True)),
        ("move pkg/a.py to pkg/sub/a.py", Relocation("pkg/a.py", "pkg/sub/a.py")),
        ("put the file pkg/a.py into the folder pkg/sub", Relocation("pkg/a.py", "pkg/sub", into=True)),
        ("move module pkg.a into the package pkg.sub", Relocation("pkg.a", "pkg.sub", into=True)),
        ("turn core.py into a package", Relocation("core.py")),
        ("make pkg/core.py a package", Relocation("pkg/core.py")),
    ],
)
def test_a_phrasing_becomes_its_plan(sentence, plan):
    understood = understand(sentence)
    assert isinstance(understood, tuple), understood
    assert [step.plan for step in understood] == [plan]


@pytest.mark.parametrize(
    "sentence",
    [
        "turn this into a package",
        "make a package",
        "move the file menu to the left",
        "rename the file dialog title",
        "rename the file to something better",
        "the package should be smaller",
        "put the package into production",
    ],
)
def test_what_is_about_something_else_is_left_alone(sentence):
    assert isinstance(understand(sentence), NotUnderstood)


def check_relocation(workspace: str, description: str, changed: str, sites: list[str] | None = None) -> Done:
    """`changed` are the files that are there in the end and were not so before; others must stay, or be gone."""
    files, place = files_in(workspace)
    done = carry_out(files, description, place)
    assert isinstance(done, Done), done
    result = after_moves(files, done)
    wanted, _ = files_in(changed)
    gone = {operation.path for operation in done.change.operations if isinstance(operation, Rename)}
    assert result == {path: text for path, text in files.items() if path not in gone} | wanted
    assert sites_of(done) == sorted(sites or [])
    return done


def after_moves(files: dict[str, str], done: Done) -> dict[str, str]:
    """The files after a change that moves some."""
    moved = {
        operation.path: operation.new_path for operation in done.change.operations if isinstance(operation, Rename)
    }
    texts = {moved.get(path, path): text for path, text in files.items()}
    changed = done.change.texts_after()
    return {path: changed.get(path) or text for path, text in texts.items()}


IMPORTERS = """\
//- /use.py
import os, pkg.core
import pkg.core as pc
from pkg import core
pkg.core.load(); pc.load(); core.load()
def f(core):
    from pkg.core import load
    return core.load
//- /clash.py
from pkg import core
base = 3
core.load(base)
//- /test_it.py
from unittest import mock
@mock.patch("pkg.core.load")
def test(): importlib.import_module("pkg.core")
//- /pyproject.toml
[project.scripts]
run = "pkg.core:load"
core = 1
//- /README.md
Run `python -m pkg.core`. The core thing.
"""
SITES = ["README.md:1", "pyproject.toml:2", "test_it.py:3"]


def test_a_module_gets_another_name_in_imports_of_every_form_and_where_it_is_used():
    done = check_relocation(
        PACKAGE + IMPORTERS,
        "rename module core to base",
        """
//- /pkg/__init__.py
from . import base
from .base import load
__all__ = ["base", "load"]
//- /pkg/base.py
from . import other
from .other import x
def load(): ...
//- /pkg/sub/deep.py
from ..base import load as l
from .. import base as c, other
//- /use.py
import os, pkg.base
import pkg.base as pc
from pkg import base
pkg.base.load(); pc.load(); base.load()
def f(core):
    from pkg.base import load
    return core.load
//- /clash.py
from pkg import base as core
base = 3
core.load(base)
//- /test_it.py
from unittest import mock
@mock.patch("pkg.base.load")
def test(): importlib.import_module("pkg.core")
""",
        SITES,
    )
    assert done.summary == ("Rename module core to base: pkg/core.py → pkg/base.py; 5 files change; 3 more to check")


def test_a_module_goes_to_another_package_and_counts_its_dots_anew():
    check_relocation(
        PACKAGE + IMPORTERS,
        "move pkg/core.py to pkg/sub/",
        """
//- /pkg/__init__.py
from .sub import core
from .sub.core import load
__all__ = ["core", "load"]
//- /pkg/sub/core.py
from .. import other
from ..other import x
def load(): ...
//- /pkg/sub/deep.py
from .core import load as l
from . import core as c
from .. import other
//- /use.py
import os, pkg.sub.core
import pkg.sub.core as pc
from pkg.sub import core
pkg.core.load(); pc.load(); core.load()
def f(core):
    from pkg.sub.core import load
    return core.load
//- /clash.py
from pkg.sub import core
base = 3
core.load(base)
//- /test_it.py
from unittest import mock
@mock.patch("pkg.sub.core.load")
def test(): importlib.import_module("pkg.core")
""",
        SITES,
    )


def test_a_dotted_use_follows_a_module_that_its_package_does_not_import():
    check_relocation(
        """
//- /pkg/__init__.py
//- /pkg/core.py
//- /pkg/sub/__init__.py
//- /use.py
import pkg.core
pkg.core.load()
""",
        "move pkg/core.py to pkg/sub",
        """
//- /pkg/sub/core.py
//- /use.py
import pkg.sub.core
pkg.sub.core.load()
""",
    )


def test_another_name_in_another_package_is_one_change():
    check_relocation(
        PACKAGE,
        "move pkg/core.py to pkg/sub/base.py",
        """
//- /pkg/__init__.py
from .sub import base
from .sub.base import load
__all__ = ["base", "load"]
//- /pkg/sub/base.py
from .. import other
from ..other import x
def load(): ...
//- /pkg/sub/deep.py
from .base import load as l
from . import base as c
from .. import other
""",
    )


def test_a_module_becomes_a_package_and_importers_stay():
    check_relocation(
        PACKAGE + IMPORTERS,
        "turn core.py into a package",
        "//- /pkg/core/__init__.py\nfrom .. import other\nfrom ..other import x\ndef load(): ...\n",
        ["README.md:1"],
    )


def test_a_package_gets_another_name_with_all_its_files():
    check_relocation(
        PACKAGE + "//- /use.py\nimport pkg.sub.deep\nfrom pkg.sub import deep\npkg.sub.deep.c\n",
        "rename package pkg to lib",
        """
//- /lib/__init__.py
from . import core
from .core import load
__all__ = ["core", "load"]
//- /lib/core.py
from . import other
from .other import x
def load(): ...
//- /lib/other.py
x = 1
//- /lib/sub/__init__.py
//- /lib/sub/deep.py
from ..core import load as l
from .. import core as c, other
//- /use.py
import lib.sub.deep
from lib.sub import deep
lib.sub.deep.c
""",
    )


def test_a_module_without_a_package_gets_another_name():
    check_relocation(
        "//- /utils.py\nx = 1\n//- /use.py\nimport utils\nfrom utils import x\nutils.x\n//- /no.py\nutils = 1\n",
        "rename utils.py to helpers.py",
        "//- /helpers.py\nx = 1\n//- /use.py\nimport helpers\nfrom helpers import x\nhelpers.x\n",
    )


def test_a_module_without_a_package_goes_into_one():
    check_relocation(
        "//- /utils.py\nx = 1\n//- /pkg/__init__.py\n//- /use.py\nimport utils\nfrom utils import x\nutils.x\n",
        "move utils.py to pkg/",
        "//- /pkg/utils.py\nx = 1\n//- /use.py\nfrom pkg import utils\nfrom pkg.utils import x\nutils.x\n",
    )


def test_a_stub_moves_with_its_source():
    check_relocation(
        "//- /pkg/__init__.py\n//- /pkg/core.py\nx = 1\n//- /pkg/core.pyi\nfrom .t import T\nx: T\n"
        "//- /pkg/t.py\nclass T: ...\n//- /pkg/sub/__init__.py\n",
        "move pkg/core.py to pkg/sub",
        "//- /pkg/sub/core.py\nx = 1\n//- /pkg/sub/core.pyi\nfrom ..t import T\nx: T\n",
    )


def test_a_function_that_hides_its_module_keeps_its_name():
    check_relocation(
        "//- /pkg/__init__.py\nfrom .load import load\n//- /pkg/load.py\ndef load(): ...\n"
        "//- /use.py\nfrom pkg import load\nload()\n",
        "rename pkg/load.py to reading.py",
        "//- /pkg/__init__.py\nfrom .reading import load\n//- /pkg/reading.py\ndef load(): ...\n",
    )


def test_the_file_of_the_cursor_is_this_module_and_its_comment_goes():
    files, place = files_in("//- /pkg/__init__.py\n//- /pkg/core.py\n# rename this module to base$0\nx = 1\n")
    done = carry_out(files, "rename this module to base", place, place)
    assert isinstance(done, Done)
    assert after_moves(files, done) == {"pkg/__init__.py": "", "pkg/base.py": "x = 1\n"}


def test_a_module_that_counts_from_its_own_file_is_shown():
    done = check_relocation(
        "//- /pkg/__init__.py\n//- /pkg/core.py\nhere = open(__file__)\n//- /pkg/sub/__init__.py\n",
        "move pkg/core.py to pkg/sub/",
        "//- /pkg/sub/core.py\nhere = open(__file__)\n",
        ["pkg/core.py:1"],
    )
    assert done.uncertain[0].why == "depends on where the file is"


@pytest.mark.parametrize(
    ("workspace", "description", "reason"),
    [
        ("", "rename module cor to base", "No module here is called cor. Did you mean core?"),
        ("", "rename module core to other", "pkg/other.py is there already"),
        ("", "rename module core to class", "`class` cannot be the name of a module"),
        ("", "rename module core to 2nd", "cannot be the name of a module"),
        ("", "rename module core to conftest", "cannot be the name of a module"),
        ("", "move pkg/core.py to pkg/nowhere/", "There is no folder pkg/nowhere"),
        ("", "move pkg/core.py to ../elsewhere/", "outside the workspace"),
        ("", "rename pkg/core.py to core.py", "is there already"),
        ("", "turn pkg/__init__.py into a package", "is a package already"),
        ("//- /lib/core.py\n//- /lib/__init__.py\n", "rename module core to base", "Say which"),
        ("//- /conftest.py\nx = 1\n", "rename conftest.py to fixtures.py", "found by its name"),
        ("//- /utils.py\nx = 1\n", "rename utils.py to json.py", "would hide the module json"),
        ("//- /b.py\nfrom pkg.core import (\n", "rename module core to base", "b.py:1 has a syntax error"),
        ("//- /pkg/oth/__init__.py\nfrom ..core import load\n", "move pkg/sub to pkg/oth/", ""),
    ],
)
def test_what_would_break_is_refused(workspace, description, reason):
    files, place = files_in(PACKAGE + workspace)
    if reason:
        assert reason in problems_of(carry_out(files, description, place))
    else:
        assert isinstance(carry_out(files, description, place), Done)


def test_a_name_that_the_package_has_already_is_refused():
    check_refused(
        "//- /pkg/__init__.py\nbase = 1\n//- /pkg/core.py\n",
        "pkg/__init__.py:1 has a `base` already",
        description="rename module core to base",
    )


def test_packages_that_would_import_each_other_are_refused():
    check_refused(
        "//- /pkg/__init__.py\n//- /pkg/core.py\n//- /pkg/a.py\nfrom .core import x\n"
        "//- /pkg/sub/__init__.py\nfrom ..a import y\n",
        "pkg/sub/__init__.py leads to pkg/a.py",
        description="move pkg/core.py to pkg/sub/",
    )


def test_a_script_that_imports_what_lies_beside_it_cannot_leave():
    check_refused(
        "//- /scripts/run.py\nimport helper\n//- /scripts/helper.py\n//- /tools/x.py\n",
        "which lies beside it",
        description="move scripts/run.py to tools/",
    )


def test_renaming_there_and_back_gives_the_first_bytes():
    files, _ = files_in(PACKAGE)
    files = {path: text.replace("\n", "\r\n") for path, text in files.items()}
    once = after_moves(files, carry_out(files, "rename module core to base"))
    assert once != files
    assert after_moves(once, carry_out(once, "rename module base to core")) == files


def test_a_folder_without_init_hides_nothing_of_the_standard_library():
    paths = ("tests/typing/check.py", "tests/extra/check.py", "tests/test_a.py", "json/__init__.py")
    snapshot = Snapshot(NOWHERE, {path: from_buffer(path, "", 1) for path in paths})
    modules = modules_of(snapshot, paths)
    assert resolve(modules, "src/use.py", "typing") is None
    assert resolve(modules, "tests/test_a.py", "typing") is None
    assert resolve(modules, "src/use.py", "extra") == "tests/extra"
    assert resolve(modules, "src/use.py", "json") == "json/__init__.py"
