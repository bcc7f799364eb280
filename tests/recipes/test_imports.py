"""Imports are added in their place, and go only where nothing can need them; `__all__` keeps its order."""

import pytest

from context.snapshot import Place
from lsp_server.recipes.imports.sentence import AddExport, AddImport, RemoveUnused
from lsp_server.recipes.plan import NotUnderstood
from lsp_server.recipes.python.placement import ImportLine
from lsp_server.recipes.registry import understand
from tests.recipes.workspace import after, carry_out, problems_of, sites_of


def changed(text: str, description: str, path: str = "a.py", **others: str) -> str:
    """A file after a description; `others` are more files, with `__` for `/` in their names."""
    files = {path: text} | {_path(name): each for name, each in others.items()}
    return after(files, carry_out(files, description))[path]


def _path(name: str) -> str:
    return f"{name.replace('____init__', '/__init__').replace('__', '/', 0 if '__init__' in name else 1)}.py"


def refusal(text: str, description: str, **others: str) -> str:
    files = {"a.py": text} | {_path(name): each for name, each in others.items()}
    return problems_of(carry_out(files, description))


@pytest.mark.parametrize(
    ("sentence", "plan"),
    [
        ("import Path in core.py", AddImport((ImportLine("", "Path"),), "core.py")),
        ("Please import `Path` into the file core.py.", AddImport((ImportLine("", "Path"),), "core.py")),
        ("import Path here", NotUnderstood()),
        ("import Path in this file", AddImport((ImportLine("", "Path"),))),
        ("import numpy as np in pkg.stats", AddImport((ImportLine("", "numpy", "np"),), "pkg.stats")),
        ("import Store from pkg.store in a.py", AddImport((ImportLine("pkg.store", "Store"),), "a.py")),
        (
            "import Store and Disk from pkg.store in a.py",
            AddImport((ImportLine("pkg.store", "Store"), ImportLine("pkg.store", "Disk")), "a.py"),
        ),
        ("add import os.path to a.py", AddImport((ImportLine("os.path"),), "a.py")),
        ("add the import from os import path as p to a.py", AddImport((ImportLine("os", "path", "p"),), "a.py")),
        ("add `from os import path` to a.py", AddImport((ImportLine("os", "path"),), "a.py")),
        ("add a missing import for Path", AddImport((ImportLine("", "Path"),))),
        ("add Store to __all__", AddExport(("Store",))),
        ("put Store and load into the __all__ of pkg.core", AddExport(("Store", "load"), "pkg.core")),
        ("list `Store` in __all__ in pkg/core.py", AddExport(("Store",), "pkg/core.py")),
        ("remove all unused imports from use.py", RemoveUnused("use.py")),
        ("clean up unused imports in the module use", RemoveUnused("use")),
        ("delete the unused imports", RemoveUnused()),
    ],
)
def test_a_sentence_becomes_its_plan(sentence, plan):
    understood = understand(sentence)
    if isinstance(plan, NotUnderstood):
        assert isinstance(understood, NotUnderstood)
    else:
        assert isinstance(understood, tuple), understood
        assert [step.plan for step in understood] == [plan]


SORTED = "import os\nimport sys\nfrom collections import Counter\n\nimport requests\n\nfrom . import b\n\nx = 1\n"


@pytest.mark.parametrize(
    ("description", "new", "below"),
    [
        ("import json in a.py", "import json\n", ""),
        ("import re in a.py", "import re\n", "import os\n"),
        ("import Path in a.py", "from pathlib import Path\n", "from collections import Counter\n"),
        ("add import zipfile to a.py", "import zipfile\n", "import sys\n"),
        ("add import attrs to a.py", "import attrs\n", "Counter\n\n"),
        ("add import yaml to a.py", "import yaml\n", "import requests\n"),
    ],
)
def test_an_import_goes_into_its_group_sorted(description, new, below):
    at = SORTED.index(below) + len(below)
    assert changed(SORTED, description, b="") == SORTED[:at] + new + SORTED[at:]


