"""A symbol moves with what it needs; importers follow; what would break is refused with its place."""

import pytest

from context.snapshot import Place
from lsp_server.recipes.move.sentence import Move
from lsp_server.recipes.plan import NotUnderstood
from lsp_server.recipes.registry import understand
from lsp_server.recipes.signature.sentence import Target
from tests.recipes.workspace import after, carry_out, files_in, problems_of, sites_of

MOVE = "move load to pkg/new.py"


@pytest.mark.parametrize(
    ("sentence", "plan"),
    [
        ("move load_user to users/store.py", Move(Target("load_user"), "users/store.py")),
        ("Please move the function load_user into users.store.", Move(Target("load_user"), "users.store")),
        ("move class Store from pkg/core.py to pkg/b.py", Move(Target("Store", "pkg/core.py"), "pkg/b.py")),
        ("move pkg/core.py:Store to pkg/b.py", Move(Target("Store", "pkg/core.py"), "pkg/b.py")),
        ("extract Store to its own module", Move(Target("Store"), "")),
        ("move the class DiskStore into a file of its own", Move(Target("DiskStore"), "")),
        ("put Store into the module storage", Move(Target("Store"), "storage")),
        ("move Store, Disk and find to b.py", Move(Target("Store"), "b.py", others=("Disk", "find"))),
        ("move Store and Disk in pkg/core.py to b.py", Move(Target("Store", "pkg/core.py"), "b.py", others=("Disk",))),
        ("move a and b to c.py and keep a re-export", Move(Target("a"), "c.py", keep=True, others=("b",))),
        ("move Store to pkg/b.py and keep a re-export", Move(Target("Store"), "pkg/b.py", keep=True)),
    ],
)
def test_a_phrasing_becomes_its_plan(sentence, plan):
    understood = understand(sentence)
    assert isinstance(understood, tuple), understood
    assert [step.plan for step in understood] == [plan]


@pytest.mark.parametrize(
    "sentence",
    [
        "move the button to the left",
        "move fast",
        "move load_user",
        "put the kettle on",
        "move it to a.py",
        "move this and that to x.y.z later",
        "move the header and the footer to layout.html",
        "move Header to layout.js",
        "move a and a to c.py",
    ],
)
def test_what_is_no_move_is_left_alone(sentence):
    assert isinstance(understand(sentence), NotUnderstood) or "it" in sentence.split()


def check_move(workspace: str, description: str = MOVE, sites: list[str] | None = None, **expected: str):
    """`core`, `new` and others name files of `pkg`; files that are not named must stay as they are."""
    files, place = files_in(workspace)
    done = carry_out(files, description, place)
    result = after(files, done)
    wanted = files | {f"pkg/{name}.py": text.lstrip("\n") for name, text in expected.items()}
    assert result == wanted
    assert sites_of(done) == sorted(sites or [])


def test_a_function_goes_to_a_new_file_with_the_imports_that_it_needs():
    check_move(
        """
//- /pkg/__init__.py
from .core import load
//- /pkg/core.py
import json
import os as system
from .paths import folder, name as own

# Reads it.
@cached
def load(path: "folder") -> str:
    return json.load(system.path, own)


def other(): ...
//- /pkg/paths.py
folder = name = 1
""".replace("@cached\n", ""),
        __init__="from .new import load\n",
        core="def other(): ...\n",
        new="import json\nimport os as system\nfrom .paths import folder\nfrom .paths import name as own\n\n\n"
        '# Reads it.\ndef load(path: "folder") -> str:\n    return json.load(system.path, own)\n',
    )


def test_a_file_with_each_name_on_its_line_has_such_a_file_beside_it():
    files, place = files_in("""\
//- /pkg/__init__.py
//- /pkg/low.py
def low(): ...
def lower(): ...
//- /pkg/core.py
import os
from .low import low
from .low import lower
def load(): return os, low, lower
""")
    lines = after(files, carry_out(files, MOVE, place))["pkg/new.py"].splitlines()[:3]
    assert lines == ["import os", "from .low import low", "from .low import lower"]


def test_imports_that_something_else_may_need_stay():
    check_move(
        """
//- /pkg/__init__.py
//- /pkg/core.py
import json
import re
import gone
from .paths import folder, name, other
from .paths import last  # noqa: F401

def load(path: "folder") -> str:
    return json, re, gone, folder, name, other, last
def stays(): return json
//- /pkg/paths.py
folder = name = other = last = 1
//- /pkg/use.py
from pkg.core import name
from pkg import core
core.other
""",
        core="import json\nimport gone\nfrom .paths import name, other\nfrom .paths import last  # noqa: F401\n\n"
        "def stays(): return json\n",
        new="import json\nimport re\nimport gone\nfrom .paths import folder\nfrom .paths import last\n"
        "from .paths import name\nfrom .paths import other\n\n\n"
        'def load(path: "folder") -> str:\n    return json, re, gone, folder, name, other, last\n',
    )


def test_what_still_uses_it_imports_it_and_importers_keep_their_aliases():
    check_move(
        """
//- /pkg/__init__.py
//- /pkg/core.py
def load(): ...


def use(): return load()
//- /pkg/new.py
import os


def other(): ...
//- /pkg/far.py
def f():
    from pkg.core import load as get, use
    get(use)
""",
        core="from pkg.new import load\n\ndef use(): return load()\n",
        new="import os\n\n\ndef other(): ...\n\n\ndef load(): ...\n",
        far="def f():\n    from pkg.new import load as get\n    from pkg.core import use\n    get(use)\n",
    )


