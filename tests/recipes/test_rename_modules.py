"""Which module does a receiver or an import mean, where it is not written down plainly?"""

import pytest

from tests.recipes.renaming import CORE, check_rename

MEMBER = "class Box:\n    def load(self): ...\n"


def test_a_name_that_a_package_makes_when_asked_is_shown():
    check_rename(
        """
        //- /pkg/core.py
        def «load|fetch»(): ...
        //- /pkg/__init__.py
        def __getattr__(name): ...
        //- /use.py
        from pkg import load
        //- /other.py
        import pkg
        pkg.load()
        """,
        sites=["other.py:2", "use.py:1"],
    )


def test_a_name_that_a_module_does_not_seem_to_have_is_shown():
    check_rename(
        """
        //- /pkg/core.py
        def «load|fetch»(): ...
        //- /pkg/__init__.py
        globals().update(vars(core))
        //- /use.py
        from pkg import load
        """,
        sites=["use.py:1"],
    )


PERHAPS = [
    "mods = {1: core}\nmods[1].load()",
    "(core if x else None).load()",
    "(core or other).load()",
    "pick().load()",
    "(await pick()).load()",
]


@pytest.mark.parametrize("code", PERHAPS)
def test_an_unknown_value_may_be_the_module(code):
    lines = code.count("\n") + 2
    check_rename(f"{CORE}//- /use.py\nfrom pkg import core\n{code}\n", sites=[f"use.py:{lines}"])


OTHER = ["'x'.load()", "[1].load()", "(1).load", "Box().load()", "json.loads('x').load", "json.loads('x')[0].load"]


@pytest.mark.parametrize("code", OTHER)
def test_a_value_that_cannot_be_the_module_is_left_in_peace(code):
    check_rename(f"{CORE}//- /use.py\nimport json\nclass Box: ...\n{code}\n")


def test_a_module_that_is_looked_up_is_shown_even_where_classes_have_that_member():
    check_rename(
        f"{CORE}//- /use.py\n{MEMBER}sys.modules['pkg.core'].load()\nimport_module('pkg.core').load()\n",
        sites=["use.py:3", "use.py:4"],
    )


@pytest.mark.parametrize(("here", "there"), [("x", "y"), ("y", "x")])
def test_an_import_that_may_mean_one_of_two_modules_is_shown(here, there):
    check_rename(
        f"""
//- /{here}/core.py
def «load|fetch»(): ...
//- /{there}/core.py
def load(): ...
//- /z/use.py
from core import load
import core
core.load()
//- /{here}/near.py
from core import «load|fetch»
""",
        description=f"rename {here}.core.load to fetch",
        sites=["z/use.py:1", "z/use.py:3"],
    )


def test_a_module_that_is_deleted_at_last_is_a_module_until_then():
    check_rename(f"{CORE}//- /use.py\nfrom pkg import core\ncore.«load|fetch»()\ndel core\n")


def test_of_two_stars_that_bring_the_name_the_last_one_counts():
    files = """
        //- /first.py
        def «load|fetch»(): ...
        //- /second.py
        def load(): ...
        //- /use.py
        from first import *
        from second import *
        load()
        """
    check_rename(files, description="rename first.load to fetch", back="")


@pytest.mark.parametrize(
    "rest", ["if not load:\n    load = None", "try: load\nexcept NameError: load = 1", "load = load"]
)
def test_a_name_that_a_star_and_the_file_itself_may_bind_is_shown(rest):
    check_rename(f"{CORE}//- /use.py\nfrom pkg.core import *; x = 1\n{rest}\n", sites=["use.py:2"], back="")


def test_a_star_whose_name_the_file_replaces_at_once_is_left_in_peace():
    check_rename(f"{CORE}//- /use.py\nfrom pkg.core import *\ndef load(): ...\nload()\ndef f(): return load\n", back="")


def test_a_field_without_a_value_hides_nothing_in_its_class():
    check_rename(
        f"""{CORE}//- /use.py
from pkg.core import «load|fetch»
class A:
    load: «load|fetch»
    other: "list[«load|fetch»]" = «load|fetch»
    def f(self, load: «load|fetch») -> «load|fetch»: return load
def f():
    load: int
    return load
"""
    )


def test_an_alias_of_a_type_in_quotes_changes():
    check_rename(f"{CORE}//- /use.py\nfrom pkg.core import «load|fetch»\nA: t.TypeAlias = 'list[«load|fetch»]'\n")


def test_a_variable_of_the_same_name_that_is_made_of_the_symbol_is_shown():
    check_rename(
        f"{CORE}//- /use.py\nfrom pkg import core\nload = cached(core.«load|fetch»)\nother = core.«load|fetch»\n",
        sites=["use.py:2"],
    )


def test_a_builtin_that_is_read_before_the_module_replaces_it_stays():
    check_rename(
        """
        //- /pkg/core.py
        builtin = filter
        class A: own = filter
        every = [filter for _ in range(1)]
        def before(): return «filter|sift»
        def «filter|sift»(): return builtin
        after = «filter|sift»
        """,
        description="rename filter to sift",
        back="",
    )


def test_a_definition_that_may_not_be_reached_leaves_the_builtin():
    check_rename(
        """
        //- /pkg/core.py
        if OLD:
            def «filter|sift»(): ...
        filter()
        def f(): return filter
        """,
        description="rename filter to sift",
        back="",
        sites=["pkg/core.py:3", "pkg/core.py:4"],
    )
