"""A field is added with its constructor, and with every call that must pass it; nothing moves by position."""

import pytest

from lsp_server.recipes.data_types.field_list import Field
from lsp_server.recipes.fields.sentence import AddField
from lsp_server.recipes.plan import NotUnderstood
from lsp_server.recipes.registry import understand
from lsp_server.recipes.signature.sentence import Target
from tests.recipes.workspace import after, carry_out, problems_of, sites_of


@pytest.mark.parametrize(
    ("sentence", "plan"),
    [
        ("add field email: str to User", AddField(Target("User"), Field("email", "str"))),
        ("add a new field email of type str to the class User", AddField(Target("User"), Field("email", "str"))),
        ("give User an attribute `email: str`", AddField(Target("User"), Field("email", "str"))),
        ("User should have a field email: str", AddField(Target("User"), Field("email", "str"))),
        ("User gets a field called email: str", AddField(Target("User"), Field("email", "str"))),
        ("add field n = 0 to pkg.core.User", AddField(Target("pkg.core.User"), Field("n", "", "0", required=False))),
        (
            "add field n: int to User in pkg/core.py and pass len(x) at all calls",
            AddField(Target("User", "pkg/core.py"), Field("n", "int"), "len(x)"),
        ),
        ("add field nickname to User", AddField(Target("User"), Field("nickname", ""))),
        ("give User a field called `nickname`", AddField(Target("User"), Field("nickname", ""))),
        ("add an optional field age: int to User", AddField(Target("User"), Field("age", "int"), optional=True)),
        ("add field version to User", AddField(Target("User"), Field("version", ""))),
        ("add field nickname to _User", AddField(Target("_User"), Field("nickname", ""))),
        ("add optional nickname to User", AddField(Target("User"), Field("nickname", ""), optional=True)),
        ("add an optional nickname: str to User", AddField(Target("User"), Field("nickname", "str"), optional=True)),
        (
            "add fields email: str and age: int to User and pass 'a, b', 0 at the calls",
            AddField(
                Target("User"),
                Field("email", "str"),
                "'a, b'",
                also=(AddField(Target("User"), Field("age", "int"), "0"),),
            ),
        ),
        (
            "add fields email and age = 0 to User",
            AddField(
                Target("User"),
                Field("email", ""),
                also=(AddField(Target("User"), Field("age", "", "0", required=False)),),
            ),
        ),
    ],
)
def test_a_sentence_becomes_its_plan(sentence, plan):
    understood = understand(sentence)
    assert isinstance(understood, tuple), understood
    assert [step.plan for step in understood] == [plan]


@pytest.mark.parametrize(
    "sentence",
    [
        "add field validation to User",
        "add field level security to the table",
        "add a field for the email to the signup form",
        "add a search field to the header",
        "add email to User",
        "every field gets a label",
        "User gets a discount",
        "the field is required",
        "add field email to the signup form",
        "add optional logging to Server",
        "add optional pagination to Query",
        "add optional support for proxies to Client",
        "add optional chaining to the parser",
        "add optional parameters to fetch",
        "add fields for name and age to User",
        "give User a field for the name",
        "add field mapping and validation to User",
    ],
)
def test_what_names_no_typed_field_is_left_alone(sentence):
    assert isinstance(understand(sentence), NotUnderstood)


DATA = "from dataclasses import dataclass\n\n\n@dataclass\nclass User:\n    name: str\n    age: int = 0\n"
USE = "from a import User\n\nUser('x')\nUser('x', 1)\nUser(name='x', age=1)\n"


def add(field: str, text: str = DATA, **others: str) -> dict[str, str]:
    files = {"a.py": text} | {f"{name}.py": each for name, each in others.items()}
    return after(files, carry_out(files, f"add field {field}"))


def refusal(field: str, text: str = DATA, **others: str) -> str:
    files = {"a.py": text} | {f"{name}.py": each for name, each in others.items()}
    return problems_of(carry_out(files, f"add field {field}"))


