"""One case for each way in which a name can be meant, or not meant. The new text is spelled out: old -> new."""

import pickle
import re
from pathlib import Path

import pytest

from context.snapshot import FileText, Place, Snapshot, from_buffer, to_bytes
from lsp_server.recipes.plan import Done, Material
from lsp_server.recipes.python.imports import modules_of
from lsp_server.recipes.python.listings import LISTERS
from lsp_server.recipes.python.names import PythonFile, Symbol, open_file
from lsp_server.recipes.registry import understand
from lsp_server.recipes.rename import rename
from lsp_server.recipes.rename.proof import proof_problems
from lsp_server.recipes.rename.sentence import Rename
from lsp_server.recipes.splices import Splice, edit_of
from tests.recipes.renaming import CORE, MARK, check_refused, check_rename
from tests.recipes.workspace import after, carry_out, files_in, problems_of, sites_of

CHANGED = {
    "an import with an alias": ["from pkg.core import «load|fetch» as lu", "lu(); load = 3"],
    "a module alias": ["import pkg.core as c", "c.«load|fetch»()"],
    "a dotted module": ["import pkg.core", "import pkg.other", "pkg.core.«load|fetch»()"],
    "a submodule from its package": ["from pkg import core", "core.«load|fetch»()"],
    "an import within a function": [
        "def f():",
        "    from pkg import core as k",
        "    return k.«load|fetch»",
        "def g(load): ...",
    ],
    "a module attribute that is assigned and deleted": [
        "from pkg import core",
        "core.«load|fetch» = None",
        "del core.«load|fetch»",
    ],
    "a parenthesised import": ["from pkg.core import (", "    «load|fetch»,  # why", ")", "x = [«load|fetch»]"],
    "an explicit re-export": ["from pkg.core import «load|fetch» as «load|fetch»", "«load|fetch»()"],
    "a shadowing parameter": [
        "from pkg.core import «load|fetch»",
        "def f(load=«load|fetch»): return load",
        "«load|fetch»()",
    ],
    "a shadowing local": [
        "from pkg.core import «load|fetch»",
        "def f():",
        "    print(load)",
        "    load = 1",
        "    return lambda: load",
    ],
    "a shadowing comprehension": [
        "from pkg.core import «load|fetch»",
        "x = [load for load in «load|fetch»() if load]",
        "y = {load: 1 for load in x}",
    ],
    "a walrus in a comprehension": [
        "from pkg.core import «load|fetch»",
        "def f(xs):",
        "    [load := x for x in xs]",
        "    return load",
        "«load|fetch»",
    ],
    "a for target and a with target": [
        "from pkg.core import «load|fetch»",
        "def f():",
        "    for load in (): pass",
        "def g():",
        "    with x as (load, y): load",
        "«load|fetch»()",
    ],
    "an exception's name": [
        "from pkg.core import «load|fetch»",
        "def f():",
        "    try: pass",
        "    except E as load: load",
        "«load|fetch»()",
    ],
    "a captured pattern": [
        "from pkg.core import «load|fetch»",
        "def f(x):",
        "    match x:",
        "        case [load, *_]: return load",
        "        case {'a': load}: pass",
    ],
    "a value pattern through a module": [
        "from pkg import core",
        "match x:",
        "    case core.«load|fetch»: pass",
        "    case core.«load|fetch»(load=1): pass",
    ],
    "a global declaration": [
        "from pkg.core import «load|fetch»",
        "def f():",
        "    global «load|fetch»",
        "    «load|fetch» = None",
    ],
    "a nonlocal that is another name": [
        "from pkg.core import «load|fetch»",
        "def f():",
        "    load = 1",
        "    def g():",
        "        nonlocal load",
        "        load = 2",
        "«load|fetch»",
    ],
    "a class body that binds the name": [
        "from pkg.core import «load|fetch»",
        "class A:",
        "    first = «load|fetch»",
        "    load = «load|fetch»",
        "    other = load",
        "    def f(self): return «load|fetch», self.load",
    ],
    "a method of the same name": [
        "from pkg.core import «load|fetch»",
        "class A:",
        "    def load(self): return «load|fetch»()",
        "A().load()",
    ],
    "a class-level import": ["class A:", "    from pkg.core import «load|fetch as load»", "A.load"],
    "keyword arguments": ["from pkg.core import «load|fetch»", "f(load=«load|fetch», other=dict(load=1))"],
    "decorators and defaults": [
        "from pkg.core import «load|fetch»",
        "@«load|fetch»",
        "@x.load",
        "def f(a=«load|fetch», *, b: «load|fetch» = 1) -> «load|fetch»: ...",
    ],
    "f-strings": ["from pkg.core import «load|fetch»", 's = f"{«load|fetch»()!r:{«load|fetch»}} load {{load}}"'],
    "del": ["from pkg.core import «load|fetch»", "del «load|fetch»"],
    "a fallback": ["try:", "    from pkg.core import «load|fetch»", "except ImportError:", "    «load|fetch» = None"],
    "a second import of the same name": [
        "try:",
        "    from fast import «load|load as fetch»",
        "except ImportError:",
        "    from pkg.core import «load|fetch»",
        "«load|fetch»()",
    ],
    "a definition that replaces the import": [
        "from pkg.core import «load|fetch as load»",
        "old = load",
        "def load(): return old()",
    ],
    "an import under TYPE_CHECKING": [
        "if TYPE_CHECKING:",
        "    from pkg.core import «load|fetch»",
        'def f(x: "list[«load|fetch»]"): ...',
    ],
    "type comments and casts": [
        "from pkg.core import «load|fetch»",
        "x = None  # type: dict[str, «load|fetch»]",
        "y = cast('«load|fetch»', x)",
        "T = TypeVar('T', bound='«load|fetch»')",
    ],
    "nested quotes in a type": [
        "from pkg.core import «load|fetch»",
        "x: Annotated['list[\"«load|fetch»\"]', 'load'] = Literal['load']",
    ],
    "type parameters": [
        "from pkg.core import «load|fetch»",
        "def f[load: int](x: load) -> load: ...",
        "class C[T: «load|fetch»]: ...",
        "type A = «load|fetch»",
    ],
    "other modules' attributes": ["import os, json", "json.load(x); os.load", "class load2: load = 1", "load2.load"],
    "a lambda": [
        "from pkg.core import «load|fetch»",
        "f = lambda load, x=«load|fetch»: load",
        "g = lambda: «load|fetch»",
    ],
    "augmented assignment": ["from pkg.core import «load|fetch»", "«load|fetch» += 1"],
    "an async generator": [
        "from pkg.core import «load|fetch»",
        "async def f(): return [x async for x in «load|fetch»() if «load|fetch»]",
    ],
}


