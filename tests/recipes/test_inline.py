"""What is inlined does what it did; where the value or the order could be another, nothing is inlined."""

import pytest

from context.snapshot import Place
from lsp_server.recipes.inline.sentence import Inline
from lsp_server.recipes.plan import Done, NotUnderstood
from lsp_server.recipes.registry import understand
from tests.recipes.test_extract import run
from tests.recipes.workspace import after, carry_out, files_in, problems_of, sites_of


@pytest.mark.parametrize(
    ("sentence", "plan"),
    [
        ("inline load_user", Inline("load_user")),
        ("Please inline `total`.", Inline("total")),
        ("inline total", Inline("total")),
        ("inline variable total in report", Inline("total", "variable", "report")),
        ("inline the local variable total of Store.report", Inline("total", "variable", "Store.report")),
        ("replace the variable total by its value", Inline("total", "variable")),
        ("inline the function slug in pkg/text.py", Inline("slug", "function", "pkg/text.py")),
        ("inline the slug function everywhere", Inline("slug", "function")),
        ("inline all calls of slug()", Inline("slug")),
    ],
)
def test_a_phrasing_becomes_its_plan(sentence, plan):
    understood = understand(sentence)
    assert isinstance(understood, tuple), understood
    assert [step.plan for step in understood] == [plan]


@pytest.mark.parametrize(
    "sentence",
    [
        "inline this",
        "inline the styles",
        "inline images in the page",
        "inline comments are too long",
        "inline editing of titles",
    ],
)
def test_what_is_about_something_else_is_left_alone(sentence):
    assert isinstance(understand(sentence), NotUnderstood)


def check_inline(text: str, description: str, expected: str) -> Done:
    """The result is what is expected, and prints what the program printed before."""
    files = {"a.py": text.lstrip("\n")}
    done = carry_out(files, description)
    result = after(files, done)["a.py"]
    assert result == expected.lstrip("\n")
    assert run(result) == run(files["a.py"])
    return done


def test_a_constant_value_goes_wherever_the_variable_is_read():
    done = check_inline(
        "def f(a):\n    limit = -2  # below zero\n    for b in range(a):\n"
        "        print(limit + b, limit ** 2, [limit])\nf(2)\n",
        "inline variable limit in f",
        "def f(a):\n    # below zero\n    for b in range(a):\n        print((-2) + b, (-2) ** 2, [-2])\nf(2)\n",
    )
    assert done.summary == "Inline variable limit of f: 3 places in a.py"


def test_another_value_goes_into_the_statement_behind_it_in_brackets_where_needed():
    check_inline(
        "def f(a, b):\n    total = a + b\n    return total * 2\nprint(f(1, 2))\n",
        "inline total",
        "def f(a, b):\n    return (a + b) * 2\nprint(f(1, 2))\n",
    )
    check_inline(
        "def f(a):\n    pair = a, len(a)\n    print(pair)\nf('x')\n",
        "inline pair",
        "def f(a):\n    print((a, len(a)))\nf('x')\n",
    )
    check_inline(
        "def f(a):\n    kind = a if a else {}\n    return f'{kind}'\nprint(f(1))\n",
        "inline kind",
        "def f(a):\n    return f'{(a if a else {})}'\nprint(f(1))\n",
    )


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("x = g()\n    h()\n    return x", "is not read in the statement behind it"),
        ("x = g()\n    return h() + x", "`h()` would be evaluated before its value"),
        ("x = g()\n    return x + x", "is read at 2 places"),
        ("x = g()\n    return a and x", "only in some cases"),
        ("x = g()\n    while x:\n        pass", "in a `while`"),
        ("x = g()\n    return [x for _ in a]", "each round of a comprehension"),
        ("x = a\n    a = 2\n    return x", "`a`, which is bound more than once"),
        ("x = 1\n    x = 2\n    return x", "bound more than once: a.py:2, a.py:3"),
        ("x = 1\n    x += 1\n    return x", "bound more than once"),
        ("x = []\n    return [x, x]", "may be another each time"),
        ("if a:\n        x = 1\n    return x", "may have no value yet"),
        ("x = 1\n    return locals()['x'] + x", "looks at the names"),
        ("for x in a:\n        print(x)", "no plain assignment"),
        ("x, y = a\n    return x", "no plain assignment"),
        ("x = 1", "nothing reads it"),
        ("x = 1; y = 2\n    return x", "its line holds other code"),
        ("x = 1\n    return f'{x=}'", "prints its name"),
        ("x = a\n    return [x for a in ()]", "`a` means something else"),
        ("x = 1\n    def i():\n        nonlocal x\n        x = 3\n    i()\n    return x", "bound more than once"),
        ("return x", None),
    ],
)
def test_a_variable_whose_value_could_be_another_is_refused(body, reason):
    done = carry_out({"a.py": f"def f(a):\n    {body}\n"}, "inline variable x in f")
    assert (reason or "No function here has a variable x") in problems_of(done)


