"""How is one file written? Counts of the choices in it: names, docstrings, type hints, layout, errors, tests.

Runs in a worker process and says what is there without judging it: `conventions` weighs the files near a place. A
habit is an aspect (`quotes`), an option (`double`) and how often it was taken; plain data that JSON can keep.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import cast

from context.parsing.languages import language_of
from context.parsing.symbols import FUNCTION_KINDS, Definition, outline
from context.workspace.rank import TEST, rank_of

HABITS_VERSION = 1
"""Raised with every change to what is counted: habits are kept across restarts."""

Habits = dict[str, dict[str, int]]
"""Aspect -> option -> count."""

ECMASCRIPT = frozenset({"javascript", "typescript", "tsx"})
WIDTHS = (79, 88, 100, 120)
"""Line lengths that projects agree on, in characters."""

LONG_LINE = 60
"""Shorter lines say nothing about how long a line may be."""

LONGEST_OPTION = 90

MOST_CHARACTERS = 30_000
"""So much of a file is looked at for what is no definition: the rest of it says the same."""

_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+")
_SPOKEN = """
return get set check create make add remove build load save read write parse find run start stop open close send
receive convert compute calculate call ensure validate register render update delete initialize handle test raise yield
generate determine apply format print construct iterate retrieve fetch
"""
VERBS = frozenset(_SPOKEN.split())
"""What the first word of a function's docstring is, where it is a verb."""

_DOC_STYLES = (
    ("google", re.compile(r"^(?:Args|Arguments|Returns|Raises|Yields):\s*$", re.MULTILINE)),
    ("numpy", re.compile(r"^(?:Parameters|Returns|Raises|Yields)\n-{3,}\s*$", re.MULTILINE)),
    ("rest", re.compile(r"^:(?:param|type|returns?|rtype|raises?)\b", re.MULTILINE)),
    ("xml", re.compile(r"<(?:summary|param|returns)\b")),
    ("sections", re.compile(r"^# (?:Errors|Examples?|Panics|Safety|Arguments)\s*$", re.MULTILINE)),
    ("tags", re.compile(r"^[@\\](?:param|returns?|throws|brief)\b", re.MULTILINE)),
)
_PYTHON_FUNCTION = re.compile(
    r"^[ \t]*(?:async[ ]+)?def[ ]+(?!__)\w+\s*\((?P<parameters>[^()]*(?:\([^()]*\)[^()]*){0,20})\)\s*(?P<arrow>->)?",
    re.MULTILINE,
)
_STRING = re.compile(
    r"""(?<![\w"'`\\])[rbfuRBFU]{0,2}"""
    r"""(?:"(?!"")[^"\n\\]*(?:\\.[^"\n\\]*)*"|'(?!'')[^'\n\\]*(?:\\.[^'\n\\]*)*')"""
)
_RAISED = {
    "python": re.compile(r"^\s*raise\s+([A-Z]\w*)\b", re.MULTILINE),
    "go": re.compile(r"\b(fmt\.Errorf|errors\.New|errors\.Wrapf?|status\.Errorf?)\("),
    "rust": re.compile(r"\b(anyhow!|bail!|ensure!|panic!)|\bErr\((\w+::\w+)"),
    "": re.compile(r"\bthrow\s+(?:new\s+)?([A-Z]\w*)\b"),
}
_ARGUMENTS = r"\([\w.$\"'`/: -]*\)"
_LOGGER = re.compile(
    r"^[ \t]*((?:export |const |let |var |private |protected |static |final |readonly )*(?:Logger )?"
    r"_?(?:log|logger|LOG|LOGGER)\b(?:: \w+)? ?:?= ?"
    rf"[\w.$]+(?:{_ARGUMENTS})?(?:\.[\w.]+{_ARGUMENTS})*;?)[ \t]*$",
    re.MULTILINE,
)
_TESTS = (
    ("unittest", re.compile(r"\bclass\s+\w+\([\w.]*TestCase\)")),
    ("pytest", re.compile(r"^(?:async )?def test_|^class Test\w*(?:\(\))?:|^(?:import|from) pytest\b", re.MULTILINE)),
    ("vitest", re.compile(r"from ['\"]vitest['\"]")),
    ("node:test", re.compile(r"['\"]node:test['\"]")),
    ("JUnit", re.compile(r"^import (?:static )?org\.junit\b", re.MULTILINE)),
    ("testify", re.compile(r"stretchr/testify")),
    ("Go's testing", re.compile(r"\*testing\.T\b")),
    ("#[test]", re.compile(r"#\[(?:tokio::)?test\]")),
    ("describe/it", re.compile(r"^\s*describe\(.*\n(?s:.*?)^\s*it\(", re.MULTILINE)),
    ("describe/test", re.compile(r"^\s*describe\(.*\n(?s:.*?)^\s*test\(", re.MULTILINE)),
    ("test()", re.compile(r"^test\(", re.MULTILINE)),
)


def habits(path: str, text: str) -> Habits:
    """The habits of a text in the language of its path."""
    language = language_of(path)
    name = language.name if language else ""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    definitions = outline(path, text)
    text = text[:MOST_CHARACTERS]
    _count_names(definitions, found)
    _count_docs(definitions, found, name)
    _count_layout(text, found, name)
    for match in _RAISED.get(name, _RAISED[""]).finditer(text):
        found["error"][next(filter(None, match.groups()))[:LONGEST_OPTION]] += 1
    for match in _LOGGER.finditer(text):
        if len(match[1]) <= LONGEST_OPTION:
            found["logger"][match[1]] += 1
    if rank_of(path) == TEST and (framework := next((each for each, sign in _TESTS if sign.search(text)), "")):
        found["tests"][framework] += 1
    if name == "python":
        _count_python(path, text, found)
    if name in ECMASCRIPT:
        _count_ecmascript(text, found)
    return {aspect: dict(sorted(options.items())) for aspect, options in sorted(found.items()) if options}


