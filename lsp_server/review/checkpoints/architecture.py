"""Does the change alter how the project is built up? Modules and public names, imports between packages, cycles."""

from collections import Counter
from collections.abc import Callable, Iterator, Set
from pathlib import PurePosixPath

from lsp_server.review.checkpoints.interface import is_python
from lsp_server.review.checkpoints.python_modules import imported_files
from lsp_server.review.checkpoints.python_surface import offered
from lsp_server.review.checkpoints.scene import Pair, Scene
from lsp_server.review.verdict import Concern

RULE = "cp.arch"
MOST_FOLLOWED = 400
"""So many files are followed to find a cycle."""

ALMOST_ALL = 0.8
SOURCE_FOLDERS = frozenset({"src", "lib", "python", "packages", "source"})


def architecture(scene: Scene) -> Iterator[Concern]:
    """What is added to or taken from the structure; what is only added is a remark."""
    paths = frozenset((*scene.known.paths, *(pair.path_after for pair in scene.pairs if pair.path_after)))
    whole = _whole(paths)
    for pair in scene.pairs:
        if scene.reading.is_test(pair.path):
            continue
        if pair.path_before is None and scene.symbols(pair.path, pair.after or "").definitions:
            yield Concern(RULE, "allow", pair.path, f"{pair.path} is a new module.")
        yield from _names(scene, pair)
        yield from _edges(scene, pair, paths, whole)


def packages_imported(scene: Scene) -> Iterator[str]:
    """The names of packages whose importers `architecture` will look for."""
    paths = frozenset((*scene.known.paths, *(pair.path_after for pair in scene.pairs if pair.path_after)))
    whole = _whole(paths)
    for pair in scene.pairs:
        for target in _new_targets(pair, paths):
            if package := package_of(target, whole):
                yield package.rpartition("/")[2]


def _names(scene: Scene, pair: Pair) -> Iterator[Concern]:
    """Public names that come or go in a file that stays."""
    if pair.path_before is None or pair.path_after is None:
        return
    old, new = _public(scene, pair.path_before, pair.before), _public(scene, pair.path_after, pair.after)
    for name in new.keys() - old.keys():
        yield Concern(RULE, "allow", pair.path, f"{pair.path} offers a new name: {name}.", new[name])
    for name in old.keys() - new.keys():
        if name.partition(".")[0] in new or "." not in name:
            yield Concern(RULE, "confirm", pair.path, f"{pair.path} offers {name} no more.", old[name], "before")


def _public(scene: Scene, path: str, text: str | None) -> dict[str, int]:
    """The public names of a file with their lines: Python's own, or what stands at the top in another language."""
    if text is None:
        return {}
    if is_python(path):
        return {name: each.line for name, each in offered(text).items() if each.kind != "name"}
    return {
        each.name: each.name_line
        for each in scene.symbols(path, text).definitions
        if not each.container and each.kind not in ("constant", "field") and not each.name.startswith("_")
    }


def _edges(scene: Scene, pair: Pair, paths: Set[str], whole: str) -> Iterator[Concern]:
    """New imports that join two packages for the first time, or close a circle."""
    own = package_of(pair.path, whole)
    told: set[str] = set()
    for target in _new_targets(pair, paths):
        package = package_of(target, whole)
        line = _line_of(pair, target)
        if (
            own
            and package
            and own != package
            and package not in told
            and not _is_joined(scene, own, package, paths, whole)
        ):
            told.add(package)
            message = f"{pair.path}: {own} imports {package} for the first time."
            yield Concern(RULE, "confirm", pair.path, message, line)
        if chain := _cycle(scene, pair, target, paths):
            message = f"{pair.path} and {target} import each other now, by way of {chain} files."
            message = message.replace(", by way of 0 files", "").replace("of 1 files", "of 1 file")
            yield Concern(RULE, "confirm", pair.path, message, line)


def _new_targets(pair: Pair, paths: Set[str]) -> list[str]:
    """The files of the project that a module imports after the change and did not before."""
    if not is_python(pair.path_after) or pair.after is None:
        return []
    before = (
        set(imported_files(pair.path_before, pair.before, paths)) if pair.path_before and pair.before else set[str]()
    )
    found = dict.fromkeys(imported_files(pair.path, pair.after, paths))
    return [path for path in found if path not in before and path != pair.path]


def _line_of(pair: Pair, target: str) -> int | None:
    stem = PurePosixPath(target).stem if not target.endswith("__init__.py") else PurePosixPath(target).parent.name
    return next((number for number, line in pair.added() if "import" in line and stem in line), None)


def _whole(paths: Set[str]) -> str:
    """The one package that holds almost everything, whose parts are looked at then; empty where there is none."""
    tops = Counter(top for path in paths if is_python(path) and (top := package_of(path, "")))
    if not tops:
        return ""
    top, count = tops.most_common(1)[0]
    return top if count > ALMOST_ALL * tops.total() else ""


def package_of(path: str, whole: str) -> str:
    """The top package of a file, or within the one that holds everything the next; empty for a lone file."""
    folders = path.split("/")[:-1]
    skipped = len(folders) > 1 and folders[0] in SOURCE_FOLDERS
    first = folders[1] if skipped else folders[0] if folders else ""
    if not whole or first != whole:
        return first
    rest = folders[2 if skipped else 1 :]
    return f"{first}/{rest[0]}" if rest else ""


def _is_joined(scene: Scene, own: str, package: str, paths: Set[str], whole: str) -> bool:
    """Whether a file of one package imported another one before."""
    for path in scene.mentioning(package.rpartition("/")[2]):
        text = scene.text_before(path) if is_python(path) and package_of(path, whole) == own else None
        if text and any(package_of(target, whole) == package for target in imported_files(path, text, paths)):
            return True
    return False


def _cycle(scene: Scene, pair: Pair, target: str, paths: Set[str]) -> str:
    """How many files lie between, where what is imported leads back and did not before; empty where it does not."""
    back = _distance(scene.text_after, target, pair.path, paths)
    if back is None:
        return ""
    was_there = pair.path_before is not None and _distance(scene.text_before, pair.path, target, paths) is not None
    return "" if was_there else str(back)


def _distance(text_of: Callable[[str], str | None], start: str, end: str, paths: Set[str]) -> int | None:
    """How many files lie on the shortest way of imports from one to another; None where there is no way."""
    seen, layer, distance = {start}, [start], 0
    while layer and len(seen) < MOST_FOLLOWED:
        following: list[str] = []
        for path in layer:
            text = text_of(path)
            for found in imported_files(path, text, paths) if text else ():
                if found == end:
                    return distance
                if found not in seen:
                    seen.add(found)
                    following.append(found)
        layer, distance = following, distance + 1
    return None
