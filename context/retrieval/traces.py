"""Which lines of code do stack traces and links in a description point to?

File "/srv/shop/cart.py", line 12, in total          Python
at total (/srv/shop/cart.js:12:5)                    JavaScript; also Rust's `--> src/cart.rs:12:5` and Go's
at com.acme.shop.Cart.total(Cart.java:12)            Java, Kotlin, Scala
in /srv/shop/Cart.cs:line 12                         C#
https://host/acme/shop/blob/main/cart.py#L12-L20     a link to lines
"""

import re
from dataclasses import dataclass

MOST_FRAMES = 20

_FRAME = re.compile(r"([\w./\\@+-]*\w\.[A-Za-z]\w{0,5})(?:[\"'], line |:line |\(|:|#L)(\d{1,6})\b")
_JVM = re.compile(r"\bat ((?:[\w$]+\.)+)[\w$<>]+\((\w+\.(?:java|kt|scala)):(\d{1,6})\)")


@dataclass(frozen=True, slots=True)
class Frame:
    """A line, 1-based, of a file as it is called where the trace was made: `path` may be absolute or a bare name."""

    path: str
    line: int


def frames(description: str) -> tuple[Frame, ...]:
    """The places that are named with a line, each once, in the order of the text."""
    found: dict[Frame, None] = {}
    for line in description.split("\n"):
        jvm = [Frame(f"{_folder(package)}{name}", int(number)) for package, name, number in _JVM.findall(line)]
        plain = [Frame(path.replace("\\", "/"), int(number)) for path, number in _FRAME.findall(line)]
        found.update(dict.fromkeys(jvm or plain))
    return tuple(found)[:MOST_FRAMES]


def _folder(package: str) -> str:
    """The folder of a class: `com.acme.shop.Cart.` is in com/acme/shop/."""
    return "".join(f"{part}/" for part in package.split(".")[:-2])
