"""The plugin from a clean profile, by the very commands of the READMEs."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.editors.documented import environment
from tests.editors.plugin import PLUGIN, Play
from tests.installs import PROJECT

pytestmark = pytest.mark.editors


def blocks(page: Path, heading: str, language: str) -> list[str]:
    """The blocks of code in a language behind some words of a page."""
    behind = page.read_text(encoding="utf-8").split(heading, 1)[1]
    return re.findall(rf"^```{language}\n(.*?)^```$", behind, re.MULTILINE | re.DOTALL)


def profile(folder: Path, neovim: Path) -> dict[str, str]:
    """An empty home, in which nothing but it says where a Neovim looks, and `nvim` is on PATH."""
    given = {name: value for name, value in environment(folder).items() if not name.startswith("XDG_")}
    programs = folder / "bin"
    programs.mkdir()
    (programs / "nvim").symlink_to(neovim)
    return given | {"PATH": os.pathsep.join([str(programs), given["PATH"]]), "HOME": str(folder / "home")}


README = PROJECT / "README.md"
OWN = PLUGIN / "README.md"


def commands() -> str:
    return blocks(README, "**Neovim 0.10 or newer**", "sh")[0]


def test_the_commands_of_the_page_are_all_that_a_clean_profile_needs(play: Play, neovim: Path, tmp_path: Path):
    given = profile(tmp_path, neovim)
    (tmp_path / "home").mkdir()
    subprocess.run(["sh", "-euc", commands()], cwd=PROJECT, env=given, check=True, stdout=sys.stderr)
    said = play(
        {"at": 1, "run": "Patchwright implement"},
        # Loud where Neovim lacks the parser of its own help, as one does that was unpacked below a folder.
        {"run": "silent! help :Patchwright-review", "until": "nothing"},
        installed=given,
    )
    implemented, helped = said["steps"]
    assert "class Item:" in implemented["text"]
    assert Path(helped["name"]).samefile(PLUGIN / "doc" / "patchwright.txt")


def test_the_page_of_the_plugin_has_the_same_commands():
    own = blocks(OWN, "Without one:", "sh")[0].splitlines()
    said = [line.partition("  #")[0].rstrip() for line in commands().splitlines()]
    assert own == [line for line in said if not line.startswith("echo ")]
    (setup,) = [line for line in said if line.startswith("echo ")]
    assert blocks(OWN, "Without one:", "lua")[0].strip() in setup