def test_a_field_with_a_default_goes_to_the_end_and_calls_stay():
    result = add('email: str = "" to User', use=USE)
    assert result == {"a.py": DATA + '    email: str = ""\n', "use.py": USE}
    assert "has a `email` already" in problems_of(carry_out(result, 'add field email: str = "" to User'))


def test_a_field_without_a_default_is_passed_by_every_call_in_its_position():
    result = add("email: str to User and pass 'e' at the calls", use=USE)
    assert result["a.py"] == DATA.replace("    age", "    email: str\n    age")
    assert result["use.py"] == (
        "from a import User\n\nUser('x', email='e')\nUser('x', 'e', 1)\nUser(name='x', age=1, email='e')\n"
    )


def test_a_field_without_a_default_lists_the_calls_that_would_lack_it():
    assert "3 calls would lack email (use.py:3, use.py:4, use.py:5)" in refusal("email: str to User", use=USE)
    files = {"a.py": DATA.replace("    age: int = 0\n", "")}
    assert after(files, carry_out(files, "add field email: str to User"))["a.py"].endswith(
        "name: str\n    email: str\n"
    )


def test_calls_that_are_not_certain_are_listed():
    use = "from a import User\nfrom b import other\n\ndef f(x):\n    User(**x)\n    User('a')\n    other.User(1)\n"
    files = {"a.py": DATA, "use.py": use}
    done = carry_out(files, "add field email: str to User and pass 'e' at the calls")
    assert "User('a', email='e')" in after(files, done)["use.py"]
    assert sites_of(done) == ["use.py:5"]
    unknown = {"a.py": DATA, "use.py": "import a\n\ndef f(make, x):\n    m = x or a\n    m.User('a')\n"}
    assert sites_of(carry_out(unknown, "add field email: str to User and pass 'e' at the calls")) == ["use.py:5"]


def test_aliases_and_heirs_are_followed():
    use = "from a import User as U\n\n\nclass Admin(U):\n    pass\n\nU('x')\nAdmin('y')\n"
    result = add("email: str to User and pass 1 at the calls", use=use)["use.py"]
    assert result.endswith("U('x', email=1)\nAdmin('y', email=1)\n")
    chain = {"b": "from a import User as U\n", "c": "from b import U\nU('x')\n"}
    assert add("email: str to User and pass 1 at the calls", **chain)["c.py"].endswith("U('x', email=1)\n")


def test_heirs_with_fields_pass_it_too_and_those_with_a_constructor_are_listed():
    heirs = (
        "from dataclasses import dataclass\nfrom a import User\n\n\n@dataclass\nclass Admin(User):\n"
        "    level: int = 0\n\n\nclass Guest(User):\n    def __init__(self):\n        super().__init__('g')\n\n\n"
        "Admin('x', 1, 2)\nGuest()\n"
    )
    files = {"a.py": DATA, "use.py": heirs}
    done = carry_out(files, "add field email: str to User and pass 'e' at the calls")
    assert after(files, done)["use.py"] == heirs.replace("'x', 1", "'x', 'e', 1")
    assert sites_of(done) == ["use.py:10"]


def test_a_field_that_would_break_an_heir_or_a_pattern_is_refused():
    heir = (
        "from dataclasses import dataclass\nfrom a import User\n\n\n@dataclass\nclass Admin(User):\n    level: int{}\n"
    )
    assert "would follow `email`" in refusal("email: str = '' to User", heir=heir.format(""))
    moved = heir.format(" = 0") + "\nAdmin('x', 1, 2)\n"
    assert "passes by position" in refusal("email: str = '' to User", heir=moved)
    assert add("email: str = '' to User", heir=heir.format(" = 0"))["a.py"].endswith("email: str = ''\n")
    pattern = "from a import User\nmatch x:\n    case User(name, age):\n        pass\n"
    assert "passes by position" in refusal("email: str to User and pass 1 at the calls", use=pattern)
    base = DATA.replace("User", "Base").replace("    name: str\n", "")
    base += "\n\n@dataclass\nclass User(Base):\n    b: int = 0\n"
    assert "needs one, too" in refusal("email: str to User", base)


