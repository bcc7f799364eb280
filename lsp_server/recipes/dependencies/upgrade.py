"""How does a dependency get another version? Only the bytes of the version change, in every manifest that names it.

Lock files belong to the tools that write them: each is named with the command that renews it. A bound that excludes the
new version, an address, a hash and a range of another form are listed.
"""

import fnmatch
import json
import re
import tomllib
from dataclasses import dataclass
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from context.snapshot import FileText
from lsp_server.edits.change import Problem
from lsp_server.recipes.dependencies.entries import KINDS, Entry, Kind
from lsp_server.recipes.dependencies.sentence import VERSION, UpgradeDependency
from lsp_server.recipes.outcome import finished, refused
from lsp_server.recipes.plan import Done, Material, Plan, Refused, Site, Wanted
from lsp_server.recipes.splices import Splice

PATTERNS = tuple(pattern for kind in KINDS for pattern in kind.patterns)
SKIPPED = re.compile(r"(?:^|/)(?:node_modules|vendor|\.venv|site-packages)/")
ONE = re.compile(rf"(?P<operator>[<>=!~^]{{0,3}})\s*(?P<version>{VERSION})")


@dataclass(frozen=True, slots=True)
class New:
    """What takes the place of an entry's clauses."""

    text: str


def carry_out(plan: Plan, material: Material) -> Done | Refused | Wanted:
    """The manifests with the new version."""
    if not isinstance(plan, UpgradeDependency):
        raise TypeError(plan)
    if not set(PATTERNS) <= set(material.patterns):
        return Wanted((), PATTERNS)
    splices: dict[str, list[Splice]] = {}
    sites: list[Site] = []
    manifests = _manifests(plan, material)
    same = 0
    for file, kind in manifests:
        for entry in kind.read(file.text, plan.package):
            new = entry.why or _changed(plan, kind, entry)
            if isinstance(new, str):
                sites.append(_site(file, entry, new))
            elif new.text == entry.clauses:
                same += 1
            else:
                splices.setdefault(file.path, []).append(_splice(file, entry, new.text))
    if not splices:
        return refused(_nothing(plan, [file.path for file, _ in manifests], sites, same))
    for file, kind in manifests:
        if file.path in splices:
            sites += _locks(material, file, kind)
    done = finished(material, splices, plan.sentence(), sites)
    broken = [] if isinstance(done, Refused) else _broken(material, done)
    return refused(broken[0]) if broken else done


def _manifests(plan: UpgradeDependency, material: Material) -> list[tuple[FileText, Kind]]:
    """The manifests that are meant, each with its kind."""
    found: list[tuple[FileText, Kind]] = []
    for path in sorted(set(material.candidates)):
        kind = next(
            (each for each in KINDS if any(fnmatch.fnmatchcase(path, pattern) for pattern in each.patterns)), None
        )
        file = material.snapshot.file(path) if kind is not None and not SKIPPED.search(path) else None
        if (
            kind is not None
            and isinstance(file, FileText)
            and f"/{path}".endswith(f"/{plan.where}" if plan.where else "")
        ):
            found.append((file, kind))
    return found


def _changed(plan: UpgradeDependency, kind: Kind, entry: Entry) -> New | str:
    """The clauses with the new version, or why a person must look at them."""
    if plan.clauses:
        is_form = (
            not re.search(r"[\^]", plan.version) or kind.ecosystem == "node" or not entry.clauses.startswith((">", "="))
        )
        return New(plan.version) if kind.ecosystem != "go" and is_form else "the operators are of another form"
    parts = [part.strip() for part in entry.clauses.split(",")]
    said = [ONE.fullmatch(part) for part in parts]
    if not all(said):
        return f"`{entry.clauses}` is a range of another form"
    clauses = [each for each in said if each is not None]
    raised = [each for each in clauses if each["operator"] in {"", "==", "===", ">=", "~=", "^", "~"}]
    if len(raised) != 1:
        return f"`{entry.clauses}` has no one version that could be raised: say the whole, as `>=1.2,<2`"
    return _raised(plan, kind, entry, clauses, raised[0])


