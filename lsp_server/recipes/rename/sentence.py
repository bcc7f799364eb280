"""Is a sentence about renaming a symbol, and which? `rename the function core.load_user to fetch_user everywhere`."""

import builtins
import re
from dataclasses import dataclass, replace
from functools import cache
from keyword import iskeyword, issoftkeyword
from typing import Literal

from lsp_server.edits.change import Problem
from lsp_server.recipes.phrasing import POLITE
from lsp_server.recipes.plan import Example, Refused
from lsp_server.recipes.script.modules import SUFFIXES

PHRASINGS = (
    "rename load_user to fetch_user",
    "rename function load_user in pkg/core.py to fetch_user",
    "rename core.load_user -> fetch_user everywhere",
    "change the name of class User to Account",
    "load_user should be called fetch_user",
    "call load_user fetch_user instead",
    "load_user -> fetch_user everywhere",
    "rename method Store.fetch to load",
    "rename attribute name of User to label",
    "rename parameter retries of Store.fetch to attempts",
    "rename variable total in report to amount",
    "rename Store.fetch to load, including uncertain places",
    "rename loadUser in src/core.ts to fetchUser",
    "rename Cart.total in src/cart.ts to sum",
)

Kind = Literal["function", "class", "member", "variable", "parameter", ""]

KINDS: dict[str, Kind] = {
    "function": "function",
    "func": "function",
    "fn": "function",
    "def": "function",
    "coroutine": "function",
    "class": "class",
    "dataclass": "class",
    "enum": "class",
    "exception": "class",
    "protocol": "class",
    "type": "class",
    "method": "member",
    "classmethod": "member",
    "staticmethod": "member",
    "attribute": "member",
    "attr": "member",
    "field": "member",
    "property": "member",
    "member": "member",
    "variable": "variable",
    "var": "variable",
    "constant": "variable",
    "const": "variable",
    "parameter": "parameter",
    "param": "parameter",
    "argument": "parameter",
    "arg": "parameter",
    "kwarg": "parameter",
    "symbol": "",
    "identifier": "",
}
"""Words for what can be renamed. A member is what a class or its objects have: methods, properties, attributes."""

MODULES = frozenset({"module", "package", "file"})
"""Words for what another recipe renames."""

PARTS = frozenset(word for word, kind in KINDS.items() if kind in {"member", "variable", "parameter"})
"""Words for what belongs to a class or function, which may be named behind the new name."""

NO_NAMES = frozenset(
    {
        "everything",
        "methods",
        "stuff",
        "functions",
        "it",
        "attributes",
        "those",
        "parameters",
        "anything",
        "columns",
        "these",
        "them",
        "files",
        "classes",
        "this",
        "constants",
        "arguments",
        "keys",
        "symbols",
        "something",
        "tests",
        "all",
        "modules",
        "fields",
        "things",
        "names",
        "that",
        "variables",
    }
)
"""Words that speak of things instead of naming one."""

OBJECTS = frozenset({"self", "cls"})
"""What a method calls its object: `self.total` is an attribute of the class."""

VISITORS = ("visit", "leave", "depart")
"""What methods are called by that a program finds by the name of a class: `visit_User`."""

OTHER_LANGUAGES = (*SUFFIXES, ".go")
"""Files whose names Python's rules do not hold for."""

EXAMPLE = Example(
    "rename Store.fetch to load",
    """
    //- /store.py
    class Store:
        def fetch(self, key: str) -> str:
            return key


    class DiskStore(Store):
        def fetch(self, key: str) -> str:
            return super().fetch(key)
    //- /use.py
    from store import DiskStore


    def show(other):
        print(DiskStore().fetch("a"))
        print(other.fetch("a"))
    """,
)

LONGEST = 400
"""Characters: a longer description is no renaming, and need not be matched."""

