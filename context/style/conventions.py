"""How does this project name, document and test things near a place? A few lines for the prompt, counted, not guessed.

The habits (see `habits`) of the file itself weigh most, then those of its folder, then the package's and the
project's. Only what the code clearly agrees on becomes a line; what is mixed is left out. No model is asked, and the
same files give the same lines.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from context.style.formatters import Layout
from context.style.habits import ECMASCRIPT, WIDTHS, Habits, case_of

CLEAR_SHARE = 0.8
LEAST_COUNT = 4
"""A habit is a convention when it was taken so often, and in this share of the cases."""

MOST_COUNTED = 12
"""What one file does more often than this says no more about the project."""

MOST_LINES = 8
MOST_CHARACTERS = 760
"""About 190 tokens."""

VERBS_SHOWN = 4
ERRORS_SHOWN = 3

_SAY_NOTHING = frozenset({"Error", "Exception", "NotImplementedError", "ImportError", "AssertionError", "errors.New"})
"""Errors that are raised everywhere, or where something is missing."""

_DOC_STYLES = {
    "google": "Google style (`Args:`, `Returns:`)",
    "numpy": "NumPy style (`Parameters` underlined)",
    "rest": "reST fields (`:param name:`)",
    "tags": "tags (`@param`, `@returns`)",
    "xml": "XML tags (`<summary>`)",
    "sections": "Markdown sections (`# Errors`, `# Examples`)",
}


@dataclass(frozen=True, slots=True)
class Sampled:
    """The habits of one file and how much they count: the nearer, the more."""

    path: str
    weight: float
    habits: Habits
    at_place: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """What conventions are read from: source files, the tests near them, and the names of files beside them.

    `test_path` is the test that is named after the file at the place, empty where there is none; `of_tests` says that
    the place is in a test itself.
    """

    language: str
    sources: tuple[Sampled, ...]
    tests: tuple[Sampled, ...] = ()
    names: tuple[str, ...] = ()
    test_path: str = ""
    of_tests: bool = False
    layout: Layout = field(default_factory=Layout)


def convention_lines(sample: Sample) -> tuple[str, ...]:
    """The conventions that are well supported, the most useful first: at most `MOST_LINES` short lines."""
    counts = _weighed(sample.sources)
    said = (
        _naming(sample, counts),
        _docs(sample.language, counts),
        _hints(counts),
        _tests(sample),
        _layout(sample, counts),
        _imports(counts),
        _errors(sample),
        _logger(sample),
    )
    lines: list[str] = []
    size = 0
    for line in [line for line in said if line][:MOST_LINES]:
        size += len(line) + 3
        if size <= MOST_CHARACTERS:
            lines.append(line)
    return tuple(lines)


def _weighed(files: Sequence[Sampled]) -> dict[str, Counter[str]]:
    """All habits together. Each file's share in an aspect is bounded, so that no large file outvotes the others."""
    total: dict[str, Counter[str]] = {}
    for file in files:
        for aspect, options in file.habits.items():
            whole = sum(options.values())
            scale = file.weight * min(1.0, MOST_COUNTED / whole) if whole else 0.0
            counter = total.setdefault(aspect, Counter())
            for option, count in options.items():
                counter[option] += count * scale  # pyright: ignore[reportArgumentType] - a Counter adds floats, too
    return total


def _clear(counts: Mapping[str, Counter[str]], aspect: str, least: float = LEAST_COUNT) -> str:
    """The option that an aspect clearly has; empty where there are too few cases or none is clear."""
    options = counts.get(aspect, Counter[str]())
    whole = sum(options.values())
    if whole < least:
        return ""
    best = min(options, key=lambda option: (-options[option], option))
    return best if options[best] >= CLEAR_SHARE * whole else ""


def _naming(sample: Sample, counts: Mapping[str, Counter[str]]) -> str:
    parts: list[str] = []
    kinds = (("function", "functions"), ("class", "classes"), ("interface", "interfaces"), ("constant", "constants"))
    for kind, plural in kinds:
        case = _clear(counts, f"{kind} names")
        if case:
            parts.append(f"{plural} {case}")
    underscored = counts.get("private", Counter[str]())
    if underscored["_"] >= max(LEAST_COUNT, 0.15 * sum(underscored.values())):
        parts.append("private ones begin with `_`")
    cases = Counter(case for name in sample.names if (case := _file_case(name)))
    file_case = _clear({"files": cases}, "files")
    if file_case:
        parts.append(f"files {file_case}")
    verbs = [verb for verb in _shared(sample.sources, "verb") if verb.isalpha()][:VERBS_SHOWN]
    if len(verbs) > 1 and not sample.of_tests:
        parts.append(f"names begin with {', '.join(verbs)}")
    return f"Names: {'; '.join(parts)}." if parts else ""


def _file_case(path: str) -> str:
    stem = path.rpartition("/")[2].partition(".")[0]
    return "kebab-case" if re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)+", stem) else case_of(stem)


def _shared(files: Sequence[Sampled], aspect: str) -> list[str]:
    """The options that several files take, or the file at the place by itself, by how often."""
    times = Counter[str]()
    in_files = Counter[str]()
    for file in files:
        for option, count in file.habits.get(aspect, {}).items():
            times[option] += count
            in_files[option] += 2 if file.at_place else 1
    chosen = [option for option in times if times[option] >= 3 and in_files[option] >= 2]
    return sorted(chosen, key=lambda option: (-in_files[option], -times[option], option))


