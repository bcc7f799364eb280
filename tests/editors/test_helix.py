"""The main job in a real Helix, configured as docs/editors.md says."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.editors.documented import ITEM, RENAMED, SHOP, environment, on_disk, shop, snippet
from tests.editors.helix import Helix

pytestmark = pytest.mark.editors

FRAMED = '[editor]\npopup-border = "menu"\n'
"""So that the first entry of a menu can be told from the text above it."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return shop(tmp_path)


@pytest.fixture
def helix(helix_emacs: Path, root: Path, tmp_path: Path) -> Iterator[Helix]:
    """Helix on cart.py of a small shop, without a model."""
    given = environment(tmp_path)
    folder = Path(given["XDG_CONFIG_HOME"]) / "helix"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(FRAMED, encoding="utf-8")
    (folder / "languages.toml").write_text(snippet("Helix", "toml"), encoding="utf-8")
    with Helix(helix_emacs / "hx", root / "cart.py", given) as started:
        yield started


def check_saved(helix: Helix, root: Path, expected: dict[str, str]) -> None:
    """Saves all files, which then hold what is expected."""
    helix.command("write-all")
    helix.wait(f"{expected} on disk", lambda: on_disk(root) == expected)


def test_a_comment_becomes_a_dataclass_and_undo_keeps_what_was_typed_later(helix: Helix, root: Path):
    helix.act("Implement this comment")
    helix.wait("the class", lambda: helix.shows("class Item:"))
    check_saved(helix, root, SHOP | {"cart.py": ITEM})
    helix.append("# typed later")
    helix.command("lsp-workspace-command patchwright.undo")
    helix.wait("the comment", lambda: helix.shows("# dataclass Item"))
    check_saved(helix, root, SHOP | {"cart.py": SHOP["cart.py"] + "    # typed later\n"})


def test_a_rename_changes_both_files_and_undo_takes_both_back(helix: Helix, root: Path):
    helix.append("# rename total to total_of")
    helix.act("Change across files")
    helix.wait("the report", lambda: helix.shows("total_of: 3 places in 2 files"))
    check_saved(helix, root, RENAMED)
    helix.command("lsp-workspace-command patchwright.undo")
    helix.wait("the report", lambda: helix.shows("Undone"))
    check_saved(helix, root, SHOP | {"cart.py": SHOP["cart.py"] + "    # rename total to total_of\n"})


def test_without_a_model_the_answer_is_honest(helix: Helix, root: Path):
    helix.type("4j")
    helix.act("Implement this comment")
    helix.wait("the answer", lambda: helix.shows("needs a model"))
    assert on_disk(root) == SHOP
