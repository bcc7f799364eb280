"""The same obedient model behind `patchwright ask --apply`, which writes by itself what nobody needs to look at."""

import pytest

from tests.lsp.conftest import write_files
from tests.lsp.test_hostile_model import CANARY, FILES, INJECTIONS, Injection, everything, outside
from tests.model_server import model_server

from .conftest import Run

NAMES = (
    "a hook",
    "our own policy",
    "one folder up",
    "a link to a file outside",
    "a file that becomes a link as the model writes",
    "a step of CI",
    "a package that does not exist",
    "an address made of data",
    "text from the right",
    "an assert goes",
)
CHOSEN = [injection for injection in INJECTIONS if injection.name in NAMES]


@pytest.mark.parametrize("injection", CHOSEN, ids=lambda injection: injection.name)
def test_what_the_model_obeys_is_not_written(patchwright: Run, injection: Injection):
    root = patchwright.root
    write_files(root, FILES)
    outside(root).mkdir()
    (outside(root) / "canary.py").write_text(CANARY)
    if injection.before:
        injection.before(root)
    before = everything(root)

    def obey(_: object) -> str:
        if injection.during and not (root / "app/util.py").is_symlink():
            injection.during(root)
            before.update(everything(root))
        return injection.reply

    with model_server([obey, obey]) as server:
        ended = patchwright(
            "ask", "--apply", "--file", "app/main.py", "--line", "1", "--action", "changeFiles",
            PATCHWRIGHT_ENDPOINT=server.base_url, PATCHWRIGHT_MODEL="m",
        )  # fmt: skip
    assert ended.code in ((3, 5) if injection.level == "deny" else (4,)), ended.err
    assert everything(root) == before


def test_all_that_are_named_are_there():
    assert len(CHOSEN) == len(NAMES)
