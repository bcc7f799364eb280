"""Tests and docstrings to fill in, and type hints that the text decides: nothing is invented."""

import pytest

from lsp_server.edits.change import Create
from lsp_server.recipes.plan import Done, NotUnderstood
from lsp_server.recipes.registry import understand
from lsp_server.recipes.skeletons.sentence import AddHints, WriteDocstrings, WriteTests
from tests.recipes.workspace import after, carry_out, problems_of, sites_of


@pytest.mark.parametrize(
    ("sentence", "plan"),
    [
        ("tests for pkg/core.py", WriteTests("pkg/core.py")),
        ("test skeletons for the module pkg.core", WriteTests("pkg.core")),
        ("please write pytest test stubs for this file", WriteTests()),
        ("create skeletons of the tests for core.py", WriteTests("core.py")),
        ("docstrings for public functions in core.py", WriteDocstrings("core.py")),
        ("add docstrings for all functions of pkg.core", WriteDocstrings("pkg.core")),
        ("add docstring skeletons to this file", WriteDocstrings()),
        ("add type hints to core.py", AddHints("core.py")),
        ("add the missing type annotations in pkg.core", AddHints("pkg.core")),
        ("annotate return types in core.py", AddHints("core.py", "returns")),
        ("add -> None where nothing is returned in core.py", AddHints("core.py", "none")),
    ],
)
def test_a_sentence_becomes_its_plan(sentence, plan):
    understood = understand(sentence)
    assert isinstance(understood, tuple), understood
    assert [step.plan for step in understood] == [plan]


@pytest.mark.parametrize(
    "sentence",
    [
        "write tests for pkg/core.py",
        "tests for the login page",
        "add tests for load_user",
        "test core.py",
        "document core.py",
        "add a docstring to load_user",
        "docstrings should be in Google style",
        "add types",
        "use type hints everywhere",
        "annotate the image",
        "tests for core.py must not need a network",
    ],
)
def test_other_sentences_are_left_alone(sentence):
    assert isinstance(understand(sentence), NotUnderstood)


def created(files: dict[str, str], description: str) -> tuple[str, str]:
    done = carry_out(files, description)
    assert isinstance(done, Done), done
    (operation,) = done.change.operations
    assert isinstance(operation, Create)
    return operation.path, operation.text


CORE = (
    "def load(a, *, b=1) -> int: ...\ndef _hidden(): ...\nclass DiskStore:\n    def get(self): ...\n"
    "    def _own(self): ...\n"
)


@pytest.mark.parametrize(
    ("source", "others", "path"),
    [
        ("pkg/core.py", {}, "tests/test_core.py"),
        ("pkg/core.py", {"pkg/a.py": "", "tests/test_a.py": ""}, "tests/test_core.py"),
        ("pkg/core.py", {"pkg/a.py": "", "tests/a_test.py": ""}, "tests/core_test.py"),
        ("pkg/core.py", {"pkg/a.py": "", "tests/pkg/test_a.py": ""}, "tests/pkg/test_core.py"),
        ("src/pkg/x/core.py", {"src/pkg/x/a.py": "", "tests/x/test_a.py": ""}, "tests/x/test_core.py"),
        ("pkg/core.py", {"pkg/a.py": "", "pkg/test_a.py": ""}, "pkg/test_core.py"),
        ("pkg/core.py", {"pkg/a.py": "", "pkg/tests/test_a.py": ""}, "pkg/tests/test_core.py"),
        ("pkg/core.py", {"checks/test_other.py": ""}, "checks/test_core.py"),
        ("pkg/_core.py", {}, "tests/test_core.py"),
        ("pkg/__init__.py", {}, "tests/test_pkg.py"),
    ],
)
def test_a_test_file_stands_where_those_of_the_project_stand(source, others, path):
    assert created({source: CORE, **others}, f"tests for {source}")[0] == path


