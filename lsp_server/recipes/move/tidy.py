"""Which imports did the old module have for the moved lines alone? They go, where certainly nothing needs them."""

from dataclasses import replace

from lsp_server.recipes.move.leftovers import without_unused
from lsp_server.recipes.move.order import new_failures
from lsp_server.recipes.move.removal import Ground
from lsp_server.recipes.move.stub import needed_in_stub
from lsp_server.recipes.outcome import finished
from lsp_server.recipes.plan import Done, Material
from lsp_server.recipes.python.imports import modules_of
from lsp_server.recipes.python.names import PythonFile, Symbol, open_file
from lsp_server.recipes.sequence import after, joined
from lsp_server.recipes.splices import Splice


def tidied(ground: Ground, done: Done) -> Done:
    """The move without the imports that it leaves unused, where these certainly are and all can be loaded as before."""
    snapshot = after(ground.material.snapshot, done.change)
    modules = modules_of(snapshot, (*ground.material.candidates, ground.new))
    splices = {
        old.path: _gone(Symbol(modules, "", "", also=frozenset({*needed, "__all__"})), old.path, needed, ground)
        for old, needed in ((ground.old, ground.block.needed), *needed_in_stub(ground))
    }
    second = finished(Material(snapshot), splices, done.summary) if any(splices.values()) else done
    if second is done or not isinstance(second, Done):
        return done
    whole = joined(ground.material.snapshot, [done, second])
    result = modules_of(after(ground.material.snapshot, whole.change), (*ground.material.candidates, ground.new))
    if new_failures(ground.modules, result, ground.new):
        return done
    return replace(whole, summary=done.summary, certain=done.certain)


def _gone(symbol: Symbol, path: str, needed: frozenset[str], ground: Ground) -> list[Splice]:
    """The imports of some names that a file no longer needs."""
    file = open_file(symbol, path)
    if not isinstance(file, PythonFile):
        return []
    splices = without_unused(symbol, file, needed, (*ground.material.candidates, ground.new))
    return splices + _blanks_on_top(file, splices)


def _blanks_on_top(file: PythonFile, splices: list[Splice]) -> list[Splice]:
    """The splice for the blank lines that a file would begin with."""
    top = 0
    for each in sorted(splices):
        top = each.end if each.start == top else top
    end = len(file.source) - len(file.source[top:].lstrip(b"\r\n"))
    return [Splice(top, end, "")] if 0 < top < end else []
