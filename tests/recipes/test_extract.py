"""Code that is taken out does what it did; what would do something else, or leave its range, is refused."""

import contextlib
import io

import pytest

from context.snapshot import Place
from lsp_server.recipes.extract.sentence import ExtractConstant, ExtractFunction, ExtractVariable
from lsp_server.recipes.plan import Done, NotUnderstood
from lsp_server.recipes.registry import understand
from tests.recipes.workspace import after, carry_out, files_in, problems_of, sites_of


@pytest.mark.parametrize(
    ("sentence", "plan"),
    [
        ("extract lines 10-20 into parse_header", ExtractFunction("parse_header", 10, 20)),
        ("extract line 10 of a.py into parse_header", ExtractFunction("parse_header", 10, 10, "a.py")),
        (
            "extract lines 10 to 20 into a function called parse_header",
            ExtractFunction("parse_header", 10, 20, "", "function"),
        ),
        (
            "Please extract lines 10–20 of pkg/core.py into parse_header.",
            ExtractFunction("parse_header", 10, 20, "pkg/core.py"),
        ),
        (
            "extract the lines from `head = read()` to `return head` in a.py into a function parse_header",
            ExtractFunction("parse_header", 0, 0, "a.py", "function", "head = read()", "return head"),
        ),
        ("extract this into a method parse_header", ExtractFunction("parse_header", kind="method")),
        ("extract the selection into `parse_header`", ExtractFunction("parse_header")),
        (
            "factor out these lines into a helper function parse_header",
            ExtractFunction("parse_header", kind="function"),
        ),
        ("make a function parse_header out of these lines", ExtractFunction("parse_header", kind="function")),
        ("extract `a * b` into a variable total", ExtractVariable("total", "a * b")),
        ("introduce a variable total for a * b", ExtractVariable("total", "a * b")),
        ("extract a local variable total from `f(x)[0]`", ExtractVariable("total", "f(x)[0]")),
        ("make 86400 a constant SECONDS_PER_DAY", ExtractConstant("SECONDS_PER_DAY", "86400")),
        ("turn the number 3.5 into a constant RATE", ExtractConstant("RATE", "3.5")),
        ("extract `'utf-8'` into the constant ENCODING in core.py", ExtractConstant("ENCODING", "'utf-8'", "core.py")),
        ('introduce a constant ENCODING for "utf-8"', ExtractConstant("ENCODING", '"utf-8"')),
    ],
)
def test_a_phrasing_becomes_its_plan(sentence, plan):
    understood = understand(sentence)
    assert isinstance(understood, tuple), understood
    assert [step.plan for step in understood] == [plan]


@pytest.mark.parametrize(
    "sentence",
    [
        "extract the zip file",
        "extract lines from the log",
        "extract code from the parser to the lexer in utils into a helper",
        "extract this into something reusable",
        "extract the title into the header",
        "move this to production",
        "make it a constant source of joy",
        "make the timeout a constant",
        "introduce a variable for the timeout",
        "extract method",
    ],
)
def test_what_is_no_extraction_is_left_alone(sentence):
    assert isinstance(understand(sentence), NotUnderstood)


def run(text: str) -> str:
    """What a program prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(text, "program", "exec", dont_inherit=True), {"__name__": "program"})
    return printed.getvalue()


def check_extraction(text: str, description: str, expected: str, place: Place | None = None) -> Done:
    """The result is what is expected, and prints what the program printed before."""
    files = {"a.py": text.lstrip("\n")}
    done = carry_out(files, description, place or Place("a.py", 1, 1))
    result = after(files, done)["a.py"]
    assert result == expected.lstrip("\n")
    assert run(result) == run(files["a.py"])
    return done


def test_lines_become_a_function_with_what_they_need_and_give():
    done = check_extraction(
        """
def bill(prices: list[float], rate, unused=1):
    total = 0
    for price in prices:
        # with the rate
        total += price * rate
    print(total)
bill([1, 2], 3)
""",
        "extract lines 2-5 into add_up",
        """
def bill(prices: list[float], rate, unused=1):
    total = add_up(prices, rate)
    print(total)


def add_up(prices: list[float], rate):
    total = 0
    for price in prices:
        # with the rate
        total += price * rate
    return total
