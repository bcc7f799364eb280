"""Is everything that is imported there? What nobody knows may be invented.

Known is what is standard, the project's own, declared or installed. A model that invents the name of a package hands it
to whoever registers it first. So a new name is looked up in the manifests and in the installed packages, on the disk
alone.
"""

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from rapidfuzz.distance import OSA

from lsp_server.review.checkpoints.declared import (
    declared_go,
    declared_node,
    declared_python,
    declared_rust,
    installed_python,
    normal,
)
from lsp_server.review.checkpoints.scene import Pair, Scene
from lsp_server.review.verdict import Concern

RULE = "cp.dep"

Texts = Callable[[str], str | None]
"""The text of a path, as it is after the change."""


@dataclass(frozen=True, slots=True)
class Ecosystem:
    """How one language names what it imports.

    `top` gives the package of an import, None for what is no package's; `others` are names that are always there.
    `declared` reads the manifests and `installed` the disk. `own` says that folders and files of the project may be
    imported by their bare names.
    """

    suffixes: frozenset[str]
    top: Callable[[str], str | None]
    others: frozenset[str]
    declared: Callable[[Scene, str], frozenset[str]]
    installed: Callable[[Scene], frozenset[str]]
    own: bool


NODE = frozenset(
    [
        "assert",
        "async_hooks",
        "buffer",
        "child_process",
        "cluster",
        "console",
        "constants",
        "crypto",
        "dgram",
        "diagnostics_channel",
        "dns",
        "domain",
        "events",
        "fs",
        "http",
        "http2",
        "https",
        "inspector",
        "module",
        "net",
        "os",
        "path",
        "perf_hooks",
        "process",
        "punycode",
        "querystring",
        "readline",
        "repl",
        "stream",
        "string_decoder",
        "sys",
        "test",
        "timers",
        "tls",
        "trace_events",
        "tty",
        "url",
        "util",
        "v8",
        "vm",
        "wasi",
        "worker_threads",
        "zlib",
        "bun",
        "vscode",
    ]
)


def _python_top(path: str) -> str | None:
    return None if path.startswith(".") else path.split(".", maxsplit=1)[0]


def _node_top(path: str) -> str | None:
    if path.startswith((".", "/", "#", "~", "@/", "$", "node:", "bun:", "http:", "https:", "virtual:")):
        return None
    parts = path.split("/")
    return "/".join(parts[:2]) if path.startswith("@") else parts[0]


def _go_top(path: str) -> str | None:
    return path if "." in path.split("/", maxsplit=1)[0] else None


def _rust_top(path: str) -> str | None:
    top = path.lstrip(":").split("::")[0]
    # What begins with a capital letter is a type of this very module.
    return top if "::" in path and top.islower() else None


def _nothing(_: Scene) -> frozenset[str]:
    return frozenset()


ECOSYSTEMS = (
    Ecosystem(
        frozenset({".py", ".pyi"}),
        _python_top,
        sys.stdlib_module_names | {"__future__", "_typeshed"},
        declared_python,
        installed_python,
        own=True,
    ),
    Ecosystem(
        frozenset({".js", ".jsx", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx"}),
        _node_top,
        NODE,
        declared_node,
        _nothing,
        own=True,
    ),
    Ecosystem(frozenset({".go"}), _go_top, frozenset(), declared_go, _nothing, own=False),
    Ecosystem(
        frozenset({".rs"}),
        _rust_top,
        frozenset({"std", "core", "alloc", "crate", "self", "super", "proc_macro", "test"}),
        declared_rust,
        _nothing,
        own=True,
    ),
)


def unknown_imports(scene: Scene) -> Iterator[Concern]:
    """A concern for each package that a file imports after the change, did not import before, and nobody knows."""
    for pair in scene.pairs:
        ecosystem = next((each for each in ECOSYSTEMS if PurePosixPath(pair.path).suffix in each.suffixes), None)
        if ecosystem is None or pair.after is None:
            continue
        known: Mapping[str, str] | None = None
        for top in _new_tops(scene, pair, ecosystem):
            known = _known(scene, pair, ecosystem) if known is None else known
            if normal(top) in known or any(_is_below(top, name) for name in known.values()):
                continue
            yield _unknown(pair, top, known)


def _is_below(top: str, name: str) -> bool:
    """Whether a path is one in a known module, as in Go."""
    return top.startswith(f"{name}/")


def _new_tops(scene: Scene, pair: Pair, ecosystem: Ecosystem) -> list[str]:
    before = (
        set(map(ecosystem.top, scene.symbols(pair.path_before, pair.before).imports))
        if (pair.path_before and pair.before)
        else set[str | None]()
    )
    after = dict.fromkeys(map(ecosystem.top, scene.symbols(pair.path, pair.after or "").imports))
    return [top for top in after if top is not None and top not in before and top not in ecosystem.others]


def _known(scene: Scene, pair: Pair, ecosystem: Ecosystem) -> dict[str, str]:
    """All packages that a file may import, by their plain names."""
    own = _own_names(scene.known.paths, scene.pairs) if ecosystem.own else frozenset[str]()
    declared = ecosystem.declared(scene, pair.path)
    return {normal(name): name for name in (*declared, *ecosystem.installed(scene), *own)}


def _own_names(paths: Sequence[str], pairs: Sequence[Pair]) -> frozenset[str]:
    """The names of all folders and source files of the project."""
    names: set[str] = set()
    for path in (*paths, *(pair.path_after for pair in pairs if pair.path_after)):
        *folders, name = path.split("/")
        names.update(folders)
        names.add(name.partition(".")[0])
    return frozenset(names)


def _unknown(pair: Pair, top: str, known: Mapping[str, str]) -> Concern:
    pattern = re.compile(rf"(?<![\w.-]){re.escape(top)}(?![\w-])")
    number = next((number for number, line in pair.added() if pattern.search(line)), 1)
    near = min(known, key=lambda name: OSA.distance(normal(top), name), default="")
    is_typo = len(near) > 3 and OSA.distance(normal(top), near) <= (1 if len(near) < 6 else 2)
    hint = f" Is {known[near]} meant?" if is_typo else " It may be invented."
    unknown = "is neither standard nor the project's own, neither declared nor installed"
    message = f"{pair.path}, line {number}: {top} {unknown}.{hint}"
    return Concern(RULE, "approve", pair.path, message, number)
