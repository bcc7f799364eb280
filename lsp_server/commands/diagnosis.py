"""What can be wrong? The table of checks that `doctor` runs; each says what it saw and what to do about a "no"."""

import platform
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from clients.detect import local_servers
from clients.ledger import Ledger
from clients.local import find_file_problem
from clients.probe import find_answer_problem
from context.index import Index
from context.parsing.languages import LANGUAGES
from context.parsing.parse import grammar
from lsp_server.editor_settings import WHERE
from lsp_server.review.audit import Audit, day_files
from lsp_server.review.audit_check import check_folder
from lsp_server.review.checks.checking import TOOLS, program_folders
from lsp_server.review.checks.copy import is_possible
from lsp_server.review.checks.tests_touched import interpreter
from lsp_server.review.policy_files import load_policy
from lsp_server.settings import Settings

State = Literal["yes", "optional", "no"]

OLDEST_PYTHON = (3, 11)
VERSION_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `optional` is a thing that is missing but not needed."""

    name: str
    state: State
    detail: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Editor:
    """An editor that can use the server, and the oldest version that the README's lines work with."""

    program: str
    name: str
    oldest: tuple[int, int]


EDITORS = (
    Editor("nvim", "Neovim", (0, 11)),
    Editor("code", "VS Code", (1, 80)),
    Editor("hx", "Helix", (23, 0)),
    Editor("emacs", "Emacs", (29, 1)),
)


async def python_check(_root: Path, _settings: Settings, _warnings: tuple[str, ...]) -> list[Finding]:
    """Is this Python new enough, and isolated from the workspace?"""
    version = platform.python_version()
    if sys.version_info < OLDEST_PYTHON:
        return [Finding("Python", "no", version, "install Python 3.11 or newer and run scripts/install")]
    if not sys.flags.isolated:
        return [
            Finding("Python", "no", f"{version}, not isolated", "start `patchwright`, or `python -I -m lsp_server`")
        ]
    return [Finding("Python", "yes", f"{version}, isolated")]


async def grammars_check(_root: Path, _settings: Settings, _warnings: tuple[str, ...]) -> list[Finding]:
    """Does every grammar load?"""
    broken: list[str] = []
    for language in LANGUAGES:
        try:
            grammar(language)
        except (ImportError, AttributeError, ValueError, OSError) as error:
            broken.append(f"{language.name} ({error})")
    if broken:
        advice = "install again: scripts/install, or `uv tool install --force patchwright`"
        return [Finding("Grammars", "no", f"not loaded: {', '.join(broken)}", advice)]
    return [Finding("Grammars", "yes", ", ".join(language.name for language in LANGUAGES))]


async def settings_check(_root: Path, settings: Settings, warnings: tuple[str, ...]) -> list[Finding]:
    """Is the user's file well-formed?"""
    if warnings:
        ways = {True: "mend it in the settings of your editor", False: f"mend {settings.config_file}"}
        return [Finding("Settings", "no", warning, ways[warning.startswith(WHERE)]) for warning in warnings]
    there = "" if settings.config_file.exists() else " (not there: all defaults)"
    return [Finding("Settings", "yes", f"{settings.config_file}{there}")]


async def folders_check(_root: Path, settings: Settings, _warnings: tuple[str, ...]) -> list[Finding]:
    """Can the cache and the state be written?"""
    return [
        _folder_finding("Cache", settings.cache_folder, "PATCHWRIGHT_CACHE"),
        _folder_finding("State", settings.state_folder, "PATCHWRIGHT_STATE"),
    ]


def _folder_finding(name: str, folder: Path, variable: str) -> Finding:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return Finding(name, "yes", str(folder))
    except OSError as error:
        advice = f"make it writable, or set {variable}; until then the work is done in memory"
        return Finding(name, "optional", f"{folder} cannot be written ({error.strerror})", advice)