WORDS = "|".join((*KINDS, *sorted(MODULES)))
QUOTE = "[\"'`\u2018\u2019\u201c\u201d]?"
OWNERS = "file|module|package|class|function|method"
ARROW = r"(?:->|=>|\u2192|\u27f6)"
SYMBOL = (
    rf"{QUOTE}(?:(?P<path>[\w./\\-]+\.pyi?)::?)?(?P<old>[^\W\d]\w*(?:(?:\.|::|#)[^\W\d]\w*)*)"
    rf"(?P<called>\(\s*\))?{QUOTE}"
)
OLD = (
    r"(?:(?P<article>the|an?|my|our|this)\s+)?"
    rf"(?:(?:(?:async|local|global|instance|static|abstract)\s+)?(?P<kind>{WORDS})\s+(?:(?:called|named)\s+)?)?"
    rf"{SYMBOL}(?:\s+(?P<kind_behind>{WORDS}))?"
    rf"(?:\s+(?:in|from|of|on|inside)\s+(?:the\s+)?(?:(?:{OWNERS})\s+)?{QUOTE}(?P<where>[\w./\\-]+)(?:\(\s*\))?{QUOTE}"
    r"(?:\s+(?:class|function|method))?)?"
    rf"(?:\s+in\s+(?:the\s+)?(?:(?:file|module)\s+)?{QUOTE}(?P<file>[\w./\\-]+\.(?:[mc]?[jt]sx?|pyi?)){QUOTE})?"
)
POSSESSIVE = (
    rf"(?P<article>the\s+)?{QUOTE}(?P<where>[\w.]+)(?P<called>\(\s*\))?{QUOTE}['\u2019]s\s+"
    rf"(?:(?P<kind>{WORDS})\s+(?=\S+(?:\s+(?:to|into|as)\s|\s*{ARROW}))|(?=\S+\s+(?:{WORDS})\s))"
    rf"{QUOTE}(?P<old>[^\W\d]\w*){QUOTE}(?:\s+(?P<kind_behind>{WORDS}))?(?P<path>)(?P<file>)"
)
NEW = (
    rf"(?:the\s+)?(?:(?:{WORDS})\s+)?{QUOTE}(?P<new>[^\s\"'`\u2018\u2019\u201c\u201d]+?)(?:\(\s*\))?{QUOTE}"
    rf"(?:\s+in\s+(?:the\s+)?(?:(?:file|module)\s+)?{QUOTE}(?P<target>[\w-]+(?:[./\\][\w-]+)+){QUOTE}|"
    rf"\s+(?:in|of)\s+(?:the\s+)?(?:(?:{OWNERS})\s+)?{QUOTE}(?P<owner>[\w.]+)(?P<owner_called>\(\s*\))?{QUOTE})?"
)
TO = rf"(?:\s*,?\s+(?:to\s+be|to|into|as)\s+|\s*{ARROW}\s*)"
SHOULD = r"\s+(?:should|must|ought\s+to|needs\s+to|shall)\s+be\s+(?:called|named|renamed(?:\s+(?:to|as|into))?)\s+"
EVERYWHERE = (
    r"(?:everywhere|globally|project[- ]?wide|throughout(?:\s+(?:the\s+)?\w+)?|"
    r"(?:in|across|over)\s+(?:the\s+)?(?:(?:whole|entire|all|every)\s+)?(?:of\s+)?(?:the\s+)?(?:python\s+)?"
    r"(?:files?|project|workspace|code\s*base|repo|repository|modules))"
)
FOLLOW_UP = (
    rf"(?:\s*,?\s*(?:{EVERYWHERE}|please|"
    r"(?:and\s+)?(?:also\s+)?(?:update|fix|change|adapt|adjust)\s+(?:all\s+|every\s+)?(?:of\s+)?(?:the\s+|its\s+)?"
    r"(?:imports?|tests?|callers?|calls?|call\s+sites?|usages?|uses?|references?)(?:\s+(?:accordingly|too|everywhere|as\s+well))?))*"
)
GUESSED = re.compile(
    r",?\s+(?:and\s+|also\s+)*(?:in|including|include|with)\s+(?:all\s+|the\s+)*uncertain(?:\s+(?:places|ones|uses))?$",
    re.I,
)
PLAIN_WORD = r"[A-Za-z][a-z]*"
FIRST_VAGUE = 3
"""The number of the first row that needs names which look like code."""

