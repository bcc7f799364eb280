"""What does a diff say of one file? Its paths, whether it is new, moved or gone, and its hunks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from lsp_server.edits.blocks import Aim, Block, Move, Removal, Replacement
from lsp_server.edits.change import Problem, ProblemCode
from lsp_server.edits.formats.naming import LONGEST
from lsp_server.edits.formats.signed_lines import Hunk, Numbers, read_hunk

NOWHERE = "/dev/null"
_GIT = re.compile(r"diff --git (\"?)(a/.*?)\1 (\"?)(b/.*?)\3")
_EXTENDED = re.compile(
    r"(?:(?:dis)?similarity index \d+%"
    r"|(index(?= [0-9a-f]+\.\.[0-9a-f])|new file mode|deleted file mode|old mode|new mode"
    r"|rename from|rename to|copy from|copy to) (.+)"
    r"|(Binary files .* differ|GIT binary patch))\s*"
)
_ESCAPES = {"t": 9, "n": 10, "r": 13, '"': 34, "\\": 92, "a": 7, "b": 8, "f": 12, "v": 11}


@dataclass(frozen=True, slots=True)
class DiffHunk:
    """The lines of a hunk with their signs, and its header's numbers or scope. `counted`: the numbers fit the lines."""

    lines: tuple[str, ...]
    numbers: Numbers | None
    scope: str
    counted: bool


@dataclass(frozen=True, slots=True)
class DiffFile:
    """One file of a diff. Paths are as written, with `a/` and `b/`; None where the diff names none.

    `marks` are the lines that git writes above a file, as `rename from`. `continues`: it replaces the file before it.
    """

    old: str | None
    new: str | None
    marks: tuple[tuple[str, str], ...] = ()
    continues: bool = False
    hunks: list[DiffHunk] = field(default_factory=list[DiffHunk])

    def mark(self, name: str) -> str | None:
        """What git's line of this name says."""
        return next((unquoted(value) for key, value in self.marks if key == name), None)


def named_alone(path: str | None) -> DiffFile:
    """A file that is named outside of the diff."""
    return DiffFile(path, path, (("outside", ""),))


def header_of(lines: Sequence[str], number: int, end: int, open_file: DiffFile | None) -> tuple[DiffFile, int] | None:
    """The header line or lines at `number`, and the number of the line below them; None if none is there.

    `open_file` is the file whose header is not finished: more of it `continues` that file.
    """
    line = lines[number]
    if line.startswith("diff --git "):
        found = _GIT.fullmatch(line.rstrip()) if len(line) < LONGEST else None
        names = tuple(unquoted(f"{found[at]}{found[at + 1]}{found[at]}") for at in (1, 3)) if found else (None, None)
        return DiffFile(names[0], names[1], (("git", ""),)), number + 1
    if line.startswith("--- ") and number + 1 < end and lines[number + 1].startswith("+++ "):
        begun = open_file.marks if open_file is not None and open_file.mark("named") is None else None
        names = _header_path(line), _header_path(lines[number + 1])
        return DiffFile(*names, (*(begun or ()), ("named", "")), continues=begun is not None), number + 2
    if open_file is not None and (found := _EXTENDED.fullmatch(line)):
        mark = ("binary", "") if found[3] else (found[1] or "", found[2] or "")
        return replace(open_file, marks=(*open_file.marks, mark), continues=True), number + 1
    return None


def blocks_of(files: Sequence[DiffFile]) -> tuple[tuple[Block, ...], tuple[Problem, ...]]:
    """The blocks of all files of a diff, and what is wrong with any."""
    prefixed = all(
        name is None or name == NOWHERE or name.startswith(prefix)
        for file in files
        if file.mark("outside") is None
        for name, prefix in ((file.old, "a/"), (file.new, "b/"))
    )
    blocks: list[Block] = []
    problems: list[Problem] = []
    for file in files:
        number = len(blocks) + len(problems) + 1
        found = _file_blocks(_bare(file) if prefixed and file.mark("outside") is None else file, number)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            blocks += found
    return tuple(blocks), tuple(problems)


def _file_blocks(file: DiffFile, number: int) -> list[Block] | Problem:
    """The blocks of one file, numbered from `number`."""
    hunks = [read_hunk(hunk.lines) for hunk in file.hunks]
    move_from, move_to = file.mark("rename from"), file.mark("rename to")
    is_new = file.old == NOWHERE or file.mark("new file mode") is not None
    path = move_from or (file.new if is_new else file.old) or ""
    if problem := _unusable(file, path, hunks, number):
        return problem
    read = [hunk for hunk in hunks if isinstance(hunk, Hunk)]
    if is_new:
        return _creation(path, read, number)
    if file.new == NOWHERE or file.mark("deleted file mode") is not None:
        return _removal(path, read, number)
    blocks: list[Block] = [Move(number, path, move_to)] if move_to else []
    is_counted = _is_counted(file.hunks)
    for source, hunk in zip(file.hunks, read, strict=True):
        counted = source if is_counted else replace(source, counted=False)
        blocks.append(_replacement(path, counted, hunk, number + len(blocks)))
    if not blocks:
        return Problem("NO_EDIT", f"the diff of {path} holds no hunk. Write what changes.", path, number)
    return blocks