@pytest.mark.parametrize(
    ("before", "result"),
    [
        ("from pathlib import PurePath\n", "from pathlib import Path, PurePath\n"),
        ("from pathlib import (\n    PosixPath,\n)\n", "from pathlib import (\n    Path,\n    PosixPath,\n)\n"),
        (
            "from pathlib import (\n    A,  # a\n    PosixPath,\n    Z,\n)\n",
            "from pathlib import (\n    A,  # a\n    Path,\n    PosixPath,\n    Z,\n)\n",
        ),
        (
            "from pathlib import (\n    A,\n    Z,\n)\n",
            "from pathlib import (\n    A,\n    Path,\n    Z,\n)\n",
        ),
        ("from pathlib import Z, A\n", "from pathlib import Z, A, Path\n"),
        ("from pathlib import *\n", "from pathlib import *\nfrom pathlib import Path\n"),
        ('"""Doc."""\nx = 1\n', '"""Doc."""\n\nfrom pathlib import Path\n\nx = 1\n'),
        ("from __future__ import annotations\n", "from __future__ import annotations\n\nfrom pathlib import Path\n"),
        ("", "from pathlib import Path\n"),
        ("import sys\nimport os\r\n", "import sys\nimport os\r\nfrom pathlib import Path\n"),
        ("import requests", "from pathlib import Path\n\nimport requests"),
        ("import os\n\nimport requests", "import os\nfrom pathlib import Path\n\nimport requests"),
        ("import os", "import os\nfrom pathlib import Path"),
    ],
)
def test_an_import_joins_what_is_there(before, result):
    assert changed(before, "import Path in a.py") == result


def test_a_group_without_an_order_gets_it_at_its_end():
    assert changed("import sys\nimport os\nimport json\n", "import re in a.py") == (
        "import sys\nimport os\nimport json\nimport re\n"
    )


def test_what_only_types_need_goes_under_type_checking():
    text = (
        "from __future__ import annotations\n\nfrom typing import TYPE_CHECKING\n\n"
        "if TYPE_CHECKING:\n    from b import Store\n\n\ndef f(path: Path, {}) -> None: ...\n"
    )
    lazy = text.format("store: Store")
    assert changed(lazy, "import Path in a.py", b="class Store: ...\n") == lazy.replace(
        "    from b", "    from pathlib import Path\n\n    from b"
    )
    used = text.format("other=Path()")
    assert "TYPE_CHECKING\nfrom pathlib" not in changed(used, "import Path in a.py")
    assert changed(used, "import Path in a.py").startswith(
        "from __future__ import annotations\n\nfrom pathlib import Path\nfrom typing import TYPE_CHECKING\n"
    )
    evaluated = lazy.replace("from __future__ import annotations\n\n", "")
    assert changed(evaluated, "import Path in a.py").startswith("from pathlib import Path\n")


def test_other_files_and_definitions_say_where_a_name_comes_from():
    store = "class Store: ...\n"
    assert changed("", "import Store in a.py", pkg____init__="", pkg__store=store) == "from pkg.store import Store\n"
    shown = {"pkg____init__": "from pkg.store import Store\n", "pkg__store": store, "use": "from pkg import Store\n"}
    # The package imports it by its module, the user by the package: the module that defines it decides.
    assert changed("", "import Store in a.py", **shown) == "from pkg.store import Store\n"
    assert changed("", "import np in a.py", b="import numpy as np\n") == "import numpy as np\n"
    assert changed("", "import pkg.store in a.py", pkg____init__="", pkg__store="") == "import pkg.store\n"
    assert changed("", "import pkg.store.Store in a.py", pkg____init__="", pkg__store=store) == (
        "from pkg.store import Store\n"
    )
    relative = {"pkg____init__": "", "pkg__store": store, "pkg__base": ""}
    files = {"pkg/a.py": "from .base import x\n"} | {_path(k): v for k, v in relative.items()}
    assert after(files, carry_out(files, "import Store in pkg/a.py"))["pkg/a.py"] == (
        "from .base import x\nfrom .store import Store\n"
    )