@pytest.mark.parametrize("name", CHANGED)
def test_exactly_the_names_that_mean_the_symbol_change(name):
    code = "\n".join(CHANGED[name])
    check_rename(CORE + "//- /use.py\n" + code + "\n")


def test_all_definitions_in_a_module_change_together():
    check_rename("""
        //- /pkg/core.py
        if FAST:
            @overload
            def «load|fetch»(x: int): ...
            def «load|fetch»(x): ...
        else:
            from fast import «load|load as fetch»
        «load|fetch» = cache(«load|fetch»)
        __all__ = ("load2", "«load|fetch»")
        __all__ += ["«load|fetch»", *other]
        __all__.append("«load|fetch»")
        """)


def test_a_stub_changes_with_its_source():
    check_rename("""
        //- /pkg/core.py
        def «load|fetch»(x): ...
        //- /pkg/core.pyi
        def «load|fetch»(x: int) -> "«load|fetch»": ...
        //- /pkg/__init__.py
        from .core import «load|fetch»
        //- /pkg/__init__.pyi
        def «load|fetch»(x: int): ...
        """)


def test_stars_are_followed_through_files_that_do_not_mention_the_name():
    check_rename(
        CORE
        + """
//- /pkg/middle.py
from .core import *
//- /pkg/api.py
from .middle import *
from os import path
//- /use.py
from pkg.api import *
import pkg.api
«load|fetch»()
pkg.api.«load|fetch»()
def f(load): return load
"""
    )


