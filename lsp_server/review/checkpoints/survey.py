"""What do all checkpoints say of a change? First which names the index is to be asked for, then the concerns.

Both are module-level functions of values that pickle, for a worker process.
"""

from collections.abc import Callable, Iterator, Sequence

from context.snapshot import Snapshot
from lsp_server.edits.change import ChangeSet
from lsp_server.review.checkpoints.architecture import architecture, packages_imported
from lsp_server.review.checkpoints.dependency import unknown_imports
from lsp_server.review.checkpoints.generated import generated
from lsp_server.review.checkpoints.interface import interface, names_changed
from lsp_server.review.checkpoints.lost_tests import lost_tests
from lsp_server.review.checkpoints.own_rules import own_rules
from lsp_server.review.checkpoints.paths import approved_paths
from lsp_server.review.checkpoints.protected import protected
from lsp_server.review.checkpoints.scene import Known, Reading, Scene, scene_of
from lsp_server.review.checkpoints.weakened import weakened
from lsp_server.review.policy_files import Protect
from lsp_server.review.verdict import Concern

CHECKPOINTS: tuple[Callable[[Scene], Iterator[Concern]], ...] = (
    approved_paths,
    unknown_imports,
    interface,
    architecture,
    weakened,
    lost_tests,
    protected,
    generated,
)

MOST_NAMES = 100


def names_wanted(change: ChangeSet, snapshot: Snapshot, reading: Reading, paths: tuple[str, ...]) -> tuple[str, ...]:
    """The names whose mentions in the workspace the checkpoints want to see; `paths` are its source files."""
    scene = scene_of(change, snapshot, reading, Known({}, paths))
    return tuple(dict.fromkeys((*names_changed(scene), *packages_imported(scene))))[:MOST_NAMES]


def concerns_of(
    change: ChangeSet, snapshot: Snapshot, reading: Reading, known: Known, protects: Sequence[Protect] = ()
) -> tuple[Concern, ...]:
    """What all checkpoints say of a change, and what a policy protects. Reads files that mention what it changes."""
    scene = scene_of(change, snapshot, reading, known)
    found = (concern for checkpoint in CHECKPOINTS for concern in checkpoint(scene))
    return (*found, *own_rules(scene, protects))
