"""Is a sentence about what a function takes? `add parameter timeout: float = 10 to fetch`."""

import ast
import builtins
import re
from dataclasses import dataclass
from keyword import iskeyword

from lsp_server.edits.change import Problem
from lsp_server.recipes.phrasing import KINDS, QUOTE, matched, unquoted
from lsp_server.recipes.plan import Example, Refused

PARAMETER = "(parameter|param|argument|arg|kwarg|option|flag)"
NOUN = "(parameter|param|argument|arg|kwarg)"
"""Words that are not about a command line."""

CALLS = "[the] [all] [its] (calls|call sites|callers)"
PASSED = f"and pass {{value}} (at|in|from) {CALLS}"

NEW = (
    f"[a] [an] [the] [new] [optional] [required] [{{only:keyword-only|keyword only}}] [keyword] {PARAMETER} "
    "[called] [named] {field}"
)

ADD = (
    f"add {NEW} to {{symbol}} {PASSED}",
    f"add {NEW} to {{symbol}}",
    f"give {{symbol}} {NEW}",
    f"{{symbol}} (should|must) (take|accept|have|get) {NEW}",
)
ADD_VAGUE = (
    f"(let|make) {{symbol}} (take|accept|have) {NEW}",
    f"{{symbol}} (needs|gets) {NEW}",
    f"{{symbol}} (needs|gets) [a] [an] [the] [new] [optional] {{field}} {PARAMETER}",
    f"add [a] [an] [the] [new] [optional] {PARAMETER} to {{symbol}} (called|named) {{field}}",
    f"add [a] [an] [the] [new] [optional] [required] {{field}} {NOUN} to {{symbol}} {PASSED}",
    f"add [a] [an] [the] [new] [optional] [required] {{field}} {NOUN} to {{symbol}}",
    "add [a] [an] [the] [new] [optional] {field} {command_line:flag|option} to {symbol}",
    f"give {{symbol}} [a] [an] [the] [new] [optional] {{field}} {PARAMETER}",
    f"{{symbol}} (should|must) (take|accept|have|get) [a] [an] [the] [new] [optional] {{field}} {PARAMETER}",
    f"[a] new {PARAMETER} [called] [named] {{field}} (on|for|to) {{symbol}}",
)
"""What could be about the program's users and its command line, where nothing in it is spelled like code."""

ADD_PLAIN = (f"add [a] [an] [the] [new] {{field}} to {{symbol}} {PASSED}",)
"""What says nothing of a parameter, but what the calls pass."""

NO_NAMES = frozenset(
    {
        "a",
        "additional",
        "an",
        "another",
        "any",
        "boolean",
        "default",
        "extra",
        "integer",
        "keyword",
        "keyword-only",
        "missing",
        "more",
        "new",
        "optional",
        "positional",
        "required",
        "second",
        "string",
        "the",
        "third",
    }
)
"""Words for a kind of parameter, which name none by themselves."""

NO_PARAMETERS = re.compile(
    r"(?:check|count|document|forward|handl|inject|inspect|nam|order|pars|pass|process|sanitiz|sort|typ|unpack|validat)ing|"
    r"\w+ization|(?:valid|document|annot|convers|coerc|complet|expans|inject|inspect)\w*ion|"
    r"annotations|checks?|defaults|docs|emoji|hints?|names|support|types",
    re.IGNORECASE,
)
"""What is done with parameters rather than being one: "add argument parsing to main"."""

EVERY = frozenset(
    {
        "all",
        "any",
        "both",
        "each",
        "every",
        "everything",
        "it",
        "these",
        "this",
        "those",
    }
)
"""Words that speak of functions instead of naming one."""

CODE = re.compile(r"[_`(]|\w\.\w|^\w$")
"""What a name that is spelled like code has."""

DEFAULT_SAID = re.compile(
    r",?\s+(?:(?:with|having|that|which|and)\s+)?(?:(?:an?|the)\s+)?default(?:s|ing)?(?:\s+value)?(?:\s+(?:of|to|is))?\s+"
    r"(?P<default>\"[^\"]*\"|'[^']*'|`[^`]*`|[^\s,\"'`]+)(?=\)?\s+to\s|\s+and\s+pass\s|$)",
    re.IGNORECASE,
)
"""A default in words: `a parameter timeout with a default of 10`."""

