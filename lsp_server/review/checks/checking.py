"""What do all tools together say of a change? They run side by side, before and after it; only what is new counts."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal

from context.scratch import scratch_folder
from context.snapshot import Snapshot
from lsp_server.edits.change import ChangeSet
from lsp_server.review.checks import any_tools, other_tools, python_tools, tests_touched
from lsp_server.review.checks.copy import in_copy, is_possible, lay_out
from lsp_server.review.checks.farm import Sides, judged_texts, lay, sides_of
from lsp_server.review.checks.fresh import Reported, new_findings
from lsp_server.review.checks.running import Ran, run, scrubbed
from lsp_server.review.checks.tool import Tool
from lsp_server.review.verdict import CheckState, Finding

TOOLS: tuple[Tool, ...] = (*python_tools.TOOLS, *other_tools.TOOLS, *any_tools.TOOLS)

TOOL_NAMES: frozenset[str] = frozenset({tests_touched.NAME, *(tool.name for tool in TOOLS)})

Side = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Checked:
    """The new findings of all tools that apply, and how each run ended."""

    findings: tuple[Finding, ...] = ()
    states: Mapping[str, CheckState] = field(default_factory=dict[str, CheckState])


@dataclass(frozen=True, slots=True)
class _Scene:
    """One change while it is checked: its two sides, the project, and a scratch folder of its own."""

    root: Path
    scratch: Path
    sides: Sides
    texts: Mapping[Side, Mapping[str, str | None]]
    trusted: bool


async def check(change: ChangeSet, snapshot: Snapshot, tests: Sequence[str], *, trusted: bool) -> Checked:
    """Runs every tool that is for the changed files; `tests` are files of tests that the change touches.

    Nothing below the snapshot's root is written, and nothing of it is run unless it is `trusted`. Cancelling it ends
    all tools. Raises OSError where there is no room for a scratch copy.
    """
    root, sides = await asyncio.to_thread(lambda: (snapshot.root.resolve(), sides_of(change, snapshot)))
    async with scratch_folder() as scratch:
        scene = _Scene(root, scratch, sides, {"before": sides.before, "after": judged_texts(sides)}, trusted)
        paths = set(change.paths())
        tools = [tool for tool in _tools_for(change) if tool.used(root)]
        for side in ("before", "after"):
            await asyncio.to_thread(lay, root, scratch / side, scene.texts[side])
        results = await asyncio.gather(
            *(_run_tool(scene, tool, sorted(path for path in paths if _is_for(tool, path))) for tool in tools),
            _run_tests(scene, tests),
        )
    states: dict[str, CheckState] = {name: state for name, state, _ in results if name}
    findings = [
        Finding(name, each.rule, each.path, max(each.line, 1), each.message)
        for name, _, found in results
        for each in found
    ]
    return Checked(tuple(findings), states)


def tools_for(change: ChangeSet) -> frozenset[str]:
    """The names of all tools that are for a file of the change, whether the project uses them or not."""
    return frozenset(tool.name for tool in _tools_for(change))


def _tools_for(change: ChangeSet) -> tuple[Tool, ...]:
    paths = change.paths()
    return tuple(tool for tool in TOOLS if any(_is_for(tool, path) for path in paths))


_Result = tuple[str, CheckState, Sequence[Reported]]
_Answer = Sequence[Reported] | CheckState
"""What a tool says, or why it says nothing."""


def _is_for(tool: Tool, path: str) -> bool:
    return not tool.suffixes or PurePosixPath(path).suffix in tool.suffixes


async def _run_tool(scene: _Scene, tool: Tool, paths: Sequence[str]) -> _Result:
    """One tool on both sides."""
    if tool.place == "trusted" and not scene.trusted:
        return tool.name, "not-run", ()
    program = await asyncio.to_thread(lambda: tool.program(program_folders(scene.root, trusted=scene.trusted)))
    if program is None:
        return tool.name, "tool-missing", ()
    before, after = await _both_said(scene, tool, program, paths)
    if isinstance(before, str):
        return tool.name, before, ()
    if isinstance(after, str):
        return tool.name, after, ()
    sides = scene.sides
    fresh = new_findings(before, after, sides.before, sides.after, sides.moved)
    return tool.name, "new-findings" if fresh else "pass", fresh


async def _both_said(scene: _Scene, tool: Tool, program: str, paths: Sequence[str]) -> tuple[_Answer, _Answer]:
    """What a tool says of both sides; nothing of the one before, where that does not matter."""
    if tool.seldom:
        after = await _said(scene, tool, program, paths, "after")
        return (await _said(scene, tool, program, paths, "before") if after else ()), after
    before, after = await asyncio.gather(
        _said(scene, tool, program, paths, "before"), _said(scene, tool, program, paths, "after")
    )
    return before, after


async def _said(scene: _Scene, tool: Tool, program: str, paths: Sequence[str], side: Side) -> _Answer:
    """What a tool says of one side, or why it says nothing."""
    present = [path for path in paths if scene.texts[side].get(path) is not None]
    if not present:
        return ()
    ended = await _run_side(scene, tool, tool.command(program, scene.root, present), side)
    if ended is None:
        return "not-run"
    if ended.how != "done":
        return ended.how
    read = _read(tool, ended.output, scene.scratch / side if tool.place == "static" else scene.root)
    # A tool that fails and has nothing to say has not looked.
    if read is None or ended.code not in tool.fine or (ended.code and not read):
        return "crashed"
    return read


def _read(tool: Tool, output: str, folder: Path) -> Sequence[Reported] | None:
    """What a tool says; its output is not ours, and may have any shape."""
    try:
        return tool.read(output, folder)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


async def _run_side(scene: _Scene, tool: Tool, command: Sequence[str], side: Side) -> Ran | None:
    """How a tool ends on one side; None where it may not be run."""
    if tool.place == "trusted":
        return await _in_copy(scene, tool.name, command, side, tool.seconds)
    folder = scene.scratch / side
    return await run(command, folder, scrubbed(scene.scratch), tool.seconds)


async def _in_copy(scene: _Scene, name: str, command: Sequence[str], side: Side, seconds: float) -> Ran | None:
    if not await is_possible(scene.root, scene.scratch / "trial"):
        return None
    place = scene.scratch / f"{name.replace(' ', '-')}-{side}"
    await asyncio.to_thread(lay_out, place, scene.texts[side])
    return await run(in_copy(scene.root, place, command), place, scrubbed(place), seconds)


async def _run_tests(scene: _Scene, tests: Sequence[str]) -> _Result:
    """The tests that a change touches; those that failed before count no more than they did."""
    name = tests_touched.NAME
    there = [path for path in tests if scene.texts["after"].get(path, "") is not None]
    present = there[: tests_touched.MOST_FILES]
    if not present:
        return "", "not-run", ()
    if not scene.trusted:
        return name, "not-run", ()
    program = await asyncio.to_thread(tests_touched.interpreter, scene.root)
    if program is None:
        return name, "tool-missing", ()
    after = await _failing(scene, program, present, "after")
    if isinstance(after, str):
        return name, after, ()
    before = await _failing(scene, program, sorted({each.path for each in after}), "before")
    # What nobody could see fail before counts as new: files without a test, or a run that did not end.
    known = set[tuple[str, str]]() if isinstance(before, str) else set(map(tests_touched.same, before))
    fresh = [each for each in after if tests_touched.same(each) not in known]
    looked_at_all = len(there) == len(present)
    return name, "new-findings" if fresh else "pass" if looked_at_all else "not-run", fresh


async def _failing(scene: _Scene, program: str, tests: Sequence[str], side: Side) -> Sequence[Reported] | CheckState:
    """The tests that fail on one side, or why that cannot be said."""
    there = [path for path in tests if scene.texts[side].get(path, "") is not None]
    if not there:
        return ()
    command = tests_touched.command(program, there)
    ended = await _in_copy(scene, tests_touched.NAME, command, side, tests_touched.SECONDS)
    if ended is None:
        return "not-run"
    return tests_touched.outcome(ended.code, ended.output) if ended.how == "done" else ended.how


def program_folders(root: Path, *, trusted: bool) -> list[Path]:
    """Where programs are looked for: never in an untrusted project, whatever the user's PATH says."""
    own = [root / name for name in (".venv/bin", "venv/bin", "node_modules/.bin")] if trusted else []
    others = [Path(each) for each in os.environ.get("PATH", "").split(os.pathsep) if Path(each).is_absolute()]
    return own + [each for each in others if not each.resolve().is_relative_to(root)]
