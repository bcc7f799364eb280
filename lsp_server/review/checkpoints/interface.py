"""Do all callers still fit? Public names of Python that go or are called otherwise, with who uses them.

Where every caller was updated it is a remark. A name that still can be imported from its module has not gone;
parameters that take every old call have not changed.
"""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator

from lsp_server.review.checkpoints.python_surface import Offered, Parameters, bound_names, is_wider, offered
from lsp_server.review.checkpoints.python_uses import Uses, imports_of, uses_of
from lsp_server.review.checkpoints.scene import Pair, Scene
from lsp_server.review.verdict import Concern, Level, strictest

RULE = "cp.iface"
SUFFIXES = (".py", ".pyi")


def is_python(path: str | None) -> bool:
    """Whether a path is one of Python."""
    return path is not None and path.endswith(SUFFIXES)


def interface(scene: Scene) -> Iterator[Concern]:
    """A concern for each public name that goes or changes while it is used, and for each module that is gone."""
    for pair in scene.pairs:
        if not is_python(pair.path_before) or pair.before is None or scene.reading.is_test(pair.path_before or ""):
            continue
        if pair.path_after != pair.path_before:
            yield from _module_gone(scene, pair)
            continue
        for was, now in _changed(pair):
            concern = _removed(scene, pair, was) if now is None else _called_otherwise(scene, pair, was, now)
            if concern is not None:
                yield concern


def names_changed(scene: Scene) -> Iterator[str]:
    """The names whose uses `interface` will look for."""
    for pair in scene.pairs:
        if is_python(pair.path_before) and pair.before is not None:
            if pair.path_after != pair.path_before:
                yield _stem(pair)
            else:
                yield from (was.name.rpartition(".")[2] for was, _ in _changed(pair))


def _stem(pair: Pair) -> str:
    *_, folder, name = ("", *(pair.path_before or "").split("/"))
    return folder if name.startswith("__init__.") else name.partition(".")[0]


def _changed(pair: Pair) -> Iterator[tuple[Offered, Offered | None]]:
    """The public names of a file that are gone (None), or that are not what they were."""
    old, new, bound = offered(pair.before or ""), offered(pair.after or ""), bound_names(pair.after or "")
    for name, was in old.items():
        now = new.get(name)
        owner = name.partition(".")[0]
        if now is None:
            if name not in bound and (owner == name or owner in new):
                yield was, None
        elif was.shape != now.shape or (was.takes and now.takes and not is_wider(was.takes, now.takes)):
            yield was, now


def _removed(scene: Scene, pair: Pair, was: Offered) -> Concern | None:
    path = pair.path_before or ""
    before = sum(uses.count for _, uses in _uses(scene, was.name, path, "before"))
    left = [(where, uses.count) for where, uses in _uses(scene, was.name, path, "after") if uses.count]
    missed = sum(count for _, count in left)
    total = max(before, missed)
    if not total:
        return None
    level: Level = "approve" if missed else "allow"
    if scene.is_common(was.name.rpartition(".")[2]):
        level = strictest(level, "confirm")
        left.append(("not all files that mention it were read", 0))
    said = f"{path}: {was.name} is gone: {_callers(total, total - missed)}{_named(where for where, _ in left)}."
    return _concern(pair, said, was.line, level)


def _called_otherwise(scene: Scene, pair: Pair, was: Offered, now: Offered) -> Concern | None:
    path = pair.path_before or ""
    before = {where: uses for where, uses in _uses(scene, was.name, path, "before") if uses.count}
    total, missed, places = 0, 0, list[str]()
    for where, uses in _uses(scene, was.name, path, "after"):
        known = before.get(where, Uses())
        wrong = _not_updated(was, now, known, uses)
        total += max(known.count, uses.count) if was.shape != now.shape else max(len(known.calls), len(uses.calls))
        missed += wrong
        places += [where] if wrong else []
    if not total:
        return None
    what = "its bases change" if was.kind == "class" and was.shape != now.shape else "is called otherwise"
    said = f"{path}: {was.name}: {what}: {_callers(total, total - missed)}{_named(places)}."
    return _concern(pair, said.replace(f"{was.name}: is", f"{was.name} is"), now.line, "approve" if missed else "allow")


def _concern(pair: Pair, message: str, line: int, level: Level) -> Concern:
    gone = "is gone" in message
    return Concern(RULE, level, pair.path, message, line, "before" if gone else "after")


def _not_updated(was: Offered, now: Offered, before: Uses, after: Uses) -> int:
    """How many uses do not fit any more, or mean something else than they did and stand as they stood."""
    if was.kind == "class" and was.shape != now.shape:
        return 0
    unchanged = Counter(ast.unparse(call) for call in before.calls)
    shifted = _first_shift(was.takes, now.takes)
    count = 0
    for call in after.calls:
        text = ast.unparse(call)
        as_before = unchanged[text] > 0
        unchanged[text] -= as_before
        stands = as_before and (was.shape != now.shape or len(call.args) > shifted)
        count += stands or (now.takes is not None and not now.takes.takes(call))
    return count


def _first_shift(was: Parameters | None, now: Parameters | None) -> int:
    """From which position on an argument means another parameter."""
    if was is None or now is None:
        return 1000
    pairs = zip(was.positional, now.positional, strict=False)
    return next((at for at, (one, other) in enumerate(pairs) if one != other and other in was.positional), 1000)


def _module_gone(scene: Scene, pair: Pair) -> Iterator[Concern]:
    path = pair.path_before or ""
    others = [each for each in scene.mentioning(_stem(pair)) if is_python(each) and each not in (path, pair.path_after)]
    before = sum(imports_of(path, each, scene.text_before(each) or "") for each in others)
    left = {each: count for each in others if (count := imports_of(path, each, scene.text_after(each) or ""))}
    total = max(before, sum(left.values()))
    if total:
        message = f"{path} is gone: {_callers(total, total - sum(left.values()), 'importer')}{_named(left)}."
        yield Concern(RULE, "approve" if left else "allow", pair.path, message)


def _uses(scene: Scene, name: str, module: str, side: str) -> Iterator[tuple[str, Uses]]:
    for path in scene.mentioning(name.rpartition(".")[2]):
        if is_python(path):
            text = scene.text_before(path) if side == "before" else scene.text_after(path)
            if text is not None:
                yield path, uses_of(name, module, path, text)


def _callers(total: int, updated: int, what: str = "caller") -> str:
    return f"{total} {what}{'' if total == 1 else 's'}, {updated} updated here"


def _named(places: Iterable[str]) -> str:
    """Some of the files that were not updated."""
    found = list(dict.fromkeys(places))
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return f" (not {', '.join(found[:3])}{more})" if found else ""