def test_a_parameter_and_a_variable_of_several_functions_are_refused():
    assert "is a parameter" in problems_of(carry_out({"a.py": "def f(x):\n    return x\n"}, "inline variable x"))
    two = {"a.py": "def f():\n    x = 1\n    return x\ndef g():\n    x = 1\n    return x\n"}
    assert "variable of several functions: a.py:2, a.py:5" in problems_of(carry_out(two, "inline variable x"))
    assert after(two, carry_out(two, "inline variable x", Place("a.py", 6, 6)))["a.py"].endswith(
        "def g():\n    return 1\n"
    )


def test_a_function_goes_into_its_calls_and_its_imports_go():
    files, _ = files_in("""
//- /core.py
def full(first: str, last: str = "x") -> str:
    \"\"\"Both.\"\"\"
    return first + last
//- /use.py
from core import full
from core import other
name = "a"
print(full(name, last=other()).upper(), full(name))
//- /README.md
Call `full(a, b)`.
""")
    done = carry_out(files, "inline the function full")
    assert after(files, done) == files | {
        "core.py": "",
        "use.py": 'from core import other\nname = "a"\nprint((name + other()).upper(), name + "x")\n',
    }
    assert sites_of(done) == ["README.md:1"]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("def f(a):\n    print(a)\n    return a\nf(1)", "does more than `return` one expression"),
        ("@cached\ndef f(a):\n    return a\nf(1)", "its decorators do more"),
        ("async def f(a):\n    return a\nf(1)", "it is async"),
        ("def f(a):\n    return f(a - 1)\nf(1)", "it calls itself"),
        ("def f(*a):\n    return a\nf(1)", "it takes `*`"),
        ("def f(a):\n    return a\nmap(f, [1])", "without being called"),
        ("def f(a):\n    return a\nf(*b)", "its arguments cannot be told apart"),
        ("def f(a):\n    return a\nf()", "the call does not fit"),
        ("def f(a):\n    return a + a\nf(g())", "`g()` would be evaluated 2 times"),
        ("def f(a):\n    return 1\nf(g())", "`g()` would be evaluated 0 times"),
        ("def f(a, b):\n    return b + a\nf(g(), h())", "in another order"),
        ("def f(a):\n    return g() + a\nf(h())", "would be evaluated behind `g()`"),
        ("def f(a, b):\n    return a and b\nf(1, h())", "may not be evaluated once"),
        ("def f(a):\n    return [a for b in a]\ndef i(b):\n    f(b)", "could be captured"),
        ("def f(a):\n    return a + g\ndef i(g):\n    f(g)", "`g`, which it needs, means something else here"),
        ("def f(a):\n    return a\n__all__ = ['f']", "a.py:3: it is used here without being called"),
        ("def f(a):\n    return a\ndef g(o):\n    getattr(o, 'f')", "a.py:4 may use f: a name in a string"),
        ("def f(a):\n    return a\nf(f(1))", "within calls of it"),
        ("if x:\n    def f(a):\n        return a\nf(1)", "not one at the top of the module"),
        ("f = 1\nprint(f)", "f is no function"),
    ],
)
def test_a_function_that_would_run_otherwise_is_refused(code, reason):
    assert reason in problems_of(carry_out({"a.py": code + "\n"}, "inline the function f"))


def test_what_a_function_needs_of_its_module_keeps_it_from_other_files():
    files, _ = files_in(
        "//- /core.py\nimport os\ndef f(a):\n    return os.path.join(a)\n//- /use.py\nfrom core import f\nf(1)\n"
    )
    assert "use.py:2: `os`, which it needs, means something else here" in problems_of(
        carry_out(files, "inline function f")
    )
