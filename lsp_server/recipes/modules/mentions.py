"""Where else may a module be named? In documents, entry points and configuration: shown, never changed."""

import re
from collections.abc import Iterable

from context.parsing.languages import language_of
from context.snapshot import FileText
from lsp_server.recipes.plan import Site
from lsp_server.recipes.python.imports import Modules, dotted_name


def mention_sites(
    modules: Modules, module: str, documents: Iterable[FileText], *, keeps_name: bool = False
) -> list[Site]:
    """The lines of files that are no source and name a module by its dotted name or its path.

    One that becomes a package keeps its dotted name: then only what names its file, or runs it, is shown.
    """
    dotted = dotted_name(modules, module)
    path = module.removesuffix("/__init__.py")
    names = [rf"(?<![\w/]){re.escape(path)}(?![\w-])"]
    if keeps_name:
        names.append(rf"-m\s+{re.escape(dotted)}\b")
    elif "." in dotted:
        names.append(rf"(?<![\w.]){re.escape(dotted)}(?!\w)")
    else:
        # A single word means the module only where it is run, imported, quoted, or has something of it named.
        word = re.escape(dotted)
        names.append(rf"-m\s+{word}\b|\b(?:import|from)\s+{word}\b|(?<![\w.-]){word}[.:]\w|[\"'`]{word}[\"'`]")
    pattern = re.compile("|".join(names))
    sites: list[Site] = []
    for file in documents:
        language = language_of(file.path)
        if language is not None and language.name not in {"bash", "json", "yaml", "toml", "markdown"}:
            continue
        for number, line in enumerate(file.text.split("\n"), 1):
            if pattern.search(line):
                why = "runs the module" if re.search(r"-m\s", line) else "names the module"
                sites.append(Site(file.path, number, line.strip(), why))
    return sites