@pytest.mark.parametrize(
    ("text", "description", "reason"),
    [
        ("", "import Nothing in a.py", "not known where Nothing comes from"),
        ("", "import Conter in a.py", "Did you mean Counter"),
        ("", "import Queue in a.py", "from queue import Queue"),
        ("", "import Store in a.py", "from c import Store"),
        ("", "import Stor from b in a.py", "Did you mean Store?"),
        ("", "import Pth from pathlib in a.py", "Did you mean Path"),
        ("Path = 1\n", "import Path in a.py", "a.py:1"),
        ("from pathlib import Path\n", "import Path in a.py", "already"),
        ("print(1)\n", "add from b import print to a.py", "would hide"),
        ("", "import Path in aa.py", "Did you mean a.py?"),
        ("", "import Path in /etc/a.py", "outside the workspace"),
        ("def f(:\n", "import Path in a.py", "a.py:1"),
        ("", "import other from b in b.py", "has no other"),
        ("", "add import b to b.py", "import itself"),
        ("", "import thing in b.py", "import each other"),
    ],
)
def test_an_import_that_is_not_certain_is_refused(text, description, reason):
    others = {"b": "class Store: ...\nprint = 1\nuse = 1\n", "c": "class Store: ...\n", "d": "import b\nthing = 1\n"}
    assert reason in refusal(text, description, **others)


def test_adding_an_import_twice_changes_nothing_and_the_comment_that_asked_goes():
    files = {"a.py": "import os\n# import Path in this file\nx = 1\n"}
    place = Place("a.py", 2, 2)
    once = after(files, carry_out(files, "import Path in this file", place, place))
    assert once["a.py"] == "import os\nfrom pathlib import Path\nx = 1\n"
    assert "already" in problems_of(carry_out(once, "import Path in a.py"))


@pytest.mark.parametrize(
    ("before", "result"),
    [
        ('__all__ = ["A", "Z"]', '__all__ = ["A", "Store", "Z"]'),
        ("__all__ = ['Z', 'A']", "__all__ = ['Z', 'A', 'Store']"),
        ("__all__ = ('A',)", "__all__ = ('A', 'Store',)"),
        ("__all__ = []", '__all__ = ["Store"]'),
        ("__all__ = ()", '__all__ = ("Store",)'),
        (
            '__all__: list[str] = [\n    "A",  # a\n    "Z",\n]',
            '__all__: list[str] = [\n    "A",  # a\n    "Store",\n    "Z",\n]',
        ),
        ('__all__ = [\n    "A",\n    "B"\n]', '__all__ = [\n    "A",\n    "B",\n    "Store"\n]'),
        ('__all__ = b.__all__ + ["A"]', '__all__ = b.__all__ + ["A", "Store"]'),
        ('__all__ = ["A"]\n__all__ += ["B"]', '__all__ = ["A", "Store"]\n__all__ += ["B"]'),
        ('__all__ = "A", "Z"', '__all__ = "A", "Store", "Z"'),
    ],
)
def test_a_name_goes_into_all_where_it_is_sorted(before, result):
    text = "import b\n{}\nclass Store: ...\n"
    assert changed(text.format(before), "add Store to __all__ of a.py", b="__all__ = []\n") == text.format(result)
    assert changed(text.format(before), "add Store to __all__") == text.format(result)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("class Store: ...\n", "lists nothing"),
        ('__all__ = ["A"]\n', "import it there first"),
        ('__all__ = ["Store"]\nclass Store: ...\n', "already"),
        ("__all__ = names()\nclass Store: ...\n", "lists nothing"),
    ],
)
def test_what_cannot_be_listed_is_refused(text, reason):
    assert reason in refusal(text, "add Store to __all__ of a.py")