def test_a_star_that_leaves_the_name_out_brings_nothing():
    check_rename(
        """
//- /pkg/core.py
__all__ = ["other"]
def «load|fetch»(): ...
//- /use.py
from pkg.core import *
load()
""",
        sites=["use.py:2"],
    )


def test_relative_imports_of_every_depth_are_resolved():
    check_rename(
        CORE
        + """
//- /pkg/near.py
from .core import «load|fetch»
from . import core
core.«load|fetch»(«load|fetch»)
//- /pkg/sub/__init__.py
from ..core import «load|fetch» as deep
from .. import core as c
c.«load|fetch»
//- /other/core.py
def load(): ...
//- /other/use.py
from .core import load
load()
"""
    )


@pytest.mark.parametrize(
    "layout",
    ["src/pkg", "lib/pkg", "backend/pkg", "pkg"],
)
def test_packages_are_found_below_source_folders(layout):
    check_rename(
        f"""
//- /{layout}/__init__.py
from .core import «load|fetch»
//- /{layout}/core.py
def «load|fetch»(): ...
//- /tests/test_core.py
import pkg
from pkg.core import «load|fetch»
pkg.«load|fetch»()
"""
    )


def test_folders_without_init_files_are_packages_too():
    check_rename(
        """
//- /space/pkg/core.py
def «load|fetch»(): ...
//- /use.py
import space.pkg.core
from space.pkg import core as c
space.pkg.core.«load|fetch»(c.«load|fetch»)
"""
    )


def test_a_script_finds_the_module_beside_it():
    check_rename(
        """
//- /tools/helpers.py
def «load|fetch»(): ...
//- /tools/run.py
import helpers
from helpers import «load|fetch»
helpers.«load|fetch»(«load|fetch»)
""",
        description="rename load to fetch",
    )


def test_patched_paths_are_certain_only_where_they_resolve():
    check_rename(
        CORE
        + """
//- /use.py
from pkg.core import «load|fetch»
//- /tests/test_it.py
from unittest import mock
@mock.patch("pkg.core.«load|fetch»")
@mock.patch("use.«load|fetch»", "load")
@mock.patch("other.load")
@mock.patch("gone.core.load")
def test_it(monkeypatch, mocker):
    monkeypatch.setattr("pkg.core.«load|fetch».cache", None)
    mocker.patch("pkg.core.«load|fetch»")
    x = "pkg.core.load", "pkg.core:load"
""",
        sites=["tests/test_it.py:5", "tests/test_it.py:9"],
    )


def test_names_in_strings_are_shown_where_they_are_looked_up():
    check_rename(
        CORE
        + """
//- /use.py
import importlib
from unittest import mock
import pytest
from pkg import core
getattr(core, "load")
getattr(self, "load")
monkeypatch.setattr(core, "load", None)
mock.patch.object(core, "load")
importlib.import_module("pkg.core").load
m = importlib.import_module("pkg.core")
m.load()
x = {"load": 1}["load"]
//- /pyproject.toml
run = "pkg.core:load"
//- /docs/index.md
We load things with `load()`.
The load is high.
""",
        sites=[
            "docs/index.md:1",
            "pyproject.toml:1",
            "use.py:11",
            "use.py:5",
            "use.py:7",
            "use.py:8",
            "use.py:9",
        ],
    )


def test_attributes_of_unknown_things_are_shown_where_they_may_be_the_module():
    files, _ = files_in(
        MARK.sub(r"\1", CORE)
        + """//- /use.py
class Box:
    def load(self): self.load()
def f(core, thing, ctx):
    core.load()
    thing.load()
    ctx.core.load()
    Box().load()
"""
    )
    done = carry_out(files, "rename pkg.core.load to fetch")
    assert sites_of(done) == ["use.py:4", "use.py:6"]
    assert "3 other uses of the word kept" in done.summary


def test_a_fixture_shows_the_parameters_that_take_it():
    check_rename(
        """
//- /pkg/core.py
@pytest.fixture
def «load|fetch»(): ...
def test_it(load): load
def helper(load): load
""",
        sites=["pkg/core.py:1", "pkg/core.py:3"],
    )


