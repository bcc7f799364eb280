"""Upgrade this dependency: the version on the line of a manifest, and all code that the new version breaks.

"httpx>=0.24",      ->      "httpx>=0.28",   and every call that 0.28 no longer takes
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace

from context.snapshot import FileText, Snapshot
from lsp_server.actions.ask import Answer, Ask, Evidence, NoChange
from lsp_server.actions.context_answer import answer_in_context
from lsp_server.actions.offer import Action, Found, Report, Spot
from lsp_server.actions.requirement import Requirement, import_names, is_manifest, requirement_at
from lsp_server.actions.services import Services
from lsp_server.edits.lines import contents

MOST_LINES = 80
MOST_PER_FILE = 12
MOST_NAMES = 40
LINE_CHARACTERS = 200
NO_LINE = "Put the cursor on the line of a manifest that names the dependency."
NEWEST = "the newest version whose changes you know for certain"

_IMPORT = re.compile(r"\b(?:import|from|require|use|using|include)\b")
_WORDS = re.compile(r"[^\W\d]\w*")
_KEYWORDS = frozenset({"import", "from", "as", "require", "use", "const", "let", "var", "type"})


def find(spot: Spot) -> Found | None:
    """Offered on a line of a manifest that names a dependency."""
    if not is_manifest(spot.file.path):
        return None
    requirement = requirement_at(spot.file.path, contents(spot.file.text), spot.place.start_line)
    if requirement is None:
        return None
    version = f" ({requirement.version})" if requirement.version else ""
    title = f"Upgrade {requirement.name}{version}"
    target = spot.request.text if spot.request else f"to {NEWEST}"
    return Found(f"Upgrade `{requirement.name}`: {target}", spot.place, title=title)


async def answer(ask: Ask, action: Action, snapshot: Snapshot, services: Services, report: Report) -> Answer:
    """The model's answer to the line and to every line that uses the dependency."""
    file = await asyncio.to_thread(snapshot.file, ask.place.path) if ask.place else None
    if ask.place is None or not isinstance(file, FileText) or not is_manifest(file.path):
        return NoChange(ask, "refused", NO_LINE)
    requirement = requirement_at(file.path, contents(file.text), ask.place.start_line)
    if requirement is None:
        return NoChange(ask, "refused", NO_LINE)
    report(f"Looking for what uses {requirement.name}")
    await services.index.catch_up()
    used = await asyncio.to_thread(_uses, requirement, snapshot, services)
    told = f"Lines that name `{requirement.name}`, or what is imported from it:" if used else ""
    evidence = (Evidence(told, "\n".join(used)),) if used else ()
    # The selection looks for what is spelt as code: what is imported leads to the code that uses it.
    names = _imported(used, requirement)
    searched = " ".join(f"`{name}`" for name in names[:MOST_NAMES])
    named = requirement.name in ask.description
    asked = ask.description if named else f"Upgrade `{requirement.name}`: {ask.description}"
    about = replace(ask, description=asked, evidence=evidence, sought=searched)
    return await answer_in_context(about, action, snapshot, services, report)


def _uses(requirement: Requirement, snapshot: Snapshot, services: Services) -> list[str]:
    """The lines that name a dependency or what is imported from it, `path:line: text`, imports first."""
    names = set(import_names(requirement.name))
    paths = dict.fromkeys(path for name in names for path in services.index.mentions(name))
    paths |= {path: None for path, file in snapshot.buffers.items() if names & set(_WORDS.findall(file.text))}
    imports: list[str] = []
    others: list[str] = []
    for path in paths:
        file = snapshot.file(path) if services.index.filter.sendable(path) else None
        if not isinstance(file, FileText):
            continue
        lines = contents(file.text)
        known = names | {name for line in lines if _is_import(line, names) for name in _names_of(line, names)}
        shown = 0
        for number, line in enumerate(lines, 1):
            is_import = _is_import(line, names)
            if (is_import or not known.isdisjoint(_WORDS.findall(line))) and shown < MOST_PER_FILE:
                shown += 1
                said = f"{path}:{number}: {line.strip()[:LINE_CHARACTERS]}"
                (imports if is_import else others).append(said)
    return [*imports, *others][:MOST_LINES]


def _is_import(line: str, names: set[str]) -> bool:
    return _IMPORT.search(line) is not None and not names.isdisjoint(_WORDS.findall(line))


def _names_of(line: str, names: set[str]) -> set[str]:
    """What an import line brings in, besides the dependency itself."""
    return {word for word in _WORDS.findall(line) if word not in names and word not in _KEYWORDS and len(word) > 2}


def _imported(used: Sequence[str], requirement: Requirement) -> tuple[str, ...]:
    names = set(import_names(requirement.name))
    found = [requirement.name, *sorted(names)]
    for said in used:
        line = said.split(": ", 1)[-1]
        if _is_import(line, names):
            found += sorted(_names_of(line, names))
        found += re.findall(rf"\b(?:{'|'.join(map(re.escape, names))})\.(\w+)", line)
    return tuple(dict.fromkeys(found))


ACTION = Action(
    "upgradeDependency", "Upgrade this dependency", "workspace", "upgrade_dependency.md", False, find, answer=answer
)