def _docs(language: str, counts: Mapping[str, Counter[str]]) -> str:
    word = "Docstrings" if language == "python" else "Doc comments"
    documented = counts.get("documented", Counter[str]())
    whole = sum(documented.values())
    if whole < 2 * LEAST_COUNT:
        return ""
    share = documented["yes"] / whole
    if share <= 0.1:
        return f"{word}: hardly any function has one."
    if share < 0.4:
        return ""
    parts = ["on nearly every public function and class" if share >= CLEAR_SHARE else "on most"]
    lines, style = _clear(counts, "doc lines"), _clear(counts, "doc style")
    if lines == "one":
        parts.append("one line")
    elif style in _DOC_STYLES:
        parts.append(_DOC_STYLES[style])
    elif style == "prose":
        parts.append("plain prose without sections for parameters")
    opening = {"below": "the text begins below the quotes", "same": "the text begins right after the quotes"}
    if language == "python" and lines != "one" and (where := _clear(counts, "doc opening")):
        parts.append(opening[where])
    if voice := _clear(counts, "doc voice"):
        parts.append(f"“{voice} …”, not “{'Returns' if voice == 'Return' else 'Return'} …”")
    if _clear(counts, "doc name") == "yes":
        parts.append("they begin with the name")
    return f"{word}: {'; '.join(parts)}."


def _hints(counts: Mapping[str, Counter[str]]) -> str:
    hinted = _clear(counts, "hints")
    if hinted == "no":
        return "Type hints: none."
    if hinted != "yes":
        return ""
    parts = ["on every function"]
    if way := _clear(counts, "optional", 2):
        parts.append(f"`{way}`")
    if _clear(counts, "future", 2) == "yes":
        parts.append("`from __future__ import annotations` at the top")
    return f"Type hints: {', '.join(parts)}."


def _tests(sample: Sample) -> str:
    counts = _weighed(sample.tests)
    framework = _clear(counts, "tests", 0.3)
    if not framework and not sample.test_path:
        return ""
    parts = [framework] if framework else []
    where = f"in `{sample.test_path}`" if sample.test_path else _folder(sample.tests)
    parts += [where] if where else []
    names = _clear(counts, "test names", 1)
    if names and sample.language == "python":
        parts.append(f"named `test_…` in {names}" if names == "snake_case" else f"named in {names}")
    # Else what is said of all functions would be taken to hold for these.
    if _clear(counts, "hints") == "no" and _clear(_weighed(sample.sources), "hints") == "yes":
        parts.append("no type hints")
    return f"Tests: {', '.join(parts)}."


def _folder(tests: Sequence[Sampled]) -> str:
    """Where the tests near the place are: their folder, or the files themselves where they have none in common."""
    folders = {test.path.rpartition("/")[0] for test in tests} - {""}
    if len(folders) == 1:
        return f"in `{min(folders)}/`"
    return f"such as {', '.join(f'`{test.path}`' for test in tests)}" if tests else ""


def _layout(sample: Sample, counts: Mapping[str, Counter[str]]) -> str:
    layout = sample.layout
    indent = _clear(counts, "indent") or layout.indent
    parts = [indent if indent == "tabs" else f"{indent} spaces"] if indent else []
    quotes = layout.quotes or _clear(counts, "quotes")
    if quotes and (sample.language == "python" or sample.language in ECMASCRIPT):
        parts.append(f"{quotes} quotes")
    if semicolons := _clear(counts, "semicolons"):
        parts.append("semicolons" if semicolons == "yes" else "no semicolons")
    if width := layout.width or _seen_width(counts):
        parts.append(f"lines up to {width} characters")
    formatter = f" ({layout.tool})" if layout.tool else ""
    return f"Layout: {', '.join(parts)}{formatter}." if parts else ""


def _seen_width(counts: Mapping[str, Counter[str]]) -> int:
    """The usual limit that nearly all long lines keep, where some come near it; 0 where none shows."""
    widths = counts.get("width", Counter[str]())
    whole = sum(widths.values())
    if whole < 3 * LEAST_COUNT:
        return 0
    within = 0.0
    for width in WIDTHS:
        within += widths[str(width)]
        if within >= 0.99 * whole:
            return width if widths[str(width)] >= 0.03 * whole else 0
    return 0


def _imports(counts: Mapping[str, Counter[str]]) -> str:
    parts: list[str] = []
    if way := _clear(counts, "imports"):
        parts.append(f"{way} within the project" if way == "absolute" else "relative within the package")
    if modules := _clear(counts, "modules"):
        parts.append("ES modules" if modules == "import" else "CommonJS `require`")
    if suffix := _clear(counts, "import suffix"):
        parts.append("local ones with the file's suffix" if suffix == "yes" else "local ones without a suffix")
    return f"Imports: {', '.join(parts)}." if parts else ""


def _errors(sample: Sample) -> str:
    names = [name for name in _shared(sample.sources, "error") if name not in _SAY_NOTHING][:ERRORS_SHOWN]
    return f"Errors raised nearby: {', '.join(f'`{name}`' for name in names)}." if names else ""


def _logger(sample: Sample) -> str:
    """The line that makes the logger, where files agree on it. One that names its own module fits no other."""
    lines = Counter(chain.from_iterable(file.habits.get("logger", {}) for file in sample.sources))
    if not lines:
        return ""
    best = min(lines, key=lambda line: (-lines[line], line))
    return f"Logging: `{best}`." if lines[best] >= 2 else ""