@pytest.mark.parametrize(
    ("before", "field", "result"),
    [
        (DATA, "tags: list[str] = [] to User", "    tags: list[str] = field(default_factory=list)\n"),
        (DATA.replace("    age", '    """Name."""\n    age'), "x: int to User", '    """Name."""\n    x: int\n    age'),
        (DATA.replace("@dataclass", "@dataclass(kw_only=True)"), "x: int to User", "    age: int = 0\n    x: int\n"),
        (
            "from typing import NamedTuple\nclass User(NamedTuple):\n    a: int\n",
            "b: int = 0 to User",
            "    b: int = 0\n",
        ),
        (
            "from typing import TypedDict\nclass User(TypedDict):\n    a: int\n",
            "b: int to User",
            "    a: int\n    b: int\n",
        ),
        (
            "from pydantic import BaseModel\nclass User(BaseModel):\n    a: int = 0\n",
            "b: int to User",
            "    a: int = 0\n    b: int\n",
        ),
        (
            "from pydantic import BaseModel\nclass User(BaseModel):\n    a: int = 0\n",
            "b: list[int] = [] to User",
            "l, Field\nclass User(BaseModel):\n    a: int = 0\n    b: list[int] = Field(default_factory=list)\n",
        ),
        ("import attrs\n@attrs.define\nclass User:\n    pass\n", "b: int to User", "class User:\n    b: int\n"),
        (
            'from dataclasses import dataclass\n@dataclass\nclass User:\n    """Doc."""\n',
            "b: int to User",
            '    """Doc."""\n\n    b: int\n',
        ),
        (
            "from dataclasses import dataclass\n@dataclass\nclass User:\n    def f(self): ...",
            "b: int to User",
            "class User:\n    b: int\n\n    def f(self): ...",
        ),
        (DATA.replace("\n", "\r\n"), "x: int = 0 to User", "    age: int = 0\r\n    x: int = 0\r\n"),
        (DATA.rstrip("\n"), "x: int = 0 to User", "    age: int = 0\n    x: int = 0"),
    ],
)
def test_each_kind_of_class_has_its_own_form(before, field, result):
    assert result in add(field, before)["a.py"]


PLAIN = """
class User:
    __slots__ = ("name",)

    def __init__(self, name: str):
        self.name = name
        self.setup()
"""


def test_a_class_with_a_constructor_of_its_own_gets_parameter_line_and_slot():
    use = "from a import User\nUser('x')\n"
    result = add("email: str to User and pass 'e' at the calls", PLAIN, use=use)
    assert result["use.py"] == "from a import User\nUser('x', email='e')\n"
    assert result["a.py"] == PLAIN.replace('"name",)', '"name", "email",)').replace(
        "name: str):\n        self.name = name\n",
        "name: str, email: str):\n        self.name = name\n        self.email = email\n",
    )
    with_default = add("email = None to User", PLAIN, use=use)
    assert (
        "(self, name: str, email=None):\n        self.name = name\n        self.email = email\n" in with_default["a.py"]
    )
    assert with_default["use.py"] == use
    assert "1 call would lack email" in refusal("email: str to User", PLAIN, use=use)


BARE = """
class User:
    def __init__(self, name):
        self.name = name
"""


def test_a_class_without_types_gets_a_field_without_one():
    result = add("nickname to User and pass 'n' at the calls", BARE, use=USE.replace(", 1", "").replace(", age=1", ""))
    assert result["a.py"] == BARE.replace("name):", "name, nickname):") + "        self.nickname = nickname\n"
    assert result["use.py"].endswith("User('x', nickname='n')\nUser('x', nickname='n')\nUser(name='x', nickname='n')\n")
    assert "1 call would lack nickname (use.py:2)" in refusal(
        "nickname to User", BARE, use="from a import User\nUser('x')\n"
    )
    for typed in (DATA, PLAIN):
        assert "has no type, which User" in refusal("nickname to User", typed)
        assert "write `optional nickname: type`" in problems_of(
            carry_out({"a.py": typed}, "add optional nickname to User")
        )