def test_each_public_function_gets_one_test_that_is_skipped_until_it_is_written():
    assert created({"pkg/__init__.py": "", "pkg/core.py": CORE}, "tests for core.py")[1] == (
        "import pytest\n\nfrom pkg.core import DiskStore, load\n\n\n"
        '@pytest.mark.skip(reason="to be written")\ndef test_load():\n    assert load  # (a, *, b=1) -> int\n\n\n'
        '@pytest.mark.skip(reason="to be written")\ndef test_disk_store_get():\n    assert DiskStore.get  # (self)\n'
    )
    listed = created({"core.py": CORE + '__all__ = ["load"]\n'}, "tests for core.py")[1]
    assert "DiskStore" not in listed


def test_a_test_file_that_is_there_gets_what_it_lacks_once():
    test = "from core import load\n\n\ndef test_load_works():\n    assert load(1)\n"
    files = {"core.py": CORE, "tests/test_core.py": test}
    result = after(files, carry_out(files, "tests for core.py"))
    assert result["tests/test_core.py"] == (
        "import pytest\n\nfrom core import DiskStore, load\n"
        + test.partition("\n")[2]
        + '\n\n@pytest.mark.skip(reason="to be written")\n'
        + "def test_disk_store_get():\n    assert DiskStore.get  # (self)\n"
    )
    assert "nothing to write" in problems_of(carry_out(result, "tests for core.py"))


@pytest.mark.parametrize(
    ("text", "description", "reason"),
    [
        ("def _f(): ...\n", "tests for core.py", "no public function"),
        ("def f(:\n", "tests for core.py", "core.py:1"),
        ("def f(): ...\n", "tests for cores.py", "Did you mean core.py?"),
        ("def f(): ...\n", "tests for tests/test_b.py", "a test itself"),
        ('def f():\n    """Doc."""\n', "add docstring skeletons to core.py", "have a docstring"),
        ("def f(a=None):\n    return a\n", "add type hints to core.py", "No hint of core.py is certain: 2 are left"),
    ],
)
def test_what_has_nothing_to_add_is_said(text, description, reason):
    assert reason in problems_of(carry_out({"core.py": text, "tests/test_b.py": ""}, description))


FUNCTION = (
    "def load_user(name: str, *rest, strict=False, **more) -> int:\n    if strict:\n"
    "        raise KeyError(name)\n    return 1\n"
)
GOOGLE = 'def a(x):\n    """Makes a.\n\n    Args:\n        x: It.\n    """\n'
NUMPY = 'def a(x):\n    """Make a.\n\n    Parameters\n    ----------\n    x : int\n        It.\n    """\n'
REST = 'def a(x):\n    """\n    Make a.\n\n    :param x: It.\n    """\n'


@pytest.mark.parametrize(
    ("near", "docstring"),
    [
        ("", '    """Load user."""\n'),
        (
            GOOGLE,
            '    """Loads user.\n\n    Args:\n        name: ...\n        *rest: ...\n        strict: ...\n'
            "        **more: ...\n\n"
            '    Returns:\n        ...\n\n    Raises:\n        KeyError: ...\n    """\n',
        ),
        (
            NUMPY,
            '    """Load user.\n\n    Parameters\n    ----------\n    name : str\n        ...\n    *rest\n'
            "        ...\n    strict\n"
            "        ...\n    **more\n        ...\n\n    Returns\n    -------\n    int\n        ...\n\n"
            "    Raises\n    ------\n"
            '    KeyError\n        ...\n    """\n',
        ),
        (
            REST,
            '    """\n    Load user.\n\n    :param name: ...\n    :param rest: ...\n    :param strict: ...\n'
            "    :param more: ...\n"
            '    :returns: ...\n    :raises KeyError: ...\n    """\n',
        ),
    ],
)
def test_docstrings_have_the_style_of_the_project(near, docstring):
    head, _, body = FUNCTION.partition("\n")
    files = {"pkg/core.py": FUNCTION, "pkg/near.py": near.replace("Makes", "Returns") if near == GOOGLE else near}
    assert (
        after(files, carry_out(files, "add docstring skeletons to core.py"))["pkg/core.py"]
        == f"{head}\n{docstring}{body}"
    )