SENTENCES = (
    ("re-?name", rf"re-?name\s*:?\s+(?:from\s+)?{OLD}{TO}{NEW}"),
    ("re-?name", rf"re-?name\s+{POSSESSIVE}{TO}{NEW}"),
    ("change", rf"change\s+(?:the\s+)?name\s+of\s+{OLD}{TO}{NEW}"),
    ("give", rf"give\s+{OLD}\s+the\s+(?:new\s+)?name\s+{NEW}"),
    (SHOULD, rf"{OLD}{SHOULD}{NEW}"),
    ("call", rf"call\s+{OLD}\s+{NEW}\s+(?:instead|from\s+now\s+on)"),
    (ARROW, rf"{OLD}\s*{ARROW}\s*{NEW}\s+{EVERYWHERE}"),
)
"""What a sentence must hold, and how the whole of it is written: a row's second part takes long to compile."""


@dataclass(frozen=True, slots=True)
class Rename:
    """A symbol's new name; `where` is the module or file that selects among several, `kind` what the user called it.

    `guessed` asks for the uncertain places too, which then need a person's yes.
    """

    old: str
    new: str
    where: str = ""
    kind: Kind = ""
    guessed: bool = False

    def sentence(self) -> str:
        """What will be done, for the user."""
        kind = f"{self.kind} " if self.kind not in {"", "member"} else ""
        where = f" of {self.where}" if self.where else ""
        guessed = ", uncertain places too" if self.guessed else ""
        files = "" if self.path.endswith(OTHER_LANGUAGES) else " in every Python file"
        return f"Rename {kind}{self.old}{where} to {self.new}{files}{guessed}"

    def names(self) -> tuple[str, ...]:
        """Files that mention the new name matter too: there it may clash. So do methods of visitors of a class."""
        is_class_like = self.old[:1].isupper()
        visitors = (f"{verb}_{self.old}" for verb in VISITORS if is_class_like)
        holder, owner = self._owners
        is_function = self.kind in {"parameter", "variable"} and owner.isidentifier()
        owners = (each for each in (owner, holder) if each[:1].isupper() or (is_function and each == owner))
        return (self.old, self.new, *visitors, *owners)

    @property
    def _owners(self) -> tuple[str, str]:
        """The last two names in `where`, which say what the symbol is in; empty where there are none."""
        *_, holder, owner = ["", *self.where.rpartition("/")[2].split(":")[-1].removesuffix(".py").split(".")]
        return holder, owner

    @property
    def may_be_of_module(self) -> bool:
        """Whether it may be a name of a module, and not one within a class or a function."""
        return self.kind not in {"member", "parameter"} and not self._owners[1][:1].isupper()

    @property
    def path(self) -> str:
        """The file in `where`, if it is one: `src/cart.ts` of `src/cart.ts:Cart`."""
        return self.where.partition(":")[0]

    @property
    def result(self) -> str:
        """What "it" is in a step behind this one."""
        return ".".join([*([self.where] if self.where.isidentifier() else []), self.new])


def understand(description: str) -> Rename | Refused | None:
    """The renaming that a sentence asks for; None for a sentence about something else."""
    guessed = GUESSED.search(description)
    description = description[: guessed.start()] if guessed else description
    for number, (needed, sentence) in enumerate(SENTENCES if len(description) <= LONGEST else ()):
        if re.search(needed, description, re.IGNORECASE) and (match := _compiled(sentence).fullmatch(description)):
            plan = _plan(match, says_rename=number < FIRST_VAGUE)
            return replace(plan, guessed=guessed is not None) if isinstance(plan, Rename) else plan
    return None