async def audit_check(_root: Path, settings: Settings, _warnings: tuple[str, ...]) -> list[Finding]:
    """Is the newest day of the audit log as it was written?"""
    folder = Audit(settings.state_folder).folder
    newest = day_files(folder)[-1:]
    if not newest:
        return [Finding("Audit log", "yes", "empty")]
    try:
        checked = check_folder(folder, newest[0].stem)
    except OSError as error:
        advice = f"make {folder} readable and writable; with audit.strict nothing is sent until then"
        return [Finding("Audit log", "no", f"{newest[0]} cannot be read ({error.strerror})", advice)]
    if checked.faults:
        fault = checked.faults[0]
        detail = f"{fault.file}, line {fault.line}: {fault.message}"
        return [Finding("Audit log", "no", detail, "`patchwright audit verify` names every such line")]
    return [Finding("Audit log", "yes", f"{checked.events} events on {newest[0].stem}, each as it was written")]


async def sqlite_check(_root: Path, _settings: Settings, _warnings: tuple[str, ...]) -> list[Finding]:
    """Can this Python's SQLite search text? The index is kept in it."""
    try:
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.execute("CREATE VIRTUAL TABLE probe USING fts5(text)")
    except sqlite3.Error as error:
        advice = "run scripts/install with another Python: those of python.org, uv, Debian and Homebrew have FTS5"
        return [Finding("SQLite", "no", f"{sqlite3.sqlite_version}, without FTS5 ({error})", advice)]
    return [Finding("SQLite", "yes", f"{sqlite3.sqlite_version}, with FTS5")]


async def index_check(root: Path, settings: Settings, _warnings: tuple[str, ...]) -> list[Finding]:
    """Do the worker processes start and parse?"""
    index = Index(root, settings.cache_folder, settings.never_send)
    try:
        outline = await index.outline("example.py", "def example():\n    pass\n")
    finally:
        await index.close()
    if [definition.name for definition in outline] == ["example"]:
        return [Finding("Workers", "yes", "worker processes start and parse")]
    advice = "install again: scripts/install; if that does not help, see whether memory or processes are limited here"
    return [Finding("Workers", "no", "a worker process did not start, or did not parse a small file", advice)]


async def model_check(_root: Path, settings: Settings, _warnings: tuple[str, ...]) -> list[Finding]:
    """Is a model connected, and does it answer? Nothing of the workspace is sent."""
    choice = settings.model
    if choice is not None and choice.file is not None:
        problem = find_file_problem(choice.file)
        detail = f"{choice.file}, run by llama.cpp on the first ask"
        return [Finding("Model", "no", str(choice.file), problem) if problem else Finding("Model", "yes", detail)]
    if choice is not None and choice.editor is not None:
        return [Finding("Model", "yes", f"{choice.title}: it is asked by an editor that hands on its models")]
    if choice is not None and choice.endpoint is not None:
        problem = await find_answer_problem(choice.endpoint)
        name = choice.title
        return [Finding("Model", "no", name, problem) if problem else Finding("Model", "yes", f"{name} answers")]
    servers = await local_servers()
    if not servers:
        advice = (
            "recipes work without one; `patchwright connect` or your editor's *Connect a Model* connects one, or set "
            "PATCHWRIGHT_ENDPOINT, PATCHWRIGHT_MODEL and PATCHWRIGHT_API_KEY, or write [model] into "
            f"{settings.config_file}"
        )
        return [Finding("Model", "optional", "none connected, and none found on this machine", advice)]
    return [
        Finding(
            "Model",
            "optional",
            f"none connected; {server.name} answers at {server.base_url}",
            f"patchwright connect --profile {server.profile} --endpoint {server.base_url} "
            f"--model {(*server.models, 'NAME')[0]}",
        )
        for server in servers
    ]


async def policy_check(root: Path, settings: Settings, _warnings: tuple[str, ...]) -> list[Finding]:
    """Can every policy file be used, and what do they add?"""
    policy = load_policy(root, settings.config_file.parent)
    wrong = [
        Finding(
            "Policy", "no" if each.fatal else "optional", f"{each.file}, line {each.line}: {each.message}", "mend it"
        )
        for each in policy.problems
    ]
    said = [f"{len(policy.protects)} protected places"] if policy.protects else []
    said += [f"{key} {level}" for key, level in policy.checkpoints.items()]
    return wrong or [Finding("Policy", "yes", ", ".join(said) or "no policy files: the built-in rules hold")]


