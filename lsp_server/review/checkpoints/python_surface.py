"""What does a Python file offer to others? Its public functions, classes and methods with how they are called."""

import ast
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

Function = ast.FunctionDef | ast.AsyncFunctionDef
MANY = 10_000


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a call may give: names by position, how many of them must be given, names by keyword alone, and rests."""

    positional: tuple[str, ...] = ()
    positional_only: int = 0
    required: int = 0
    keywords: tuple[str, ...] = ()
    required_keywords: frozenset[str] = frozenset()
    rest: bool = False
    keyword_rest: bool = False

    def takes(self, call: ast.Call) -> bool:
        """Whether a call fits; one with `*` or `**` is taken to."""
        if any(isinstance(each, ast.Starred) for each in call.args) or any(each.arg is None for each in call.keywords):
            return True
        given, names = len(call.args), [each.arg or "" for each in call.keywords]
        if given > len(self.positional) and not self.rest:
            return False
        by_name = self.positional[max(given, self.positional_only) :]
        if any(name not in (*by_name, *self.keywords) and not self.keyword_rest for name in names):
            return False
        missing = [name for name in self.positional[given : self.required] if name not in names]
        return not missing and all(name in names for name in self.required_keywords)


@dataclass(frozen=True, slots=True)
class Offered:
    """A public name. `takes` is None for what is not called as written here; `shape` is what else they rely on."""

    name: str
    line: int
    kind: str
    takes: Parameters | None = None
    shape: tuple[str, ...] = ()


@lru_cache(maxsize=32)
def tree_of(text: str) -> ast.Module | None:
    """The tree of a text; None for one that this Python cannot read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def offered(text: str) -> Mapping[str, Offered]:
    """The public names of a module, methods as `Class.method`; conditional definitions count as any other."""
    tree = tree_of(text)
    found: dict[str, Offered] = {}
    for each in _statements(tree.body) if tree else ():
        for name in _of(each):
            found[name.name] = name
    return found


def bound_names(text: str) -> frozenset[str]:
    """All names that a module binds at its top, imported ones included."""
    tree = tree_of(text)
    names: set[str] = set()
    for each in _statements(tree.body) if tree else ():
        if isinstance(each, ast.Import | ast.ImportFrom):
            names.update((alias.asname or alias.name.split(".")[0]) for alias in each.names)
        else:
            names.update(name.name for name in _of(each, public=False))
    return frozenset(names)


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for each in body:
        if isinstance(each, ast.If):
            yield from _statements([*each.body, *each.orelse])
        elif isinstance(each, ast.Try):
            yield from _statements([*each.body, *each.orelse, *each.finalbody])
            for handler in each.handlers:
                yield from _statements(handler.body)
        else:
            yield each


def _of(statement: ast.stmt, *, public: bool = True) -> Iterator[Offered]:
    """What one statement of a module offers."""

    def counts(name: str) -> bool:
        return not (public and name.startswith("_"))

    if isinstance(statement, Function):
        if counts(statement.name):
            yield _function(statement, statement.name, 0)
    elif isinstance(statement, ast.ClassDef):
        if counts(statement.name):
            yield from _class(statement)
    elif isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            for name in target.elts if isinstance(target, ast.Tuple) else [target]:
                if isinstance(name, ast.Name) and counts(name.id):
                    yield Offered(name.id, statement.lineno, "name")


def _class(statement: ast.ClassDef) -> Iterator[Offered]:
    methods = [each for each in _statements(statement.body) if isinstance(each, Function)]
    makes = next((each for each in methods if each.name == "__init__"), None)
    takes = _parameters(makes, 1) if makes is not None and not statement.decorator_list else None
    bases = tuple(ast.unparse(base) for base in statement.bases)
    yield Offered(statement.name, statement.lineno, "class", takes, bases)
    for method in methods:
        if not method.name.startswith("_"):
            decorators = {ast.unparse(each) for each in method.decorator_list}
            yield _function(method, f"{statement.name}.{method.name}", 0 if "staticmethod" in decorators else 1)


def _function(function: Function, name: str, skipped: int) -> Offered:
    """Decorators may change how it is called; of those that are well known it is known."""
    decorators = tuple(ast.unparse(each) for each in function.decorator_list)
    plain = all(each.split(".")[-1].split("(")[0] in KEEPING for each in decorators)
    shape = ("async",) if isinstance(function, ast.AsyncFunctionDef) else ()
    is_property = any(each.endswith(("property", ".setter", ".getter")) for each in decorators)
    shape += ("property",) if is_property else ()
    kind = "method" if "." in name else "function"
    return Offered(name, function.lineno, kind, _parameters(function, skipped) if plain else None, shape)


KEEPING = frozenset(
    {"staticmethod", "classmethod", "abstractmethod", "override", "final", "cache", "lru_cache", "overload"}
    | {"property", "cached_property", "contextmanager", "asynccontextmanager", "deprecated", "wraps"}
)


def _parameters(function: Function, skipped: int) -> Parameters:
    given = function.args
    names = tuple(each.arg for each in (*given.posonlyargs, *given.args))
    required = len(names) - len(given.defaults)
    missing = {each.arg for each, default in zip(given.kwonlyargs, given.kw_defaults, strict=True) if default is None}
    return Parameters(
        names[skipped:],
        max(len(given.posonlyargs) - skipped, 0),
        max(required - skipped, 0),
        tuple(each.arg for each in given.kwonlyargs),
        frozenset(missing),
        given.vararg is not None,
        given.kwarg is not None,
    )


def is_wider(old: Parameters, new: Parameters) -> bool:
    """Whether every call that the old parameters take is taken by the new ones, and means the same."""
    names_stay = new.positional[: len(old.positional)] == old.positional
    keywords_stay = set(old.keywords) <= {*new.keywords, *new.positional}
    return (
        names_stay
        and keywords_stay
        and new.required <= old.required
        and new.positional_only <= old.positional_only
        and new.required_keywords <= old.required_keywords
        and new.rest >= old.rest
        and (new.keyword_rest >= old.keyword_rest)
        # A rest that took what now has a name of its own would mean something else.
        and (not old.rest or len(new.positional) == len(old.positional))
    )