def test_what_has_a_docstring_or_no_room_keeps_its_bytes():
    text = 'class A:\r\n    x = 1\r\n\r\n    def f(self):\r\n        """Doc."""\r\n\r\n    def g(self): return 1\r\n'
    files = {"core.py": text}
    done = carry_out(files, "add docstring skeletons to core.py")
    assert after(files, done)["core.py"] == text.replace("    x = 1", '    """A."""\r\n\r\n    x = 1')
    assert sites_of(done) == ["core.py:7"]


@pytest.mark.parametrize(
    ("before", "result"),
    [
        (
            "def f(a=1, b='x', *, c=2.5, d=b'', e=-1):\n    print(a)\n",
            "def f(a: int = 1, b: str = 'x', *, c: float = 2.5, d: bytes = b'', e: int = -1) -> None:\n    print(a)\n",
        ),
        ("def f(a, b=None, c=[]):\n    return\n", "def f(a, b=None, c=[]) -> None:\n    return\n"),
        ("def f():\n    return 'x'\n", "def f() -> str:\n    return 'x'\n"),
        (
            "def f(x):\n    if x:\n        return 1\n    else:\n        return 2\n",
            "def f(x) -> int:\n    if x:\n        return 1\n    else:\n        return 2\n",
        ),
        ("def f(x):\n    return not x\n", "def f(x) -> bool:\n    return not x\n"),
        ("def f(x):\n    return x is None\n", "def f(x) -> bool:\n    return x is None\n"),
        ("def f(x):\n    return len(x)\n", "def f(x) -> int:\n    return len(x)\n"),
        ("class A: ...\ndef f():\n    return A()\n", "class A: ...\ndef f() -> A:\n    return A()\n"),
        ("def f():\n    return A()\nclass A: ...\n", 'def f() -> "A":\n    return A()\nclass A: ...\n'),
        (
            "async def f():\n    def g():\n        return 1\n    g()\n",
            "async def f() -> None:\n    def g() -> int:\n        return 1\n    g()\n",
        ),
        (
            "class A:\n    def __init__(self):\n        self.x = 1\n",
            "class A:\n    def __init__(self) -> None:\n        self.x = 1\n",
        ),
    ],
)
def test_a_hint_that_the_text_decides_is_added(before, result):
    files = {"core.py": before}
    assert after(files, carry_out(files, "add type hints to core.py"))["core.py"] == result


@pytest.mark.parametrize(
    "text",
    [
        "def f(x):\n    return x\n",
        "def f(x):\n    if x:\n        return 1\n",
        "def f(x):\n    if x:\n        return 1\n    return None\n",
        "def f(x):\n    if x:\n        return 1\n    return 'a'\n",
        "def f():\n    yield 1\n",
        "def f():\n    raise ValueError\n",
        "def f(): ...\n",
        "class A:\n    def f(self):\n        pass\n",
        "def f(x):\n    return x == 1\n",
        "def f():\n    return []\n",
        "def len(x): ...\ndef f(x):\n    return len(x)\n",
        "from x import *\ndef f(x):\n    return len(x)\n",
        "from x import A\ndef f():\n    return A()\n",
        "class A:\n    def __new__(cls): return x\ndef f():\n    return A()\n",
        "class A(metaclass=M): ...\ndef f():\n    return A()\n",
        "def f(x):\n    while x:\n        return 1\n",
        "def f(x):\n    try:\n        return 1\n    finally:\n        x()\n",
        "def f(a=1j):\n    return a\n",
        "def f(a=1):\n    a = 'x'\n    return a\n",
    ],
)
def test_a_hint_that_is_not_certain_is_not_added(text):
    assert "certain" in problems_of(carry_out({"core.py": text}, "add type hints to core.py"))


def test_only_what_is_asked_for_is_annotated():
    files = {"core.py": "def f(a=1):\n    return 1\ndef g(a=1):\n    print(a)\n"}
    assert after(files, carry_out(files, "annotate return types in core.py"))["core.py"] == (
        "def f(a=1) -> int:\n    return 1\ndef g(a=1) -> None:\n    print(a)\n"
    )
    assert after(files, carry_out(files, "add -> None where nothing is returned in core.py"))["core.py"] == (
        "def f(a=1):\n    return 1\ndef g(a=1) -> None:\n    print(a)\n"
    )
