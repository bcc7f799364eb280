"""Two modules that need each other: what still loads from anywhere is done, the rest is refused with its lines.

Every result is loaded by a real Python, from each module first, before and after.
"""

import json
import subprocess
import sys

import pytest

from context.snapshot import Snapshot, from_buffer
from lsp_server.recipes.move.order import Course, Failure, circle_of, loaded, new_failures
from lsp_server.recipes.plan import Done
from lsp_server.recipes.python.imports import modules_of
from tests.recipes.workspace import NOWHERE, after, carry_out, files_in, problems_of, sites_of

MOVE = "move load to pkg/new.py"
LOADER = """
import contextlib, importlib, io, json, sys
names, before = json.loads(sys.argv[1]), set(sys.modules)
sys.path.insert(0, sys.argv[2])
sys.dont_write_bytecode = True
for name in names:
    for loaded in set(sys.modules) - before:
        del sys.modules[loaded]
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            importlib.import_module(name)
    except (ImportError, AttributeError):
        pass
    except Exception as error:
        print(name, error, file=sys.stderr)
    else:
        print(name)
"""


def loadable(files: dict[str, str], folder) -> set[str]:
    """The modules that Python can load as the first."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    names = [path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in files]
    run = subprocess.run(
        [sys.executable, "-I", "-c", LOADER, json.dumps(names), folder], capture_output=True, text=True, check=True
    )
    assert not run.stderr
    return set(run.stdout.split())


def check_loads(tmp_path, workspace: str, description: str = MOVE, **expected: str) -> Done:
    """What could be loaded first can be afterwards, too, and the new module; named files have a certain text."""
    files, place = files_in(workspace)
    done = carry_out(files, description, place)
    result = after(files, done)
    assert isinstance(done, Done)
    now = loadable(result, tmp_path / "after")
    assert loadable(files, tmp_path / "before") | {"pkg.new"} <= now
    for name, text in expected.items():
        assert result[f"pkg/{name}.py"] == text.lstrip("\n")
    return done


def test_a_moved_function_imports_what_it_alone_reads_when_it_runs(tmp_path):
    done = check_loads(
        tmp_path,
        """
//- /pkg/__init__.py
//- /pkg/core.py
\"\"\"Core.\"\"\"
import json

SIZE = 3

def helper(): return SIZE

def load(path):
    \"\"\"Loads.\"\"\"
    # What it needs.
    return json.dumps([path, helper(), SIZE])

LOADED = load("a")
""",
        core='"""Core."""\n\nfrom pkg.new import load\n\nSIZE = 3\n\ndef helper(): return SIZE\n\nLOADED = load("a")\n',
        new='import json\n\n\ndef load(path):\n    """Loads."""\n    # What it needs.\n'
        "    from pkg.core import SIZE, helper\n    return json.dumps([path, helper(), SIZE])\n",
    )
    assert "its functions import SIZE and helper when they run" in done.summary


def test_methods_and_one_liners_import_late_too(tmp_path):
    check_loads(
        tmp_path,
        """
//- /pkg/__init__.py
from .core import load
//- /pkg/core.py
from . import other
class Helper: ...
class load:
    kind = "x"
    def make(self): return Helper()
    async def wait(self):
        def inner():
            return Helper
        return inner
class Child(load): ...
//- /pkg/other.py
""",
        core="from . import other\nfrom .new import load\nclass Helper: ...\nclass Child(load): ...\n",
        new='class load:\n    kind = "x"\n    def make(self): from .core import Helper; return Helper()\n'
        "    async def wait(self):\n        from .core import Helper\n        def inner():\n"
        "            return Helper\n        return inner\n",
    )


def test_functions_of_the_old_module_import_what_moved_when_they_run(tmp_path):
    done = check_loads(
        tmp_path,
        """
//- /pkg/__init__.py
//- /pkg/core.py
from __future__ import annotations

__all__ = ["load", "make"]

class Base: ...

class load(Base): ...

def make(kind: load) -> "load":
    return load()
//- /pkg/use.py
from pkg.core import *
print(load)
""",
        core="from __future__ import annotations\n\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n"
        '    from pkg.new import load\n\n__all__ = ["make"]\n\nclass Base: ...\n\n'
        'def make(kind: load) -> "load":\n    from pkg.new import load\n    return load()\n',
        new="from __future__ import annotations\n\nfrom pkg.core import Base\n\n\nclass load(Base): ...\n",
    )
    assert "functions of pkg/core.py import it when they run" in done.summary


@pytest.mark.parametrize(
    "line",
    [
        "FIRST = make()",
        "def again(): return make()\nFIRST = again()",
        "class Late(Hooked): ...",
        "@register\ndef shown(): return make()",
    ],
)
def test_a_function_that_runs_on_loading_cannot_import_what_moved(line):
    files, _ = files_in(f"""
