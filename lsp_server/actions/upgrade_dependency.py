"""Upgrade this dependency: the version in all manifests, by a recipe, and the code that it breaks, by the model.

"httpx>=0.24",      ->      "httpx>=0.28",   and every call that 0.28 no longer takes
"""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from context.snapshot import FileText, Snapshot
from context.workspace.rank import DOCUMENT, rank_of
from lsp_server.actions.ask import Answer, Ask, Evidence, NoChange, Proposal
from lsp_server.actions.context_answer import Onto, answer_in_context
from lsp_server.actions.offer import Action, Found, Report, Spot
from lsp_server.actions.recipe_answer import proposed
from lsp_server.actions.requirement import Requirement, import_names, is_manifest, requirement_at
from lsp_server.actions.services import Services
from lsp_server.actions.upgrade_versions import After, Along, manifests_with, version_in
from lsp_server.edits.lines import contents
from lsp_server.recipes.plan import Done
from lsp_server.recipes.sequence import after

MOST_LINES = 80
MOST_ALIKE = 6
MOST_PLACES = 30
LINE_CHARACTERS = 200
CODE_PROMPT = "upgrade_code.md"
NO_CODE = "the model knows of nothing in the code that it breaks"
NO_MODEL = "nobody looked at the code that uses it, since no model is connected"
NO_LINE = "Put the cursor on the line of a manifest that names the dependency."
NEWEST = "the newest version whose changes you know for certain"

_IMPORT = re.compile(
    r"\s*(?:(?:from|import|use|pub use|using|require|extern crate|export)\b|#\s*include\b"
    r"|(?:const|let|var)\b.*\brequire\()"
)
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
    named = ask.description.startswith("Upgrade")
    asked = ask.description if named else f"Upgrade `{requirement.name}`: {ask.description}"
    return await _answered(replace(ask, description=asked), action, requirement, Scene(snapshot, services, report))


@dataclass(frozen=True, slots=True)
class Scene:
    """What an answer is made from."""

    snapshot: Snapshot
    services: Services
    report: Report


async def _answered(ask: Ask, action: Action, requirement: Requirement, scene: Scene) -> Answer:
    """The manifests by the recipe, wherever it can be sure of them, and the rest by the model."""
    started = time.monotonic()
    snapshot, services, report = scene.snapshot, scene.services, scene.report
    version = version_in(ask.description)
    done = await manifests_with(requirement.name, version, snapshot, services) if version else None
    shown = await asyncio.to_thread(after, snapshot, done.change) if done else snapshot
    imports, others = await asyncio.to_thread(_uses, requirement, shown, services)
    about = _with_uses(ask, requirement, imports, others)
    if done is None:
        candidates = tuple(path for path in {*services.index.paths(), *snapshot.buffers} if is_manifest(path))
        along = Along(snapshot, requirement.name, ask.place.path if ask.place else "", candidates)
        return await answer_in_context(about, action, snapshot, services, report, onto=Onto(snapshot, along))
    # What the recipe left to a person in a manifest is the model's to write, as the line itself may be.
    is_whole = not any(is_manifest(site.path) for site in done.uncertain)
    asking = replace(action, prompt=CODE_PROMPT) if is_whole else action
    found = await answer_in_context(about, asking, shown, services, report, onto=Onto(snapshot, After(snapshot, done)))
    if isinstance(found, Proposal):
        written = found.change.paths()
        left = tuple(site for site in done.uncertain if not (is_manifest(site.path) and site.path in written))
        return replace(found, uncertain=(*left, *found.uncertain))
    if not isinstance(found, NoChange) or found.problems or found.reason not in ("no-edit", "needs-model"):
        return found
    return await _manifests_alone(found, done, scene, started)


def _with_uses(ask: Ask, requirement: Requirement, imports: Sequence[str], others: Sequence[str]) -> Ask:
    """The ask with the lines that use the dependency."""
    used = [*imports, *others][:MOST_LINES]
    told = f"Lines that name `{requirement.name}`, or what is imported from it:" if used else ""
    evidence = (Evidence(told, "\n".join(used)),) if used else ()
    # Where it is used leads to the code; what is used does not: a package's words are everywhere.
    places = (":".join(said.split(":", 2)[:2]) for said in (*others, *imports))
    searched = "\n".join([f"`{requirement.name}`", *list(places)[:MOST_PLACES]])
    return replace(ask, evidence=evidence, sought=searched)


async def _manifests_alone(found: NoChange, done: Done, scene: Scene, started: float) -> Answer:
    """What the recipe does, where no code changes: the model, if there is one, has found nothing to change."""
    has_model = found.reason == "no-edit"
    answer = await proposed(found.ask, done, scene.snapshot, scene.services, started)
    if isinstance(answer, NoChange):
        return answer
    summary = f"{done.summary}; {NO_CODE if has_model else NO_MODEL}"
    if not has_model:
        return replace(answer, summary=summary, usage=found.usage)
    return replace(answer, made_by="model", summary=summary, context=found.context, usage=found.usage)


def _uses(requirement: Requirement, snapshot: Snapshot, services: Services) -> tuple[list[str], list[str]]:
    """The lines that import a dependency, and those that name it or use what they import: `path:line: text`.

    Of lines that use the same, some stand for all: what differs between versions is what is used.
    """
    names = frozenset(import_names(requirement.name))
    uses = _Uses(names)
    paths = dict.fromkeys(path for name in names for path in services.index.mentions(name))
    paths |= {path: None for path, file in snapshot.buffers.items() if names & set(_WORDS.findall(file.text))}
    for path in paths:
        file = snapshot.file(path) if services.may_leave(path) else None
        if isinstance(file, FileText):
            uses.look(file)
    return uses.imports, uses.others


@dataclass(slots=True)
class _Uses:
    """What was found so far; `seen` counts the lines that use the same."""

    names: frozenset[str]
    imports: list[str] = field(default_factory=list[str])
    others: list[str] = field(default_factory=list[str])
    seen: Counter[tuple[str, ...]] = field(default_factory=Counter[tuple[str, ...]])

    def look(self, file: FileText) -> None:
        """Adds the lines of a file."""
        lines = contents(file.text)
        is_code = rank_of(file.path) != DOCUMENT
        known = set(self.names)
        for line in lines if is_code else ():
            if self._is_import(line):
                known |= {word for word in _WORDS.findall(line) if word not in _KEYWORDS and len(word) > 2}
        dotted = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(known)))})\b(?:\.\w+)*")
        for number, line in enumerate(lines, 1):
            found = tuple(dict.fromkeys(dotted.findall(line)))
            if not found or (not is_code and line.lstrip().startswith("#")):
                continue
            said = f"{file.path}:{number}: {line.strip()[:LINE_CHARACTERS]}"
            if is_code and self._is_import(line):
                self.imports.append(said)
                continue
            self.seen[found] += 1
            if self.seen[found] <= MOST_ALIKE:
                self.others.append(said)

    def _is_import(self, line: str) -> bool:
        return _IMPORT.match(line) is not None and not self.names.isdisjoint(_WORDS.findall(line))


ACTION = Action(
    "upgradeDependency",
    "Upgrade this dependency",
    "workspace",
    "upgrade_dependency.md",
    False,
    find,
    answer=answer,
    may_be_nothing=True,
)