@cache
def _compiled(sentence: str) -> re.Pattern[str]:
    return re.compile(POLITE + sentence + FOLLOW_UP, re.IGNORECASE)


def _plan(match: re.Match[str], *, says_rename: bool) -> Rename | Refused | None:
    kind = (match["kind"] or match["kind_behind"] or "").lower()
    prefix, _, old = re.sub("::|#", ".", match["old"]).rpartition(".")
    kind = kind or ("attribute" if prefix in OBJECTS else "")
    is_written_as_code = bool(prefix or match["called"] or match["path"] or "`" in match[0])
    shaped = bool(kind or is_written_as_code)
    looks_like_code = shaped or not re.fullmatch(PLAIN_WORD, old)
    where = _where(match, kind, "" if prefix in OBJECTS else prefix)
    if where is None:
        return None
    if match["article"] and not looks_like_code:
        return None  # "rename the title to Welcome" is about a text, not about a symbol.
    if old.lower() in NO_NAMES and not is_written_as_code:
        return None
    if not says_rename and not (shaped or (looks_like_code and not re.fullmatch(PLAIN_WORD, match["new"]))):
        return None  # "save should be called twice" is about a call.
    if old in {"py", "pyi"} or kind in MODULES or _is_file(prefix, old, match["new"]):
        return None
    new = match["new"].rstrip(",.;:")
    if prefix and new.rpartition(".")[0] == prefix:
        new = new.rpartition(".")[2]
    if not new.isidentifier():
        advice = f"`{new}` is not a name that Python allows: use letters, digits and underscores."
        return _refused(advice) if looks_like_code else None
    problem = "" if where.partition(":")[0].endswith(OTHER_LANGUAGES) else _new_name_problem(old, new)
    if problem:
        return _refused(problem)
    return Rename(old, new, where, KINDS.get(kind, ""))


def _is_file(prefix: str, old: str, new: str) -> bool:
    """Whether two names are those of files with one ending: "rename README.md to CHANGES.md"."""
    stem, dot, ending = new.rpartition(".")
    return bool(prefix and dot) and stem != prefix and ending.lower() == old.lower()


def _where(match: re.Match[str], kind: str, prefix: str) -> str | None:
    """What selects among symbols of one name: a module, a file, an owner, or `FILE:OWNER`; None where it is a guess."""
    if match["owner"] and (prefix or match["where"] or not (match["owner_called"] or kind in PARTS)):
        return None  # "rename load_user to fetch_user in tests" is about some of the places.
    if prefix and match["where"] and match["file"]:
        return None
    where = (match["path"] or match["where"] or match["target"] or match["owner"] or prefix).replace("\\", "/")
    said = match["file"] or match["target"] or ""
    owner = prefix or (match["where"] if said else "") or ""
    file = where if where != owner else said
    is_owned = bool(match["file"]) or kind in PARTS or any(part[:1].isupper() for part in owner.split("."))
    if owner and (file.endswith(OTHER_LANGUAGES) or (is_owned and file.endswith((".py", ".pyi")))):
        where = f"{file}:{owner}"
    elif owner and is_owned and file and "/" not in file:
        where = owner if owner.startswith(f"{file}.") else f"{file}.{owner}"
    return where


def _new_name_problem(old: str, new: str) -> str:
    """Why a name cannot be given; empty where it can."""
    if new == old:
        return f"{old} has that name already."
    if iskeyword(new) or issoftkeyword(new):
        return f"`{new}` is a keyword of Python: choose another name."
    if hasattr(builtins, new):
        return f"`{new}` is a builtin of Python, which the new name would hide: choose another name."
    for name in (old, new):
        if name.startswith("__") and name.endswith("__"):
            return (
                f"`{name}` has a meaning of its own in Python: it cannot be renamed, and nothing can be renamed to it."
            )
    return ""


def _refused(message: str) -> Refused:
    return Refused((Problem("FORMAT", message),))