//- /pkg/__init__.py
//- /pkg/core.py
class Base: ...
class load(Base): ...
def register(it): return it()
def make(): return load()
class Hooked:
    def __init_subclass__(cls): make()
{line}
""")
    message = problems_of(carry_out(files, MOVE))
    assert "pkg/new.py and pkg/core.py would import each other" in message
    assert "load needs Base while it is loaded (pkg/core.py:2)" in message
    assert "pkg/core.py needs load (pkg/core.py:4)" in message
    assert "Say `move load and Base to pkg/new.py`." in message


def test_what_a_refusal_offers_works(tmp_path):
    workspace = """
//- /pkg/__init__.py
//- /pkg/core.py
ROOT = 1
class Base:
    root = ROOT
class load(Base): ...
class Child(load): ...
def use(): return Base, ROOT
//- /pkg/use.py
from pkg.core import Base, load, use as run
from pkg import core
print(core.Base, core.ROOT, core.use)
"""
    files, _ = files_in(workspace)
    message = problems_of(carry_out(files, MOVE))
    sentence = message[message.index("Say `") + len("Say `") : -2]
    assert sentence == "move load, Base and ROOT to pkg/new.py"
    check_loads(
        tmp_path,
        workspace,
        sentence,
        core="from pkg.new import ROOT, Base, load\n\nclass Child(load): ...\ndef use(): return Base, ROOT\n",
        new="ROOT = 1\n\n\nclass Base:\n    root = ROOT\n\n\nclass load(Base): ...\n",
        use="from pkg.new import Base, load\nfrom pkg.core import use as run\n"
        "from pkg import core\nfrom pkg import new\n"
        "print(new.Base, new.ROOT, core.use)\n",
    )


def test_a_package_that_loads_the_old_module_is_seen():
    files, _ = files_in("""
//- /pkg/__init__.py
//- /pkg/core.py
class load: ...
class Child(load): ...
other = 1
//- /pkg/sub/__init__.py
from pkg.core import other
""")
    message = problems_of(carry_out(files, "move load to pkg/sub/new.py"))
    assert "would import each other" in message
    assert "pkg/sub/__init__.py:1 needs other of pkg/core.py" in message


def test_a_re_export_of_what_reads_its_old_module_late_works(tmp_path):
    check_loads(
        tmp_path,
        """
//- /pkg/__init__.py
//- /pkg/core.py
def helper(): ...
def load():
    return helper()
//- /pkg/use.py
from pkg import core
core.load()
""",
        f"{MOVE} and keep a re-export",
        core="from pkg.new import load  # noqa: F401\n\ndef helper(): ...\n",
        new="def load():\n    from pkg.core import helper\n    return helper()\n",
    )


def test_a_name_that_a_function_of_the_old_module_sets_again_is_refused():
    files, _ = files_in(
        "//- /pkg/__init__.py\n//- /pkg/core.py\ncache = None\ndef fill():\n    global cache\n    cache = 1\n"
        "def load(): return cache\n"
    )
    assert "pkg/core.py:4 gives cache another value" in problems_of(carry_out(files, MOVE))


def test_a_name_for_types_only_is_imported_for_types_only(tmp_path):
    check_loads(
        tmp_path,
        """
//- /pkg/__init__.py
//- /pkg/core.py
import typing as t

if t.TYPE_CHECKING:
    P = t.ParamSpec("P")


def load(f: "t.Callable[P, int]"): ...
""",
        new="import typing as t\n\nif t.TYPE_CHECKING:\n    from pkg.core import P\n\n\n"
        'def load(f: "t.Callable[P, int]"): ...\n',
    )


def test_a_type_in_quotes_keeps_its_name(tmp_path):
    check_loads(
        tmp_path,
        '//- /pkg/__init__.py\n//- /pkg/core.py\ndef load(): ...\n\n\ndef use(x: "load"): ...\n',
        core='from pkg.new import load\n\ndef use(x: "load"): ...\n',
    )


@pytest.mark.parametrize(
    "line", ["from pkg import new", "from pkg.new import other as new", "import pkg.new as new", "from . import new"]
)
def test_the_new_module_under_a_name_of_the_old_is_refused(line):
    files, _ = files_in(
        f"//- /pkg/__init__.py\n//- /pkg/core.py\n{line}\ndef load(): return new\n//- /pkg/new.py\nother = 1\n"
    )
    assert "pkg/core.py:1 gives new to the moved code" in problems_of(carry_out(files, MOVE))


def test_the_new_module_no_longer_imports_what_it_has(tmp_path):
    check_loads(
        tmp_path,
        """
