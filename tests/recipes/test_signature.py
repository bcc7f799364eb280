"""What a function takes changes with every call that certainly reaches it; a call that would not fit refuses all."""

import pytest

from lsp_server.recipes.plan import NotUnderstood, Refused
from lsp_server.recipes.registry import understand
from lsp_server.recipes.signature.sentence import AddParameter, RemoveParameter, ReorderParameters, Target
from tests.recipes.renaming import check_refused, check_rename

GET = Target("Store.get")


@pytest.mark.parametrize(
    ("sentence", "plan"),
    [
        ("add parameter timeout: float = 10 to Store.get", AddParameter(GET, "timeout", "float", "10")),
        (
            "please add a new parameter `timeout: float = 10` to `Store.get`",
            AddParameter(GET, "timeout", "float", "10"),
        ),
        ("Add an argument timeout to the method Store.get.", AddParameter(GET, "timeout")),
        ("add a keyword-only flag dry=False to Store.get", AddParameter(GET, "dry", "", "False", keyword_only=True)),
        ("Store.get should take a parameter x: dict[str, int]", AddParameter(GET, "x", "dict[str, int]")),
        (
            "add parameter user: User to Store.get and pass current_user(1, 2) at the calls",
            AddParameter(GET, "user", "User", value="current_user(1, 2)"),
        ),
        ("add parameter x: int = 1 to get in pkg/core.py", AddParameter(Target("get", "pkg/core.py"), "x", "int", "1")),
        ("add parameter x to pkg/core.py:get", AddParameter(Target("get", "pkg/core.py"), "x")),
        ("remove parameter strict from Store.get", RemoveParameter(GET, "strict")),
        ("drop the strict argument of the method Store.get", RemoveParameter(GET, "strict")),
        ("Store.get no longer needs the parameter strict", RemoveParameter(GET, "strict")),
        ("reorder the parameters of Store.get to key, timeout and x", ReorderParameters(GET, ("key", "timeout", "x"))),
        ("make key the first parameter of Store.get", ReorderParameters(GET, ("key",))),
        ("swap the parameters a and b of Store.get", ReorderParameters(GET, ("a", "b"), swap=True)),
        ("add user to Store.get and pass current_user at the calls", AddParameter(GET, "user", value="current_user")),
        ("remove strict from Store.get", RemoveParameter(GET, "strict")),
        ("load_user no longer needs strict", RemoveParameter(Target("load_user"), "strict")),
        ("reorder get(key, timeout, x)", ReorderParameters(Target("get"), ("key", "timeout", "x"))),
        ("swap a and b in add", ReorderParameters(Target("add"), ("a", "b"), swap=True)),
    ],
)
def test_a_phrasing_becomes_its_plan(sentence, plan):
    understood = understand(sentence)
    assert isinstance(understood, tuple), understood
    assert [step.plan for step in understood] == [plan]


@pytest.mark.parametrize(
    "sentence",
    [
        "add a parameter timeout to fetch and use it for the connection",
        "add parameters to fetch",
        "remove the parameter checks from fetch that are slow",
        "reorder the methods of Store",
        "make the first parameter of fetch optional",
        "document the parameters of fetch",
        "remove whitespace from names",
        "remove Windows from the list of systems",
        "the page no longer needs scrolling",
        "swap rows and columns in table",
        "add salt to hash and pass tests at the calls to us",
    ],
)
def test_what_is_no_such_change_is_left_alone(sentence):
    assert isinstance(understand(sentence), NotUnderstood)


@pytest.mark.parametrize(
    "sentence",
    ["add parameter class: int to get", "add parameter x: int y to get", "add parameter a: int, b: int to get"],
)
def test_a_parameter_that_python_cannot_read_is_refused(sentence):
    assert isinstance(understand(sentence), Refused)


def check(code: str, description: str, sites: list[str] | None = None):
    return check_rename(f"//- /core.py\n{code}\n", description, sites, back="")


