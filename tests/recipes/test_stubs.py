"""A class gets the methods that its bases leave open, with their signatures and what those need."""

import pytest

from lsp_server.recipes.plan import NotUnderstood
from lsp_server.recipes.registry import understand
from lsp_server.recipes.signature.sentence import Target
from lsp_server.recipes.stubs.sentence import ImplementStubs
from tests.recipes.workspace import after, carry_out, problems_of, sites_of


@pytest.mark.parametrize(
    ("sentence", "plan"),
    [
        ("implement the abstract methods of DiskStore", ImplementStubs(Target("DiskStore"))),
        ("Implement all missing abstract methods in the class DiskStore.", ImplementStubs(Target("DiskStore"))),
        ("add the missing methods to DiskStore", ImplementStubs(Target("DiskStore"))),
        ("stub out missing methods of core.DiskStore", ImplementStubs(Target("core.DiskStore"))),
        ("implement the abstract methods of _Disk", ImplementStubs(Target("_Disk"))),
        ("implement the abstract methods of UUID in a.py", ImplementStubs(Target("UUID", "a.py"))),
        ("stub out Protocol Reader in FileReader", ImplementStubs(Target("FileReader"), Target("Reader"))),
        ("implement the Reader protocol in FileReader", ImplementStubs(Target("FileReader"), Target("Reader"))),
        ("make FileReader implement the interface Reader", ImplementStubs(Target("FileReader"), Target("Reader"))),
        (
            "implement the methods of Reader in FileReader in io.py",
            ImplementStubs(Target("FileReader", "io.py"), Target("Reader")),
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
        "implement the OAuth protocol in the client",
        "implement the missing methods",
        "implement the protocol",
        "add missing methods to the API",
        "implement an interface for uploads",
        "stub out the database",
    ],
)
def test_other_sentences_are_left_alone(sentence):
    assert isinstance(understand(sentence), NotUnderstood)


BASE = '''
from abc import ABC, abstractmethod
from pathlib import Path
import typing as t

LIMIT = 3


class Key: ...


class Store(ABC):
    def ready(self): ...

    @abstractmethod
    def load(
        self,
        path: Path,
        *,
        key: "Key" = None,
        limit: int = LIMIT,
    ) -> t.Any:
        """Loads."""

    @property
    @abstractmethod
    def size(self) -> int: ...

    @size.setter
    def size(self, value: int) -> None: ...

    @classmethod
    @abstractmethod
    async def open(cls): raise NotImplementedError
'''


def implement(text: str, description: str = "implement the abstract methods of Disk", **others: str) -> str:
    files = {"disk.py": text} | {f"{name}.py": each for name, each in others.items()}
    return after(files, carry_out(files, description))["disk.py"]


def refusal(text: str, description: str = "implement the abstract methods of Disk", **others: str) -> str:
    files = {"disk.py": text} | {f"{name}.py": each for name, each in others.items()}
    return problems_of(carry_out(files, description))


def test_signatures_come_as_they_stand_with_the_imports_they_need():
    text = "from base import Store\n\n\nclass Disk(Store):\n    pass\n\n\nx = 1\n"
    result = implement(text, base=BASE)
    assert (
        result
        == """import typing as t
from pathlib import Path

from base import LIMIT, Key, Store


class Disk(Store):
    def load(
        self,
        path: Path,
        *,
        key: "Key" = None,
        limit: int = LIMIT,
    ) -> t.Any:
        raise NotImplementedError

    @property
    def size(self) -> int:
        raise NotImplementedError

    @size.setter
    def size(self, value: int) -> None:
        raise NotImplementedError

    @classmethod
    async def open(cls):
        raise NotImplementedError


x = 1
"""
    )
    assert "lacks no method" in refusal(result, base=BASE)


ONE = "from abc import ABC, abstractmethod\n\n\nclass Base(ABC):\n    @abstractmethod\n    def f(self, x=1): ...\n"
LINES = "    def f(self, x=1):\n        raise NotImplementedError"


@pytest.mark.parametrize(
    ("before", "result"),
    [
        ("class Disk(Base): pass\n", f"class Disk(Base):\n{LINES}\n"),
        ("class Disk(Base): ...", f"class Disk(Base):\n{LINES}"),
        ("class Disk(Base):\n    ...\n", f"class Disk(Base):\n{LINES}\n"),
        ('class Disk(Base):\n    """Doc."""\n', f'class Disk(Base):\n    """Doc."""\n\n{LINES}\n'),
        ("class Disk(Base):\n    x = 1", f"class Disk(Base):\n    x = 1\n\n{LINES}"),
        (
            "class Disk(Base):\n  def g(self):\n    pass\n",
            "class Disk(Base):\n  def g(self):\n    pass\n\n  def f(self, x=1):\n    raise NotImplementedError\n",
        ),
        (
            "class Disk(Base):\r\n    x = 1\r\n",
            "class Disk(Base):\r\n    x = 1\r\n\r\n" + LINES.replace("\n", "\r\n") + "\r\n",
        ),
        (
            "class A:\n    class Disk(Base):\n        x = 1\n",
            "class A:\n    class Disk(Base):\n        x = 1\n\n        def f(self, x=1):\n"
            "            raise NotImplementedError\n",
        ),
    ],
)
def test_methods_go_to_the_end_of_the_class_in_its_layout(before, result):
    assert implement("from base import Base\n" + before, base=ONE) == "from base import Base\n" + result


def test_what_is_implemented_on_the_way_is_not_written_again():
    middle = "from base import Base\n\n\nclass Middle(Base):\n    def f(self, x=2): return x\n"
    assert "lacks no method" in refusal(
        "from middle import Middle\nclass Disk(Middle): pass\n", base=ONE, middle=middle
    )
    # The mixin stands before the abstract class in Python's order, the other way round it does not.
    mixin = "from base import Base\n\n\nclass Mixin:\n    def f(self): ...\n\n\n"
    assert "lacks no method" in refusal(mixin + "class Disk(Mixin, Base): pass\n", base=ONE)
    assert "def f(self, x=1)" in implement(mixin + "class Disk(Base, Mixin): pass\n", base=ONE)
    diamond = "from base import Base\n\n\nclass L(Base): pass\n\n\nclass R(Base):\n    def f(self): ...\n\n\n"
    assert "lacks no method" in refusal(diamond + "class Disk(L, R): pass\n", base=ONE)
    again = middle.replace("def f", "@abstractmethod\n    def f").replace(
        "from base", "from abc import abstractmethod\nfrom base"
    )
    assert "def f(self, x=2):" in implement(
        "from middle import Middle\nclass Disk(Middle): pass\n", base=ONE, middle=again
    )


def test_a_protocol_is_implemented_with_or_without_inheriting():
    protocol = (
        "from typing import Protocol\n\n\nclass Reader(Protocol):\n    name: str\n\n"
        "    def read(self, n: int = -1) -> bytes: ...\n\n"
        "    def close(self) -> None:\n        self.read()\n"
    )
    files = {"io_.py": protocol, "disk.py": "class Disk:\n    def other(self): ...\n"}
    done = carry_out(files, "implement the protocol Reader in Disk")
    assert after(files, done)["disk.py"] == (
        "class Disk:\n    def other(self): ...\n\n    def read(self, n: int = -1) -> bytes:\n"
        "        raise NotImplementedError\n\n"
        "    def close(self) -> None:\n        raise NotImplementedError\n"
    )
    assert sites_of(done) == ["io_.py:5"]
    inherits = implement("from io_ import Reader\nclass Disk(Reader): pass\n", io_=protocol)
    assert "def read" in inherits
    assert "def close" not in inherits


def test_type_parameters_become_what_the_class_gives_for_them():
    generic = (
        "from typing import Generic, TypeVar\nfrom abc import ABC, abstractmethod\nT = TypeVar('T')\n\n\n"
        "class Base(ABC, Generic[T]):\n    @abstractmethod\n"
        "    def get(self, default: T | None = None) -> list[T]: ...\n"
    )
    assert "def get(self, default: int | None = None) -> list[int]:" in implement(
        "from base import Base\nclass Disk(Base[int]): pass\n", base=generic
    )


def test_types_that_only_the_base_does_not_evaluate_are_quoted():
    lazy = "from __future__ import annotations\n" + ONE.replace("x=1", "x: Later, y: int").replace(
        "): ...", ") -> Later | None: ..."
    )
    lazy += "\n\nclass Later: ...\n"
    result = implement("from base import Base\nclass Disk(Base): pass\n", base=lazy)
    assert 'def f(self, x: "Later", y: int) -> "Later | None":' in result
    assert "from base import Base, Later\n" in result


def test_the_standard_library_says_what_its_classes_leave_open():
    result = implement("from collections.abc import Mapping\n\n\nclass Disk(Mapping):\n    pass\n")
    assert "def __getitem__(self, key):\n        raise NotImplementedError\n" in result
    assert "def __iter__(self):" in result
    assert "def __len__(self):" in result


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("class Other: pass\n", "No class is called Disk"),
        ("class Disk: pass\n", "no base"),
        ("from unknown import Base\nclass Disk(Base): pass\n", "What unknown.Base wants is not known"),
        ("from base import Base\nclass Disk(Base): x = 1\n", "one line"),
        ("from base import Base\nKey = 1\nclass Disk(Base): pass\n", "means something else"),
        ("from base import Base\nclass Disk(Base): pass\ndef f(:\n", "syntax error"),
    ],
)
def test_what_is_not_certain_is_refused(text, reason):
    base = ONE.replace("x=1", "x: 'Key' = None") + "\n\nclass Key: ...\n"
    assert reason in refusal(text, base=base)
