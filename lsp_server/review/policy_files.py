"""What do the organisation, the user and the repository add to the policy? Files in TOML that can only tighten.

    version = 1

    [protect.billing]                     # a name of your own
    paths = ["services/ledger/**"]        # as in .gitignore
    symbols = ["*.post_entry"]            # what is defined there, by module, class and name
    level = "approve"                     # confirm, approve or deny

    [checkpoint]                          # the least level of what a checkpoint says
    architecture = "approve"              # dependency, interface, architecture, tests, runs, files, protected

    [context]
    never_send = ["**/customers/**"]      # neither sent nor changed

    [checks]
    required = ["ruff"]                   # tools that must have looked at a change for which they are
    on_missing = "approve"                # else; confirm if it is not said

A file that cannot be used makes everything `confirm`, since nobody knows what it would have forbidden.
"""

import os
import re
import stat
import subprocess
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, cast

from lsp_server.review.policy import patterns_of
from lsp_server.review.verdict import LEVELS, Level, strictest

MOST_BYTES = 65_536
ORGANISATION = Path("/etc/patchwright/policy.toml")
USER = "policy.toml"
REPOSITORY = (".patchwright.toml", "pyproject.toml")
GIT_SECONDS = 5.0

Owner = Literal["organisation", "user", "repository"]

CHECKPOINTS: Mapping[str, tuple[str, ...]] = {
    "dependency": ("cp.dep",),
    "interface": ("cp.iface",),
    "architecture": ("cp.arch",),
    "tests": ("tests",),
    "runs": ("runs",),
    "files": ("file",),
    "generated": ("generated",),
    "protected": ("prot.",),
}
"""The keys of [checkpoint], and how the rules begin that each is about."""

SECTIONS: Mapping[str, frozenset[str]] = {
    "checkpoint": frozenset(CHECKPOINTS),
    "context": frozenset({"never_send"}),
    "checks": frozenset({"required", "on_missing"}),
}

PROTECT = frozenset({"paths", "symbols", "level"})

FORBIDDEN = re.compile(
    r"endpoint|base_url|headers?|api_?key\w*|commands?|trust\w*|prox(?:y|ies)|allow\w*|telemetry|budget|model|hosts?"
)
"""What only the user's own settings say: it is never taken from a policy, least of all from a repository's."""


@dataclass(frozen=True, slots=True)
class PolicyProblem:
    """What is wrong in a policy file: at a 1-based line, and whether the whole file cannot be used."""

    file: Path
    line: int
    message: str
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class Protect:
    """Places that a team protects: patterns of paths as in `.gitignore`, and of the full names of symbols."""

    name: str
    paths: tuple[str, ...]
    symbols: tuple[str, ...]
    level: Level


@dataclass(frozen=True, slots=True)
class Policy:
    """All policy files together. `checkpoints` are the least levels by the keys of [checkpoint]."""

    protects: tuple[Protect, ...] = ()
    checkpoints: Mapping[str, Level] = field(default_factory=dict[str, Level])
    never_send: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    on_missing: Level = "confirm"
    problems: tuple[PolicyProblem, ...] = ()

    def least(self, rule: str) -> Level:
        """The level that whatever a rule says has at least."""
        keys = [key for key, rules in CHECKPOINTS.items() if rule.startswith(rules)]
        levels: list[Level] = [self.checkpoints[key] for key in keys if key in self.checkpoints]
        return strictest(*levels)


def load_policy(root: Path, user_folder: Path, organisation: Path = ORGANISATION) -> Policy:
    """The policy that holds in a workspace. Reads files, and what git's HEAD has of the repository's; never raises."""
    policy = _from_file(organisation, "organisation")
    policy = tightened(policy, _from_file(user_folder / USER, "user"))
    for name in REPOSITORY:
        policy = tightened(policy, _from_file(root / name, "repository"))
        if (committed := _at_head(root, name)) is not None:
            # Problems are told of the file as it stands; an unusable one counts on either side.
            there = read_policy(committed, root / name, "repository")
            policy = tightened(policy, replace(there, problems=tuple(each for each in there.problems if each.fatal)))
    return replace(policy, problems=tuple(dict.fromkeys(policy.problems)))