@pytest.mark.parametrize(
    ("parameter", "code"),
    [
        ("x: int = 1", "def get(«|x: int = 1»): ...\nget()"),
        ("x: int = 1", "def get(a, b=2«|, x: int = 1»): ...\nget(1, 2)"),
        ("x: int = 1", "def get(a, *args«|, x: int = 1», **kwargs): ...\nget(1, 2)"),
        ("x: int = 1", "def get(a, *, b«|, x: int = 1»): ...\nget(1, b=2)"),
        ("x: int = 1", "def get(a, /«|, x: int = 1»): ...\nget(1)"),
        ("x=1", "def get(\n    a,\n    b«|,\n    x=1»,\n): ..."),
        ("x=1", "class A:\n    def get(self«|, x=1»): ...\nclass B(A):\n    def get(self«|, x=1»): ..."),
        ("x and pass 5 at the calls", "def get(a«|, x»): ...\nget(1«|, x=5»)\nget(a=1«|, x=5»)"),
    ],
)
def test_a_parameter_is_added_where_it_is_legal(parameter, code):
    head, _, tail = parameter.partition(" and ")
    check(code, f"add parameter {head} to get{' and ' + tail if tail else ''}")


def test_a_required_parameter_behind_defaults_is_keyword_only_and_the_calls_pass_it():
    code = "def get(a=1«|, *, x»): ...\nget(«|x=5»)\nget(2«|, x=5»)"
    check(code, "add parameter x to get and pass 5 at the calls")


@pytest.mark.parametrize(
    ("code", "description", "reason"),
    [
        ("def get(): ...\nget()", "add parameter x to get", "1 call would lack x (core.py:2)"),
        ("def get(x): ...", "add parameter x: int = 1 to get", "has a parameter x already"),
        ("def get():\n    x = 1", "add parameter x: int = 1 to get", "is used already"),
        ("x = 1\ndef get():\n    return x", "add parameter x: int = 2 to get", "is used already"),
        ("def take(): ...", "add parameter x: int = 1 to get", "No function or method is called get"),
        ("def get(x):\n    return x", "remove parameter x from get", "uses x in line 2"),
        ("def get(x): ...", "remove parameter y from get", "it has x"),
        ("class A:\n    def get(self): ...", "remove parameter self from get", "given by the receiver"),
        ("def get(a, b=1): ...", "swap the parameters a and b of get", "cannot stand behind"),
        ("def get(a, /, b): ...", "swap the parameters a and b of get", "cannot cross"),
        ("def get(a, x=1): ...\nget(1, make())", "remove parameter x from get", "core.py:2 would not fit"),
        ("def get(a): ...", "make b the first parameter of get", "the parameters are a"),
        ("def get(): ...\ndef f(\n", "add parameter x: int = 1 to get", "syntax error"),
    ],
)
def test_what_would_break_is_refused(code, description, reason):
    marked = f"//- /core.py\n{code}\n" + ("get\n" if "syntax" in reason else "")
    check_refused(marked, reason, description=description)


@pytest.mark.parametrize(
    "code",
    [
        "def get(«x|»): ...\nget(«1|»)\nget(«x=1|»)",
        "def get(a«, x|»): ...\nget(1«, 2|»)\nget(1«, x=2|»)\nget(a=1)",
        "def get(«x, |»a): ...\nget(«1, |»2)\nget(«x=1, |»a=2)",
        "def get(a«, *, x|»): ...\nget(1«, x=2|»)",
        "def get(«x, /, |»a): ...\nget(«1, |»2)",
        "class A:\n    def get(self, a«, x|»): ...\nA.get(A(), 1«, 2|»)",
        "class A:\n    def get(self«, x|»): ...\nclass B(A):\n    def get(self«, x|»):\n        super().get(«2|»)",
    ],
)
def test_a_parameter_is_removed_at_every_call(code):
    check(code, "remove parameter x from get")


def test_calls_that_cannot_be_read_exactly_are_listed():
    code = "def get(a«, x=1|»): ...\nget(*args)\nother = get"
    check(code, "remove parameter x from get", ["core.py:2", "core.py:3"])


@pytest.mark.parametrize(
    "code",
    [
        "def get(«a|b», «b|a»): ...\nget(«1|2», «2|1»)\nget(a=1, b=2)\nget(«1|a=1», b=2)",
        "def get(«a: int|b: str», «b: str|a: int», c=1): ...\nget(«f(1)|2», «2|f(1)», 3)",
        "class A:\n    def get(self, «a|b», «b|a»): ...\ndef f(x: A):\n    x.get(«1|2», «2|1»)",
    ],
)
def test_positional_arguments_take_the_new_order(code):
    check(code, "swap the parameters a and b of get")


def test_an_unknown_receiver_is_listed():
    code = "class A:\n    def get(self, «a|b», «b|a»): ...\ndef f(x):\n    x.get(1, 2)"
    check(code, "swap the parameters a and b of A.get", ["core.py:4"])
