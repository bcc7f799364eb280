"""Which tasks do the releases of real projects give? What a release notes, and the lines that it changed, are one task.

The source distributions of neighbouring releases are fetched with pip. A task's description is what the later one adds
to its changelog; its tree is the earlier one; its lines are those of source files that the later one changes. That is
noisy: a release changes more than it notes, and notes what it fixed rather than what a user would ask for.

    .cache/bench/releases/tasks.jsonl        one task per line, see `tasks.py`
    .cache/bench/releases/trees/NAME-1.2.3/  the tree of a task
"""

import difflib
import itertools
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from context.workspace.rank import SOURCE, rank_of

RELEASES: dict[tuple[str, str], tuple[str, ...]] = {
    ("werkzeug", "CHANGES.rst"): ("3.0.1", "3.0.2", "3.0.3", "3.0.4", "3.0.5", "3.0.6"),
    ("click", "CHANGES.rst"): ("8.1.3", "8.1.4", "8.1.5", "8.1.6", "8.1.7", "8.1.8"),
    ("urllib3", "CHANGES.rst"): ("2.0.2", "2.0.3", "2.0.4", "2.0.5", "2.0.6", "2.0.7"),
    ("aiohttp", "CHANGES.rst"): ("3.10.0", "3.10.1", "3.10.2", "3.10.3", "3.10.4", "3.10.5"),
    ("pytest", "doc/en/changelog.rst"): ("8.2.1", "8.2.2", "8.3.2", "8.3.3", "8.3.4", "8.3.5"),
    ("sphinx", "CHANGES"): ("7.2.1", "7.2.2", "7.2.3", "7.2.4", "7.2.5", "7.2.6"),
}
"""The changelog in each project's source distribution, and the releases to compare, in order."""

MOST_FILES = 8
LEAST_CHARACTERS = 60
_REFERENCE = re.compile(
    r":[\w:]+:`([^`<]*)(?:<[^`]*>)?`|`#?\d+ <[^>]*>`_+:?|\(#\d+[^)]*\)|[#`]+\d+`?_?|^Released .*", re.MULTILINE
)


def build(folder: Path) -> None:
    """Fetches the releases and writes the tasks. Raises CalledProcessError where pip fails."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "trees").mkdir(parents=True)
    tasks: list[dict[str, Any]] = []
    for (name, changelog), versions in RELEASES.items():
        for version in versions:
            fetch(name, version, folder / "trees")
        for before, after in itertools.pairwise(versions):
            trees = folder / "trees" / f"{name}-{before}", folder / "trees" / f"{name}-{after}"
            found = task(name, changelog, *trees)
            if found is not None:
                tasks.append(found)
    (folder / "tasks.jsonl").write_text("".join(json.dumps(each) + "\n" for each in tasks), "utf-8")


def fetch(name: str, version: str, trees: Path) -> None:
    """Unpacks one source distribution to `trees/NAME-VERSION`."""
    with tempfile.TemporaryDirectory() as temporary:
        download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", name]
        subprocess.run([*download, f"{name}=={version}", "--dest", temporary], check=True)
        with tarfile.open(next(Path(temporary).glob("*.tar.gz"))) as archive:
            archive.extractall(temporary, filter="data")
        unpacked = next(path for path in Path(temporary).iterdir() if path.is_dir())
        shutil.move(unpacked, trees / f"{name}-{version}")


def task(name: str, changelog: str, before: Path, after: Path) -> dict[str, Any] | None:
    """The task that two neighbouring releases give; None for one that notes too little or changes too much."""
    description = noted(read(before / changelog), read(after / changelog))
    lines = {
        path: changed
        for path in sorted(path.relative_to(before).as_posix() for path in before.rglob("*.*") if path.is_file())
        if rank_of(path) == SOURCE and (changed := changed_lines(read(before / path), read(after / path)))
    }
    if len(description) < LEAST_CHARACTERS or not 1 <= len(lines) <= MOST_FILES:
        return None
    tree = f"trees/{before.name}"
    return {"id": before.name, "repo": name, "description": description, "tree": tree, "gold_lines": lines}


def read(path: Path) -> str:
    """The text of a file; empty for one that is gone."""
    return path.read_text("utf-8", "replace") if path.exists() else ""


def noted(before: str, after: str) -> str:
    """What a changelog says newly, without its headings and the numbers of issues."""
    old = set(before.split("\n"))
    lines = [line for line in after.split("\n") if line not in old and not re.match(r"[=\-~*_.]{3,}\s*$", line)]
    text = "\n".join(
        line for line in lines if not re.search(r"^\S.*\b\d+\.\d+(?:\.\d+)?\b.*(?:20\d\d|release|$)", line)
    )
    return _REFERENCE.sub(lambda match: match[1] or "", text).strip()


def changed_lines(before: str, after: str) -> list[list[int]]:
    """The lines of the earlier text that the later one changes, 1-based, both ends included.

    An insertion counts on the line before it. A file that only says another version has none.
    """
    old, new = before.split("\n"), after.split("\n")
    if not after:
        return []
    ranges: list[list[int]] = []
    for kind, start, end, new_start, new_end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal" and not is_version(old[start:end], new[new_start:new_end]):
            ranges.append([max(1, start + (end > start)), max(1, end)])
    return ranges


def is_version(old: list[str], new: list[str]) -> bool:
    """Whether a change only says another version."""
    before, after = ("".join(re.split(r"[\d.]+", "\n".join(lines))) for lines in (old, new))
    return before == after and "version" in before.lower()


if __name__ == "__main__":
    build(Path(sys.argv[1]))