def habits_of(files: Iterable[tuple[str, str]]) -> tuple[Habits, ...]:
    """The habits of several texts with their paths."""
    return tuple(habits(path, text) for path, text in files)


def is_habits(value: object) -> bool:
    """Whether a value that was kept as JSON is what `habits` returns."""
    if not isinstance(value, dict):
        return False
    return all(
        isinstance(option, str) and len(option) <= LONGEST_OPTION and type(count) is int
        for options in cast("dict[str, object]", value).values()
        for option, count in (cast("dict[object, object]", options).items() if isinstance(options, dict) else ((0, 0),))
    )


def case_of(name: str) -> str:
    """How the words of a name are joined; empty for a single word, which fits several ways."""
    plain = name.strip("_$")
    if "_" in plain:
        if plain.isupper():
            return "UPPER_CASE"
        return "snake_case" if plain.islower() else ""
    if not plain or plain.islower() or not plain.isascii():
        return ""
    if plain.isupper():
        return "UPPER_CASE" if len(plain) > 2 else ""
    return "PascalCase" if plain[0].isupper() else "camelCase"


def _count_names(definitions: Sequence[Definition], found: defaultdict[str, Counter[str]]) -> None:
    for each in definitions:
        if each.name.startswith("__"):
            continue
        kind = "function" if each.kind in FUNCTION_KINDS else each.kind
        case = case_of(each.name)
        if case:
            found[f"{kind} names"][case] += 1
        if kind != "function":
            continue
        found["private"]["_" if each.name.startswith("_") else "plain"] += 1
        parts = _PARTS.findall(each.name)
        if len(parts) > 1 and parts[0].lower() != "test":
            found["verb"][parts[0].lower()[:LONGEST_OPTION]] += 1
        if each.name.lower().startswith("test"):
            found["test names"][case or "snake_case"] += 1


def _count_docs(definitions: Sequence[Definition], found: defaultdict[str, Counter[str]], language: str) -> None:
    for each in definitions:
        is_function = each.kind in FUNCTION_KINDS
        if each.name.startswith(("_", "test")) or not (is_function or each.kind == "class"):
            continue
        doc = each.docstring
        found["documented"]["yes" if doc else "no"] += 1
        if not doc:
            continue
        found["doc lines"]["many" if "\n" in doc else "one"] += 1
        style = next((name for name, sign in _DOC_STYLES if sign.search(doc)), "")
        if style or "\n" in doc:
            found["doc style"][style or "prose"] += 1
        first = doc.split(None, 1)[0].rstrip(".,:").lower()
        if is_function and first in VERBS:
            found["doc voice"]["Return"] += 1
        elif is_function and first.removesuffix("s") in VERBS:
            found["doc voice"]["Returns"] += 1
        if language == "go":
            found["doc name"]["yes" if doc.startswith(f"{each.name} ") else "no"] += 1


def _count_layout(text: str, found: defaultdict[str, Counter[str]], language: str) -> None:
    before = 0
    for line in text.split("\n"):
        body = line.lstrip()
        if not body:
            continue
        if len(line) > LONG_LINE:
            width = next((width for width in WIDTHS if len(line.rstrip("\r")) <= width), 0)
            found["width"][str(width)] += 1
        depth = len(line) - len(body)
        if line[0] == "\t":
            found["indent"]["tabs"] += 1
        elif depth - before in (2, 4, 8):
            found["indent"][str(depth - before)] += 1
        before = depth if line[0] != "\t" else 0
    if language == "python" or language in ECMASCRIPT:
        for match in _STRING.finditer(text):
            found["quotes"]["double" if match[0].endswith('"') else "single"] += 1


def _count_python(path: str, text: str, found: defaultdict[str, Counter[str]]) -> None:
    for match in _PYTHON_FUNCTION.finditer(text):
        hinted = match["arrow"] is not None or ":" in match["parameters"]
        found["hints"]["yes" if hinted else "no"] += 1
    found["optional"]["X | None"] += text.count("| None") + text.count("None |")
    found["optional"]["Optional[X]"] += text.count("Optional[")
    found["future"]["yes" if "\nfrom __future__ import annotations" in f"\n{text}" else "no"] += 1
    folders = path.split("/")[:-1]
    for match in re.finditer(r"^[ \t]*(?:from\s+(\.*)([\w.]*)\s+import|import\s+()([\w.]+))", text, re.MULTILINE):
        module = (match[2] or match[4] or "").split(".")[0]
        if match[1]:
            found["imports"]["relative"] += 1
        elif module in folders:
            found["imports"]["absolute"] += 1
    opened = re.findall(r':[ \t]*\n[ \t]+[rR]?"""(\\?\n|.)', text)
    for first in opened:
        found["doc opening"]["below" if first.endswith("\n") else "same"] += 1


def _count_ecmascript(text: str, found: defaultdict[str, Counter[str]]) -> None:
    for line in text.split("\n"):
        end = line.rstrip()
        if re.match(r"\s*(?:const|let|var|return|import|export \*|throw)\b", line) and end[-1] not in "{([,=>&|?:+`":
            found["semicolons"]["yes" if end.endswith(";") else "no"] += 1
    found["modules"]["import"] += len(re.findall(r"^import\b", text, re.MULTILINE))
    found["modules"]["require"] += len(re.findall(r"^(?:const|let|var)\s.*\brequire\(", text, re.MULTILINE))
    for module in re.findall(r"(?:from|require\()\s*['\"](\.[^'\"]*)['\"]", text):
        found["import suffix"]["yes" if re.search(r"\.[cm]?[jt]sx?$", module) else "no"] += 1
