"""What is a large workspace made of? Source distributions, each several times, with other names in each copy.

An index that keeps a content once would find plain copies trivially cheap. So in every copy but the first each name
that is defined is another one, and each file says which copy it is of: no two files of different copies are equal.
"""

import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / ".cache" / "bench"
RELEASES = (("Django", "5.2.8"), ("sympy", "1.14.0"), ("kubernetes", "34.1.0"))
COPIES = 8

_DEFINED = re.compile(rb"\b(def|class|function) +([A-Za-z_]\w{3,})")
_COMMENT = {".py": b"# copy %d\n", ".js": b"// copy %d\n", ".c": b"// copy %d\n", ".h": b"// copy %d\n"}


def large_tree() -> Path:
    """A git repository of more than 50,000 files that are indexed, made once in `.cache/bench`."""
    tree = FOLDER / f"large-{COPIES}"
    if not (tree / ".complete").exists():
        shutil.rmtree(tree, ignore_errors=True)
        for name, release in RELEASES:
            original = unpacked(name, release)
            for copy in range(COPIES):
                _copy(original, tree / f"team{copy}" / name.lower(), copy)
        (tree / ".complete").touch()
    return tree


def copied(original: Path, target: Path, most: int) -> list[str]:
    """So many files from copies of a source distribution; their paths below `target`."""
    names: list[str] = []
    files = [file for file in sorted(original.rglob("*")) if file.is_file() and not file.is_symlink()]
    for copy in range(1, 2 + most // len(files)):
        for file in files[: most - len(names)]:
            name = Path(f"copy{copy}") / file.relative_to(original)
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(_edited(file, copy))
            names.append(name.as_posix())
    return names


def unpacked(name: str, release: str) -> Path:
    """An unpacked source distribution, fetched once with pip."""
    folder = FOLDER / f"{name.lower()}-{release}"
    if not folder.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", name]
        subprocess.run([*download, f"{name}=={release}", "--dest", str(FOLDER)], check=True)
        with tarfile.open(FOLDER / f"{name.lower()}-{release}.tar.gz") as archive:
            archive.extractall(FOLDER, filter="data")
    return folder


def _copy(original: Path, target: Path, copy: int) -> None:
    for file in sorted(original.rglob("*")):
        if file.is_symlink() or not file.is_file():
            continue
        place = target / file.relative_to(original)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(_edited(file, copy) if copy else file.read_bytes())


def _edited(file: Path, copy: int) -> bytes:
    data = file.read_bytes()
    if b"\0" in data[:8192]:
        return data
    comment = _COMMENT.get(file.suffix, b"")
    return _DEFINED.sub(rb"\1 \2_%d" % copy, data) + (comment % copy if comment else b"\n" * copy)
