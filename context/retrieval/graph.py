"""Which files define what the best files refer to? References lead from what a description is about to its other half.

A name counts only where few files define it: `get` leads everywhere. Importers of what was found are not followed: they
are many, and measured they cost more than they gave.
"""

import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from context.parsing.extract import Extract
from context.storage.store import Store

MOST_DEFINERS = 4
SHORTEST_NAME = 3
MOST_NAMES = 2000

_REFERENCES = "SELECT reference_names FROM blob JOIN file ON file.blob = blob.id WHERE path = ? AND private = 0"
_DEFINERS = """
SELECT value, (
    SELECT json_group_array(path) FROM (
        SELECT DISTINCT path FROM definition JOIN file ON file.blob = definition.blob
        WHERE name = value AND private = 0 LIMIT ?
    )
) FROM json_each(?)
"""
"""For each name of a list; asked one by one, the statements would cost more than the looking up."""


def used_by(found: Sequence[tuple[str, float]], store: Store, overlays: Mapping[str, Extract]) -> dict[str, float]:
    """How much each file is used by some files, given with their scores: from 0 to 1."""
    names: dict[str, float] = {}
    for path, score in found:
        for name in _references(path, store, overlays):
            if len(name) >= SHORTEST_NAME:
                names[name] = max(names.get(name, 0.0), score)
    used: defaultdict[str, float] = defaultdict(float)
    best = sorted(names, key=lambda name: (-names[name], name))[:MOST_NAMES]
    for name, found_in in store.query(_DEFINERS, (MOST_DEFINERS + 1, json.dumps(best))):
        definers: list[str] = json.loads(found_in)
        if len(definers) <= MOST_DEFINERS:
            for path in definers:
                used[path] += names[name] / len(definers)
    most = max(used.values(), default=0.0)
    if not most:
        # Nothing speaks for the files that were given, which a stack trace may have pointed to.
        return {}
    return {path: math.log1p(amount) / math.log1p(most) for path, amount in used.items()}


def _references(path: str, store: Store, overlays: Mapping[str, Extract]) -> Sequence[str]:
    if path in overlays:
        return tuple(json.loads(overlays[path].references))
    return tuple(name for (text,) in store.query(_REFERENCES, (path,)) for name in json.loads(text))
