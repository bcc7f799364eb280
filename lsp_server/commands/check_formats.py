"""How is a verdict printed? As lines for people, as the fixed JSON, as GitHub's commands, as SARIF 2.1.0."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple
from urllib.parse import quote

from lsp_server import __version__
from lsp_server.commands.terminal import print_json, results, visible
from lsp_server.edits.change import ChangeSet, Rename, edit_in
from lsp_server.review.verdict import Judgement, Level, Verdict

STYLES = {"allow": "dim", "confirm": "yellow", "approve": "bold yellow", "deny": "bold red"}

SUMMARY = {
    "allow": "Allowed.",
    "confirm": "A person should look at it.",
    "approve": "A person must approve it.",
    "deny": "Denied.",
}

COMMANDS: Mapping[Level, str] = {"allow": "notice", "confirm": "warning", "approve": "error", "deny": "error"}
"""GitHub's commands for the levels; SARIF calls a notice a note."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A change and its verdict."""

    change: ChangeSet
    verdict: Verdict


class Said(NamedTuple):
    """A judgement with something to say, where a reader of the file after the change finds it. `line` is 1-based."""

    path: str
    line: int
    judgement: Judgement


def write_text(judged: Judged) -> None:
    """What is not simply allowed, then what was found and which checks have looked."""
    console = results()
    for path, line, judgement in said(judged):
        for reason in judgement.reasons:
            console.print(f"{judgement.level}: {visible(path)}:{line}: ", style=STYLES[judgement.level], end="")
            console.print(visible(reason), markup=False)
    states = ", ".join(f"{name} {state}" for name, state in judged.verdict.checks.items())
    console.print(f"Checked: {states}", markup=False)
    console.print(SUMMARY[judged.verdict.level], style=STYLES[judged.verdict.level])


def write_json(judged: Judged) -> None:
    """The fixed object."""
    verdict, moved = judged.verdict, _moved(judged.change)
    hunks = [
        {
            "path": moved.get(each.path, each.path),
            "start_line": each.start_line,
            "level": each.level,
            "reasons": list(each.reasons),
            "rules": list(each.rules),
        }
        for each in verdict.judgements
    ]
    findings = [asdict(finding) for finding in verdict.findings]
    print_json({"level": verdict.level, "hunks": hunks, "findings": findings, "checks": dict(verdict.checks)})


def write_github(judged: Judged) -> None:
    """One workflow command for each reason."""
    for path, line, judgement in said(judged):
        for reason in judgement.reasons:
            place = f"file={_escaped(path, ':,')},line={line},title=patchwright {judgement.level}"
            sys.stdout.write(f"::{COMMANDS[judgement.level]} {place}::{_escaped(reason, '')}\n")


def write_sarif(judged: Judged) -> None:
    """One run with one result for each reason."""
    rules: dict[str, None] = {}
    found: list[dict[str, Any]] = []
    for path, line, judgement in said(judged):
        rules |= dict.fromkeys(judgement.rules)
        level = COMMANDS[judgement.level].replace("notice", "note")
        place = {"artifactLocation": {"uri": quote(path)}, "region": {"startLine": line}}
        found += [
            {
                "ruleId": rule,
                "level": level,
                "message": {"text": visible(reason)},
                "locations": [{"physicalLocation": place}],
                "properties": {"level": judgement.level},
            }
            for rule, reason in zip(judgement.rules, judgement.reasons, strict=True)
        ]
    driver = {"name": "patchwright", "version": __version__, "rules": [{"id": rule} for rule in rules]}
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": found}],
    }
    sys.stdout.write(json.dumps(log, ensure_ascii=False, indent=2) + "\n")


FORMATS: Mapping[str, Callable[[Judged], None]] = {
    "text": write_text,
    "json": write_json,
    "github": write_github,
    "sarif": write_sarif,
}


def said(judged: Judged) -> Iterator[Said]:
    """The judgements that have reasons, the strictest first, by their paths and lines after the change."""
    moved = _moved(judged.change)
    starts = _starts_after(judged.change)
    order = ("deny", "approve", "confirm", "allow")
    for level in order:
        for judgement in judged.verdict.judgements:
            if judgement.level == level and judgement.reasons:
                line = starts.get((judgement.path, judgement.hunk), 1)
                yield Said(moved.get(judgement.path, judgement.path), line, judgement)


def _moved(change: ChangeSet) -> dict[str, str]:
    return {each.path: each.new_path for each in change.operations if isinstance(each, Rename)}


def _starts_after(change: ChangeSet) -> dict[tuple[str, int | None], int]:
    """The 1-based line after the change at which each hunk begins."""
    starts: dict[tuple[str, int | None], int] = {}
    for operation in change.operations:
        edit = edit_in(operation)
        grown = 0
        for number, hunk in sorted(enumerate(edit.hunks if edit else ()), key=lambda pair: pair[1].start):
            starts[operation.path, number] = hunk.start + grown + 1
            grown += len(hunk.lines) - (hunk.end - hunk.start)
    return starts


def _escaped(text: str, more: str) -> str:
    """A text as GitHub's commands want it: one line, with the signs that end a property written out."""
    for sign in "%\r\n" + more:
        text = text.replace(sign, f"%{ord(sign):02X}")
    return visible(text)
