"""Do renamed packages and changed signatures still pass their own tests? Ours and rope, on the same random symbols.

For each package: its source distribution and a throwaway environment in `.cache/bench/recipes`; seeded random symbols
for each recipe; the change is written, every changed file is compiled, the package's tests run, and the files are put
back. "certain" counts only the changes of ours that listed no place for a person to check. The engine "all" is ours
with every listed place of a renaming changed too, as if a person had said yes to each.

What a suite said of a change is kept in `results.jsonl` under the bytes of the change. So a run that was stopped goes
on where it was, and after a recipe was mended only the changes that became others are tried again.

    scripts/bench recipes                                        # all: some hours
    RENAMES=8 MOVES=4 ADDS=4 PACKAGES="click flask" scripts/bench recipes
    ENGINES=ours SECONDS=1800 scripts/bench recipes              # as far as it comes in half an hour
"""

import ast
import fnmatch
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from recipe_bench.other_engine import rope
from recipe_bench.packages import PACKAGES, Package

from context.snapshot import FileText, Snapshot, from_bytes, to_bytes
from lsp_server.edits.change import Rename
from lsp_server.recipes.plan import Done, Material, Refused, Wanted
from lsp_server.recipes.registry import understand

FOLDER = Path(__file__).resolve().parents[2] / ".cache" / "bench" / "recipes"
TASKS = (("rename", 50), ("add", 20), ("move", 20), ("module", 10))
COUNTS = {task: int(os.environ.get(f"{task.upper()}S", n)) for task, n in TASKS}
ENGINES = os.environ.get("ENGINES", "ours all rope").split()
RESULTS, LOG = FOLDER / "results.jsonl", FOLDER / f"log-{'-'.join(ENGINES)}.jsonl"
SECONDS = float(os.environ.get("SECONDS", "inf"))
SEED = 20
SUITE_SECONDS = 240
UNCHANGED = "unchanged"
READ = frozenset({".py", ".pyi", ".md", ".rst", ".toml", ".cfg", ".ini"})
"""The ends of files that may mention a symbol or a module, of those that the index reads."""


@dataclass(frozen=True, slots=True)
class Case:
    """A symbol: its file, the dotted name within it, what it is, and the byte offset of its name."""

    path: str
    dotted: str
    kind: str
    offset: int


def unpacked(package: Package) -> Path:
    """The source distribution, fetched once."""
    tree = FOLDER / f"{package.name}-{package.version}"
    if not tree.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        with tempfile.TemporaryDirectory() as folder:
            requirement = f"{package.name}=={package.version}"
            subprocess.run([*download, "--no-binary", package.name, requirement, "--dest", folder], check=True)
            with tarfile.open(next(Path(folder).glob("*.tar.gz"))) as archive:
                top = archive.getnames()[0].split("/")[0]
                archive.extractall(folder, filter="data")
            shutil.move(f"{folder}/{top}", tree)
    return tree