def _raised(
    plan: UpgradeDependency, kind: Kind, entry: Entry, clauses: list[re.Match[str]], old: re.Match[str]
) -> New | str:
    version = plan.version.removeprefix("v")
    version = f"v{version}" if old["version"].startswith("v") else version
    if kind.ecosystem == "go":
        major, path = version.removeprefix("v").partition(".")[0], re.search(r"/v(\d+)$", plan.package)
        if major not in ({path[1]} if path else {"0", "1"}):
            return f"version {major} is another module path in Go"
        if len(version.split(".")) < 3:
            return "Go wants a version of three parts"
    try:
        wanted, before = Version(version), Version(old["version"])
        others = SpecifierSet(",".join(each[0] for each in clauses if each is not old))
    except (InvalidVersion, InvalidSpecifier):
        wanted = before = None
        others = SpecifierSet()
    if wanted is not None and before is not None and wanted < before and plan.upwards:
        return f"it is at {old['version']}, which is newer"
    if wanted is not None and not others.contains(wanted, prereleases=True):
        return f"`{others}` excludes {version}: say the whole, as `>={version},<…`"
    offset = old.start("version") + entry.clauses.index(old[0])
    return New(entry.clauses[:offset] + version + entry.clauses[offset + len(old["version"]) :])


def _splice(file: FileText, entry: Entry, text: str) -> Splice:
    start = len(file.text[: entry.start].encode("utf-8", "surrogatepass"))
    return Splice(start, start + len(entry.clauses.encode("utf-8", "surrogatepass")), text)


def _site(file: FileText, entry: Entry, why: str) -> Site:
    line = file.text.count("\n", 0, entry.start) + 1
    return Site(file.path, line, file.text.split("\n")[line - 1].strip(), why)


def _locks(material: Material, file: FileText, kind: Kind) -> list[Site]:
    """The lock files beside a manifest, or at the top of the workspace."""
    folder = file.path.rpartition("/")[0]
    found: list[Site] = []
    for name, command in kind.locks:
        for path in dict.fromkeys((f"{folder}/{name}" if folder else name, name)):
            if material.snapshot.exists(path):
                found.append(Site(path, 1, "", f"the lock file has the old version until `{command}` renews it"))
    return found


def _nothing(plan: UpgradeDependency, manifests: list[str], sites: list[Site], same: int) -> Problem:
    if sites:
        where = "; ".join(f"{site.path}:{site.line}: {site.why}" for site in sites[:6])
        return Problem("CONFLICT", f"{plan.package} cannot be set to {plan.version}: {where}.", sites[0].path)
    if same:
        return Problem("NO_CHANGE", f"{plan.package} is at {plan.version} already.")
    read = ", ".join(manifests[:8]) or "no manifest was found"
    return Problem("NOT_FOUND", f"No manifest names {plan.package} ({read}).")


def _broken(material: Material, done: Done) -> list[Problem]:
    """Manifests whose data would differ in more than versions: both texts are read by the parsers of their formats."""
    problems: list[Problem] = []
    for path, after in done.change.texts_after().items():
        file = material.snapshot.file(path)
        if not isinstance(file, FileText) or after is None or not path.endswith((".toml", ".json")):
            continue
        before_data, after_data = _data(path, file.text), _data(path, after)
        if after_data is None or _shape(before_data) != _shape(after_data):
            problems.append(Problem("SYNTAX_WORSE", f"{path} would say something else: nothing was changed.", path))
    return problems


def _data(path: str, text: str) -> Any:
    try:
        return tomllib.loads(text) if path.endswith(".toml") else json.loads(text)
    except (ValueError, RecursionError):
        return None


def _shape(value: Any) -> Any:
    """Data with all versions taken out of its texts."""
    if isinstance(value, dict):
        return {key: _shape(entry) for key, entry in value.items()}  # pyright: ignore[reportUnknownVariableType] - parsed data
    if isinstance(value, list):
        return [_shape(entry) for entry in value]  # pyright: ignore[reportUnknownVariableType] - parsed data
    return re.sub(r"[\d<>=!~^.,*\s-]+\w*", "", value) if isinstance(value, str) else value
