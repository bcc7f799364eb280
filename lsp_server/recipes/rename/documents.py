"""Which lines of documents, templates and configuration files mention the symbol? They are shown, never changed."""

import re
from pathlib import PurePosixPath

from context.parsing.languages import language_of
from context.snapshot import FileText
from lsp_server.recipes.plan import Site

PROSE = frozenset({".md", ".rst", ".txt", ".markdown", ""})


def looks_like_code(name: str) -> bool:
    """Whether a name cannot well be an ordinary word: `load_user`, `User`."""
    return "_" in name or not name.islower()


def is_code_span(text: str, name: str) -> bool:
    """Whether a line shows a name as code: between backticks, called, dotted, imported, or in a doctest."""
    word = rf"(?<![\w'\"]){re.escape(name)}(?![\w'\"])"
    shown = rf"`[^`\n]*{word}[^`\n]*`|{word}\(|[.:]{word}|\bimport\b.*{word}|{word}\.\w|^\s*(?:>>>|\.\.\.)\s.*{word}"
    return bool(re.search(shown, text))


def document_sites(file: FileText, name: str) -> list[Site]:
    """The lines of a document, template, shell script or configuration file that mention a name.

    Source of other languages has none. In prose a name that is also an ordinary word counts only where it is shown as
    code.
    """
    language = language_of(file.path)
    if language is not None and language.name != "bash":
        return []
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    if not word.search(file.text):
        return []
    is_prose = PurePosixPath(file.path).suffix.lower() in PROSE
    sites: list[Site] = []
    fenced = False
    for number, line in enumerate(file.text.split("\n"), 1):
        fenced ^= line.lstrip().startswith(("```", "~~~"))
        if word.search(line) and (not is_prose or looks_like_code(name) or fenced or is_code_span(line, name)):
            why = "in a document" if is_prose else "in another kind of file"
            sites.append(Site(file.path, number, line.strip(), why))
    return sites