async def spending_check(_root: Path, settings: Settings, _warnings: tuple[str, ...]) -> list[Finding]:
    """Can what the user capped be counted?"""
    choice = settings.model
    if choice is None:
        return []
    if settings.caps.any_in_usd and choice.price is None:
        advice = f"name the price of {choice.title} in {settings.config_file.with_name('profiles.toml')}, or cap tokens"
        return [Finding("Budget", "no", "money is capped, and the model's price is not known", advice)]
    spent = Ledger(settings.state_folder).today()
    tokens, usd = sum(entry.tokens for entry in spent), sum(entry.usd or 0.0 for entry in spent)
    capped = "" if settings.caps.any_by_day else "; no cap for a day is set"
    return [Finding("Budget", "yes", f"{tokens:,} tokens and ${usd:.2f} today{capped}")]


async def tools_check(root: Path, settings: Settings, _warnings: tuple[str, ...]) -> list[Finding]:
    """Which of the project's tools will look at a change, and may its tests run?"""
    if not settings.checks:
        return [Finding("Checks", "optional", "switched off", "set checks.run = true in your settings")]
    trusted = settings.trusts(root)
    found = [
        f"{tool.name}{'' if tool.program(program_folders(root, trusted=trusted)) else ' (not installed)'}"
        for tool in TOOLS
        if tool.used(root) and (trusted or tool.place == "static")
    ]
    said = Finding("Checks", "yes", ", ".join(found))
    if not trusted:
        advice = f'to let its tests run in a copy, add "{root}" to checks.trusted_folders in your settings'
        return [said, Finding("Tests", "optional", "this folder is not trusted, so nothing of it runs", advice)]
    with tempfile.TemporaryDirectory() as place:
        possible = await is_possible(root, Path(place, "trial"))
    if not possible:
        advice = "this needs Linux with user namespaces and overlayfs; without them the checks say not-run"
        return [said, Finding("Tests", "optional", "no copy without a network can be made here", advice)]
    python = interpreter(root)
    if python is None:
        advice = "make one with pytest in it, so that tests can run"
        return [said, Finding("Tests", "optional", "there is no .venv in this folder", advice)]
    return [said, Finding("Tests", "yes", f"run in a copy with {python}")]


async def editors_check(_root: Path, _settings: Settings, _warnings: tuple[str, ...]) -> list[Finding]:
    """Which editors are here, and are they new enough?"""
    found = [_editor_finding(editor, path) for editor in EDITORS if (path := shutil.which(editor.program))]
    if found:
        return found
    return [Finding("Editor", "optional", "none found on PATH", "any editor that speaks LSP: see README")]


def _editor_finding(editor: Editor, path: str) -> Finding:
    try:
        asked = subprocess.run(
            [path, "--version"], capture_output=True, text=True, timeout=VERSION_SECONDS, check=False
        )
        said = asked.stdout
    except (OSError, subprocess.TimeoutExpired):
        return Finding(editor.name, "optional", f"{path} does not say its version", "")
    match = re.search(r"(\d+)\.(\d+)(?:\.\d+)?", said)
    if match is None:
        return Finding(editor.name, "optional", f"{path} does not say its version", "")
    version = (int(match[1]), int(match[2]))
    if version < editor.oldest:
        wanted = ".".join(map(str, editor.oldest))
        return Finding(editor.name, "optional", match[0], f"the README's lines need {wanted} or newer")
    return Finding(editor.name, "yes", match[0])


Check = Callable[[Path, Settings, tuple[str, ...]], Awaitable[list[Finding]]]

CHECKS: tuple[Check, ...] = (
    python_check,
    grammars_check,
    settings_check,
    folders_check,
    audit_check,
    sqlite_check,
    index_check,
    model_check,
    spending_check,
    policy_check,
    tools_check,
    editors_check,
)
"""In the order of the report: what everything else stands on comes first."""
