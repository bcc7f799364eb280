"""Which files must a recipe see, and does each still compile when it is through?"""

import re
import warnings

from context.parsing.languages import language_of
from context.snapshot import FileText
from lsp_server.edits.change import Edit, Problem
from lsp_server.recipes.plan import Material
from lsp_server.recipes.python.listings import LISTERS
from lsp_server.recipes.python.loaders import LOADERS
from lsp_server.recipes.python.names import PythonFile, Symbol, open_file
from lsp_server.recipes.unread import may_mention


def open_candidates(
    symbol: Symbol, own: tuple[str, ...], material: Material
) -> tuple[list[PythonFile], list[FileText], list[Problem]]:
    """The Python files and the documents that matter, and why some cannot be read.

    Every file that mentions one of the `own` names matters. A Python file that mentions only another of the material's
    names, those of classes, matters if it defines one of them or an heir.
    """
    files: list[PythonFile] = []
    documents: list[FileText] = []
    problems: list[Problem] = []
    for path in dict.fromkeys(material.candidates):
        language = language_of(path)
        is_python = language is not None and language.name == "python"
        if is_python and not _matters(own, material, path):
            continue
        opened = open_file(symbol, path) if is_python else material.snapshot.file(path)
        if isinstance(opened, PythonFile):
            files.append(opened)
            if opened.fault_line and re.search(rf"\b{re.escape(symbol.old)}\b", opened.file.text):
                message = f"{path}:{opened.fault_line} has a syntax error: correct it first, so that nothing is missed."
                problems.append(Problem("SYNTAX_WORSE", message, path))
        elif isinstance(opened, FileText):
            documents.append(opened)
        elif is_python and opened.exists and may_mention(material.snapshot.root, path, symbol.old):
            message = f"{path} {opened.reason}, and may use {symbol.old}: mend it, or add it to .patchwrightignore."
            problems.append(Problem("ENCODING", message, path))
    return files, documents, problems


def _matters(own: tuple[str, ...], material: Material, path: str) -> bool:
    """Whether a file mentions one of the own names, or defines one of the others or an heir."""
    file = material.snapshot.file(path)
    if not isinstance(file, FileText) or re.search(rf"\b(?:{'|'.join(map(re.escape, own))})\b", file.text):
        return True
    others = "|".join(map(re.escape, set(material.names) - {*own, *LISTERS, *LOADERS}))
    defined = rf"class\s[^:]*\b(?:{others})\b|def\s[^:]*\b(?:{others})\b"  # beginning with letters: found by search
    return bool(others) and re.search(defined, file.text) is not None


def compile_problems(edit: Edit) -> list[Problem]:
    """Why a changed Python file no longer compiles, if it did before."""
    language = language_of(edit.path)
    if language is None or language.name != "python" or _compile_error(edit.before, edit.path) is not None:
        return []
    error = _compile_error(edit.after, edit.path)
    if error is None:
        return []
    return [Problem("SYNTAX_WORSE", f"{edit.path} would no longer compile ({error}): nothing was changed.", edit.path)]


def _compile_error(text: str, path: str) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        return str(error)
    return None