def test_a_class_named_in_a_string_is_shown():
    files = {"core.py": 'class Load: ...\nget_model("shop", "Load")\nx = "shop.Load"\ny = {"Load": 1}\n'}
    done = carry_out(files, "rename class Load to Fetch")
    assert sites_of(done) == ["core.py:2", "core.py:3"]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("def fetch(): ...", "`fetch` is bound already in pkg/core.py:2"),
        ("def f(fetch): return load()", "pkg/core.py:2"),
        ("def f():\n    fetch = 1\n    return load, fetch", "means something else in this scope in pkg/core.py:4"),
        ("class A:\n    fetch = 1\n    other = load", "means something else in this scope"),
        ("x = [load for fetch in y]", "pkg/core.py:2"),
        ("def f():\n    return fetch", "is used already, for something else in pkg/core.py:3"),
        ("from os import *\nfetch()", "pkg/core.py:3"),
    ],
)
def test_a_new_name_that_meets_another_is_refused_with_its_place(code, reason):
    check_refused("//- /pkg/core.py\ndef load(): ...\n" + code + "\n", reason)


def test_a_new_name_that_meets_another_in_an_importing_file_is_refused():
    core = "//- /pkg/core.py\ndef load(): ...\n"
    check_refused(core + "//- /use.py\nfrom pkg.core import load\nfrom x import fetch\n", "use.py:2")
    check_refused(core + "//- /use.py\nfrom pkg.core import load\ndef f(fetch): load()\n", "use.py:2")
    check_refused(core + "//- /use.py\nfrom pkg.core import *\ndef fetch(): ...\n", "use.py:2")
    check_refused(core + "//- /use.py\nfrom pkg.core import *\nfetch()\n", "use.py:2")
    check_refused(
        core + "//- /other.py\ndef fetch(): ...\n//- /use.py\nfrom pkg.core import *\nfrom other import *\nload()\n",
        "also comes from `other` in use.py:2",
    )


def test_names_that_do_not_meet_are_no_collision():
    check_rename(
        CORE
        + """
//- /use.py
from pkg.core import «load|fetch»
def f(fetch): return fetch
class A:
    fetch = 1
    def g(self): return «load|fetch»(fetch=self.fetch)
"""
    )


def test_a_package_cannot_hold_a_symbol_and_a_module_of_one_name():
    check_refused(
        """
        //- /pkg/__init__.py
        def load(): ...
        //- /pkg/fetch.py
        """,
        "pkg/fetch.py",
        description="rename load to fetch",
    )


def test_a_leading_underscore_that_hides_the_name_from_a_star_is_refused():
    check_refused(
        """
        //- /pkg/core.py
        def load(): ...
        //- /use.py
        from pkg.core import *
        load()
        """,
        "underscore",
        "use.py:1",
        description="rename load to _load",
    )


def test_mangled_names_are_left_alone_and_not_made():
    files = {"core.py": "def __load(): ...\n__load()\nclass A:\n    def f(self): return __load()\n"}
    result = after(files, carry_out(files, "rename __load to fetch"))["core.py"]
    assert result == "def fetch(): ...\nfetch()\nclass A:\n    def f(self): return __load()\n"
    check_refused(
        """
        //- /pkg/core.py
        def load(): ...
        class A:
            def f(self): return load()
        """,
        "mangled",
        description="rename load to __load",
    )


AMBIGUOUS = """
//- /one.py
def load(): ...
//- /two.py
import os

def load(x):
    pass
"""


def test_several_definitions_are_listed_with_their_places():
    check_refused(AMBIGUOUS, "one.py:1", "two.py:3", "rename one.load to fetch", description="rename load to fetch")


@pytest.mark.parametrize(
    "description",
    [
        "rename two.load to fetch",
        "rename two.py:load to fetch",
        "rename function load in two.py to fetch",
        "rename load to fetch in two.py",
        "rename load from the module two to fetch",
    ],
)
def test_a_module_or_path_selects_among_several_definitions(description):
    files, _ = files_in(AMBIGUOUS)
    assert after(files, carry_out(files, description)) == {
        **files,
        "two.py": files["two.py"].replace("def load", "def fetch"),
    }