def _is_counted(hunks: Sequence[DiffHunk]) -> bool:
    """Whether the numbers of hunks fit each other: each begins as many lines later as were added above it."""
    grown = 0
    for hunk in hunks:
        if hunk.numbers is None or hunk.numbers.moves_by != grown:
            return False
        grown += hunk.numbers.after - hunk.numbers.before
    return True


def _unusable(file: DiffFile, path: str, hunks: Sequence[Hunk | str], number: int) -> Problem | None:
    """Why nothing can be made of a file of a diff."""
    code: ProblemCode = "FORMAT"
    message = next((hunk for hunk in hunks if isinstance(hunk, str)), "")
    moved = file.mark("rename from"), file.mark("rename to")
    if path in ("", NOWHERE):
        code, message = "PATH", "the diff does not name its file. Write --- and +++ lines above its first hunk."
    elif file.mark("binary") is not None:
        code, message = "BINARY", f"the diff of {path} is binary."
    elif file.mark("copy from") is not None or file.mark("copy to") is not None:
        message = f"{path} is copied. Write the copy as a new file."
    elif file.mark("old mode") is not None or file.mark("new mode") is not None:
        message = f"the mode of {path} cannot be changed. Leave its mode lines out."
    elif (moved[0] is None) != (moved[1] is None):
        message = f"the diff of {path} has one of the lines rename from and rename to. Write both, or none to stay."
    elif moved[0] is None and NOWHERE not in (file.old, file.new) and file.old != file.new:
        code = "PATH"
        message = f"the diff names two files, {file.old} and {file.new}. Name one, or write rename from and rename to."
    return Problem(code, message, path, number) if message else None


def _creation(path: str, hunks: Sequence[Hunk], number: int) -> list[Block] | Problem:
    if len(hunks) > 1 or any(hunk.old for hunk in hunks):
        message = f"{path} is new, so its diff is one hunk in which each line begins with +."
        return Problem("FORMAT", message, path, number)
    new = hunks[0].new if hunks else ()
    return [Replacement(number, path, (), new, None, False if hunks and hunks[0].final_newline is False else None)]


def _removal(path: str, hunks: Sequence[Hunk], number: int) -> list[Block] | Problem:
    if any(hunk.new for hunk in hunks):
        message = f"{path} is deleted, so each line of its diff begins with -."
        return Problem("FORMAT", message, path, number)
    return [Removal(number, path, tuple(line for hunk in hunks for line in hunk.old))]


def _replacement(path: str, source: DiffHunk, hunk: Hunk, number: int) -> Replacement:
    """A header whose counts do not fit was not counted, and neither was its line."""
    numbers = source.numbers
    if numbers and numbers.before == 0 and numbers.line is None and not hunk.old:
        return Replacement(number, path, (), hunk.new, None, hunk.final_newline)
    line = numbers.line if numbers and source.counted else None
    scopes = (source.scope,) if source.scope else ()
    aim = Aim(scopes, numbers.heading if numbers else "", line, hunk.at_end)
    return Replacement(number, path, hunk.old, hunk.new, aim, hunk.final_newline)


def _bare(file: DiffFile) -> DiffFile:
    """Without the prefixes `a/` and `b/`, which all files of the diff have."""
    old, new = file.old, file.new
    return replace(file, old=old and old.removeprefix("a/"), new=new and new.removeprefix("b/"))


def _header_path(line: str) -> str:
    """The path behind `---` or `+++`, without the date that may follow a tab."""
    return unquoted(line[4:].partition("\t")[0].strip())


def unquoted(name: str) -> str:
    r"""A name as git writes it in quotes: `"caf\303\251.txt"`."""
    if not (len(name) > 1 and name[0] == name[-1] == '"'):
        return name
    data = bytearray()
    for plain, octal, letter in re.findall(r"([^\\]+)|\\([0-7]{3})|\\(.)", name[1:-1], re.DOTALL):
        data += plain.encode("utf-8", "surrogatepass")
        if octal:
            data.append(int(octal, 8) & 255)
        elif letter:
            data.append(_ESCAPES.get(letter, ord("\\")))
    return data.decode("utf-8", "replace")