def environment() -> Path:
    """One throwaway environment with rope, pytest and what the tests need."""
    home = FOLDER / "environment"
    needed = sorted({"rope", "pytest<9", *(need for package in PACKAGES for need in package.needs)})
    state = home / "needed.json"
    if not state.exists() or json.loads(state.read_text()) != needed:
        shutil.rmtree(home, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        subprocess.run([home / "bin" / "python", "-m", "pip", "install", "--quiet", *needed], check=True)
        state.write_text(json.dumps(needed))
    return home / "bin" / "python"


def cases(tree: Path, package: Package) -> list[Case]:
    """Every function, class and method of the package that is not private or special, in order."""
    found: list[Case] = []
    for file in sorted((tree / package.source).rglob("*.py")):
        path, text = file.relative_to(tree).as_posix(), file.read_text("utf-8")
        if not file.stem.startswith("_"):
            found.append(Case(path, file.stem, "module", 0))
        starts = [0]
        for line in text.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        for node in ast.parse(text).body:
            members = node.body if isinstance(node, ast.ClassDef) else []
            for owner, each in ((None, node), *((node, member) for member in members)):
                if not isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or each.name.startswith(
                    "_"
                ):
                    continue
                word = "class" if isinstance(each, ast.ClassDef) else "def"
                at = text.index(each.name, text.index(word, starts[each.lineno - 1]))
                dotted = f"{owner.name}.{each.name}" if isinstance(owner, ast.ClassDef) else each.name
                kind = "method" if owner else "class" if isinstance(each, ast.ClassDef) else "function"
                found.append(Case(path, dotted, kind, at))
    return found


def ours(root: Path, sentence: str) -> tuple[str, int, str]:
    """What our recipe does on disk: an outcome, the number of places left to check, and why it was refused."""
    understood = understand(sentence)
    if not isinstance(understood, tuple):
        return "not understood", 0, sentence
    (step,) = understood
    files = [path for path in sorted(root.rglob("*")) if path.suffix in READ]
    paths = [path.relative_to(root).as_posix() for path in files]
    texts = {path: (root / path).read_bytes() for path in paths}
    names, patterns, outcome = step.plan.names(), (), None
    while outcome is None or isinstance(outcome, Wanted):
        names = tuple(dict.fromkeys((*names, *(outcome.names if outcome else ()))))
        patterns = tuple(dict.fromkeys((*patterns, *(outcome.patterns if outcome else ()))))
        words = re.compile(rb"\b(?:%s)\b" % "|".join(map(re.escape, names)).encode())
        fit = re.compile("|".join(map(fnmatch.translate, patterns)) or "(?!)")
        seen = tuple(path for path in paths if words.search(texts[path]) or fit.match(path))
        outcome = step.recipe.carry_out(step.plan, Material(Snapshot(root), None, None, seen, names, patterns))
    if isinstance(outcome, Refused):
        return "refused", 0, outcome.problems[0].message
    assert isinstance(outcome, Done)
    for operation in outcome.change.operations:
        if isinstance(operation, Rename):
            (root / operation.new_path).parent.mkdir(parents=True, exist_ok=True)
            (root / operation.new_path).write_bytes(texts[operation.path])
    for path, text in outcome.change.texts_after().items():
        file = from_bytes(path, texts.get(path, b""))
        assert isinstance(file, FileText)
        if text is None:
            (root / path).unlink()
        else:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(to_bytes(file, text))
    return "done", len(outcome.uncertain), ""


def changed_since(tree: Path, root: Path) -> list[Path]:
    """Python files of the copy that are not as in the distribution."""
    files = {path.relative_to(home) for home in (root, tree) for path in home.rglob("*.py")}
    return [root / each for each in sorted(files) if content(root / each) != content(tree / each)]


def content(path: Path) -> bytes | None:
    """What is in a file, if it is there."""
    return path.read_bytes() if path.exists() else None


def put_back(tree: Path, root: Path) -> None:
    """The copy as it was."""
    for path in changed_since(tree, root):
        original = tree / path.relative_to(root)
        if original.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(original.read_bytes())
        else:
            path.unlink()


def broken(files: list[Path]) -> list[str]:
    """The files that do not compile."""
    bad = []
    for file in files:
        try:
            if file.exists():
                compile(file.read_bytes(), str(file), "exec", dont_inherit=True)
        except SyntaxError as error:
            bad.append(f"{file.name}: {error}")
    return bad


def suite(python: Path, root: Path, package: Package) -> tuple[bool, str]:
    """Whether the package's tests pass, and the last lines of what they say."""
    source = root / package.source
    variables = {**os.environ, "PYTHONPATH": str(source.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [python, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", *package.tests]
    try:
        run = subprocess.run(
            command, check=False, cwd=root, env=variables, capture_output=True, text=True, timeout=SUITE_SECONDS
        )
    except subprocess.TimeoutExpired:
        return False, "too slow"
    return run.returncode == 0, "\n".join(run.stdout.strip().splitlines()[-6:])


def sentence_for(task: str, case: Case, target: str) -> tuple[str, str]:
    """What is asked of us, and the name that is given to rope."""
    module = case.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".").removeprefix("src.")
    fresh = f"renamed_{case.dotted.rpartition('.')[2]}" if case.kind != "class" else f"Renamed{case.dotted}"
    match task:
        case "rename":
            return f"rename {module}.{case.dotted} to {fresh}", fresh
        case "add":
            return f"add parameter extra_option=0 to {module}.{case.dotted}", "extra_option"
        case "module":
            return f"rename {case.path} to {fresh}.py", fresh
        case _:
            return f"move {case.path}:{case.dotted} to {target}", target


def chosen(task: str, found: list[Case], package: Package) -> list[Case]:
    """The seeded random symbols of a recipe."""
    fits = {"rename": "function class method", "add": "function method", "move": "function class", "module": "module"}
    fitting = [case for case in found if case.kind in fits[task].split()]
    order = random.Random(f"{SEED} {package.name} {task}")  # the same symbols for every engine and every run
    order.shuffle(fitting)
    return fitting[: COUNTS[task]]


@dataclass(frozen=True, slots=True)
class Bench:
    """One package under test: its distribution, the copy that is changed, and what is known from runs before."""

    package: Package
    python: Path
    tree: Path
    root: Path
    known: dict[str, dict[str, str]]
    until: float


def judge(package: Package, python: Path, until: float) -> Counter[str]:
    """All cases of a package, with each engine in turn."""
    tree, results = unpacked(package), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(package, python, tree, Path(folder) / package.name, known_results(), until)
        shutil.copytree(tree, bench.root)
        outcome, told = tried(bench, UNCHANGED)
        print(f"{package.name} {package.version}: suite {outcome}", flush=True)
        if outcome != "green":
            print(told)
            return results
        for engine in ENGINES:
            for task in COUNTS if engine != "all" else ("rename",):
                for case in chosen(task, cases(tree, package), package):
                    results += one(bench, engine, task, case)
    return results


def known_results() -> dict[str, dict[str, str]]:
    """What was found out in this and earlier runs, by key."""
    lines = RESULTS.read_text("utf-8").splitlines() if RESULTS.exists() else []
    return {record["key"]: record for record in map(json.loads, lines)}


def tried(bench: Bench, key: str) -> tuple[str, str]:
    """What the package's tests say of the copy as it stands, remembered under a key; "not run" once the time is up."""
    name = f"{bench.package.name} {bench.package.version} {key}"
    if name not in bench.known or (bench.known[name]["outcome"] == "red" and key == UNCHANGED):
        if time.monotonic() > bench.until:
            return "not run", ""
        bad = broken(changed_since(bench.tree, bench.root))
        fine, told = (False, "; ".join(bad)) if bad else suite(bench.python, bench.root, bench.package)
        if not fine and not bad:  # once more: tests that wait for something may fail by themselves on a busy machine
            fine, told = suite(bench.python, bench.root, bench.package)
        keep(bench, name, "broken" if bad else "green" if fine else "red", told)
    return bench.known[name]["outcome"], bench.known[name]["told"]


def keep(bench: Bench, key: str, outcome: str, told: str) -> None:
    """Notes a result for this run and later ones."""
    bench.known[key] = {"key": key, "outcome": outcome, "told": told}
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(json.dumps(bench.known[key]) + "\n")


def fingerprint(bench: Bench) -> str:
    """The bytes of all that is not as in the distribution."""
    digest = hashlib.sha256()
    for path in changed_since(bench.tree, bench.root):
        digest.update(f"{path.relative_to(bench.root)}\0".encode() + (content(path) or b"gone") + b"\0")
    return digest.hexdigest()


def one(bench: Bench, engine: str, task: str, case: Case) -> Counter[str]:
    """One case with one engine: its outcome as counts."""
    target = f"{bench.package.source}/moved_here.py"
    sentence, name = sentence_for(task, case, target)
    began = time.process_time()
    if engine == "rope":
        outcome, uncertain, told = rope_once(bench, task, case, name)
    else:
        asked = sentence + (", including uncertain places" if engine == "all" else "")
        outcome, uncertain, told = ours(bench.root, asked)
    seconds = round(time.process_time() - began, 2)
    if outcome == "done":
        outcome, told = tried(bench, fingerprint(bench))
        if engine == "rope":
            keep(bench, rope_key(bench, task, case), outcome, told)
    put_back(bench.tree, bench.root)
    kind = f"{engine} {task} {case.kind}"
    marks = [f"{kind}: {outcome}"]
    if engine == "ours" and outcome in {"green", "red", "broken"}:
        marks.append(f"{engine} {task} {'certain' if uncertain == 0 else 'with places to check'}: {outcome}")
    with LOG.open("a", encoding="utf-8") as file:
        record = {"package": bench.package.name, "engine": engine, "task": task, "case": case.dotted, "path": case.path}
        record |= {"outcome": outcome, "uncertain": uncertain, "seconds": seconds, "told": told}
        file.write(json.dumps(record) + "\n")
    return Counter(marks)


def rope_key(bench: Bench, task: str, case: Case) -> str:
    """What rope's result of a case is kept under: rope itself takes seconds, and does not change between runs."""
    return f"{bench.package.name} {bench.package.version} rope {task} {case.path} {case.dotted}"


def rope_once(bench: Bench, task: str, case: Case, name: str) -> tuple[str, int, str]:
    """What rope did with a case in an earlier run, or does now."""
    earlier = bench.known.get(rope_key(bench, task, case))
    if earlier is not None and earlier["outcome"] != "not run":
        return earlier["outcome"], 0, earlier["told"]
    if time.monotonic() > bench.until:
        return "not run", 0, ""
    if task == "move":
        (bench.root / name).write_text("")
    outcome, uncertain, told = rope(bench.python, bench.root, task, (case.path, case.offset), name)
    if outcome != "done":
        keep(bench, rope_key(bench, task, case), outcome, told)
    return outcome, uncertain, told


def main() -> None:
    """Prints one line for each engine, recipe and kind of symbol; the cases are in the log beside the results."""
    python, until = environment(), time.monotonic() + SECONDS
    LOG.unlink(missing_ok=True)
    wanted = os.environ.get("PACKAGES", "").split()
    total = Counter[str]()
    for package in PACKAGES:
        if not wanted or package.name in wanted:
            found = judge(package, python, until)
            for mark, count in sorted(found.items()):
                print(f"  {mark:50} {count}", flush=True)
            total += found
    print("all packages, seed", SEED)
    for mark, count in sorted(total.items()):
        print(f"  {mark:50} {count}")


if __name__ == "__main__":
    main()
