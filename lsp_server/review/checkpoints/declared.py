"""Which packages does a project declare, and which are installed? Read from manifests and folders; nothing is run."""

import json
import os
import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, cast

from lsp_server.review.checkpoints.scene import Scene

IMPORTED_AS = {
    "pyyaml": ("yaml",),
    "pillow": ("pil",),
    "beautifulsoup4": ("bs4",),
    "scikit-learn": ("sklearn",),
    "scikit-image": ("skimage",),
    "opencv-python": ("cv2",),
    "opencv-python-headless": ("cv2",),
    "python-dateutil": ("dateutil",),
    "python-dotenv": ("dotenv",),
    "pyjwt": ("jwt",),
    "pycryptodome": ("crypto",),
    "pynacl": ("nacl",),
    "pyopenssl": ("openssl",),
    "psycopg2-binary": ("psycopg2",),
    "mysqlclient": ("mysqldb",),
    "attrs": ("attr", "attrs"),
    "setuptools": ("pkg-resources", "setuptools"),
    "protobuf": ("google",),
    "grpcio": ("grpc",),
    "djangorestframework": ("rest-framework",),
    "msgpack-python": ("msgpack",),
    "python-magic": ("magic",),
    "python-multipart": ("multipart",),
    "python-jose": ("jose",),
    "pyserial": ("serial",),
    "gitpython": ("git",),
    "discord-py": ("discord",),
    "pywin32": ("win32api", "win32con", "pythoncom"),
    "websocket-client": ("websocket",),
    "lsprotocol": ("lsprotocol",),
    "importlib-metadata": ("importlib-metadata",),
    "rapidfuzz": ("rapidfuzz",),
    "faiss-cpu": ("faiss",),
    "umap-learn": ("umap",),
    "jupyter-core": ("jupyter",),
}
"""What packages of Python are imported as where it is not their name; installed ones say it themselves."""

_REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][\w.-]*)")
_QUOTED = re.compile(r"""["']([A-Za-z0-9][\w.-]*)\s*(?:\[[\w, -]*\])?\s*(?:[<>=!~;@ ].*?)?["']""")
ENVIRONMENTS = (".venv", "venv", "env")
MOST_NAMES = 20_000


def normal(name: str) -> str:
    """A name without what packages' names and modules' names differ by."""
    return re.sub(r"[-_.]+", "-", name).lower() if "/" not in name else name.lower()


def declared_python(scene: Scene, path: str) -> frozenset[str]:
    """What the manifests above a file declare, as packages and as what they are imported as."""
    names: set[str] = set()
    for folder in _folders_above(path):
        names.update(_pyproject_names(_text(scene, folder, "pyproject.toml")))
        for file in (
            "setup.py",
            "setup.cfg",
            "Pipfile",
            "environment.yml",
            "environment.yaml",
            "tox.ini",
            "noxfile.py",
        ):
            names.update(_loose_names(_text(scene, folder, file)))
        for file in _requirement_files(scene, folder):
            names.update(_line_names(_text(scene, folder, file)))
    return frozenset(names | {alias for name in names for alias in IMPORTED_AS.get(normal(name), ())})


def _folders_above(path: str) -> Iterator[str]:
    for parent in PurePosixPath(path).parents:
        yield "" if str(parent) == "." else f"{parent}/"


def _text(scene: Scene, folder: str, name: str) -> str:
    return scene.text_after(folder + name) or ""


def _requirement_files(scene: Scene, folder: str) -> Iterator[str]:
    """Beside the usual ones, those that the index knows."""
    yield from ("requirements.txt", "requirements-dev.txt", "dev-requirements.txt", "test-requirements.txt")
    for path in scene.known.paths:
        inner = path.removeprefix(folder)
        if path.startswith(folder) and re.fullmatch(
            r"(?:requirements/)?[\w.-]*(?:requirements|/)[\w.-]*\.(?:txt|in)", inner
        ):
            yield inner


def _pyproject_names(text: str) -> Iterator[str]:
    try:
        document: Any = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        yield from _loose_names(text)
        return
    tools, project = document.get("tool", {}), document.get("project", {})
    yield from _found(project.get("dependencies"), project.get("optional-dependencies"))
    yield from _found(document.get("dependency-groups"), document.get("build-system", {}).get("requires"))
    poetry = tools.get("poetry", {})
    yield from _found(tools.get("pdm", {}).get("dev-dependencies"), tools.get("uv", {}).get("dev-dependencies"))
    groups = poetry.get("group", {})
    for table in (poetry.get("dependencies"), poetry.get("dev-dependencies"), *_tables(groups)):
        yield from cast("dict[str, Any]", table) if isinstance(table, dict) else ()
    yield from _found(*(each.get("dependencies") for each in _tables(tools.get("hatch", {}).get("envs"))))