bill([1, 2], 3)
""",
    )
    assert done.summary == "Extract lines 2 to 5 of a.py into function add_up(prices, rate), which gives total"


def check_return(body: str, lines: str, call: str, extracted: str, arguments: str = "0, 1, 2", head: str = "def f(a):"):
    """A function whose lines leave it: what it gives for some arguments stays, with and without an exception."""
    shown = "\n\ndef shown(a):\n    try: return f(a)\n    except ValueError as e: return e\n"
    end = f"{shown}\nprint([shown(a) for a in ({arguments})])\n"
    files = {"a.py": f"{head}\n{body}{end}"}
    done = carry_out(files, f"extract lines {lines} into out", Place("a.py", 1, 1))
    result = after(files, done)["a.py"]
    first, last = map(int, lines.split("-"))
    rows = f"{head}\n{body}".split("\n")
    expected = [*rows[: first - 1], call, *rows[last:-1]]
    assert result.startswith("\n".join(expected) + f"\n\n\n{extracted}")
    assert run(result) == run(files["a.py"])


@pytest.mark.parametrize(
    ("body", "lines", "call", "extracted"),
    [
        ("    b = a\n    return b + 1\n", "2-3", "    return out(a)", "def out(a):\n    b = a\n    return b + 1\n"),
        (
            "    if a:\n        return 1\n    else:\n        raise ValueError(a)\n    print(a)\n",
            "2-5",
            "    return out(a)",
            "def out(a):\n    if a:\n        return 1\n    else:\n        raise ValueError(a)\n",
        ),
        (
            "    print(a)\n    if a:\n        return 1\n    print(2)\n",
            "3-5",
            "    return out(a)",
            "def out(a):\n    if a:\n        return 1\n    print(2)\n",
        ),
        (
            "    if a == 1:\n        for b in range(3):\n            if b:\n"
            "                return b\n    elif a:\n        print(a)\n",
            "3-5",
            "        return out()",
            "def out():\n    for b in range(3):\n",
        ),
        (
            "    while a < 9:\n        a += 1\n        if a == 2:\n            return a\n"
            "        else:\n            raise ValueError(a)\n",
            "4-7",
            "        return out(a)",
            "def out(a):\n    if a == 2:\n",
        ),
        (
            "    try:\n        b = 1 // a\n        return b\n    except ZeroDivisionError:\n"
            "        return 7\n    finally:\n        print(3)\n",
            "3-4",
            "        return out(a)",
            "def out(a):\n    b = 1 // a\n    return b\n",
        ),
        (
            "    try:\n        b = 1 // a\n    except ZeroDivisionError:\n"
            "        return 7\n    else:\n        return b\n    print(a)\n",
            "2-7",
            "    return out(a)",
            "def out(a):\n    try:\n",
        ),
        (
            "    while True:\n        a += 1\n        if a > 3:\n            return a\n    print(a)\n",
            "2-5",
            "    return out(a)",
            "def out(a):\n    while True:\n",
        ),
        (
            "    match a:\n        case 1: return 2\n        case _: return 3\n    print(a)\n",
            "2-4",
            "    return out(a)",
            "def out(a):\n    match a:\n",
        ),
        (
            "    import threading\n    with threading.Lock():\n        return a\n    print(a)\n",
            "3-4",
            "    return out(threading, a)",
            "def out(threading, a):\n    with threading.Lock():\n",
        ),
        (
            "    if a:\n        print(a)\n        return\n    print(2)\n",
            "3-4",
            "        out(a)\n        return",
            "def out(a):\n    print(a)\n    return\n",
        ),
        ("    if a:\n        return\n    print(2)\n", "2-4", "    out(a)", "def out(a):\n    if a:\n        return\n"),
    ],
)
def test_lines_that_always_leave_are_returned(body, lines, call, extracted):
    check_return(body, lines, call, extracted)


def test_the_type_of_what_is_returned_stays():
    head = 'def f(a: int) -> "int | None":'
    check_return(
        "    if a:\n        return a\n",
        "2-3",
        "    return out(a)",
        'def out(a: int) -> "int | None":\n    if a:\n',
        head=head,
    )
    check_return(
        "    if a:\n        return\n    print(a)\n",
        "2-4",
        "    out(a)",
        "def out(a) -> None:\n    if a:\n",
        head="def f(a) -> None:",
    )
    files = {"a.py": "def f(a) -> Iterator[int]:\n    yield a\n    return a\n"}
    assert (
        "def out(a):\n    return a\n"
        in after(files, carry_out(files, "extract line 3 into out", Place("a.py", 1, 1)))["a.py"]
    )


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("    if a:\n        return 1\n    print(a)\n    print(2)", "2-4"),
        ("    for b in a:\n        if b:\n            return 1\n        print(b)", "3-5"),
        ("    with suppress(a):\n        return a\n    print(a)", "2-3"),
        ("    while True:\n        if a: break\n        return a\n    print(a)", "2-4"),
        ("    try:\n        if a:\n            return a\n    finally:\n        pass\n    print(a)", "2-6"),
        (
            "    try:\n        if a:\n            return a\n        print(a)\n"
            "    except E: ...\n    else:\n        print(a)",
            "3-5",
        ),
        ("    try:\n        print(a)\n    finally:\n        if a:\n            return a", "5-6"),
        ("    match a:\n        case 1: return 2\n        case _ if a: return 3\n    print(a)", "2-4"),
        ("    try:\n        return a\n    except E:\n        print(a)\n    print(a)", "2-5"),
    ],
)
def test_lines_that_leave_on_some_ways_only_are_refused(body, lines):
    files = {"a.py": f"def f(a):\n{body}\n"}
    message = problems_of(carry_out(files, f"extract lines {lines} into out", Place("a.py", 1, 1)))
    assert "`return` would leave the range, and another way goes on behind it" in message


def test_what_a_handler_reads_of_lines_that_leave_is_refused():
    files = {
        "a.py": "def f(a):\n    b = 0\n    try:\n        b = a\n        return g(b)\n    finally:\n        print(b)\n"
    }
    message = problems_of(carry_out(files, "extract lines 4-5 into out", Place("a.py", 1, 1)))
    assert "`b` is read where the range may have failed half-way" in message


def test_the_body_of_a_loop_takes_and_gives_what_it_changes():
    check_extraction(
        """
