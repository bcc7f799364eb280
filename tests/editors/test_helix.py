"""The main job in a real Helix, configured as docs/editors.md says."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.editors.documented import BEYOND, BEYOND_APPLIED, ITEM, RENAMED, SHOP, environment, on_disk, shop, snippet
from tests.editors.helix import Helix
from tests.model_server import ModelServer, Reply, model_server

pytestmark = pytest.mark.editors

Opened = Callable[..., Helix]

FRAMED = '[editor]\npopup-border = "menu"\n'
"""So that the first entry of a menu can be told from the text above it."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return shop(tmp_path)


@pytest.fixture
def opened(helix_emacs: Path, root: Path, tmp_path: Path) -> Opened:
    """Helix on cart.py of a small shop, with a model or without."""

    def start(model: ModelServer | None = None) -> Helix:
        given = environment(tmp_path, model)
        folder = Path(given["XDG_CONFIG_HOME"]) / "helix"
        folder.mkdir(parents=True)
        (folder / "config.toml").write_text(FRAMED, encoding="utf-8")
        (folder / "languages.toml").write_text(snippet("Helix", "toml"), encoding="utf-8")
        return Helix(helix_emacs / "hx", root / "cart.py", given)

    return start


@pytest.fixture
def helix(opened: Opened) -> Iterator[Helix]:
    """Helix without a model."""
    with opened() as started:
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


def ask_for_the_body(helix: Helix) -> None:
    """Asks for the body of `total`, on a screen that is drawn anew."""
    helix.command("open cart.py")
    helix.command("redraw")
    helix.type("gg4j")
    helix.act("Implement this comment")


def test_a_cancel_no_answer_an_approval_its_undo_and_a_server_that_was_killed(opened: Opened, root: Path):
    begun = Reply(BEYOND[:60], finish_reason=None, done=False, hangs=True)
    with model_server([begun, *[BEYOND] * 4]) as model, opened(model) as helix:
        ask_for_the_body(helix)
        model.wait_for_request()
        helix.command("lsp-workspace-command patchwright.cancel")
        model.wait_for_disconnect()
        helix.wait("the report", lambda: helix.shows("Cancelled: nothing was changed"))
        ask_for_the_body(helix)
        helix.wait("the question", lambda: helix.shows("needs your approval"))
        helix.type("\x1b")
        helix.wait("the report", lambda: helix.shows("Waits for approval: use.py"))
        check_saved(helix, root, SHOP)
        ask_for_the_body(helix)
        helix.wait("the question", lambda: helix.shows("Approve and apply"))
        helix.type("\r")
        helix.wait("the report", lambda: helix.shows("tokens in"))
        check_saved(helix, root, BEYOND_APPLIED)
        helix.command("open cart.py")
        helix.command("lsp-workspace-command patchwright.undo")
        helix.wait("the report", lambda: helix.shows("Undone"))
        check_saved(helix, root, SHOP)
        helix.kill_server()
        helix.wait("the news", lambda: helix.shows("Language server exited"))
        helix.command("lsp-restart")
        helix.command("redraw")
        helix.type("gg")
        helix.act("Implement this comment")
        helix.wait("the class", lambda: helix.shows("class Item:"))


def test_a_model_that_is_down_is_said_with_what_to_do(opened: Opened, root: Path):
    with model_server([]) as model:
        pass
    with opened(model) as helix:
        helix.type("4j")
        helix.act("Implement this comment")
        helix.wait("the answer", lambda: helix.shows("refuses connections: start the model server"))
        assert on_disk(root) == SHOP
