"""A dataclass from a sentence: where it goes, how it looks, and which bytes stay."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from context.snapshot import Place
from lsp_server.recipes.data_types.field_list import parse_fields, split_list
from tests.recipes.workspace import after, carry_out, problems_of

POINT = "dataclass Point with x: int, y: int = 0"
CLASS = "@dataclass\nclass Point:\n    x: int\n    y: int = 0\n"
IMPORT = "from dataclasses import dataclass\n"


def check_dataclass(
    before: str, expected: str, description: str = POINT, *, line: int | None = None, last: int | None = None
):
    """The comment at a 1-based line (by default the one that begins with "# here") becomes the class."""
    if line is None:
        line = next(number for number, text in enumerate(before.splitlines(), 1) if text.strip().startswith("# here"))
    place = Place("a.py", line, last or line)
    files = {"a.py": before}
    done = carry_out(files, description, place, place)
    assert after(files, done)["a.py"] == expected
    return done


def test_an_empty_file_gets_the_import_and_the_class():
    check_dataclass("# here\n", f"{IMPORT}\n\n{CLASS}")


def test_a_file_without_a_last_line_end_stays_without():
    check_dataclass("# here", f"{IMPORT}\n\n{CLASS.rstrip()}")


def test_a_comment_of_several_lines_goes_as_a_whole():
    check_dataclass(
        "import os\n\n\n# here it\n# is\n",
        f"{IMPORT}import os\n\n\n{CLASS}".replace(f"{IMPORT}import os\n", f"import os\n{IMPORT}"),
        last=5,
    )


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("import os\n", f"import os\n{IMPORT}"),
        ("import os\nfrom typing import Any\n", f"import os\n{IMPORT}from typing import Any\n"),
        (
            "from collections import abc\nfrom re import match\n",
            f"from collections import abc\n{IMPORT}from re import match\n",
        ),
        ("import numpy\n", f"{IMPORT}\nimport numpy\n"),
        ("from .a import b\n", f"{IMPORT}\nfrom .a import b\n"),
        ('"""Doc."""\n', f'"""Doc."""\n\n{IMPORT}'),
        ('"""Doc."""\n\nx = 1\n', f'"""Doc."""\n\n{IMPORT}\nx = 1\n'),
        (
            '"""Doc."""\n\nfrom __future__ import annotations\n',
            f'"""Doc."""\n\nfrom __future__ import annotations\n\n{IMPORT}',
        ),
        (
            "from __future__ import annotations\n\nimport os\n",
            f"from __future__ import annotations\n\nimport os\n{IMPORT}",
        ),
        (
            "#!/usr/bin/env python\n# coding: utf-8\nx = 1\n",
            f"#!/usr/bin/env python\n# coding: utf-8\n{IMPORT}\nx = 1\n",
        ),
        (IMPORT, IMPORT),
        ("from dataclasses import field\n", "from dataclasses import dataclass, field\n"),
        ("from dataclasses import asdict, field\n", "from dataclasses import asdict, dataclass, field\n"),
        ("from dataclasses import replace, asdict\n", "from dataclasses import replace, asdict, dataclass\n"),
        (
            "from dataclasses import (\n    asdict,\n    field,\n)\n",
            "from dataclasses import (\n    asdict,\n    dataclass,\n    field,\n)\n",
        ),
    ],
)
def test_the_import_goes_where_the_file_would_have_it(head, expected):
    check_dataclass(f"{head}\n\n# here\n", f"{expected}\n\n{CLASS}")


@pytest.mark.parametrize(
    ("head", "decorator", "factory"),
    [
        ("import dataclasses\n", "dataclasses.dataclass", "dataclasses.field"),
        ("import dataclasses as d\n", "d.dataclass", "d.field"),
        ("from dataclasses import dataclass as data, field as f\n", "data", "f"),
    ],
)
def test_an_import_that_is_there_is_used_in_its_own_way(head, decorator, factory):
    check_dataclass(
        f"{head}\n\n# here\n",
        f"{head}\n\n@{decorator}\nclass Bag:\n    items: list[str] = {factory}(default_factory=list)\n",
        "dataclass Bag with items: list[str] = []",
    )


def test_blank_lines_are_added_but_never_removed():
    check_dataclass("import os\n# here\nx = 1\n", f"import os\n{IMPORT}\n\n{CLASS}\n\nx = 1\n")
    check_dataclass(f"{IMPORT}\n\n\n\n# here\n\n\n\n\nx = 1\n", f"{IMPORT}\n\n\n\n{CLASS}\n\n\n\nx = 1\n")


def test_a_comment_within_a_class_or_function_gives_a_nested_class():
    check_dataclass(
        f"{IMPORT}\n\nclass Outer:\n    # here\n    z = 1\n",
        f"{IMPORT}\n\nclass Outer:\n"
        "    @dataclass\n    class Point:\n        x: int\n        y: int = 0\n\n    z = 1\n",
    )
    check_dataclass(
        f"{IMPORT}\n\ndef f():\n\ta = 1\n\t# here\n\treturn a\n",
        f"{IMPORT}\n\ndef f():\n\ta = 1\n\n\t@dataclass\n\tclass Point:\n\t\tx: int\n\t\ty: int = 0\n\n\treturn a\n",
    )


def test_line_ends_and_the_rest_of_the_file_stay():
    before = "import os\r\n\r\n\r\n# here\r\n\r\n\r\nx = 'é'\t \r\ny"
    check_dataclass(
        before,
        before.replace("import os\r\n", f"import os\r\n{IMPORT}".replace("dataclass\n", "dataclass\r\n")).replace(
            "# here\r\n", CLASS.replace("\n", "\r\n")
        ),
    )


def test_two_spaces_of_indentation_are_kept():
    check_dataclass(
        f"{IMPORT}\n\ndef f():\n  return 1\n\n\n# here\n",
        f"{IMPORT}\n\ndef f():\n  return 1\n\n\n{CLASS.replace('    ', '  ')}",
    )


def test_without_a_comment_the_class_goes_behind_the_statement_of_the_place():
    files = {"a.py": f"{IMPORT}\n\nclass A:\n    def f(self):\n        return (1,\n    2)\n\n\nx = 1\n"}
    done = carry_out(files, POINT, Place("a.py", 5, 5))
    assert after(files, done)["a.py"] == files["a.py"].replace("    2)\n", f"    2)\n\n\n{CLASS}")
    files = {"a.py": IMPORT + "\n\nx = 1"}
    done = carry_out(files, POINT, Place("a.py", 4, 4))
    assert after(files, done)["a.py"] == f"{files['a.py']}\n\n\n{CLASS.rstrip()}"


def test_defaults_that_instances_would_share_become_factories():
    done = check_dataclass(
        "from dataclasses import dataclass, field\n\n\n# here\n",
        "from dataclasses import dataclass, field\n\n\n@dataclass(frozen=True, slots=True)\nclass Bag:\n"
        "    key: str\n"
        "    a: list[int] = field(default_factory=list)\n"
        "    b: dict[str, int] = field(default_factory=dict)\n"
        "    c: set[int] = field(default_factory=set)\n"
        "    d: list[int] = field(default_factory=lambda: [1, 2])\n"
        "    e: dict[str, int] = field(default_factory=dict)\n"
        "    f: tuple[int, ...] = (1, 2)\n"
        "    g: str = 'a, b and c'\n",
        "make a frozen, slotted dataclass Bag with key: str, a: list[int] = [], b: dict[str, int] = {}, "
        "c: set[int] = set(), "
        "d: list[int] = [1, 2], e: dict[str, int] = field(default_factory=dict), f: tuple[int, ...] = (1, 2) "
        "and g: str = 'a, b and c'",
    )
    source = after({"a.py": ""}, done)["a.py"]
    namespace: dict[str, type] = {"__name__": "made"}
    exec(compile(source, "a.py", "exec"), namespace)
    assert namespace["Bag"]("k").d == [1, 2]


def test_types_that_the_file_does_not_know_are_named():
    done = check_dataclass(
        f"{IMPORT}from typing import Any\n\n\n# here\n",
        f"{IMPORT}from typing import Any\n\n\n@dataclass\nclass P:\n    x: Decimal\n    y: Any\n    z: list[Path]\n",
        "dataclass P with x: Decimal, y: Any, z: list[Path]",
    )
    assert done.summary.endswith("not defined at the top of this file: Decimal, Path")


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ("class Point: ...\n# here\n", "Point is already defined in a.py:1"),
        ("@final\nclass Point: ...\n# here\n", "Point is already defined in a.py:2"),
        ("from b import Point\n# here\n", "Point is already defined in a.py:1"),
        ("from b import c as Point\n# here\n", "Point is already defined in a.py:1"),
        ("Point = 1\n# here\n", "Point is already defined in a.py:1"),
        ("from pydantic.dataclasses import dataclass\n# here\n", "`dataclass` means something else here (line 1)"),
    ],
)
def test_a_name_that_is_taken_is_refused(before, reason):
    line = before.count("\n")
    place = Place("a.py", line, line)
    assert reason in problems_of(carry_out({"a.py": before}, POINT, place, place))


def test_a_place_that_does_not_fit_is_refused():
    assert "Say where" in problems_of(carry_out({"a.py": ""}, POINT))
    assert "(.py, .pyi) only" in problems_of(carry_out({"a.ts": ""}, POINT, Place("a.ts", 1, 1)))
    assert "does not exist" in problems_of(carry_out({}, POINT, Place("a.py", 1, 1)))


def test_lists_are_split_at_their_outermost_commas_only():
    assert split_list("a: dict[str, int], b: str = 'x, and y' and c, and d") == [
        "a: dict[str, int]",
        "b: str = 'x, and y'",
        "c",
        "d",
    ]


NAMES = st.from_regex(r"[a-z]{1,6}_", fullmatch=True)
TYPES = st.sampled_from(
    ["int", "list[str]", "dict[str, tuple[int, ...]]", "'Point'", "int | None", "Callable[[int], str]"]
)


@given(
    st.lists(st.tuples(NAMES, TYPES), min_size=1, unique_by=lambda field: field[0]),
    st.sampled_from([", ", " and ", ", and ", " , "]),
)
def test_any_list_of_annotated_names_is_read_as_python_reads_it(fields, separator):
    text = separator.join(f"{name}: {annotation}" for name, annotation in fields)
    parsed, problems = parse_fields(text)
    assert not problems
    assert [(field.name, ast.dump(ast.parse(field.annotation))) for field in parsed] == [
        (name, ast.dump(ast.parse(annotation))) for name, annotation in fields
    ]


@given(st.text(alphabet="xy:=,'\"()[]{} and\\*", max_size=40))
def test_any_text_is_read_or_refused_without_an_error(text):
    fields, problems = parse_fields(text)
    assert all(field.name.isidentifier() for field in fields)
    assert all(problem.message for problem in problems)


def check_refused(before: str, reason: str, description: str = POINT):
    """The comment that begins with "# here" gives no class, and the message holds the reason."""
    line = next(number for number, text in enumerate(before.splitlines(), 1) if text.strip().startswith("# here"))
    place = Place("a.py", line, line)
    assert reason in problems_of(carry_out({"a.py": before}, description, place, place))


@pytest.mark.parametrize(
    "before",
    [
        "# here\nfrom __future__ import annotations\n",
        '# here\n"""Doc."""\n',
        "if a:\n    b = 1\n# here\nelse:\n    b = 2\n",
        "try:\n    a = 1\n# here\nexcept ValueError:\n    pass\n",
        "f = dict(\n    # here\n    a=1,\n)\n",
        "f = [\n    1,\n# here\n]\n",
        "def f():\n    a = 1\n# here\n    return a\n",
        "def f():\n    a = 1\n      # here\n    return a\n",
        "class A:\n    a = 1\n# here\n    b = 2\n",
        "@decorator\n# here\ndef f(): ...\n",
        "x = '''\n# here\n'''\n",
    ],
)
def test_a_comment_that_is_not_between_two_statements_is_refused(before):
    check_refused(before, "between two statements")


@pytest.mark.parametrize(
    "before",
    [
        "if a:\n    class Point: ...\n# here\n",
        "a, Point = 1, 2\n# here\n",
        "for Point in (): pass\n# here\n",
        "class A:\n    Point = 1\n    # here\n",
        "def f():\n    import x as Point\n    # here\n",
    ],
)
def test_a_name_that_is_bound_in_any_way_is_taken(before):
    check_refused(before, "Point is already defined in a.py:")


def test_an_import_that_comes_later_or_fails_is_no_obstacle():
    check_dataclass(f"# here\n\n\n{IMPORT}", f"{IMPORT}\n\n{CLASS}\n\n{IMPORT}")
    head = "try:\n    from dataclasses import dataclass\nexcept ImportError:\n    pass\n"
    check_dataclass(f"{head}\n\n# here\n", f"{IMPORT}\n{head}\n\n{CLASS}")


def test_the_import_goes_below_the_comments_at_the_top_of_the_file():
    head = "#!/usr/bin/env python\n# coding: utf-8\n# License: MIT\n"
    check_dataclass(f"{head}\nx = 1\n\n\n# here\n", f"{head}\n{IMPORT}\nx = 1\n\n\n{CLASS}")
    check_dataclass(f"{head}\n# here\n", f"{head}\n{IMPORT}\n\n{CLASS}")


@pytest.mark.parametrize("annotation", ["Point | None", "list[Point]", "dict[str, Point]"])
def test_a_type_that_names_the_class_itself_is_quoted(annotation):
    description = f"dataclass Point with x: int, y: {annotation} = None"
    fields = f"    x: int\n    y: {annotation} = None\n"
    quoted = fields.replace(annotation, f'"{annotation}"')
    check_dataclass(f"{IMPORT}\n\n# here\n", f"{IMPORT}\n\n@dataclass\nclass Point:\n{quoted}", description)
    future = f"from __future__ import annotations\n\n{IMPORT}\n\n"
    check_dataclass(f"{future}# here\n", f"{future}@dataclass\nclass Point:\n{fields}", description)


@pytest.mark.parametrize(
    ("given_default", "written"),
    [
        ("deque()", "field(default_factory=deque)"),
        ("collections.deque()", "field(default_factory=collections.deque)"),
        ("defaultdict(list)", "field(default_factory=lambda: defaultdict(list))"),
        ("sorted(NAMES)", "field(default_factory=lambda: sorted(NAMES))"),
        ("bytearray()", "field(default_factory=bytearray)"),
        ("dataclasses.field(default=1)", "field(default=1)"),
        ("tuple()", "tuple()"),
    ],
)
def test_every_default_that_dataclasses_refuse_becomes_a_factory(given_default, written):
    head = "from dataclasses import dataclass, field\n\n\n"
    check_dataclass(
        f"{head}# here\n",
        f"{head}@dataclass\nclass Bag:\n    x: object = {written}\n",
        f"dataclass Bag with x: object = {given_default}",
    )


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ("x: int, field: int = 0, items: list = []", "`field` hides"),
        ("list: list[int] = []", "`list` hides"),
        ("date: date = None", "`date` hides"),
        ("date: object = None, other: date | None = None", "`date` hides"),
        ("x: int, y: int (required)", "not a type"),
        ("x: int, y: int(5)", "not a type"),
    ],
)
def test_fields_that_would_break_the_class_are_refused(fields, reason):
    check_refused("# here\n", reason, f"dataclass Bag with {fields}")


def test_a_field_hides_nothing_where_types_are_not_evaluated():
    head = f"from __future__ import annotations\n\n{IMPORT}\n\n"
    check_dataclass(
        f"{head}# here\n",
        f"{head}@dataclass\nclass Bag:\n    date: date = None\n",
        "dataclass Bag with date: date = None",
    )


@pytest.mark.parametrize("fields", ["x: int\ny: int = 0", "- x: int\n- y: int = 0", "x: int,\n y: int = 0"])
def test_one_field_on_a_line_needs_no_comma(fields):
    check_dataclass("# here\n", f"{IMPORT}\n\n{CLASS}", f"dataclass Point with\n{fields}")


@pytest.mark.parametrize(
    ("given_default", "written"),
    [("Inner()", "field(default_factory=Inner)"), ("Inner(1)", "field(default_factory=lambda: Inner(1))")],
)
def test_an_object_of_a_class_of_this_file_is_made_anew_for_each_instance(given_default, written):
    head = "from dataclasses import dataclass, field\n\n\nclass Inner: ...\n\n\n"
    check_dataclass(
        f"{head}# here\n",
        f"{head}@dataclass\nclass Bag:\n    x: Inner = {written}\n    y: int = int(3)\n",
        f"dataclass Bag with x: Inner = {given_default}, y: int = int(3)",
    )


def test_a_file_that_is_named_gets_it_at_its_end_or_is_made():
    files = {"pkg/a.py": "import os\n\nx = 1", "b.py": "# dataclass P with x: int in pkg/a.py\ny = 2\n"}
    result = after(files, carry_out(files, "dataclass P with x: int, y: int = 0 in pkg/a.py"))
    assert result["pkg/a.py"].endswith("x = 1\n\n\n@dataclass\nclass P:\n    x: int\n    y: int = 0")
    made = after(files, carry_out(files, "dataclass P with x: int in the new file pkg/shapes.py"))
    assert made["pkg/shapes.py"] == "from dataclasses import dataclass\n\n\n@dataclass\nclass P:\n    x: int\n"
    place = Place("b.py", 1, 1)
    asked = after(files, carry_out(files, "dataclass P with x: int in pkg/a.py", place, place))
    assert asked["b.py"] == "y = 2\n"
    assert "class P:" in asked["pkg/a.py"]


def test_a_file_in_a_folder_that_is_not_there_is_refused():
    assert "no file nowhere/a.py" in problems_of(carry_out({"a.py": ""}, "dataclass P with x: int in nowhere/a.py"))
    assert "outside" in problems_of(carry_out({"a.py": ""}, "dataclass P with x: int in ../a.py"))