ADD_PHRASINGS = (
    "add parameter timeout: float = 10 to fetch",
    "add a keyword-only argument dry_run=False to Store.save",
    "add parameter user: User to save and pass current_user at the calls",
    "give fetch a new parameter retries: int = 3",
    "fetch should take a parameter timeout: float = 10",
    "add user to save and pass current_user at the calls",
)
NO_LONGER = "(no longer needs|no longer takes|should no longer take|should no longer need|should not take)"
NOT_NOW = "(doesn't|doesn\u2019t|doesnt|does not|shouldn't|should not) (need|take|use|accept)"
ANY_MORE = "(anymore|any more|any longer|now)"
REMOVE = (
    f"(remove|drop|delete|get rid of) [the] [unused] {PARAMETER} {{name}} (from|of|in) {{symbol}}",
    f"(remove|drop|delete|get rid of) [the] [unused] {{name}} {PARAMETER} (from|of|in) {{symbol}}",
    f"{{symbol}} {NO_LONGER} [the] {PARAMETER} {{name}}",
    f"{{symbol}} {NO_LONGER} [the] {{name}} {PARAMETER}",
    f"{{symbol}} {NOT_NOW} [the] {PARAMETER} {{name}} {ANY_MORE}",
    f"{{symbol}} {NOT_NOW} [the] {{name}} {PARAMETER} {ANY_MORE}",
)
REMOVE_PLAIN = (
    "(remove|drop|delete) {name} from {symbol}",
    f"{{symbol}} {NO_LONGER} {{name}}",
    f"{{symbol}} {NOT_NOW} {{name}} {ANY_MORE}",
)
REORDER_PLAIN = ("swap {name} and {name2} in {symbol}",)
"""What could be about anything, where nothing in it is spelled like code."""

REMOVE_PHRASINGS = (
    "remove parameter strict from load_user",
    "drop the retries argument of Store.fetch",
    "load_user no longer needs the parameter strict",
    "remove strict from load_user",
)
REORDER = (
    "reorder [the] (parameters|params|arguments|args) of {symbol} (to|as|like|into) {names}",
    "make {name} the first (parameter|argument|param|arg) of {symbol}",
    "swap [the] (parameters|params|arguments|args) {name} and {name2} (of|in|from) {symbol}",
    "swap {name} and {name2} in the (parameters|arguments) of {symbol}",
)
REORDER_PHRASINGS = (
    "reorder the parameters of fetch to key, timeout, retries",
    "make key the first parameter of Store.fetch",
    "swap the parameters a and b of add",
    "reorder fetch(key, timeout, retries)",
)

WORKSPACE = """
//- /store.py
class Store:
    def fetch(self, key: str, strict: bool = False) -> str:
        return key


class DiskStore(Store):
    def fetch(self, key: str, strict: bool = False) -> str:
        return super().fetch(key, strict=True)
//- /use.py
from store import DiskStore

print(DiskStore().fetch("a", True))
"""
ADD_EXAMPLE = Example("add parameter timeout: float to Store.fetch and pass 2.5 at the calls", WORKSPACE)
REMOVE_EXAMPLE = Example("remove parameter strict from Store.fetch", WORKSPACE)
REORDER_EXAMPLE = Example(
    "swap the parameters low and high of clamp",
    """
//- /numbers.py
def clamp(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


print(clamp(3, 0, 2), clamp(3, low=0, high=2))
""",
)