def test_the_users_place_selects_only_from_within_a_definition():
    files, _ = files_in(AMBIGUOUS)
    done = carry_out(files, "rename load to fetch", Place("two.py", 4, 4))
    assert "def fetch" in after(files, done)["two.py"]
    assert "more than once" in problems_of(carry_out(files, "rename load to fetch", Place("two.py", 1, 1)))


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import load", "load is a module (core.py:1)"),
        ("from somewhere import load", "load is imported from elsewhere (core.py:1)"),
        ("def loaf(): ... # load", "Did you mean loaf?"),
    ],
)
def test_what_is_no_function_or_class_of_a_module_is_refused_by_its_kind(code, reason):
    check_refused(f"//- /core.py\n{code}\n", reason, description="rename load to fetch")


def test_a_method_named_with_its_class_is_not_the_function_of_its_name():
    check_rename(
        "//- /core.py\nclass Store:\n    def «load|fetch»(self): ...\ndef load(): ...\n",
        "rename Store.load to fetch",
        back="rename Store.fetch to load",
    )


def test_files_that_cannot_be_read_exactly_refuse_the_whole():
    check_refused(
        "//- /core.py\ndef load(): ...\n//- /use.py\nfrom core import load\nx = (\ny = load]\n",
        "use.py:",
        "syntax error",
        description="rename load to fetch",
    )


def test_an_unreadable_candidate_refuses_the_whole(tmp_path):
    (tmp_path / "core.py").write_text("def load(): ...\n")
    (tmp_path / "use.py").write_bytes(b"# -*- coding: latin-1 -*-\n# \xe9\nfrom core import load\n")
    material = Material(Snapshot(tmp_path), None, None, ("core.py", "use.py"), LISTERS)
    assert "use.py is not UTF-8" in problems_of(rename.carry_out(Rename("load", "fetch"), material))


def test_running_twice_changes_nothing():
    files, _ = files_in(MARK.sub(r"\1", CORE))
    changed = after(files, carry_out(files, "rename load to fetch"))
    assert "No function or class" in problems_of(carry_out(changed, "rename load to fetch"))


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_bytes_outside_the_names_stay_as_they_are(eol):
    text = eol.join(["def load():", "\treturn 'é\x0c'   ", "", "load( )\t# ü load", "x = load"])
    files = {"core.py": text}
    result = after(files, carry_out(files, "rename load to fetch"))
    assert result["core.py"] == text.replace("def load", "def fetch").replace("load( )", "fetch( )").replace(
        "= load", "= fetch"
    )


def test_the_comment_that_asked_goes_with_the_change():
    files, _ = files_in("""
        //- /core.py
        def load(): ...
        # rename load
        # to fetch
        load()
        """)
    done = carry_out(files, "rename load to fetch", consumed=Place("core.py", 2, 3))
    assert after(files, done)["core.py"] == "def fetch(): ...\nfetch()\n"
    assert done.summary == "Rename load → fetch: 2 places in 1 file"


def test_a_comment_in_another_kind_of_file_goes_too():
    files = {"core.py": "def load(): ...\n", "notes.js": "// rename load to fetch\nx()\n"}
    done = carry_out(files, "rename load to fetch", consumed=Place("notes.js", 1, 1))
    assert after(files, done) == {"core.py": "def fetch(): ...\n", "notes.js": "x()\n"}


def test_a_change_that_reads_otherwise_afterwards_is_found_by_resolving_again():
    text = "def load(): ...\ndef f(fetch): return load\n"
    snapshot = Snapshot(Path("/nowhere-at-all"), {"core.py": from_buffer("core.py", text, 1)})
    symbol = Symbol(modules_of(snapshot, ("core.py",)), "load", "fetch", "core.py")
    assert isinstance(open_file(symbol, "core.py"), PythonFile)
    starts = [match.start() for match in re.finditer("load", text)]

    def problems_after(*offsets: int) -> list[str]:
        splices = [Splice(start, start + 4, "fetch") for start in offsets]
        edit = edit_of(from_buffer("core.py", text, 1), splices)
        return [problem.message for problem in proof_problems(symbol, [edit], {"core.py": splices}, rename.all_places)]

    assert problems_after(starts[0]) == []
    assert problems_after(*starts) == ["`fetch` would mean something else in core.py:2: nothing was renamed."]


