"""Which strings may be the symbol's name? Those that a program looks up are shown, the rest is left in peace."""

import pytest

from tests.recipes.renaming import CORE, check_rename
from tests.recipes.workspace import after, carry_out, files_in, sites_of

LOOKED_UP = {
    "the dictionary of a module": 'globals()["load"]',
    "the dictionary of another module": 'vars(core)["load"]; core.__dict__["load"]',
    "a namespace asked for a name": 'globals().get("load")',
    "a name that is looked for in a namespace": 'if "load" in globals(): pass',
    "a name that is evaluated": 'eval("load")',
    "a call that is evaluated": 'eval("load()")',
    "a call that is put together": 'eval(f"load({x})")',
    "an entry point": '"run = pkg.core:load"',
    "a path with a computed module": 'mock.patch(f"{M}.load")',
    "a path that is added to a module": 'mock.patch(M + ".load")',
    "a path that is formatted": 'mock.patch("{}.load".format(M))',
    "the function's own name": 'f.__name__ == "load"',
}


@pytest.mark.parametrize("name", LOOKED_UP)
def test_a_name_that_is_looked_up_at_run_time_is_shown(name):
    check_rename(f"{CORE}//- /use.py\nfrom pkg import core\n{LOOKED_UP[name]}\n", sites=["use.py:2"])


LEFT = ['x["load"]', '{"load": 1}', 'x == "load"', 'f("load")', 'f(x="load")', '"a load of it"', "x.get('load')"]


@pytest.mark.parametrize("code", LEFT)
def test_an_ordinary_word_in_a_string_is_left_in_peace(code):
    check_rename(f"{CORE}//- /use.py\n{code}\n")


CODE_LIKE = {
    "an argument": 'f("load_all")',
    "an argument by keyword": 'f(to="load_all")',
    "an entry of a list": 'names = ["load_all"]',
    "a value of a dictionary": '{"key": "load_all"}',
    "a value": 'name = "load_all"',
}


@pytest.mark.parametrize("name", CODE_LIKE)
def test_a_string_that_can_hardly_mean_anything_else_is_shown(name):
    files = {"core.py": "def load_all(): ...\n", "use.py": CODE_LIKE[name]}
    assert sites_of(carry_out(files, "rename load_all to fetch_all")) == ["use.py:1"]


def test_keys_that_look_like_the_name_are_counted_only():
    files = {"core.py": "def load_all(): ...\n", "use.py": '{"load_all": 1}["load_all"]'}
    done = carry_out(files, "rename load_all to fetch_all")
    assert sites_of(done) == []
    assert done.summary == "Rename load_all → fetch_all: 1 place in 1 file; 2 other uses of the word kept"


CLASS = {
    "a name that is compared": 'type(x).__name__ == "Load"',
    "an argument by keyword": 'ForeignKey(to="Load")',
    "fields of a named tuple": 'NamedTuple("N", [("a", "Load")])',
    "fields of a typed dictionary": 'TypedDict("D", {"a": "Load"})',
    "an unknown generic": 'Box["Load"]',
}


@pytest.mark.parametrize("name", CLASS)
def test_a_string_that_names_a_class_is_shown(name):
    files = {"core.py": "class Load: ...\n", "use.py": CLASS[name]}
    assert sites_of(carry_out(files, "rename Load to Fetch")) == ["use.py:1"]


def test_types_in_quotes_outside_of_annotations_change():
    check_rename(
        """
        //- /pkg/core.py
        from collections.abc import Callable
        from typing import Optional
        import typing as t
        class «Load|Fetch»: ...
        A = Optional["«Load|Fetch»"]
        B = list["«Load|Fetch» | None"] | t.Union[int, "«Load|Fetch»"]
        C = Callable[[A, "«Load|Fetch»"], "list['«Load|Fetch»']"]
        D = t.Literal["Load"]
        """,
        description="rename Load to Fetch",
        back="rename Fetch to Load",
        sites=["pkg/core.py:8"],
    )


def test_methods_that_a_visitor_finds_by_the_name_of_a_class_are_shown():
    check_rename(
        """
        //- /core.py
        class «Load|Fetch»: ...
        //- /visitor.py
        class Visitor:
            def visit_Load(self, node): ...
            def visit_Loader(self, node): ...
        """,
        description="rename Load to Fetch",
        back="rename Fetch to Load",
        sites=["visitor.py:2"],
    )


def test_a_docstrings_examples_are_shown_whatever_they_do():
    check_rename(
        '''
        //- /pkg/core.py
        def «load|fetch»(x):
            """The load of a file.

            >>> list(map(load, [1]))
            ... and load
            """
        """load(1)"""
        ''',
        sites=["pkg/core.py:4", "pkg/core.py:5", "pkg/core.py:7"],
    )