@pytest.mark.parametrize(
    ("before", "result"),
    [
        ("import os\nimport re\nre.x\n", "import re\nre.x\n"),
        ("from os import path, sep\nsep\n", "from os import sep\nsep\n"),
        ("from os import path, sep\npath\n", "from os import path\npath\n"),
        ("from os import (\n    path,  # p\n    sep,  # s\n)\nsep\n", "from os import (\n    sep,  # s\n)\nsep\n"),
        ("from os import (\n    path,  # p\n    sep\n)\npath\n", "from os import (\n    path,  # p\n)\npath\n"),
        ("import os, re\nre.x\n", "import re\nre.x\n"),
        ("import re as r\nimport os\nos.x\n", "import os\nos.x\n"),
        ("def f():\n    import re\n    return 1\n", "def f():\n    return 1\n"),
        ("from x import y\ny2 = 1\n", "y2 = 1\n"),
        ("import os\r\nimport re\r\nre.x", "import re\r\nre.x"),
        ("import re\ndef f(re): return re\n", "def f(re): return re\n"),
    ],
)
def test_an_import_that_nothing_uses_goes(before, result):
    assert changed(before, "remove unused imports in a.py") == result
    assert "certainly unused" in refusal(result, "remove unused imports in a.py")


def test_a_stub_exports_what_it_says_it_does_and_no_other_import():
    stub = "from typing import Any, IO\nfrom x import A as A, B as C\nfrom y import *\nimport z as z\nx: Any\n"
    files = {"a.py": "x = 1\n", "a.pyi": stub}
    result = after(files, carry_out(files, "remove unused imports in a.pyi"))["a.pyi"]
    assert result == "from typing import Any\nfrom x import A as A\nfrom y import *\nimport z as z\nx: Any\n"
    assert "imported from here" in problems_of(
        carry_out({"p/__init__.pyi": "from .a import b\n"}, "remove unused imports in p/__init__.pyi")
    )


@pytest.mark.parametrize(
    "text",
    [
        "import models\n",
        "import pkg.signals\n",
        "import readline\n",
        "import os  # noqa\n",
        "import os  # noqa: E501, F401\n",
        "from x import y as y\n",
        "from x import *\n",
        "from __future__ import annotations\n",
        "try:\n    import os\nexcept ImportError:\n    os = None\n",
        "if 1:\n    import os\n",
        "import os; x = 1\n",
        "import os\nx: 'os.PathLike'\n",
        "import os\nx = []  # type: list[os.PathLike]\n",
        'import os\n__all__ = ["os"]\n',
        'from x import Reply\nAlias = Callable[[int], "Reply | None"]\n',
        'from x import Caller\n__all__ = ["Caller"]\n',
        'from x import buf\n__all__ += (r"buf",)\n',
        'import os\ndef f():\n    """\n    >>> os.sep\n    """\n',
        'import os\ngetattr(x, "os")\n',
        "import os\nprint(globals())\n",
        "import os.path\nos.sep\n",
        "class A:\n    import os\n",
        "from os import (path, # p\n sep)\nsep\n",
        'import os\nprint(f"{os.sep}")\n',
    ],
)
def test_an_import_that_may_be_needed_stays(text):
    assert "certainly unused" in refusal(text, "remove unused imports in a.py")


def test_what_other_files_take_from_a_module_stays_there():
    text = "from x import y\nfrom x import z\nfrom x import w\nfrom x import v\n"
    files = {"a.py": text, "b.py": "from a import y\n", "c.py": 'patch("a.z")\n', "d.py": "from a import w as q\n"}
    done = carry_out(files, "remove unused imports in a.py")
    assert after(files, done)["a.py"] == text.replace("from x import v\n", "")
    assert sites_of(done) == ["a.py:1", "a.py:2", "a.py:3"]
    files = {"pkg/__init__.py": text, "test_a.py": "from x import db\ndef test_it(db): ...\n"}
    assert "imported from here" in problems_of(carry_out(files, "remove unused imports in pkg/__init__.py"))
    assert "fixture" in problems_of(carry_out(files, "remove unused imports in test_a.py"))
