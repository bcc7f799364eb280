"""Is a sentence about a class whose methods are to be filled in? `class skeleton Cache with get, set, delete`."""

import ast
import re
from dataclasses import dataclass
from keyword import iskeyword

from lsp_server.edits.change import Problem
from lsp_server.recipes.data_types.field_list import split_list
from lsp_server.recipes.phrasing import matched, unquoted
from lsp_server.recipes.plan import Example, Refused
from lsp_server.recipes.python.named_file import parse_where

VERB = "[(make|create|add|write|define|generate)] [a] [an] [the] [new] [python]"
LIST = "(with|having|of) [the] [(methods|functions|method|operations)]"
TEMPLATES = (
    f"{VERB} class skeleton [(called|named|for|of)] {{name}} {LIST} {{methods}}",
    f"{VERB} class skeleton [(called|named|for|of)] {{name}}: {{methods}}",
    f"{VERB} (skeleton|skeletons|stub) (of|for) [a] [the] class [(called|named)] {{name}} {LIST} {{methods}}",
    f"{VERB} {{name}} class skeleton {LIST} {{methods}}",
    f"{VERB} (empty|stub|skeleton) class [(called|named)] {{name}} {LIST} {{methods}}",
)
PHRASINGS = (
    "class skeleton Cache with get, set, delete",
    "class skeleton Cache with get(key: str) -> bytes, set(key: str, value: bytes) -> None and clear",
    "create an empty class Cache with the methods get, set and delete in pkg/cache.py",
    "write a skeleton for a class Cache with async fetch(key: str) -> bytes",
)
EXAMPLE = Example(
    "class skeleton Cache with get(key: str) -> bytes, set(key: str, value: bytes) -> None and clear",
    "//- /cache.py\nSIZE = 100\n"
    "# class skeleton Cache with get(key: str) -> bytes, set(key: str, value: bytes) -> None and clear$0\n",
)
METHOD = re.compile(
    r"(?P<is_async>async\s+)?(?P<name>[^\W\d]\w*)\s*(?:\((?P<parameters>.*)\))?\s*(?:->\s*(?P<result>.+))?", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Method:
    """One method as it will be written; `parameters` is the text between the brackets, `self` included."""

    name: str
    parameters: str = "self"
    result: str = ""
    is_async: bool = False

    @property
    def head(self) -> str:
        """Its first line."""
        result = f" -> {self.result}" if self.result else ""
        return f"{'async ' if self.is_async else ''}def {self.name}({self.parameters}){result}:"


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A class to write; without `where` it is put at the user's place."""

    name: str
    methods: tuple[Method, ...]
    where: str = ""

    def sentence(self) -> str:
        """What will be done, for the user."""
        where = f" in {self.where}" if self.where else ""
        return f"Add the class {self.name} with {', '.join(method.name for method in self.methods)}{where}"

    def names(self) -> tuple[str, ...]:
        """No other file matters."""
        return ()


def understand(sentence: str) -> Skeleton | Refused | None:
    """The class that a sentence describes; None for a sentence about something else."""
    found = matched(TEMPLATES, sentence)
    if found is None:
        return None
    name, text = unquoted(found["name"]), found["methods"].replace("`", "")
    head, inside, last = re.sub(r"^(.*)\s(?:in|into)\s", "\\1\0", text, count=1, flags=re.DOTALL).partition("\0")
    where = parse_where(last) if inside else None
    methods = [_method(part) for part in split_list(head if where is not None else text)]
    wrong = next((part for part in methods if isinstance(part, str)), "")
    if any(re.fullmatch(r"[^\W\d]\w*(?:\s+[^\W\d]\w*)+", part) for part in methods if isinstance(part, str)):
        return None  # Words in a row name no method: the sentence describes what the class is to do.
    if wrong:
        return _refused(f"`{wrong}` is not a method: write `name` or `name(parameter: type) -> type`.")
    written = tuple(method for method in methods if isinstance(method, Method))
    names = [method.name for method in written]
    twice = next((each for each in names if names.count(each) > 1), "")
    if twice:
        return _refused(f"`{twice}` is named twice: leave one out.")
    keyword = next((each for each in (name, *names) if iskeyword(each)), "")
    if keyword:
        return _refused(f"`{keyword}` is a keyword of Python: choose another name.")
    return Skeleton(name, written, where or "") if written else None


def _method(text: str) -> Method | str:
    """One method of a list; its text where it is none."""
    found = METHOD.fullmatch(text.strip())
    if found is None:
        return text
    parameters = (found["parameters"] or "").strip()
    first = re.match(r"\s*(\w+)", parameters)
    if first is None or first[1] not in {"self", "cls"}:
        parameters = f"self, {parameters}" if parameters else "self"
    result = (found["result"] or "").strip()
    method = Method(found["name"], parameters, result, found["is_async"] is not None)
    if iskeyword(method.name):
        return method
    try:
        (function,) = ast.parse(f"{method.head} ...").body
        compile(f"{method.head} ...", "", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return text
    return method if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) else text


def _refused(message: str) -> Refused:
    return Refused((Problem("FORMAT", message),))
