"""How does a renaming within one JavaScript or TypeScript file become its answer? It must still parse."""

from collections.abc import Mapping, Sequence

from context.parsing.parse import parse, tree_faults
from lsp_server.edits.change import Edit, Problem, ProblemCode
from lsp_server.recipes.outcome import finished as joined
from lsp_server.recipes.plan import Done, Material, Refused, Site
from lsp_server.recipes.rename.sentence import Rename
from lsp_server.recipes.script.modules import ScriptFile, script_language
from lsp_server.recipes.splices import Splice, source_of


def homes_of(files: Sequence[ScriptFile], where: str) -> list[ScriptFile]:
    """The files that a path names; all for none."""
    return [file for file in files if not where or f"/{file.path}".endswith(f"/{where.removeprefix('./')}")]


def refused(code: ProblemCode, message: str, path: str = "") -> Refused:
    """A refusal for one reason."""
    return Refused((Problem(code, message, path),))


def finished(
    plan: Rename,
    material: Material,
    files: Sequence[ScriptFile],
    splices: Mapping[str, Sequence[Splice]],
    sites: Sequence[Site],
) -> Done | Refused:
    """The change of all splices, unless a file would no longer parse."""
    count = sum(len(set(own)) for own in splices.values())
    said = f"Rename {plan.old} → {plan.new}: {count} {'place' if count == 1 else 'places'}"
    done = joined(material, splices, said, [each for each in dict.fromkeys(sites) if not _is_gone(material, each)])
    if isinstance(done, Refused):
        return done
    faults = {file.path: file.fault_line for file in files}
    for operation in done.change.operations:
        language = script_language(operation.path)
        if not isinstance(operation, Edit) or language is None or faults.get(operation.path):
            continue
        source = source_of(operation.after)
        if tree_faults(parse(language, source), source):
            return refused("SYNTAX_WORSE", f"{operation.path} would no longer be correct: nothing was changed.")
    return done


def _is_gone(material: Material, each: Site) -> bool:
    gone = material.consumed
    return gone is not None and each.path == gone.path and gone.start_line <= each.line <= gone.end_line