//- /pkg/__init__.py
//- /pkg/core.py
def load(): ...
kept = 1
//- /pkg/new.py
from pkg.core import kept, load
from pkg import core


def use(): return load(), core.load(), kept
""",
        new="from pkg.core import kept\nfrom pkg import core\n\n\ndef use(): return load(), load(), kept\n\n\n"
        "def load(): ...\n",
    )


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("from pkg.core import load\nload()", "pkg/new.py:2 needs it before it would be there (load)"),
        ("from pkg.core import load as get\ndef f(): get()", "pkg/new.py:1 imports it from the old module in a way"),
        ("def f():\n    from pkg.core import load\n    load()", "pkg/new.py:2 imports it from the old module in a way"),
        ("from pkg.core import *\ndef f(): load()", "pkg/new.py gets load by `import *`"),
        ("from pkg import core\ncore.load()", "pkg/new.py:2 reaches load through the old module, and needs it before"),
        ("from pkg import core\ndef f(load): core.load()", "`load` means something else there"),
    ],
)
def test_what_the_new_module_does_with_its_name_is_refused(lines, reason):
    files, _ = files_in(f"//- /pkg/__init__.py\n//- /pkg/core.py\ndef load(): ...\n//- /pkg/new.py\n{lines}\n")
    assert reason in problems_of(carry_out(files, MOVE))


@pytest.mark.parametrize(
    ("before", "result"),
    [
        ("from pkg import core\ncore.load()\n", "from pkg import new\nnew.load()\n"),
        ("from . import core\ncore.load()\n", "from . import new\nnew.load()\n"),
        ("import pkg.core\npkg.core.load()\n", "import pkg.new\npkg.new.load()\n"),
        (
            "import pkg\nimport pkg.core\npkg.core.load(pkg)\n",
            "import pkg\nimport pkg.new\nimport pkg.core\npkg.new.load(pkg)\n",
        ),
        ("import pkg.core as c\nc.load(c.kept)\n", "import pkg.core as c\nfrom pkg import new\nnew.load(c.kept)\n"),
        ("from pkg import core, use\ncore.load(use)\n", "from pkg import use\nfrom pkg import new\nnew.load(use)\n"),
        ("def f():\n    from pkg import core\n    core.load()", "def f():\n    from pkg import new\n    new.load()"),
        (
            "from pkg import core\nnew = 1\ncore.load()\n",
            "from pkg.new import load\nnew = 1\nload()\n",
        ),
        (
            "from pkg import core\ndef f(new):\n    core.load()\ncore.load()\n",
            "from pkg import new\nfrom pkg.new import load\ndef f(new):\n    load()\nnew.load()\n",
        ),
        ("from pkg.core import *\nload()\n", "from pkg.core import *\nfrom pkg.new import load\nload()\n"),
        ("from pkg.core import *", "from pkg.core import *\nfrom pkg.new import load  # noqa: F401\n"),
    ],
)
def test_what_reaches_it_through_the_old_module_reaches_it_through_the_new(before, result):
    files, _ = files_in("//- /pkg/__init__.py\n//- /pkg/core.py\ndef load(*_): ...\nkept = 1\n//- /pkg/use.py\n")
    files["pkg/use.py"] = before
    assert after(files, carry_out(files, MOVE))["pkg/use.py"] == result


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "from pkg import core\ncore.load = 1\n",
            "pkg/use.py:2 reaches load through the old module, and sets it there",
        ),
        ("from pkg import core\ndel core.load\n", "and sets it there"),
        ("from pkg import core\nnew = 1\ndef f(load):\n    core.load()\n", "`load` means something else there"),
        ("import x; from pkg import core\ncore.load()\n", "its import shares a line"),
        ("x = 1; from pkg.core import *\nload()\n", "by `import *`, within a line"),
    ],
)
def test_what_cannot_follow_is_refused_with_its_line(text, reason):
    files, _ = files_in("//- /pkg/__init__.py\n//- /pkg/core.py\ndef load(): ...\n//- /pkg/use.py\n")
    files["pkg/use.py"] = text
    message = problems_of(carry_out(files, MOVE))
    assert reason in message
    assert "and keep a re-export" in message


def test_what_takes_it_from_one_that_takes_all_follows(tmp_path):
    check_loads(
        tmp_path,
        """
//- /pkg/__init__.py
from .far import *
//- /pkg/far.py
from .core import *
//- /pkg/core.py
def load(): ...
//- /use.py
from pkg import load
load()
""",
        far="from .core import *\nfrom .new import load  # noqa: F401\n",
        __init__="from .far import *\n",
    )


@pytest.mark.parametrize(
    "line",
    [
        "core.helper = 1",
        'monkeypatch.setattr(core, "helper", 1)',
        'mock.patch.object(core, "helper")',
        'mock.patch("pkg.core.helper")',
    ],
)
def test_a_name_that_a_test_sets_in_the_old_module_is_listed(line):
    files, _ = files_in(f"""
