"""Is a sentence about a pattern of code? `change print($X) to log.info($X) in src/`.

`$X` stands for one part of the code, `$$$ARGS` for any number of them. Without such a part both sides must stand in
backticks, so that a sentence about words is not taken for one about code.
"""

import re
from dataclasses import dataclass

from context.parsing.languages import LANGUAGES, language_of
from lsp_server.edits.change import Problem
from lsp_server.recipes.phrasing import QUOTE, matched, unquoted
from lsp_server.recipes.plan import Example, Refused

PART = re.compile(r"\$\$\$[A-Z_][A-Z0-9_]*|\$[A-Z_][A-Z0-9_]*")
NAME = re.compile(r"(?<![\w$])[^\W\d]\w*")
SPOKEN = {"c++": "cpp", "c#": "csharp", "js": "javascript", "ts": "typescript", "golang": "go", "shell": "bash"}
LANGUAGE = {language.name: language.name for language in LANGUAGES} | SPOKEN

FROM = "(replace|change|rewrite|turn) [all] [every] [each] {pattern}"
TO = "(with|by|to|into|as|->|=>) {replacement}"
WITHIN = "(in|under|within|inside) [the] [all] [every] {scope}"
TEMPLATES = (f"{FROM} {TO} {WITHIN}", f"{FROM} {TO}")
PHRASINGS = (
    "replace self.assertEquals($A, $B) with self.assertEqual($A, $B)",
    "change print($X) to log.info($X) in src/",
    "rewrite $O.has_key($K) as $K in $O in python files",
    "replace foo($$$ARGS) with bar(1, $$$ARGS) in pkg/core.py",
)
EXAMPLE = Example(
    "change print($X, file=$F) to $F.write($X)",
    """
    //- /report.py
    import sys

    print("one", file=sys.stderr)
    print(  # nothing else
        "two",
        file=sys.stderr,
    )
    print("three")
    note = "print(x, file=y)"
    """,
)
_KEYWORDS = "if else for while return in is not and or def class new var let const function func fn"
KEYWORDS = frozenset(_KEYWORDS.split())
WORDS_IN_CODE = 3
"""So many words in a row are a sentence."""


@dataclass(frozen=True, slots=True)
class ReplacePattern:
    """What code becomes what; `folder` ends with `/`, a path names one file, `language` is one of `LANGUAGES`."""

    pattern: str
    replacement: str
    path: str = ""
    language: str = ""

    def sentence(self) -> str:
        """What will be done, for the user."""
        where = f" in {self.path}" if self.path else f" in {self.language} files" if self.language else ""
        return f"Replace {self.pattern} with {self.replacement}{where}"

    def names(self) -> tuple[str, ...]:
        """The longest name of the pattern: every place has it."""
        names = sorted(fixed_names(self.pattern), key=lambda name: (-len(name), name))
        return tuple(names[:1])


def fixed_names(pattern: str) -> set[str]:
    """The names that stand in a pattern as they are."""
    return {name for name in NAME.findall(PART.sub(" ", pattern)) if name not in KEYWORDS}


def understand(sentence: str) -> ReplacePattern | Refused | None:
    """The pattern and what takes its place."""
    for template in TEMPLATES:
        found = matched((template,), sentence)
        if found is None:
            continue
        scope = scope_of(found["scope"]) if "scope" in found else ("", "")
        if scope is not None:
            return _plan(found["pattern"], found["replacement"], scope)
    return None


def scope_of(text: str) -> tuple[str, str] | None:
    """The path and the language that a sentence ends with; None for a text that is neither."""
    spoken = re.fullmatch(r"(?P<language>[\w+#]+)(?:\s+(?:files|code|sources?))?", text, re.IGNORECASE)
    if spoken is not None and spoken["language"].lower() in LANGUAGE:
        return "", LANGUAGE[spoken["language"].lower()]
    by_suffix = re.fullmatch(r"\*(\.\w+)(?:\s+files)?", text)
    language = language_of(f"file{by_suffix[1]}") if by_suffix is not None else None
    if language is not None:
        return "", language.name
    if re.fullmatch(r"(?:whole\s+)?(?:project|workspace|codebase|files)|everywhere", text, re.IGNORECASE):
        return "", ""
    said = re.sub(r"^(?:the\s+)?(?:file|folder|directory)\s+|\s+(?:folder|directory)$", "", text, flags=re.IGNORECASE)
    path = unquoted(said).replace("\\", "/").removeprefix("./")
    is_path = re.fullmatch(r"[\w.+@-]+(?:/[\w.+@-]+)*/?", path) is not None
    is_folder = said != text or path.endswith("/")
    return (path, "") if is_path and (is_folder or re.search(r"\.\w+$", path)) else None


def _plan(pattern: str, replacement: str, scope: tuple[str, str]) -> ReplacePattern | Refused | None:
    quoted = all(
        re.fullmatch(rf"{QUOTE}.+{QUOTE}", each) and re.search(r"\W", each[1:-1]) for each in (pattern, replacement)
    )
    if (not PART.search(pattern) and not quoted) or is_prose(pattern) or is_prose(replacement):
        return None
    pattern, replacement = (each.strip("`").strip() for each in (pattern, replacement))
    unknown = [each for each in PART.findall(replacement) if each not in PART.findall(pattern)]
    if unknown:
        return _refused(f"`{unknown[0]}` is not in the pattern `{pattern}`: it is not known what stands there.")
    if not fixed_names(pattern):
        return _refused(
            f"`{pattern}` has no name of its own and would fit nearly everything: name a function or the like."
        )
    if pattern == replacement:
        return _refused("Both sides are the same: there is nothing to change.")
    return ReplacePattern(pattern, replacement, *scope)


def is_prose(text: str) -> bool:
    """Whether words follow one another as they do in no code: `g($X) only where it matters`."""
    run = 0
    for word in text.split():
        run = run + 1 if word.isalpha() and word.lower() not in KEYWORDS else 0
        if run >= WORDS_IN_CODE:
            return True
    return False


def _refused(message: str) -> Refused:
    return Refused((Problem("FORMAT", message),))
