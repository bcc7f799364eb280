"""A function becomes async with its overrides; certain calls in async code await it; where that stops is shown."""

import pytest

from context.snapshot import Place
from lsp_server.recipes.coroutine.sentence import MakeAsync
from lsp_server.recipes.plan import Done, NotUnderstood
from lsp_server.recipes.registry import understand
from lsp_server.recipes.signature.sentence import Target
from tests.recipes.renaming import MARK
from tests.recipes.workspace import after, carry_out, files_in, problems_of, sites_of


@pytest.mark.parametrize(
    ("sentence", "plan"),
    [
        ("make fetch async", MakeAsync(Target("fetch"))),
        ("Please make the function fetch asynchronous.", MakeAsync(Target("fetch"))),
        ("convert load_user to async with its callers", MakeAsync(Target("load_user"), callers=True)),
        ("make Store.fetch async and all its callers too", MakeAsync(Target("Store.fetch"), callers=True)),
        ("turn fetch into a coroutine", MakeAsync(Target("fetch"))),
        ("turn fetch in pkg/core.py into an async function", MakeAsync(Target("fetch", "pkg/core.py"))),
        ("fetch should be async", MakeAsync(Target("fetch"))),
        ("await fetch everywhere", MakeAsync(Target("fetch"))),
        ("await all calls of Store.fetch", MakeAsync(Target("Store.fetch"))),
    ],
)
def test_a_phrasing_becomes_its_plan(sentence, plan):
    understood = understand(sentence)
    assert isinstance(understood, tuple), understood
    assert [step.plan for step in understood] == [plan]


@pytest.mark.parametrize(
    "sentence",
    [
        "make it async",
        "make everything async",
        "make the code async",
        "await the response",
        "async is faster",
        "make this asynchronous",
    ],
)
def test_what_is_about_something_else_is_left_alone(sentence):
    assert isinstance(understand(sentence), NotUnderstood)


def check_async(workspace: str, description: str, sites: list[str] | None = None) -> Done:
    """`«old|new»` marks what must change; everything else must stay."""
    marked, place = files_in(workspace)
    before = {path: MARK.sub(r"\1", text) for path, text in marked.items()}
    done = carry_out(before, description, place)
    assert isinstance(done, Done), done
    assert after(before, done) == {path: MARK.sub(r"\2", text) for path, text in marked.items()}
    assert sites_of(done) == sorted(sites or [])
    return done


FAMILY = """
//- /store.py
class Store:
    «|async »def fetch(self, key): ...
class Disk(Store):
    «|async »def fetch(self, key):
        return «|await »super().fetch(key)
"""


def test_overrides_become_async_and_calls_in_async_code_await_them():
    done = check_async(
        FAMILY
        + """//- /use.py
import asyncio
from store import Disk
async def go(x):
    d = Disk()
    «|await »d.fetch(«|await »d.fetch(1))
    with «|await »d.fetch(1) as y:
        print(«|(await »d.fetch(2)«|)».name, «|(await »d.fetch(3)«|)»[0], «|await »d.fetch(4) ** 2)
    await d.fetch(1)
    asyncio.run(d.fetch(1))
    return [«|await »d.fetch(i) for i in x]
""",
        "make Store.fetch async",
    )
    assert done.summary == "Make Store.fetch async: 2 definitions, 8 calls awaited"


def test_what_cannot_await_is_shown_with_its_reason():
    done = check_async(
        """
//- /store.py
«|async »def fetch(key): ...
def sync(): return fetch(1)
at_top = fetch(1)
async def go(x):
    key = lambda: fetch(1)
    list(fetch(i) for i in x)
    class Inner:
        y = fetch(1)
    return fetch
def unknown(store): store.fetch(1)
""",
        "make fetch async",
        ["store.py:10", "store.py:2", "store.py:3", "store.py:5", "store.py:6", "store.py:8", "store.py:9"],
    )
    assert [site.why for site in done.uncertain] == [
        "`sync` is not async: make it async too, or say `… with its callers`",
        "at the top of a module nothing can be awaited",
        "in a lambda nothing can be awaited",
        "in a generator expression, which would become an asynchronous one",
        "at the top of a module nothing can be awaited",
        "it is not known what is called",
        "handed on as a value: how it is called then is not seen",
    ]


def test_callers_follow_as_far_as_they_can():
    done = check_async(
        """
//- /store.py
«|async »def fetch(key): ...
//- /use.py
from store import fetch as get
class View:
    «|async »def show(self): return «|await »get(1)
    @property
    def one(self): return self.show()
    def every(self):
        yield self.show()
class Other(View):
    «|async »def show(self): return «|await »super().show()
async def main():
    «|await »View().show()
def __getattr__(name): return get(name)
//- /test_use.py
from use import View
def test_show(): View().show()
""",
        "make fetch async with its callers",
        ["test_use.py:2", "use.py:12", "use.py:5", "use.py:7"],
    )
    reasons = {site.line: site.why for site in done.uncertain if site.path == "use.py"}
    assert "expects a plain function" in reasons[5]
    assert "is a generator" in reasons[7]


def test_a_base_from_elsewhere_may_call_it_plainly():
    done = check_async(
        "//- /a.py\nfrom framework import Base\nclass A(Base):\n    «|async »def do_get(self): ...\n",
        "make A.do_get async",
        ["a.py:3"],
    )
    assert "may call it as a plain function" in done.uncertain[0].why


def test_carriage_returns_and_the_comment_that_asked():
    files = {"a.py": "# make f async\r\ndef f(): ...\r\nasync def g():\r\n\tf()\r\n"}
    done = carry_out(files, "make f async", Place("a.py", 1, 1), Place("a.py", 1, 1))
    assert after(files, done)["a.py"] == "async def f(): ...\r\nasync def g():\r\n\tawait f()\r\n"
    again = carry_out(after(files, done), "make f async")
    assert "is async, and awaited wherever it certainly is called" in problems_of(again)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("def f():\n    yield 1", "f is a generator"),
        ("@lru_cache\ndef f(): ...", "the decorator `lru_cache` expects a plain function"),
        ("class A:\n    @property\n    def f(self): ...", "the decorator `property` expects a plain function"),
        ("class A:\n    def __len__(self): ...", "Python itself calls `__len__`"),
        (
            "from threading import Thread\nclass A(Thread):\n    def run(self): ...",
            "overrides that of threading.Thread",
        ),
        ("def g(): ...", "No function or method is called f"),
        ("class A:\n    def f(self): ...\nclass B:\n    def f(self): ...", "defined more than once"),
        ("def f(:\n", "syntax error"),
    ],
)
def test_what_cannot_be_async_is_refused(code, reason):
    name = "A.__len__" if "__len__" in code else "A.run" if "run" in code else "f"
    assert reason in problems_of(carry_out({"a.py": code + "\n"}, f"make {name} async"))
