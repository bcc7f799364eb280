"""What does the team's own policy protect? Paths and symbols that its files name."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from pathspec import GitIgnoreSpec

from lsp_server.edits.compare import changed_spans
from lsp_server.edits.lines import contents
from lsp_server.review.checkpoints.scene import Pair, Scene
from lsp_server.review.policy import patterns_of
from lsp_server.review.policy_files import Protect
from lsp_server.review.verdict import Concern


def own_rules(scene: Scene, protects: Sequence[Protect]) -> Iterator[Concern]:
    """A concern for each file and each symbol that a policy names and the change touches."""
    for protect in protects:
        rule = f"protect.{protect.name}"
        # What nobody can read may have meant any file.
        spec = patterns_of(protect.paths) or GitIgnoreSpec.from_lines(["*"])
        for pair in scene.pairs:
            paths = [path for path in (pair.path_before, pair.path_after) if path]
            if any(spec.match_file(path) for path in paths):
                yield Concern(
                    rule, protect.level, pair.path, f"{pair.path} is protected by your policy ({protect.name})."
                )
            elif protect.symbols:
                for name, line in _touched(scene, pair):
                    if any(fnmatchcase(name, pattern) for pattern in protect.symbols):
                        message = f"{pair.path}: {name} is protected by your policy ({protect.name})."
                        yield Concern(rule, protect.level, pair.path, message, line)


def _touched(scene: Scene, pair: Pair) -> Iterator[tuple[str, int]]:
    """The full names of the symbols around changed lines, on both sides, with a line after the change."""
    old, new = contents(pair.before or ""), contents(pair.after or "")
    for span in changed_spans(old, new):
        for path, text, first, last in (
            (pair.path_before, pair.before, span.start, span.end),
            (pair.path_after, pair.after, span.new_start, span.new_end),
        ):
            for each in scene.symbols(path, text).definitions if path and text else ():
                if each.start_line <= max(last, first + 1) and each.end_line > first:
                    module = ".".join(PurePosixPath(path or "").with_suffix("").parts)
                    yield ".".join(filter(None, (module, each.container, each.name))), span.new_start + 1