def test_a_long_chain_of_attributes_and_half_a_surrogate_pair_do_no_harm():
    chain = "x" + ".y" * 3000
    files = {"core.py": f"import x\ndef load(): ...\n{chain}.load\n{'(' * 50}load{')' * 50}\ns = '\ud800'\n"}
    result = after(files, carry_out(files, "rename load to fetch"))["core.py"]
    assert result == files["core.py"].replace("def load", "def fetch").replace("(load", "(fetch")


def test_a_byte_order_mark_and_mixed_line_ends_stay(tmp_path):
    data = b"\xef\xbb\xbfdef load():\r\n\treturn 1\n\n\rload ()\r\n# end"
    (tmp_path / "core.py").write_bytes(data)
    snapshot = Snapshot(tmp_path)
    done = rename.carry_out(Rename("load", "fetch"), Material(snapshot, None, None, ("core.py",), LISTERS))
    file = snapshot.file("core.py")
    assert isinstance(done, Done)
    assert isinstance(file, FileText)
    assert to_bytes(file, done.change.texts_after()["core.py"] or "") == data.replace(b"load", b"fetch")


def test_plans_and_results_pass_between_processes():
    files, _ = files_in(MARK.sub(r"\1", CORE))
    done = carry_out(files, "rename load to fetch")
    assert pickle.loads(pickle.dumps(done)) == done
    for description in ("rename load to fetch", "dataclass Point with x: int, y: list[int] = []"):
        understood = understand(description)
        assert pickle.loads(pickle.dumps(understood)) == understood


def test_a_class_that_reads_its_own_name_while_it_runs_is_shown():
    check_rename(
        """
//- /base.py
class Base:
    def info(self): return type(self).__name__
class Other:
    def info(self): return type(self).__name__
//- /a.py
from base import Base
class «Load|Fetch»(Base):
    def __repr__(self): return self.__class__.__qualname__
    def plain(self): return __name__
""",
        "rename class Load to Fetch",
        ["a.py:3", "base.py:2"],
        "rename class Fetch to Load",
    )


@pytest.mark.parametrize(
    ("listed", "then"),
    [
        ('["a", "load", "path", "z"]', '["a", "fetch", "path", "z"]'),
        ('["a", "d", "g", "load"]', '["a", "d", "fetch", "g"]'),
        ('[\n    "a",\n    "g", "h",\n    "load",\n]', '[\n    "a",\n    "fetch", "g",\n    "h",\n]'),
        ('("Big", "g", "load", "zero")', '("Big", "fetch", "g", "zero")'),
        ('["A", "b", "Gold", "load"]', '["A", "b", "fetch", "Gold"]'),
        ('["z", "g", "load"]', '["z", "g", "fetch"]'),
        ('["g", "load"]', '["g", "fetch"]'),
        ('["a",  # first\n    "g", "load"]', '["a",  # first\n    "g", "fetch"]'),
        ('["a", "g", "load", *more]', '["a", "g", "fetch", *more]'),
        ('["a", "g"] + ["h", "k", "load"]', '["a", "g"] + ["fetch", "h", "k"]'),
    ],
)
def test_a_sorted_list_of_exports_stays_sorted(listed, then):
    files = {
        "pkg/__init__.py": "",
        "pkg/core.py": f"def load(): ...\na = g = path = z = d = h = k = 1\n__all__ = {listed}\n",
    }
    done = carry_out(files, "rename pkg.core.load to fetch", None)
    changed = after(files, done)
    assert changed["pkg/core.py"] == files["pkg/core.py"].replace("def load", "def fetch").replace(listed, then)
    back = after(changed, carry_out(changed, "rename pkg.core.fetch to load", None))
    assert back == files