def f():
    count = 0
    for i in range(3):
        step = i * 2
        count += step
    return count
print(f())
""",
        "extract lines 4-5 into advance",
        """
def f():
    count = 0
    for i in range(3):
        count = advance(i, count)
    return count


def advance(i, count):
    step = i * 2
    count += step
    return count
print(f())
""",
    )


def test_lines_that_use_self_become_a_method_and_strings_keep_their_lines():
    check_extraction(
        '''
class A:
    size = 2
    def show(self) -> None:
        if self.size:
            text = """
 kept
"""
            print(text * self.size)
A().show()
''',
        "extract lines 5-8 into write",
        '''
class A:
    size = 2
    def show(self) -> None:
        if self.size:
            self.write()

    def write(self) -> None:
        text = """
 kept
"""
        print(text * self.size)
A().show()
''',
    )


def test_a_class_method_stays_one():
    check_extraction(
        "class A:\n    @classmethod\n    def f(cls):\n        print(cls.__name__)\nA.f()\n",
        "extract line 4-4 into write",
        "class A:\n    @classmethod\n    def f(cls):\n        cls.write()\n\n    @classmethod\n    def write(cls):\n"
        "        print(cls.__name__)\nA.f()\n",
    )


def test_lines_of_the_module_become_a_function_above_them():
    check_extraction(
        "import os\nx = 1\ny = x + 1\nprint(x, y)\n",
        "extract lines 2-3 into compute",
        "import os\n\n\ndef compute():\n    x = 1\n    y = x + 1\n    return x, y\n\n\nx, y = compute()\nprint(x, y)\n",
    )


def test_the_selection_below_its_comment_is_what_is_meant():
    files = {"a.py": "def f(a):\n    # extract this into show_it\n    b = a\n    print(b)\n    return a\n"}
    done = carry_out(files, "extract this into show_it", Place("a.py", 2, 4), Place("a.py", 2, 2))
    assert after(files, done)["a.py"] == (
        "def f(a):\n    show_it(a)\n    return a\n\n\ndef show_it(a):\n    b = a\n    print(b)\n"
    )


def test_awaiting_lines_become_an_async_function_with_carriage_returns_kept():
    files = {"a.py": "async def f(a):\r\n\tb = await a\r\n\treturn b\r\n"}
    done = carry_out(files, "extract line 2-2 into wait_for", Place("a.py", 2, 2))
    assert after(files, done)["a.py"] == (
        "async def f(a):\r\n\tb = await wait_for(a)\r\n\treturn b\r\n\r\n\r\n"
        "async def wait_for(a):\r\n\tb = await a\r\n"
        "\treturn b\r\n"
    )


@pytest.mark.parametrize(
    ("code", "lines", "reason"),
    [
        (
            "def f(a):\n    if a:\n        return 1\n    print(a)",
            "2-3",
            "another way goes on behind it: extract lines 2 to 4 (a.py:3)",
        ),
        ("def f(a):\n    b = yield a\n    print(b)", "2-2", "`yield` would leave the range (a.py:2)"),
        ("for i in x:\n    print(i)\n    break", "2-3", "`break` would leave the range (a.py:3)"),
        ("for i in x:\n    if i:\n        continue\n    print(i)", "2-3", "`continue` would leave the range"),
        ("def f():\n    global x\n    x = 1", "2-3", "`global x` is about the function around it"),
        ("def f():\n    global x\n    x = 1", "3-3", "`x` belongs to another scope"),
        (
            "def f():\n    x = 1\n    def g():\n        nonlocal x\n        x = 2\n    g()\n    print(x)",
            "2-2",
            "assigned by a function within",
        ),
        ("def f(a):\n    if a:\n        x = 1\n    print(x)", "2-3", "`x` may have no value at the end of the range"),
        (
            "def f(a):\n    if a:\n        x = 1\n    if a:\n        print(x)",
            "4-5",
            "`x` may have no value before the range",
        ),
        (
            "def f(a):\n    for i in a:\n        if i:\n            print(p)\n        p = i",
            "3-5",
            "carried from one round",
        ),
        ("def f(a):\n    del a", "2-2", "`del a` takes a name away"),
        ("def f(a):\n    b = 1\n    print(locals())", "2-3", "looks at the names around it"),
        (
            "def f(a):\n    try:\n        b = a()\n        a()\n    except E:\n        print(b)",
            "3-4",
            "may have failed half-way",
        ),
        ("def f(a):\n    g = lambda: b\n    b = 1\n    print(g())", "3-3", "a function within reads `b`"),
        ("class A:\n    x = 1\n    y = 2", "2-3", "the body of a class"),
        ("class A:\n    def f(self):\n        print(self.__x)", "3-3 into a function", "private to its class"),
        ("class A:\n    def f(self):\n        super().f()", "3-3 into a function", "needs a method"),
        ("def f(a):\n    print(1,\n        2)", "3-3", "no whole statements"),
        ("def f(a):\n    x = 1; print(x)", "2-2", None),
        ("def f(a): print(a)", "1-1", None),
        ("x = [\n1]", "1-1", "no whole statements: the one that begins in line 1 goes on until line 2"),
        ("def f(a):\n    print(1)\n\n\n", "3-4", "There is no code in these lines"),
        ("def f(a):\n    print(new_one)", "2-2", "`new_one` is used already in a.py:2"),
        ("def f(a):\n    print(1", "2-2", "syntax error"),
        ("print(1)", "5-9", "There is no code"),
    ],
)
def test_what_cannot_leave_its_place_is_refused(code, lines, reason):
    files = {"a.py": code + "\n"}
    lines, _, rest = lines.partition(" into ")
    done = carry_out(files, f"extract lines {lines} into {rest or ''} new_one".replace("  ", " "), Place("a.py", 1, 1))
    if reason is None:
        assert isinstance(done, Done)
    else:
        assert reason in problems_of(done)


def test_a_name_that_a_class_of_another_file_has_is_refused_for_a_method():
    files, place = files_in(
        "//- /a.py\nclass A:\n    def f(self):\n        print(self)$0\n"
        "//- /b.py\nfrom a import A\nclass B(A):\n    def show_it(self): ...\n"
    )
    assert "`show_it` is a member in b.py:3" in problems_of(carry_out(files, "extract line 3-3 into show_it", place))


def test_a_base_from_elsewhere_is_shown():
    files, place = files_in("//- /a.py\nclass A(Thread):\n    def f(self):\n        print(self)$0\n")
    done = carry_out(files, "extract lines 3-3 into show_it", place)
    assert sites_of(done) == ["a.py:1"]


def test_an_expression_gets_a_name_above_its_statement():
    done = check_extraction(
        "def f(a, b):\n    return [a * b + 1, a * b]\nprint(f(2, 3))\n",
        "extract `a*b` into a variable area",
        "def f(a, b):\n    area = a * b\n    return [area + 1, a * b]\nprint(f(2, 3))\n",
        Place("a.py", 2, 2),
    )
    assert sites_of(done) == ["a.py:2"]


def test_a_comment_above_asks_for_the_statement_below_it_and_goes():
    files = {"a.py": "def f(a):\n    # extract `a.b` into a variable total\n    return a.b\n"}
    done = carry_out(files, "extract `a.b` into a variable total", Place("a.py", 2, 2), Place("a.py", 2, 2))
    assert after(files, done)["a.py"] == "def f(a):\n    total = a.b\n    return total\n"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("x = f() + a.b", "`f()` is evaluated before it"),
        ("x = c and a.b", "only in some cases"),
        ("x = a.b if c else d", "only in some cases"),
        ("x = [a.b for y in z]", "each round of a comprehension"),
        ("x = lambda: a.b", "in a `lambda`"),
        ("while a.b:\n    pass", "in a `while`"),
        ("if c:\n    pass\nelif a.b:\n    pass", "in a `elif`"),
        ("x = 1 < c < a.b", "chain of comparisons"),
        ("x = f'{a.b=}'", "its own text is printed"),
        ("class A:\n    x = a.b", "the body of a class"),
        ("def g(x=a.b): ...", "part of a definition"),
        ("y = 1; x = a.b", "shares the line"),
        ("total = a.b", "`total` is used already"),
        ("x = a.c", "is not at this place"),
    ],
)
def test_an_expression_that_is_not_evaluated_once_and_first_is_refused(code, reason):
    files = {"a.py": code + "\n"}
    result = carry_out(files, "extract `a.b` into a variable total", Place("a.py", 1, 9))
    assert reason in problems_of(result)


def test_a_literal_gets_a_name_at_all_places_of_its_module():
    done = check_extraction(
        '''
"""A day has 86400 s."""
import time

def days(seconds):
    return seconds / 86400 + -86400 * 0 + 86400.0 * 0

match 86400:
    case 86400:
        print(days(172_800), time is None, "86400")
''',
        "make 86400 a constant DAY",
        '''
"""A day has 86400 s."""
import time

DAY = 86400

def days(seconds):
    return seconds / DAY + -86400 * 0 + 86400.0 * 0

match DAY:
    case 86400:
        print(days(172_800), time is None, "86400")
''',
    )
    assert [site.line for site in done.uncertain] == [8]


@pytest.mark.parametrize(
    ("code", "description", "reason"),
    [
        ("x = 1", "make 2 a constant TWO", "2 is not in a.py"),
        ("x = 1\nONE = 2", "make 1 a constant ONE", "`ONE` is used already in a.py:2"),
        ("x = True", "make 1 a constant ONE", "1 is not in a.py"),
        ("x: Literal['a']", "make 'a' a constant A_NAME", "'a' is not in a.py"),
        ("x = 1", "make 1 a constant class", "keyword"),
        ("x = 1", "make True a constant YES", "is no number"),
        ("x = 1", "extract this into a method", "Say what it is to be called"),
    ],
)
def test_a_literal_that_cannot_be_a_constant_is_refused(code, description, reason):
    from lsp_server.edits.change import Refused

    understood = understand(description)
    result = (
        understood if isinstance(understood, Refused) else carry_out({"a.py": code}, description, Place("a.py", 1, 1))
    )
    assert reason in problems_of(result)


BY_TEXT = {"a.py": "def f(a):\n    b = a  + 1\n    c = b\n    c = c * 2\n    print(c)\n    c = c * 2\n    return c\n"}


def test_lines_are_found_by_their_text():
    done = carry_out(BY_TEXT, "extract the lines from `b = a + 1` to `c = c * 2` in a.py into double")
    assert after(BY_TEXT, done)["a.py"].startswith("def f(a):\n    c = double(a)\n    print(c)\n")


@pytest.mark.parametrize(
    ("begin", "end", "reason"),
    [
        ("c = c * 2", "return c", "`c = c * 2` stands 2 times in a.py"),
        ("b = a", "return c", "`b = a` is no line in a.py"),
        ("c = b", "b = a + 1", "`b = a + 1` is no line of a.py behind `c = b`"),
    ],
)
def test_lines_that_are_not_told_apart_are_refused(begin, end, reason):
    message = problems_of(carry_out(BY_TEXT, f"extract the lines from `{begin}` to `{end}` in a.py into double"))
    assert reason in message