@dataclass(frozen=True, slots=True)
class Target:
    """The function that a sentence names, with the file or module where it stands, if that is said."""

    dotted: str
    where: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The name of the function, and that of its class: modules need not be mentioned where it is used."""
        *_, owner, name = ["", *self.dotted.split(".")]
        return (name, owner) if owner[:1].isupper() else (name,)


@dataclass(frozen=True, slots=True)
class AddParameter:
    """A new parameter; `value` is what the calls pass, as code; empty where they pass nothing."""

    target: Target
    name: str
    annotation: str = ""
    default: str = ""
    keyword_only: bool = False
    value: str = ""

    def sentence(self) -> str:
        """What will be done, for the user."""
        passed = f", and pass {self.value} at the calls" if self.value else ""
        return f"Add the parameter {self.text} to {self.target.dotted}{passed}"

    def names(self) -> tuple[str, ...]:
        """What the files that matter mention."""
        return self.target.names

    @property
    def text(self) -> str:
        """The parameter as it is written in the definition."""
        annotation = f": {self.annotation}" if self.annotation else ""
        equals = " = " if annotation else "="
        return f"{self.name}{annotation}{equals + self.default if self.default else ''}"


@dataclass(frozen=True, slots=True)
class RemoveParameter:
    """A parameter that goes."""

    target: Target
    name: str

    def sentence(self) -> str:
        """What will be done, for the user."""
        return f"Remove the parameter {self.name} of {self.target.dotted}, also at its calls"

    def names(self) -> tuple[str, ...]:
        """What the files that matter mention."""
        return self.target.names


@dataclass(frozen=True, slots=True)
class ReorderParameters:
    """The parameters that come first, in their new order; `swap` for two that take each other's place."""

    target: Target
    order: tuple[str, ...]
    swap: bool = False

    def sentence(self) -> str:
        """What will be done, for the user."""
        if self.swap:
            return f"Swap the parameters {' and '.join(self.order)} of {self.target.dotted}, also at its calls"
        return f"Put the parameters {', '.join(self.order)} of {self.target.dotted} first, also at its calls"

    def names(self) -> tuple[str, ...]:
        """What the files that matter mention."""
        return self.target.names


def parse_target(text: str) -> Target:
    """`the method Store.fetch in pkg/core.py`."""
    words = rf"(?:\s*\b(?:the|our|my|{KINDS})\b\s*)"
    head, _, where = re.sub(r"\s(?:in|from|of|on|inside)\s", "\0", text, count=1).partition("\0")
    dotted = unquoted(re.sub(rf"^{words}+|{words}+$", "", head, flags=re.IGNORECASE))
    path, colon, name = dotted.rpartition(":")
    where = unquoted(re.sub(r"^(?:the\s+)?(?:(?:file|module|class)\s+)?|\s+class$", "", where, flags=re.IGNORECASE))
    return Target(name, path.rstrip(":")) if colon else Target(dotted, where.replace("\\", "/"))


def understand_add(sentence: str) -> AddParameter | Refused | None:
    """The parameter that is to be added."""
    found, default = _added(sentence), ""
    said = DEFAULT_SAID.search(sentence) if found is None or "default" in found["field"] else None
    if said is not None:
        default = said["default"]
        bracket = int(default.endswith(")") and default.count("(") < default.count(")"))  # It closes one before it.
        found = _added(sentence[: said.start()] + sentence[said.end() - bracket :])
        default = default[: len(default) - bracket].strip("`")
    if found is None:
        return None
    text = (
        re.sub(QUOTE, "'", found["field"]) if found["field"].startswith("\u201c") else found["field"].replace("`", "")
    )
    text = _with_type(text.strip(), is_sure=bool(default))
    if default and "=" in text:
        return _refused(f"`{text.strip()}` has a default, and `{default}` is said to be its default: say it once.")
    target, is_quoted = parse_target(found["symbol"]), bool(default) or "`" in found["field"]
    if target.dotted.lower() in EVERY or (not is_quoted and not _names_parameter(text, sentence)):
        return None
    return _parsed_field(target, text + (f" = {default}" if default else ""), found)


def _names_parameter(text: str, sentence: str) -> bool:
    """Whether a word is a parameter's name, and not its kind ("an optional argument") or what is done with it."""
    said = re.escape(text)
    if re.search(rf"\b{said}\s+{PARAMETER}\b", sentence, re.IGNORECASE):
        return text.lower() not in NO_NAMES
    return not (NO_PARAMETERS.fullmatch(text) and re.search(rf"\b{PARAMETER}\s+{said}\b", sentence, re.IGNORECASE))


def _with_type(text: str, *, is_sure: bool) -> str:
    """`limit (int)` as `limit: int`; what stands in brackets may also be a remark, where there is no default."""
    found = re.fullmatch(r"(\w+)\s*\(([\w.|\s]+|[\w.]+\[.*\])\)", text)
    is_type = found is not None and (
        is_sure or isinstance(getattr(builtins, found[2], None), type) or re.search(r"[A-Z[|]", found[2])
    )
    return f"{found[1]}: {found[2]}" if found is not None and is_type else text


