"""What docs/editors.md tells a user to write, and a small workspace and an environment to try it in."""

import os
import re
import sys
from contextlib import suppress
from pathlib import Path

from tests.installs import PROJECT
from tests.model_server import ModelServer

PAGE = PROJECT / "docs" / "editors.md"
SHOP = {
    "cart.py": (
        "# dataclass Item with name: str, price: float\n\n\ndef total(prices):\n    # é𝒳 add them up\n    pass\n"
    ),
    "use.py": "from cart import total\n\nprint(total([1, 2]))\n",
}

ITEM = """\
from dataclasses import dataclass


@dataclass
class Item:
    name: str
    price: float


def total(prices):
    # é𝒳 add them up
    pass
"""
"""cart.py once the comment in its first line is implemented."""
_OLD, _NEW = "    # é𝒳 add them up\n    pass\n", "    return sum(prices)\n"
BEYOND = (
    f"cart.py\n```python\n<<<<<<< SEARCH\n{_OLD}=======\n{_NEW}>>>>>>> REPLACE\n```\n"
    "use.py\n```python\n<<<<<<< SEARCH\nprint(total([1, 2]))\n=======\nprint(total([1, 2, 3]))\n>>>>>>> REPLACE\n```\n"
)
"""What a model may reply that is asked for `total` alone: its body, and a line of a file that nobody spoke of."""
BEYOND_APPLIED = {"cart.py": SHOP["cart.py"].replace(_OLD, _NEW), "use.py": SHOP["use.py"].replace("2]", "2, 3]")}
RENAMED = {name: text.replace("total", "total_of") for name, text in SHOP.items()}


def snippet(heading: str, language: str) -> str:
    """The first block of code in a language below a heading of the page."""
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {heading}", 1)[1].split("\n## ", 1)[0]
    found = re.search(rf"^```{language}\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    assert found is not None, f"no {language} below {heading}"
    return found[1]


def shop(folder: Path) -> Path:
    """A repository of two files, one of which uses the other's function."""
    root = folder / "shop"
    (root / ".git").mkdir(parents=True)
    for name, text in SHOP.items():
        (root / name).write_text(text, encoding="utf-8")
    return root


def on_disk(root: Path) -> dict[str, str]:
    """The files of the shop that are there now: some editors move a file away for a moment to save it."""
    texts: dict[str, str] = {}
    for name in SHOP:
        with suppress(FileNotFoundError):
            texts[name] = (root / name).read_bytes().decode()
    return texts


def environment(folder: Path, model: ModelServer | None = None) -> dict[str, str]:
    """Where an editor finds the command `patchwright`, folders of its own, and the model or none."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    given = os.environ | {"PATH": path, "HOME": str(folder), "TERM": "xterm-256color"}
    given |= {f"PATCHWRIGHT_{name.upper()}": str(folder / name) for name in ("config", "cache", "state")}
    given |= {f"XDG_{name}_HOME": str(folder / "xdg") for name in ("CONFIG", "CACHE", "STATE", "DATA")}
    given |= dict.fromkeys(("PATCHWRIGHT_ENDPOINT", "PATCHWRIGHT_MODEL", "PATCHWRIGHT_API_KEY"), "")
    if model is not None:
        named = {"ENDPOINT": model.base_url, "MODEL": "scripted", "API_KEY": "sk-test-key"}
        given |= {f"PATCHWRIGHT_{name}": value for name, value in named.items()}
    return given