@pytest.mark.parametrize(
    ("text", "description", "result"),
    [
        (BARE, "add optional nickname to User", "(self, name, nickname=None):"),
        (PLAIN, "add optional nickname: str to User", "name: str, nickname: str | None = None):"),
        (DATA, "add optional nickname: str to User", "    nickname: str | None = None\n"),
        (DATA, "add an optional field nickname: str | None to User", "    nickname: str | None = None\n"),
        (DATA, "add an optional field nickname: str = '' to User", "    nickname: str = ''\n"),
        (
            DATA.replace("age: int", "age: t.Optional[int]").replace("\n", "\nimport typing as t\n", 1),
            "give User an optional field nickname: str",
            "    nickname: t.Optional[str] = None\n",
        ),
    ],
)
def test_an_optional_field_is_none_in_the_words_of_the_file(text, description, result):
    assert result in after({"a.py": text}, carry_out({"a.py": text}, description))["a.py"]


def test_several_fields_are_added_in_order_or_none_is():
    result = add("email: str, tags: list[str] = [] and x: int = 0 to User and pass 'e', [], 1 at the calls", use=USE)
    assert result["a.py"] == DATA.replace("dataclass\n", "dataclass, field\n", 1).replace(
        "    age", "    email: str\n    age"
    ) + ("    tags: list[str] = field(default_factory=list)\n    x: int = 0\n")
    assert "User('x', 'e', 1, tags=[], x=1)" in result["use.py"]
    assert "has a `name` already" in refusal("email: str = '' and name: str to User")
    assert "2 values for 1 fields" in str(understand("add field a: int to User and pass 1, 2 at the calls"))
    assert "`a` is named twice" in str(understand("add fields a: int and a: str to User"))
    assert "`class` is a keyword" in str(understand("add field class to User"))


def test_dictionaries_that_list_the_fields_are_shown():
    text = DATA + "\n    def to_dict(self):\n        return {'name': self.name}\n"
    files = {"a.py": text}
    assert sites_of(carry_out(files, "add field x: int = 0 to User")) == ["a.py:10"]
    typed = "from typing import TypedDict\nclass User(TypedDict):\n    a: int\n    b: int\nu: User = {'a': 1, 'b': 2}\n"
    assert sites_of(carry_out({"a.py": typed}, "add field x: int to User")) == ["a.py:5"]


@pytest.mark.parametrize(
    ("field", "text", "reason"),
    [
        ("x: int to Nobody", DATA, "No class is called Nobody"),
        ("name: int to User", DATA, "already"),
        ("x: int to User", "class User:\n    pass\n", "not known what makes User"),
        ("x = 1 to User", DATA, "has no type"),
        ("x: int = 0 to User", "from typing import TypedDict\nclass User(TypedDict):\n    a: int\n", "no defaults"),
        ("x: list = [] to User", "from typing import NamedTuple\nclass User(NamedTuple):\n    a: int\n", "share"),
        ("x: list = [] to User", PLAIN, "share"),
        ("x: int = 0 to User", DATA.replace(":\n    name: str\n    age: int = 0", ": name: str"), "one line"),
        ("int: int = 0 to User", DATA, "hide"),
        ("x: int to User", DATA + "def f(:\n", "syntax error"),
    ],
)
def test_what_cannot_be_added_is_refused(field, text, reason):
    assert reason in refusal(field, text)


def test_two_classes_of_one_name_are_told_apart():
    assert "a.py, b.py" in refusal("x: int = 0 to User", b=DATA)
    assert add("x: int = 0 to User in b.py", b=DATA) == {"a.py": DATA, "b.py": DATA + "    x: int = 0\n"}
