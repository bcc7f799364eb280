"""What is there to see? A small shop, and a user of Neovim who has the plugin as README says.

A comment becomes code; a description changes two files and waits; its hunks are looked at in a tab.
"""

import os
import sys
from pathlib import Path

from terminal import Frame, Terminal

PROJECT = Path(__file__).resolve().parents[2]
COLUMNS, ROWS = 96, 26
KEY = 0.05
"""Seconds between two keys of what is typed."""

CART = """\
# dataclass Item with name: str, price: float = 0.0


def load_item(name):
    return Item(name)


def total(names):
    return sum(load_item(name).price for name in names)
"""
USE = """\
from cart import load_item, total

print(load_item("tea"))
print(total(["tea", "jam"]))
"""
INIT = """\
vim.o.termguicolors = true
vim.o.number = true
vim.o.laststatus = 2
vim.o.showmode = false
vim.o.ruler = false
vim.o.swapfile = false
vim.o.shortmess = vim.o.shortmess .. 'I'
vim.o.statusline = ' %f %m%=%{v:lua.require("patchwright").statusline()} '
require('patchwright').setup({})
"""


def write_shop(folder: Path) -> Path:
    """Writes the project, and the configuration of its user."""
    shop = folder / "shop"
    (shop / ".git").mkdir(parents=True)
    (shop / "cart.py").write_text(CART, "utf-8")
    (shop / "use.py").write_text(USE, "utf-8")
    start = folder / ".local/share/nvim/site/pack/patchwright/start"
    start.mkdir(parents=True)
    (start / "patchwright").symlink_to(PROJECT / "editors" / "neovim")
    (folder / ".config/nvim").mkdir(parents=True)
    (folder / ".config/nvim/init.lua").write_text(INIT, "utf-8")
    (folder / "settings").mkdir()
    (folder / "settings/config.toml").write_text("[review]\npreview = true\n", "utf-8")
    return shop


def environment(folder: Path) -> dict[str, str]:
    """A home of its own, no model, and the server of this checkout."""
    path = os.pathsep.join([str(Path(sys.argv[1]).parent), os.environ["PATH"]])
    given = {"PATH": path, "HOME": str(folder), "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
    places = {"CONFIG": "settings", "CACHE": "cache", "STATE": "state"}
    return given | {f"PATCHWRIGHT_{name}": str(folder / place) for name, place in places.items()}


def tell(terminal: Terminal) -> None:
    """Plays it."""
    terminal.until(lambda screen: "dataclass Item" in screen and "Patchwright" in screen, "the server")
    terminal.look(2.5)
    terminal.hide()
    terminal.look(1.0)
    _command(terminal, "Patchwright implement")
    terminal.until(lambda screen: "What waits" in screen, "the summary")
    terminal.look(2.5)
    _command(terminal, "Patchwright accept")
    terminal.until(lambda screen: "class Item:" in screen, "the class")
    terminal.look(2.0)
    _command(terminal, "Patchwright files rename load_item to find_item")
    terminal.until(lambda screen: "rename load_item" in screen and "What waits" in screen, "the summary")
    terminal.look(2.5)
    _command(terminal, "Patchwright review")
    terminal.until(lambda screen: "hunk 1 of" in screen, "the tab")
    terminal.look(2.5)
    terminal.type("]c")
    terminal.look(1.2)
    terminal.type("]f")
    terminal.look(2.0)
    terminal.type("A")
    terminal.until(lambda screen: "hunk 1 of" not in screen, "the end of the tab")
    terminal.look(2.0)
    _command(terminal, "Patchwright undo")
    terminal.until(lambda screen: "def load_item" in screen, "the names from before")
    terminal.look(2.5)


def _command(terminal: Terminal, command: str) -> None:
    terminal.type(f":{command}", KEY)
    terminal.look(0.3)
    terminal.type("\r")


def still(frames: list[Frame]) -> Frame:
    """The screen that shows the tab for longest."""
    ends = [*(frame.seconds for frame in frames[1:]), frames[-1].seconds]
    times = {end - frame.seconds: frame for frame, end in zip(frames, ends, strict=True) if "hunk 1 of" in _text(frame)}
    return times[max(times)]


def _text(frame: Frame) -> str:
    return "".join(cell.text for row in frame.rows for cell in row)
