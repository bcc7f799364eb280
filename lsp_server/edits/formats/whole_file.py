"""Whole files: a path, and below it a fence with everything that the file holds afterwards."""

import re
from collections.abc import Sequence

from lsp_server.edits.blocks import ParsedReply, WholeFile
from lsp_server.edits.change import Problem
from lsp_server.edits.formats.fences import Fence, fence_at, fences
from lsp_server.edits.formats.naming import path_alone, path_in_comment, path_in_info, paths_mentioned

INSTRUCTIONS = """\
A new or a short file may also come whole: its path alone on a line, and below it one fence with all lines of the file, not only the changed ones. If the file holds ``` itself, use a fence of four backticks.
"""  # noqa: E501

SHELL = frozenset({"bash", "sh", "shell", "zsh", "fish", "console", "shell-session", "powershell", "terminal"})
"""Fences for the reader to type in: without a path they are no files."""

_MADE = re.compile(r"\b(?:new|create|creates|add)\b", re.IGNORECASE)


def recognises(lines: Sequence[str]) -> bool:
    """Whether there is any fence."""
    return bool(fences(lines))


def parse(lines: Sequence[str], default_path: str | None) -> ParsedReply:
    """The files of a reply in this format. The only fence of a reply that names no file is the default file."""
    named = named_files(lines, 1)
    unnamed = [fence for fence in fences(lines) if _path(fence, lines) is None and _language(fence) not in SHELL]
    if not unnamed:
        if named.blocks or named.problems:
            return named
        return ParsedReply(
            (), (Problem("NO_EDIT", "the fences of the reply name no file. Write each path alone above its fence."),)
        )
    if named.blocks or default_path is None or len(unnamed) > 1:
        message = "a fenced block does not name its file. Write the path alone on the line above the fence."
        return ParsedReply((), (*named.problems, *(Problem("PATH", message) for _ in unnamed[:1])))
    (fence,) = unnamed
    if not fence.closed:
        return ParsedReply((), (_truncated(default_path, 1),))
    inside = tuple(lines[fence.start + 1 : fence.end])
    return ParsedReply((WholeFile(1, default_path, inside, is_named=False),), named.problems)


def named_files(lines: Sequence[str], first_number: int) -> ParsedReply:
    """The fences that name their file, numbered from `first_number`, and what is wrong with any."""
    files: list[WholeFile] = []
    problems: list[Problem] = []
    number = first_number
    for fence in fences(lines):
        path = _path(fence, lines)
        if path is None:
            sentence = _line_above(fence, lines)
            if not fence.closed:
                problems.append(_truncated("", None))
            elif _MADE.search(sentence) and paths_mentioned(sentence):
                message = f"“{sentence.strip()}” is no path. Write the path alone on the line above the fence."
                problems.append(Problem("PATH", message))
            continue
        if not fence.closed:
            problems.append(_truncated(path, number))
        else:
            inside = tuple(lines[fence.start + 1 : fence.end])
            above = path_alone(_line_above(fence, lines)) or path_in_info(fence.info)
            files.append(WholeFile(number, path, inside) if above else WholeFile(number, path, inside[1:], inside[0]))
        number += 1
    problems += _indented(lines)
    return ParsedReply(tuple(files), tuple(problems))


def _indented(lines: Sequence[str]) -> list[Problem]:
    """A problem for a fence with a path that is indented, as below a list's item, and by who knows how much."""
    inside = {at for fence in fences(lines) for at in range(fence.start, fence.end + 1)}
    is_open = False
    for number, line in enumerate(lines):
        fence = fence_at(line.strip()) if number not in inside and line[:1] in (" ", "\t") else None
        if fence is None:
            continue
        is_open = not is_open
        above = next((lines[at] for at in range(number - 1, -1, -1) if lines[at].strip()), "")
        if is_open and (path := path_alone(above) or path_in_info(fence[1])):
            message = f"the fence of {path} is indented. Write it and its lines without blanks before them."
            return [Problem("FORMAT", message, path)]
    return []


def _path(fence: Fence, lines: Sequence[str]) -> str | None:
    """The path above a fence, in its info string, or in a comment on its first line."""
    if path := path_alone(_line_above(fence, lines)) or path_in_info(fence.info):
        return path
    inside = lines[fence.start + 1 : fence.end]
    return path_in_comment(inside[0]) if inside else None


def _line_above(fence: Fence, lines: Sequence[str]) -> str:
    return next((lines[number] for number in range(fence.start - 1, -1, -1) if lines[number].strip()), "")


def _language(fence: Fence) -> str:
    return fence.info.split(" ")[0].lower()


def _truncated(path: str, number: int | None) -> Problem:
    message = "the reply ends inside a fence. Nothing was applied; send it whole."
    return Problem("TRUNCATED", message, path, number)