def test_a_re_export_keeps_the_old_place_alive():
    check_move(
        """
//- /pkg/__init__.py
//- /pkg/core.py
__all__ = ["load"]
def load(): ...
//- /pkg/use.py
from pkg import core
core.load()
""",
        f"{MOVE} and keep a re-export",
        core='from pkg.new import load  # noqa: F401\n\n__all__ = ["load"]\n',
        new="def load(): ...\n",
    )


def test_a_class_leaves_all_and_a_path_in_a_string_is_listed():
    check_move(
        """
//- /pkg/__init__.py
//- /pkg/core.py
__all__ = ["load", "other"]
class load:
    x = 1
other = 2
//- /pkg/test_it.py
from unittest.mock import patch
patch("pkg.core.load")
""",
        sites=["pkg/test_it.py:2"],
        core='__all__ = ["other"]\nother = 2\n',
        new="class load:\n    x = 1\n",
    )


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("class Base: ...\nclass load(Base): ...\nload()", "would import each other"),
        ("count = 0\ndef load():\n    global count\n    count += 1", "assigns count"),
        ("if x:\n    def load(): ...", "not defined on its own"),
        ("load = 1; x = 2", "shares its line"),
        ("load = 1\nload = 2", "bound more than once"),
        ("def load(): ...\n//- /pkg/new.py\ndef load(): ...", "Say which"),
        ("def load(): os()\nimport json as os\n//- /pkg/new.py\nimport os", "`os` means something else in pkg/new.py"),
        ("def load(): os()\nimport os\n//- /pkg/new.py\nimport json as os", "`os` means something else in pkg/new.py"),
        ("def load(): os()\nimport os\n//- /pkg/new.py\nos = 1", "`os` means something else in pkg/new.py"),
        (
            "def load(): ...\n//- /pkg/new.py\nfrom pkg.use import x\n//- /pkg/use.py\nfrom pkg.core import load",
            "import each other",
        ),
        ("from x import *\ndef load(): thing", "may come from an `import *`"),
        ("def lead(): ... # load", "Did you mean lead?"),
    ],
)
def test_what_would_break_is_refused(code, reason):
    files, place = files_in(f"//- /pkg/__init__.py\n//- /pkg/core.py\n{code}\n")
    assert reason in problems_of(carry_out(files, MOVE, place))


def test_a_move_out_of_the_workspace_is_refused():
    files, _ = files_in("//- /core.py\ndef load(): ...\n")
    assert "outside the workspace" in problems_of(carry_out(files, "move load to ../new.py"))
    assert "There is no folder" in problems_of(carry_out(files, "move load to nowhere/new.py"))
    assert "already" in problems_of(carry_out(files, "move load to core.py"))


def test_a_renamed_symbol_moves_in_the_next_step():
    files, _ = files_in("//- /core.py\ndef load(): ...\n//- /use.py\nfrom core import load\nload()\n")
    result = after(files, carry_out(files, "rename load to fetch and move it to new.py"))
    assert result == {"core.py": "", "new.py": "def fetch(): ...\n", "use.py": "from new import fetch\nfetch()\n"}


def test_a_class_gets_a_module_that_is_called_like_it():
    files, _ = files_in(
        "//- /pkg/__init__.py\n//- /pkg/core.py\nclass DiskStore: ...\n//- /use.py\nfrom pkg.core import DiskStore\n"
    )
    result = after(files, carry_out(files, "extract DiskStore to its own module"))
    assert result == files | {
        "pkg/core.py": "",
        "pkg/disk_store.py": "class DiskStore: ...\n",
        "use.py": "from pkg.disk_store import DiskStore\n",
    }


def test_a_new_module_has_its_imports_in_the_order_of_formatters():
    files, place = files_in("""\
//- /pkg/__init__.py
//- /pkg/low.py
def low(): ...
//- /pkg/core.py
from functools import wraps
import typing as t

from .low import low


def load(f: t.Any):
    return wraps(low())
""")
    lines = after(files, carry_out(files, MOVE, place))["pkg/new.py"].splitlines()[:4]
    assert lines == ["import typing as t", "from functools import wraps", "", "from .low import low"]


def test_a_package_that_several_lines_import_comes_with_all_of_them():
    check_move(
        """
//- /pkg/__init__.py
//- /pkg/core.py
import xml
import xml.dom
import xml.sax as sax
def load(): return xml.dom, sax
""",
        core="",
        new="import xml\nimport xml.dom\nimport xml.sax as sax\n\n\ndef load(): return xml.dom, sax\n",
    )
    code = "try:\n    import xml\nexcept ImportError:\n    import xml.dom\ndef load(): return xml\n"
    files, _ = files_in(f"//- /pkg/__init__.py\n//- /pkg/core.py\n{code}")
    assert "xml is imported in more than one way" in problems_of(carry_out(files, MOVE))
    target = {"pkg/__init__.py": "", "pkg/core.py": "import xml\nimport xml.dom\ndef load(): return xml.dom\n"}
    target["pkg/new.py"] = "import xml\n"
    result = after(target, carry_out(target, MOVE))["pkg/new.py"]
    assert result == "import xml\nimport xml.dom\n\n\ndef load(): return xml.dom\n"


def test_the_comment_that_asked_does_not_move_along():
    files, _ = files_in(f"//- /pkg/__init__.py\n//- /pkg/core.py\n# Loads.\n# {MOVE}\ndef load(): ...\n")
    place = Place("pkg/core.py", 2, 2)
    result = after(files, carry_out(files, MOVE, place, place))
    assert result["pkg/new.py"] == "# Loads.\ndef load(): ...\n"
    assert result["pkg/core.py"] == ""
