"""What may a decorator do with the name of what it decorates? A fixture, a command or an endpoint is found by it."""

import re
from collections.abc import Iterator

from context.parsing.parse import Node

NAME_USERS = {
    "fixture": "a fixture",
    "command": "a command",
    "group": "a command",
    "route": "an endpoint",
    "get": "an endpoint",
    "post": "an endpoint",
    "put": "an endpoint",
    "task": "a task",
    "shared_task": "a task",
    "filter": "a template filter",
    "simple_tag": "a template tag",
    "inclusion_tag": "a template tag",
    "simple_block_tag": "a template tag",
    "hookimpl": "a hook",
    "hookspec": "a hook",
}
"""Decorators, by their last name, that register what they decorate under its name."""

INDIFFERENT = frozenset(
    {
        "abstractmethod",
        "asynccontextmanager",
        "attrs",
        "cache",
        "contextmanager",
        "dataclass",
        "define",
        "deprecated",
        "final",
        "frozen",
        "lru_cache",
        "no_type_check",
        "overload",
        "runtime_checkable",
        "singledispatch",
        "total_ordering",
        "unique",
        "wraps",
    }
)
"""Decorators, by their last name, that take no notice of the name; any other may."""


def decorators(whole: Node | None) -> Iterator[tuple[Node, str]]:
    """The decorators of a definition, each with the last part of its name."""
    for decorator in whole.named_children if whole is not None else ():
        tail = re.match(rb"@\s*[\w.]*?(\w+)\s*(?:\(|$)", ((decorator.text or b"").splitlines() or [b""])[0])
        if decorator.type == "decorator" and tail is not None:
            yield decorator, tail[1].decode("utf-8", "replace")


def is_fixture(whole: Node | None) -> bool:
    """Whether pytest hands a function to parameters of its name."""
    return any(name == "fixture" for _, name in decorators(whole))


def is_registered(whole: Node | None) -> bool:
    """Whether a decorator may make a definition known by its name in a string."""
    return any(name not in INDIFFERENT for _, name in decorators(whole))
