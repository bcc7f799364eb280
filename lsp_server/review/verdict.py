"""What did the review say? The lattice of levels, findings and the verdict over a whole change."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Level = Literal["allow", "confirm", "approve", "deny"]
LEVELS: tuple[Level, ...] = ("allow", "confirm", "approve", "deny")
"""From the mildest to the strictest."""

Side = Literal["before", "after"]

_AT_LINE = re.compile(r"(.+), line (\d+): (.+)", re.DOTALL)

CheckState = Literal["pass", "new-findings", "tool-missing", "timeout", "crashed", "not-run"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. `line` is 1-based in the text after the change."""

    tool: str
    rule: str
    path: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Concern:
    """Why one place of a change is not simply allowed, or what else should be said of it.

    `rule` names who says so, as `cp.dep`. `path` is any path of the operation; `line` is 1-based in the text on that
    `side` of the change, None where the whole file is meant. At the level `allow` it is no more than a remark.
    """

    rule: str
    level: Level
    path: str
    message: str
    line: int | None = None
    side: Side = "after"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The level of one hunk of the change, or of an operation that has none.

    `start_line` is 1-based in the text before. `hunk` counts from 0 in the hunks of the operation's edit; None is for
    the operation itself: a file that is made, moved, deleted, or changed without hunks. `rules` names that of each
    reason.
    """

    path: str
    start_line: int
    level: Level
    reasons: tuple[str, ...] = ()
    hunk: int | None = None
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of a whole change and the states of all checks."""

    judgements: tuple[Judgement, ...] = ()
    findings: tuple[Finding, ...] = ()
    checks: Mapping[str, CheckState] = field(default_factory=dict[str, CheckState])

    @property
    def level(self) -> Level:
        """The strictest level of all judgements."""
        levels: list[Level] = [judgement.level for judgement in self.judgements]
        return strictest(*levels)

    @property
    def reasons(self) -> tuple[str, ...]:
        """All reasons, each once, in order; what is said of several lines of a file is said once, with its lines."""
        return _told_once(reason for judgement in self.judgements for reason in judgement.reasons)


def _told_once(reasons: Iterable[str]) -> tuple[str, ...]:
    lines_of: dict[str | tuple[str, str], list[str]] = {}
    for reason in dict.fromkeys(reasons):
        at_line = _AT_LINE.fullmatch(reason)
        if at_line:
            lines_of.setdefault((at_line[1], at_line[3]), []).append(at_line[2])
        else:
            lines_of[reason] = []
    return tuple(told if isinstance(told, str) else _at_lines(*told, lines) for told, lines in lines_of.items())


def _at_lines(path: str, said: str, lines: list[str]) -> str:
    where = f"lines {', '.join(lines[:-1])} and {lines[-1]}" if len(lines) > 1 else f"line {lines[0]}"
    return f"{path}, {where}: {said}"


def strictest(*levels: Level) -> Level:
    """The strictest of some levels; `allow` for none."""
    return LEVELS[max((LEVELS.index(level) for level in levels), default=0)]