def tightened(one: Policy, other: Policy) -> Policy:
    """Both together: of two words on the same thing the stricter."""
    keys = dict.fromkeys((*one.checkpoints, *other.checkpoints))
    return Policy(
        tuple(dict.fromkeys((*one.protects, *other.protects))),
        {key: strictest(one.checkpoints.get(key, "allow"), other.checkpoints.get(key, "allow")) for key in keys},
        tuple(dict.fromkeys((*one.never_send, *other.never_send))),
        tuple(dict.fromkeys((*one.required, *other.required))),
        strictest(one.on_missing, other.on_missing),
        (*one.problems, *other.problems),
    )


def _from_file(file: Path, owner: Owner) -> Policy:
    """What a file says; nothing where there is none."""
    found = _read(file, owner)
    if found is None:
        return Policy()
    if isinstance(found, PolicyProblem):
        return Policy(problems=(found,))
    return read_policy(found, file, owner)


def _read(file: Path, owner: Owner) -> str | PolicyProblem | None:
    """The text of a policy file, or why it is not used. A link could lead anywhere, so none is followed."""
    try:
        status = file.lstat()
        if stat.S_ISLNK(status.st_mode) or not stat.S_ISREG(status.st_mode):
            return PolicyProblem(file, 1, "is no regular file (a link is not followed)", fatal=_is_policy(file))
        if owner == "organisation" and os.name == "posix" and (status.st_uid != 0 or status.st_mode & 0o022):
            return PolicyProblem(file, 1, "must belong to root and be writable by root alone", fatal=True)
        if status.st_size > MOST_BYTES:
            return PolicyProblem(file, 1, f"is larger than {MOST_BYTES:,} bytes", fatal=_is_policy(file))
        return file.read_bytes()[: MOST_BYTES + 1].decode("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError:
        return PolicyProblem(file, 1, "is not UTF-8", fatal=_is_policy(file))
    except OSError as error:
        return PolicyProblem(file, 1, f"cannot be read ({error.strerror})", fatal=True)


def _is_policy(file: Path) -> bool:
    """Whether a file is about nothing else; a pyproject.toml that cannot be read may well have no policy in it."""
    return file.name != "pyproject.toml"


def read_policy(text: str, file: Path, owner: Owner) -> Policy:
    """The policy in a text, with what is wrong in it."""
    try:
        document: Any = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        at = re.search(r"at line (\d+)", str(error))
        line = int(at[1]) if at else max(1, text.count("\n"))
        mentioned = _is_policy(file) or "tool.patchwright" in text
        problem = PolicyProblem(file, line, f"is not valid TOML ({error})", fatal=True)
        return Policy(problems=(problem,)) if mentioned else Policy()
    if file.name == "pyproject.toml":
        tools: Any = cast("dict[str, Any]", document).get("tool")
        document = cast("dict[str, Any]", tools).get("patchwright") if isinstance(tools, dict) else None
    if document is None:
        return Policy()
    return _Reader(text, file, owner).policy(document)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one document and takes down what is wrong, with its line."""

    text: str
    file: Path
    owner: Owner
    problems: list[PolicyProblem] = field(default_factory=list[PolicyProblem])

    def policy(self, document: object) -> Policy:
        tables = self._table(document, "")
        protects, checkpoints = list[Protect](), dict[str, Level]()
        for key, value in tables.items():
            if key == "version":
                self._unless(value == 1, key, "must be 1: this Patchwright knows no other", fatal=True)
            elif key == "protect":
                protects += self._protects(self._table(value, key))
            elif key in SECTIONS:
                self._known(key, self._table(value, key), SECTIONS[key])
            else:
                self._say(key, self._unknown(key, ("version", "protect", *SECTIONS)))
        for key, value in self._section(tables, "checkpoint").items():
            if level := self._level(f"checkpoint.{key}", value):
                checkpoints[key] = level
        context, checks = self._section(tables, "context"), self._section(tables, "checks")
        missing = self._level("checks.on_missing", checks.get("on_missing", "confirm"))
        return Policy(
            tuple(protects),
            checkpoints,
            tuple(each for each in self._patterns("context.never_send", context) if self._only_adds(each)),
            self._texts("checks.required", checks),
            missing or "confirm",
            tuple(self.problems),
        )

    def _protects(self, tables: Mapping[str, Any]) -> Iterator[Protect]:
        for name, value in tables.items():
            place = f"protect.{name}"
            table = self._table(value, place)
            self._known(place, table, PROTECT)
            paths, symbols = self._patterns(f"{place}.paths", table), self._texts(f"{place}.symbols", table)
            level = self._level(f"{place}.level", table.get("level", "approve"))
            self._unless(bool(paths or symbols), place, "names neither paths nor symbols")
            # What is meant to be protected, and by a level that nobody knows, is protected.
            yield Protect(name, paths, symbols, level or "approve")

    def _section(self, tables: Mapping[str, Any], name: str) -> dict[str, Any]:
        table = tables.get(name)
        found = cast("dict[str, Any]", table) if isinstance(table, dict) else {}
        return {key: value for key, value in found.items() if key in SECTIONS[name]}

    def _table(self, value: object, place: str) -> dict[str, Any]:
        if isinstance(value, dict):
            return cast("dict[str, Any]", value)
        self._say(place, "must be a table", fatal=True)
        return {}

    def _known(self, place: str, table: Mapping[str, Any], keys: Iterable[str]) -> None:
        for key in table:
            if key not in keys:
                self._say(f"{place}.{key}", self._unknown(key, keys))

    def _unknown(self, key: str, keys: Iterable[str]) -> str:
        if FORBIDDEN.fullmatch(key):
            return "is ignored: only your own settings can say it, never a policy"
        return f"is not known. Keys: {', '.join(sorted(keys))}"

    def _level(self, place: str, value: object) -> Level | None:
        if isinstance(value, str) and value in LEVELS:
            return value
        self._say(place, f"must be one of {', '.join(LEVELS)}", fatal=True)
        return None

    def _texts(self, place: str, table: Mapping[str, Any]) -> tuple[str, ...]:
        value: object = table.get(place.rpartition(".")[2], [])
        items = cast("list[object]", value) if isinstance(value, list) else [None]
        texts = tuple(each for each in items if isinstance(each, str) and each.strip())
        self._unless(len(texts) == len(items), place, "must be a list of texts", fatal=True)
        return texts

    def _patterns(self, place: str, table: Mapping[str, Any]) -> tuple[str, ...]:
        """Patterns as in `.gitignore`; one that cannot be read is kept, so that whoever uses it is careful."""
        found = self._texts(place, table)
        for pattern in found:
            self._unless(patterns_of([pattern]) is not None, place, f"holds no pattern: {pattern}", fatal=True)
        return found

    def _only_adds(self, pattern: str) -> bool:
        self._unless(not pattern.startswith("!"), "context.never_send", f"can only add: {pattern} is ignored")
        return not pattern.startswith("!")

    def _unless(self, fine: bool, place: str, message: str, *, fatal: bool = False) -> None:  # noqa: FBT001 - a fact
        if not fine:
            self._say(place, message, fatal=fatal)

    def _say(self, place: str, message: str, *, fatal: bool = False) -> None:
        self.problems.append(PolicyProblem(self.file, self._line(place), f"{place} {message}".strip(), fatal))

    def _line(self, place: str) -> int:
        """Where a key stands: below the header of its table, or anywhere; the first line where it is not found."""
        table, _, key = place.rpartition(".")
        lines = self.text.splitlines()
        header = re.compile(rf"\s*\[+\s*(?:tool\.patchwright\.)?{re.escape(table)}\s*\]") if table else None
        start = next((number for number, line in enumerate(lines) if header and header.match(line)), 0)
        wanted = re.compile(
            rf"\s*(?:{re.escape(key)}|\"{re.escape(key)}\"|{re.escape(place)})\s*=|\s*\[+[^\]]*\b{re.escape(key)}\s*\]"
        )
        return next(
            (number + 1 for number, line in enumerate(lines) if number >= start and wanted.match(line)), start + 1
        )


def _at_head(root: Path, name: str) -> str | None:
    """The file in the last commit; None where there is none. No program that the repository names is run for it."""
    if not any((folder / ".git").exists() for folder in (root, *root.parents)):
        return None
    quiet = ("-c", "core.fsmonitor=false", "-c", "protocol.allow=never", "-c", "core.hooksPath=/dev/null")
    command: Sequence[str] = ("git", "--no-optional-locks", *quiet, "cat-file", "blob", f"HEAD:./{name}")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment |= {"GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1"}
    try:
        ended = subprocess.run(
            command, cwd=root, env=environment, capture_output=True, timeout=GIT_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return None
    if ended.returncode or len(ended.stdout) > MOST_BYTES:
        return None
    return ended.stdout.decode("utf-8", "replace")