//- /pkg/__init__.py
//- /pkg/core.py
from .other import helper
def load(): return helper
//- /pkg/other.py
helper = 1
//- /test_it.py
from pkg import core
core.helper == 1
{line}
""")
    done = carry_out(files, MOVE)
    assert sites_of(done) == ["test_it.py:3"]
    assert isinstance(done, Done)
    assert "sets helper in the old module" in done.uncertain[0].why


def test_a_name_that_is_read_from_the_old_module_when_it_is_needed_is_not_listed():
    files, _ = files_in("""
//- /pkg/__init__.py
//- /pkg/core.py
def helper(): ...
def load(): return helper()
load()
//- /test_it.py
from pkg import core
core.helper = 1
""")
    assert sites_of(carry_out(files, MOVE)) == []


def test_an_unknown_receiver_is_listed():
    files, _ = files_in(
        "//- /pkg/__init__.py\n//- /pkg/core.py\ndef load(): ...\n//- /pkg/use.py\ndef f(x): x.load()\n"
    )
    assert sites_of(carry_out(files, MOVE)) == ["pkg/use.py:1"]


def test_names_that_are_not_of_the_module_are_refused():
    files, _ = files_in("//- /pkg/__init__.py\n//- /pkg/core.py\nimport os\ndef load(): ...\n")
    assert "pkg/core.py does not define os" in problems_of(carry_out(files, "move load and os to pkg/new.py"))


def test_a_long_chain_of_modules_is_followed():
    files = {f"m{n}.py": f"import m{(n + 1) % 1500}\n" for n in range(1500)} | {"m0.py": "import m1\nx = 1\n"}
    files["m1499.py"] = "from m0 import x\n"
    snapshot = Snapshot(NOWHERE, {path: from_buffer(path, text, 1) for path, text in files.items()})
    modules = modules_of(snapshot, ("m0.py",))
    assert circle_of(modules, "m0.py") == frozenset(files)
    assert loaded(Course(modules, frozenset(files)), "m1.py") == []
    assert loaded(Course(modules, frozenset(files)), "m0.py") == [Failure("m1499.py", 1, "m0.py", "x")]


ORDERS = [
    {"a.py": "from b import y\nx = 1\n", "b.py": "y = 1\nfrom a import x\n"},
    {"a.py": "import b\nx = 1\n", "b.py": "import a\ndef f(): return a.x\n"},
    {"a.py": "import b\nx = 1\n", "b.py": "import a\nz = a.x\n"},
    {"a.py": "x = 1\nfrom b import *\n", "b.py": "from a import x\n"},
    {"p/__init__.py": "from .m import x\n", "p/m.py": "from . import n\nx = 1\n", "p/n.py": "from p import x\n"},
    {"p/__init__.py": "from .m import x\n", "p/m.py": "from . import n\nx = 1\n", "p/n.py": "from p import m\n"},
    {"a.py": "class A:\n    from b import y\n", "b.py": "y = 1\nimport a\nz = a.A\n"},
    {"a.py": "def x(): ...\nimport b\n", "b.py": "from a import x\n@x\nclass Y: ...\n".replace("@x\n", "")},
]


@pytest.mark.parametrize("files", ORDERS)
def test_the_order_of_loading_is_python_s(files, tmp_path):
    """What is found to fail, with nothing before to compare with, is what a real Python cannot load."""
    snapshot = Snapshot(NOWHERE, {path: from_buffer(path, text, 1) for path, text in files.items()})
    empty = Snapshot(NOWHERE, {})
    found = new_failures(modules_of(empty, ()), modules_of(snapshot, tuple(files)), next(iter(files)))
    names = {path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in files}
    assert bool(found) == (loadable(files, tmp_path) != names)


def test_what_would_notice_its_module_is_listed():
    files, _ = files_in("""
//- /pkg/__init__.py
//- /pkg/core.py
from .base import Base
log = getLogger(__name__)
class load(Base):
    where = __file__
    def f(self):
        return __name__, self.__name__, log
//- /pkg/base.py
class Meta(type): ...
class Base(metaclass=Meta):
    def g(self):
        return type(self).__module__
//- /test_it.py
pattern = r"(pkg\\.core\\.)?load: failed"
""")
    done = carry_out(files, MOVE)
    assert sites_of(done) == ["pkg/base.py:2", "pkg/base.py:4", "pkg/core.py:4", "pkg/core.py:6", "test_it.py:1"]