def _added(sentence: str) -> dict[str, str] | None:
    vague = _if_parameter(matched(ADD_VAGUE, sentence))
    if vague is not None and not (re.search("[:=]", vague["field"]) or CODE.search(vague["symbol"])):
        article = re.match(r"(?:the|our|my)\s", vague["symbol"], re.IGNORECASE)
        is_plain = sentence.lower().startswith("add") and "command_line" not in vague
        vague = vague if is_plain and not article else None
    return matched(ADD, sentence) or _if_parameter(matched(ADD_PLAIN, sentence)) or vague


def _parsed_field(target: Target, text: str, found: dict[str, str]) -> AddParameter | Refused | None:
    try:
        (function,) = ast.parse(f"def _(*, {text}): pass").body
    except (SyntaxError, ValueError):
        word = text.split(":", maxsplit=1)[0].split("=", maxsplit=1)[0].strip()
        if iskeyword(word):
            return _refused(f"`{word}` is a keyword of Python: choose another name.")
        is_meant = ("=" in text or ":" in text) and not re.search(r"\s(?:and|to)\s", text)
        return _refused(f"`{text}` is not a parameter: write `name: type = default`.") if is_meant else None
    if not isinstance(function, ast.FunctionDef) or len(function.args.kwonlyargs) != 1 or function.args.kwarg:
        return _refused(f"`{text}` are several parameters: add one at a time.")
    (argument,), (default,) = function.args.kwonlyargs, function.args.kw_defaults
    value = found.get("value", "").strip("`")
    try:
        ast.parse(f"({value or 0})", mode="eval")
    except (SyntaxError, ValueError):
        return _refused(f"`{value}` is not an expression that a call could pass.")
    annotation = ast.get_source_segment(f"def _(*, {text}): pass", argument.annotation) if argument.annotation else ""
    given = ast.get_source_segment(f"def _(*, {text}): pass", default) if default is not None else ""
    return AddParameter(target, argument.arg, annotation or "", given or "", "only" in found, value)


def understand_remove(sentence: str) -> RemoveParameter | None:
    """The parameter that is to go."""
    found = matched(REMOVE, sentence) or _if_code(matched(REMOVE_PLAIN, sentence))
    return RemoveParameter(parse_target(found["symbol"]), unquoted(found["name"])) if found else None


def _if_parameter(found: dict[str, str] | None) -> dict[str, str] | None:
    """A match, if what is added is a name with its type and default, if any, and no other word."""
    return found if found is not None and re.fullmatch(r"`?[^\W\d]\w*`?\s*(?:[:=].*)?", found["field"]) else None


def _if_code(found: dict[str, str] | None) -> dict[str, str] | None:
    """A match, if a name in it is spelled like code: `load_user`, `Store.fetch`, `x`."""
    names = [text for slot, text in (found or {}).items() if slot in {"name", "name2", "symbol"}]
    return found if any(CODE.search(text) for text in names) else None


def understand_reorder(sentence: str) -> ReorderParameters | Refused | None:
    """The new order of parameters."""
    sentence = re.sub(r"\b(reorder) ([\w.]+)\(([\w, ]+)\)$", r"\1 the parameters of \2 to \3", sentence, flags=re.I)
    found = matched(REORDER, sentence) or _if_code(matched(REORDER_PLAIN, sentence))
    if found is None:
        return None
    target = parse_target(found["symbol"])
    if "names" not in found:
        names = tuple(unquoted(found[slot]) for slot in ("name", "name2") if slot in found)
        return ReorderParameters(target, names, swap="name2" in found)
    parts = re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+|\s+then\s+", found["names"].strip("()"))
    names = tuple(unquoted(part) for part in parts)
    if not all(name.isidentifier() for name in names) or len(set(names)) < len(names):
        return _refused(f"`{found['names']}` is not a list of parameters, each once.")
    return ReorderParameters(target, names)


def _refused(message: str) -> Refused:
    return Refused((Problem("FORMAT", message),))