def _tables(value: Any) -> list[dict[str, Any]]:
    inner = list(cast("dict[str, Any]", value).values()) if isinstance(value, dict) else []
    tables = [cast("dict[str, Any]", each) for each in inner if isinstance(each, dict)]
    return [*tables, *(each["dependencies"] for each in tables if isinstance(each.get("dependencies"), dict))]


def _found(*values: Any) -> Iterator[str]:
    """The names of requirements in lists, and in lists within tables."""
    for value in values:
        if isinstance(value, dict):
            yield from _found(*cast("dict[str, Any]", value).values())
        elif isinstance(value, list):
            yield from _found(*cast("list[Any]", value))
        elif isinstance(value, str) and (found := _REQUIREMENT.match(value)):
            yield found[1]


def _line_names(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if found := _REQUIREMENT.match(line):
            yield found[1]


def _loose_names(text: str) -> Iterator[str]:
    """Of a program or an old manifest: what stands in quotes, or begins a line. Too many names rather than too few."""
    for line in text.splitlines()[:5000]:
        yield from (found[1] for found in _QUOTED.finditer(line[:1000]))
        if found := re.match(r"\s*-?\s*([A-Za-z0-9][\w.-]*)\s*(?:$|[<>=!~;\[@#])", line[:1000]):
            yield found[1]


def installed_python(scene: Scene) -> frozenset[str]:
    """What can be imported from the project's environment, by the names of its folders and files."""
    names: set[str] = set()
    folders = [scene.snapshot.root / name for name in ENVIRONMENTS]
    if active := os.environ.get("VIRTUAL_ENV"):
        folders.append(Path(active))
    for folder in folders:
        for packages in (*folder.glob("lib/python3*/site-packages"), folder / "Lib" / "site-packages"):
            names.update(_importable(str(packages)))
    return frozenset(names)


@lru_cache(maxsize=8)
def _importable(folder: str) -> frozenset[str]:
    names: set[str] = set()
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                stem = entry.name.partition(".")[0]
                is_info = entry.name.endswith((".dist-info", ".egg-info", ".pth"))
                if stem.isidentifier() and not is_info and len(names) < MOST_NAMES:
                    names.add(stem)
    except OSError:
        return frozenset()
    return frozenset(names)


def declared_node(scene: Scene, path: str) -> frozenset[str]:
    """What every package.json above a file names, its own name, and the paths that tsconfig.json maps."""
    names: set[str] = set()
    for folder in _folders_above(path):
        package = _object(_text(scene, folder, "package.json"))
        names.add(str(package.get("name", "")))
        for part in ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies"):
            names.update(_object_in(package, part))
        for file in ("tsconfig.json", "jsconfig.json"):
            mapped = re.findall(r'"(@?[\w-]+(?:/[\w-]+)?)/?\*?"\s*:\s*\[', _text(scene, folder, file))
            names.update(mapped)
    types = {name.removeprefix("@types/").replace("__", "/") for name in names if name.startswith("@types/")}
    return frozenset(names | types) - {""}


def _object(text: str) -> dict[str, Any]:
    try:
        value: Any = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _object_in(value: dict[str, Any], key: str) -> dict[str, Any]:
    inner = value.get(key)
    return cast("dict[str, Any]", inner) if isinstance(inner, dict) else {}


def declared_go(scene: Scene, path: str) -> frozenset[str]:
    """The modules that go.mod requires, and its own."""
    texts = [_text(scene, folder, "go.mod") for folder in _folders_above(path)]
    pattern = re.compile(r"^\s*(?:module|require)?\s*([\w.-]+\.[\w./~-]+|(?<=module )\S+)", re.MULTILINE)
    return frozenset(found for text in texts for found in pattern.findall(text))


def declared_rust(scene: Scene, path: str) -> frozenset[str]:
    """The crates that a Cargo.toml names in a table of dependencies, its own name, and the file's modules."""
    names: set[str] = set()
    for folder in _folders_above(path):
        section = ""
        for line in _text(scene, folder, "Cargo.toml").splitlines():
            if head := re.match(r"\s*\[([^\]]+)\]", line):
                section = head[1]
                if dotted := re.search(r"dependencies\.([\w-]+)$", section):
                    names.add(dotted[1])
            elif (found := re.match(r"\s*([\w-]+)\s*(?:\.\w+)?\s*=\s*(.*)", line)) and (
                section.endswith("dependencies") or (section in ("package", "lib") and found[1] == "name")
            ):
                names.add(found[2].strip(' "') if found[1] == "name" else found[1])
    names.update(re.findall(r"\bmod\s+(\w+)", scene.text_after(path) or ""))
    names.update(re.findall(r"\bextern\s+crate\s+(\w+)", scene.text_after(path) or ""))
    return frozenset(names)
