"""How well is protected code told from ordinary code? On labelled hunks, made from functions of real packages.

    scripts/review_parts/hunks.py seen [--list]       the part that may be looked at
    scripts/review_parts/hunks.py held-out            the part that tells

Each function named by `labels.toml` gives a hunk: one line of it, chosen by a hash, is changed as a careless edit
would change it. The labels say what a file is about; the detector sees nothing of them.
"""

import argparse
import ast
import hashlib
import re
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from context.parsing.symbols import symbols_in
from context.snapshot import Snapshot, text_sha
from lsp_server.actions.judged import is_test
from lsp_server.edits.change import ChangeSet, Edit
from lsp_server.edits.hunks import hunks_between
from lsp_server.review.checkpoints.protected import protected
from lsp_server.review.checkpoints.scene import Known, Reading, scene_of

CACHE = Path(".cache/bench/protected")
MOST_OF_A_FILE = 12

CHANGES = (
    (r" == ", " != "),
    (r" and ", " or "),
    (r"\bTrue\b", "False"),
    (r"\bif not ", "if "),
    (r"\bif ", "if not "),
    (r"\breturn .+", "return None"),
    (r"\b(\d)\b", r"1\1"),
)


@dataclass(frozen=True)
class Labelled:
    part: str
    package: str
    path: str
    function: str
    label: str
    text: str
    after: str


def labelled() -> Iterator[Labelled]:
    """All hunks, fetching the packages that are not there yet."""
    for package in tomllib.loads((Path(__file__).parent / "labels.toml").read_text("utf-8"))["package"]:
        texts = fetched(package["name"], package["version"])
        for file in package["files"]:
            text = texts[file["path"]]
            for name, after in hunks_of(file, text):
                yield Labelled(package["part"], package["name"], file["path"], name, file["label"], text, after)


def fetched(name: str, version: str) -> dict[str, str]:
    """The Python files of a wheel by their paths."""
    folder = CACHE / f"{name}-{version}"
    if not folder.is_dir():
        with tempfile.TemporaryDirectory() as temporary:
            download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", f"{name}=={version}"]
            subprocess.run([*download, "--only-binary", ":all:", "--dest", temporary], check=True)
            with zipfile.ZipFile(next(Path(temporary).glob("*.whl"))) as archive:
                archive.extractall(folder)
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.py")}


def hunks_of(file: dict[str, Any], text: str) -> Iterator[tuple[str, str]]:
    """Functions of a file, spread over it, each with the text in which one of its lines is changed."""
    functions = [
        (name, node)
        for name, node in functions_in(ast.parse(text).body, "")
        if name not in file.get("except", ()) and name in file.get("functions", (name,))
    ]
    step = max(1, -(-len(functions) // MOST_OF_A_FILE))
    lines = text.split("\n")
    for name, node in functions[::step]:
        body = node.body[1:] if ast.get_docstring(node) else node.body
        rows = [n for each in body for n in range(each.lineno - 1, each.end_lineno or 0) if is_code(lines[n])]
        if rows:
            row = rows[int(hashlib.sha256(f"{file['path']} {name}".encode()).hexdigest(), 16) % len(rows)]
            yield name, "\n".join([*lines[:row], *changed(lines[row]), *lines[row + 1 :]])


def functions_in(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from functions_in(node.body, f"{prefix}{node.name}.")


def is_code(line: str) -> bool:
    return bool(re.search(r"\w", line)) and not re.match(r"\s*(?:#|\"\"\"|pass$|\.\.\.$)", line)


def changed(line: str) -> list[str]:
    """The line as an edit leaves it; gone where nothing in it can be turned round."""
    for pattern, replacement in CHANGES:
        if (after := re.sub(pattern, replacement, line, count=1)) != line:
            return [after]
    return []


def found(hunk: Labelled) -> dict[str, str]:
    """The categories that the detector sees in a hunk, with their levels."""
    edit = Edit(hunk.path, text_sha(hunk.text), hunk.text, hunk.after, hunks_between(hunk.text, hunk.after))
    scene = scene_of(ChangeSet((edit,)), Snapshot(Path("/nonexistent")), Reading(symbols_in, is_test), Known())
    return {concern.rule: f"{concern.level} {concern.message}" for concern in protected(scene)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("seen", "held-out"))
    parser.add_argument("--plain-paths", action="store_true", help="hide what the paths of the files tell")
    parser.add_argument("--list", action="store_true", help="print the hunks that were judged wrongly")
    arguments = parser.parse_args()
    total, flagged, approved, right = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for hunk in labelled():
        if hunk.part != arguments.part:
            continue
        said = found(replace(hunk, path="package/module.py") if arguments.plain_paths else hunk)
        total[hunk.label] += 1
        flagged[hunk.label] += bool(said)
        approved[hunk.label] += any(each.startswith("approve") for each in said.values())
        right[hunk.label] += any(each.startswith(f"prot.{hunk.label}") for each in said)
        if arguments.list and bool(said) != (hunk.label != "ordinary"):
            print(hunk.label, hunk.path, hunk.function, *said.values())
    print(f"part {arguments.part}: {total.total()} hunks")
    for label, count in total.items():
        shares = f"flagged {flagged[label]}, of them approve {approved[label]}, of its own kind {right[label]}"
        print(f"  {label:10} {count:4}  {shares}")
    kinds = [label for label in total if label != "ordinary"]
    all_, hits = sum(total[kind] for kind in kinds), sum(flagged[kind] for kind in kinds)
    print(f"  recall {hits / all_:.3f}; false alarms on ordinary hunks {flagged['ordinary'] / total['ordinary']:.3f}")


if __name__ == "__main__":
    main()