def test_a_decorator_that_registers_the_name_makes_every_string_count():
    check_rename(
        """
        //- /pkg/core.py
        @app.route("/")
        def «load|fetch»(): ...
        //- /use.py
        url_for("load")
        url_for("shop.load")
        x = {"load": 1}
        @pytest.mark.usefixtures("load")
        def test(): ...
        """,
        sites=["pkg/core.py:1", "use.py:1", "use.py:2", "use.py:3", "use.py:4"],
    )


@pytest.mark.parametrize("decorator", ["functools.lru_cache(maxsize=None)", "contextmanager", "overload"])
def test_a_decorator_that_takes_no_notice_of_the_name_changes_nothing(decorator):
    check_rename(f"//- /pkg/core.py\n@{decorator}\ndef «load|fetch»(): ...\n//- /use.py\nurl_for('load')\n")


def test_keywords_of_patch_multiple_are_attributes():
    check_rename(
        CORE
        + """//- /use.py
from pkg import core
mock.patch.multiple(core, «load|fetch»=1)
mock.patch.multiple("pkg.core", «load|fetch»=1)
mock.patch.multiple("other", load=1)
other(core, load=1)
"""
    )


EXPORTS = [
    '__all__ = sorted(["«load|fetch»", "b"])',
    '__all__ = tuple(["«load|fetch»"] + ["b"])',
    '__all__: list[str] = ["«load|fetch»"]',
    "if True:\n    __all__ = ['«load|fetch»']",
    '__all__ = [name for name in dir() if name != "«load|fetch»"]',
    '__all__ = []\n__all__.extend(("«load|fetch»",))',
]


@pytest.mark.parametrize("statement", EXPORTS)
def test_entries_of_all_change_however_it_is_made(statement):
    check_rename(f"//- /pkg/core.py\n{statement}\ndef «load|fetch»(): ...\n")


def test_names_of_which_all_may_be_made_are_shown():
    check_rename(
        """
        //- /pkg/core.py
        NAMES = ["load"]
        __all__ = [name for name in NAMES]
        def «load|fetch»(): ...
        """,
        sites=["pkg/core.py:1"],
    )


def test_a_list_of_names_beside_the_symbol_is_shown():
    check_rename(
        """
        //- /pkg/core.py
        exported = ["load", "b"]
        def «load|fetch»(): return ["load"]
        //- /use.py
        words = ["load"]
        """,
        sites=["pkg/core.py:1"],
    )


def test_names_that_are_added_to_all_later_are_brought_by_a_star():
    check_rename(
        """
        //- /pkg/core.py
        __all__ = ["«load|fetch»"]
        def «load|fetch»(): ...
        //- /pkg/middle.py
        from .core import *
        from . import core
        __all__ = []
        __all__.extend(core.__all__)
        //- /use.py
        from pkg.middle import *
        «load|fetch»()
        """
    )


def test_the_lines_shown_are_those_of_the_string():
    files, _ = files_in('//- /core.py\ndef load(): ...\nx = """\nsome text\ncall load()"""\ny = "`load` é"\n')
    assert sites_of(carry_out(files, "rename load to fetch")) == ["core.py:4", "core.py:5"]
    assert after(files, carry_out(files, "rename load to fetch"))["core.py"].count("load") == 2


def test_the_mangled_members_of_a_class_are_shown():
    check_rename(
        """
        //- /core.py
        class «_Load|Fetch»:
            def __init__(self): self.__x = 1
        «_Load|Fetch»()._Load__x, "_Load__x"
        _Loader__x
        """,
        description="rename _Load to Fetch",
        back="rename Fetch to _Load",
        sites=["core.py:3"],
    )


MADE = ['f"load_{k}"', '"load_" + k', '"load_%s" % k', '"load_{}".format(k)', 'k + "_all"', 'f"{k}_all"', "f'{a}_{b}'"]


@pytest.mark.parametrize("code", MADE)
def test_a_string_that_may_make_the_name_is_shown(code):
    files = {"core.py": f"def load_all(): ...\nglobals()[{code}]\n"}
    assert sites_of(carry_out(files, "rename load_all to fetch_all")) == ([] if "b}" in code else ["core.py:2"])


@pytest.mark.parametrize("code", ['f"load {k}"', '"load_"', '"lo" + k', 'f"{k}"', 'f"{k}-load_all"', '"loads_%s" % k'])
def test_a_string_that_cannot_make_the_name_is_left_in_peace(code):
    files = {"core.py": f"def load_all(): ...\nx = {code}\n"}
    assert sites_of(carry_out(files, "rename load_all to fetch_all")) == []
