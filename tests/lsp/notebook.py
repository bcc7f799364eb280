"""What does an editor tell of a notebook? Its cells as documents of their own, as VS Code's client library does."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from tests.lsp.editor import Editor

CODE = 2


def as_json(cells: Sequence[str], language: str = "python") -> str:
    """The file of a notebook with these code cells."""
    values = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": text.splitlines(True)}
        for text in cells
    ]
    metadata = {"language_info": {"name": language}}
    return json.dumps({"cells": values, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"


def open_notebook(editor: Editor, path: str) -> list[str]:
    """Opens a notebook of the workspace; the URIs of its cells in order."""
    uri = editor.uri(path)
    values = json.loads((editor.root / path).read_text())
    language = values["metadata"]["language_info"]["name"]
    texts = ["".join(cell["source"]) for cell in values["cells"]]
    cells = [
        f"vscode-notebook-cell:{quote(str(editor.root / path))}#W{number}sZmlsZQ%3D%3D" for number in range(len(texts))
    ]
    editor.versions[uri] = 1
    editor.notify(
        "notebookDocument/didOpen",
        {
            "notebookDocument": {
                "uri": uri,
                "notebookType": "jupyter-notebook",
                "version": 1,
                "cells": [{"kind": CODE, "document": cell} for cell in cells],
            },
            "cellTextDocuments": [
                _item(editor, uri, cell, text, language) for cell, text in zip(cells, texts, strict=True)
            ],
        },
    )
    return cells


def splice(
    editor: Editor, path: str, start: int, deleted: Sequence[str], added: Sequence[tuple[str, str]], **change: Any
) -> None:
    """Tells that cells went at `start`, and that others (URI and text) stand there now."""
    uri = editor.uri(path)
    opened = [_item(editor, uri, cell, text, "python") for cell, text in added if cell not in editor.buffers]
    cells = [{"kind": CODE, "document": cell} for cell, _ in added]
    gone = [cell for cell in deleted if cell not in dict(added)]
    structure = {
        "array": {"start": start, "deleteCount": len(deleted), "cells": cells},
        "didOpen": opened,
        "didClose": [{"uri": cell} for cell in gone],
    }
    for cell in gone:
        for known in (editor.buffers, editor.versions, editor.notebook_of):
            known.pop(cell)
    editor.notebook_changed(uri, {"structure": structure}, **change)


def _item(editor: Editor, notebook: str, cell: str, text: str, language: str) -> dict[str, Any]:
    editor.buffers[cell], editor.versions[cell], editor.notebook_of[cell] = text, 1, notebook
    return {"uri": cell, "languageId": language, "version": 1, "text": text}
