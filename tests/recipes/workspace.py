"""Workspaces for the recipes' tests: one string holds files, `//- /path` starts one, `$0` is the cursor's line."""

import fnmatch
import re
from pathlib import Path
from textwrap import dedent

from context.snapshot import Place, Snapshot, from_buffer
from lsp_server.edits.change import Edit, Hunk
from lsp_server.recipes import sequence
from lsp_server.recipes.plan import Done, Material, NotUnderstood, Refused, Step, Wanted
from lsp_server.recipes.registry import understand
from lsp_server.recipes.splices import LINE_END, source_of

NOWHERE = Path("/nowhere-at-all")


def files_in(text: str) -> tuple[dict[str, str], Place | None]:
    """The files of a workspace, and the line of its cursor."""
    files: dict[str, str] = {}
    place = None
    for part in re.split(r"^//- /", dedent(text).lstrip("\n"), flags=re.M)[1:]:
        path, _, content = part.partition("\n")
        if "$0" in content:
            line = content[: content.index("$0")].count("\n") + 1
            place = Place(path, line, line)
            content = content.replace("$0", "")
        files[path] = content
    return files, place


def material_for(
    files: dict[str, str],
    names: tuple[str, ...],
    place: Place | None,
    consumed: Place | None,
    patterns: tuple[str, ...] = (),
) -> Material:
    """What the pipeline would hand to a recipe."""
    snapshot = Snapshot(NOWHERE, {path: from_buffer(path, text, 1) for path, text in files.items()})
    candidates = tuple(
        path
        for path, text in files.items()
        if any(re.search(rf"\b{name}\b", text) for name in names)
        or any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)
    )
    return Material(snapshot, place, consumed, candidates, names, patterns)


def carry_out(
    files: dict[str, str], description: str, place: Place | None = None, consumed: Place | None = None
) -> Done | Refused | NotUnderstood:
    """What a description comes to in a workspace."""
    understood = understand(description)
    if not isinstance(understood, tuple):
        return understood
    snapshot = Snapshot(NOWHERE, {path: from_buffer(path, text, 1) for path, text in files.items()})
    current, dones = snapshot, list[Done]()
    for step in understood:
        outcome = _carried_out(step, current, place, consumed if not dones else None)
        if isinstance(outcome, Refused):
            return outcome
        for operation in outcome.change.operations:
            if isinstance(operation, Edit):
                check_edit(operation)
        dones.append(outcome)
        current = sequence.after(current, outcome.change)
    return sequence.joined(snapshot, dones)


def _carried_out(step: Step, snapshot: Snapshot, place: Place | None, consumed: Place | None) -> Done | Refused:
    """One step, asked again with more files for as long as it wants to see more."""
    names, patterns, outcome = step.plan.names(), (), None
    while outcome is None or isinstance(outcome, Wanted):
        if isinstance(outcome, Wanted):
            assert set(outcome.names) - set(names) or set(outcome.patterns) - set(patterns)
            names = tuple(dict.fromkeys((*names, *outcome.names)))
            patterns = tuple(dict.fromkeys((*patterns, *outcome.patterns)))
        texts = {path: file.text for path, file in snapshot.buffers.items() if snapshot.exists(path)}
        outcome = step.recipe.carry_out(step.plan, material_for(texts, names, place, consumed, patterns))
    return outcome


def after(files: dict[str, str], done: object) -> dict[str, str]:
    """The files after a change."""
    assert isinstance(done, Done), done
    texts = done.change.texts_after()
    created = {path: text for path, text in texts.items() if path not in files and text is not None}
    kept = {path: text for path, old in files.items() if (text := texts.get(path, old)) is not None}
    return kept | created


def check_edit(edit: Edit) -> None:
    """The hunks of an edit tell the same change as its two texts."""
    before, result = LINE_END.split(source_of(edit.before)), LINE_END.split(source_of(edit.after))
    lines = [line.decode("utf-8", "surrogatepass") for line in before]
    for hunk in reversed(edit.hunks):
        assert isinstance(hunk, Hunk)
        lines[hunk.start : hunk.end] = hunk.lines
    assert [line for line in lines if line] == [line.decode("utf-8", "surrogatepass") for line in result if line]
    assert edit.before != edit.after


def problems_of(result: object) -> str:
    """The refusal's messages."""
    assert isinstance(result, Refused), result
    return "\n".join(problem.message for problem in result.problems)


def sites_of(result: object) -> list[str]:
    """The uncertain places, as `path:line`."""
    assert isinstance(result, Done), result
    return sorted(f"{site.path}:{site.line}" for site in result.uncertain)
