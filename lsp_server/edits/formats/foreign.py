"""Which replies have a form that is known but not taken? Each is refused with its name, never applied in part."""

import re
from collections.abc import Sequence

from lsp_server.edits.blocks import ParsedReply
from lsp_server.edits.change import Problem
from lsp_server.edits.formats.fences import fence_at, fences, openings

_TOOL_KEYS = re.compile(r"\"(?:old_str|old_string|new_str|new_string|file_text|insert_text)\"\s*:")
_PATCH = re.compile(r"\*\*\* (?:Begin Patch|(?:Update|Add|Delete) File:)")
_DIFF_INFO = frozenset({"diff", "patch", "udiff"})


def is_tool_call(lines: Sequence[str]) -> bool:
    """Whether the reply begins with JSON that holds the arguments of an edit tool."""
    first = next((line.strip() for line in lines if line.strip() and not fence_at(line)), "")
    return first.startswith(("{", "[", "<tool_call>")) and any(_TOOL_KEYS.search(line) for line in lines)


def refuse_tool_call(lines: Sequence[str], default_path: str | None) -> ParsedReply:
    """No blocks, and why."""
    return _refused("an edit tool call in JSON")


def is_patch(lines: Sequence[str]) -> bool:
    """Whether a line outside of fences, or the first in one, begins a patch."""
    return any(_PATCH.match(lines[number]) for number in openings(lines))


def refuse_patch(lines: Sequence[str], default_path: str | None) -> ParsedReply:
    """No blocks, and why."""
    return _refused("a *** Begin Patch patch")


def is_unified_diff(lines: Sequence[str]) -> bool:
    """Whether a fence says that it is a diff, or a diff begins outside of fences or at the top of one."""
    if any(fence.info.split(" ")[0].lower() in _DIFF_INFO for fence in fences(lines)):
        return True
    return any(_begins_diff(lines, number) for number in openings(lines))


def refuse_unified_diff(lines: Sequence[str], default_path: str | None) -> ParsedReply:
    """No blocks, and why."""
    return _refused("a unified diff")


def _begins_diff(lines: Sequence[str], number: int) -> bool:
    line = lines[number]
    if line.startswith("--- ") and number + 1 < len(lines):
        return lines[number + 1].startswith("+++ ")
    return line.startswith("diff --git ") or bool(re.match(r"@@ .*@@", line))


def _refused(form: str) -> ParsedReply:
    message = f"this reply is {form}; it must hold SEARCH/REPLACE blocks or whole files. Nothing was applied."
    return ParsedReply((), (Problem("FORMAT", message),))
