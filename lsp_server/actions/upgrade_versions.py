"""What does an upgrade write into manifests? The recipe's exact bytes, in all of them; a model's code goes along.

Where the version is said, the manifests are done before a model is asked. Where the model chooses it, the version that
it gives the one line is what the recipe writes, in the place of what the model wrote there and in the other manifests.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from context.snapshot import Snapshot
from lsp_server.actions.recipe_answer import carried_out
from lsp_server.actions.requirement import requirement_at
from lsp_server.actions.services import Services
from lsp_server.edits.change import ChangeSet, Edit, Operation, Problem, Refused
from lsp_server.edits.hunks import apply_hunks, hunks_between
from lsp_server.edits.lines import contents
from lsp_server.recipes.dependencies.sentence import CLAUSE, understand
from lsp_server.recipes.dependencies.upgrade import PATTERNS, carry_out
from lsp_server.recipes.plan import Done, Material, Step
from lsp_server.recipes.registry import RECIPES
from lsp_server.recipes.sequence import joined
from lsp_server.recipes.together import together

_SAID = re.compile(rf"\bto (?:version )?`?(?P<version>{CLAUSE}(?:, ?{CLAUSE})*)")
_BARE = re.compile(r"(?:[<>=!~^]{1,3}\s*)?(?P<version>v?\d[\w.+-]*)")


def version_in(description: str) -> str:
    """The version, or its bounds, that a description says; empty for none."""
    found = _SAID.search(description)
    return found["version"].replace(" ", "") if found else ""


async def manifests_with(name: str, version: str, snapshot: Snapshot, services: Services) -> Done | None:
    """All manifests with a version of a dependency; None where the recipe cannot be sure of them."""
    plan = understand(f"upgrade {name} to {version}")
    if plan is None:
        return None
    recipe = next(each for each in RECIPES if each.carry_out is carry_out)
    done = await carried_out(Step(recipe, plan), Material(snapshot), services)
    return done if isinstance(done, Done) else None


@dataclass(frozen=True, slots=True)
class After:
    """Makes of a change of the files with the new version one of the files without it."""

    snapshot: Snapshot
    manifests: Done

    def __call__(self, change: ChangeSet) -> ChangeSet | Refused:
        """All of both."""
        whole = joined(self.snapshot, [self.manifests, Done(change, "", 0)])
        if whole.change.operations:
            return whole.change
        return Refused((Problem("NO_CHANGE", "Nothing would be another than before."),))


@dataclass(frozen=True, slots=True)
class Along:
    """Has the recipe write the version that a change gives a dependency; `candidates` are all files of manifests."""

    snapshot: Snapshot
    name: str
    path: str
    candidates: tuple[str, ...]

    def __call__(self, change: ChangeSet) -> ChangeSet | Refused:
        """The change with exact manifests, or as it is where the recipe cannot be sure of them."""
        version = self._version(change)
        plan = understand(f"upgrade {self.name} to {version}") if version else None
        if plan is None:
            return change
        done = carry_out(plan, Material(self.snapshot, candidates=self.candidates, patterns=PATTERNS))
        if not isinstance(done, Done):
            return change
        written = {each.path: each for each in done.change.operations if isinstance(each, Edit)}
        rest = ChangeSet(tuple(_others(change.operations, written)))
        return together(done.change, rest, self.snapshot)

    def _version(self, change: ChangeSet) -> str:
        """The version that the manifest names after the change, without the operator of a single bound."""
        lines = contents(change.texts_after().get(self.path) or "")
        for number in range(1, len(lines) + 1):
            found = requirement_at(self.path, lines, number)
            if found is not None and found.name == self.name:
                bare = _BARE.fullmatch(found.version)
                return bare["version"] if bare else found.version.replace(" ", "")
        return ""


def _others(operations: Iterable[Operation], written: dict[str, Edit]) -> Iterable[Operation]:
    """The operations without what they do to lines that the recipe writes."""
    for operation in operations:
        exact = written.get(operation.path)
        if exact is None or not isinstance(operation, Edit):
            yield operation
            continue
        lines = {line for hunk in exact.hunks for line in range(hunk.start, hunk.end)}
        hunks = [
            hunk
            for hunk in hunks_between(operation.before, operation.after)
            if lines.isdisjoint(range(hunk.start, max(hunk.end, hunk.start + 1)))
        ]
        if hunks:
            after = apply_hunks(operation.before, hunks, operation.eol)
            yield replace(operation, after=after, hunks=tuple(hunks))
