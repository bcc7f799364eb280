"""Which modules does an import name? As they are written, one path each: nothing is looked up.

| written | paths |
|---|---|
| `from a.b import c, d`, `from . import e` | `a.b.c`, `a.b.d`, `.e` |
| `import { x } from "./y"`, `#include "y.h"`, `require "y"` | `./y`, `y.h`, `y` |
| `use a::{b as c, d::{self, e}, f::*};` | `a::b`, `a::d`, `a::d::e`, `a::f` |

So the end of a path may be a module or a name in one; wildcards and new names are left out.
"""

import re

MOST_BYTES = 20_000
"""A longer import is passed over."""

_DEEPEST = 8
_LEFT_OUT = re.compile(r"//[^\n]*|/\*.*?\*/|\s+as\s+\w+|\s*=>\s*\w+", re.DOTALL)
_KEYWORD = re.compile(r"\s*(?:import|use)\s+(?:(?:function|const)\s+)?")
_WILDCARD = re.compile(r"(?:(?:\.|::|\\)(?:\*|_|self|given))+$")
_PARTS = re.compile(r"([{},])")


def import_paths(written: str, module: str = "") -> list[str]:
    """The paths of one import, with or without its keyword; of a name that is taken from a `module`, that of both."""
    if module:
        return [f"{module}{written}" if module.endswith(".") else f"{module}.{written}"]
    said = _KEYWORD.sub("", written).rstrip("; ")
    has_parts = "{" in said or (said != written and "," in said)
    paths = _expanded("".join(_LEFT_OUT.sub("", said).split())) if has_parts else [said.strip("<>'\"")]
    return [bare for path in paths if (bare := _WILDCARD.sub("", path))]


def _expanded(path: str) -> list[str]:
    """`a{b,c}` is `ab` and `ac`."""
    found: list[str] = []
    around = [""]
    last = ""
    for part in _PARTS.split(path):
        if part == "{":
            if len(around) > _DEEPEST:
                break
            around.append(around[-1] + last)
        elif part in {"}", ","}:
            found += [around[-1] + last] if last else []
            if part == "}" and len(around) > 1:
                around.pop()
        last = "" if part in {"{", "}", ","} else part or last
    return found + ([around[-1] + last] if last else [])
