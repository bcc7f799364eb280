"""Where is "Implement this function" offered? One string is a file; `|` marks the cursor's line."""

import pytest

from context.parsing.symbols import outline
from context.snapshot import Place, from_buffer
from lsp_server.actions.implement_function import find
from lsp_server.actions.offer import Spot


@pytest.mark.parametrize(
    ("path", "marked", "asked", "lines"),
    [
        ("a.rb", "class A\n  # Greets.\n  def greet(name)|\n  end\nend\n", "`A.greet`\nIt says:\nGreets.", (3, 4)),
        ("a.cpp", "// Greets.\nvoid A::greet() {|\n}\n", "`A.greet`\nIt says:\nGreets.", (2, 3)),
        ("a.lua", "-- Greets.\nfunction M.greet(name)|\nend\n", "`M.greet`\nIt says:\nGreets.", (2, 3)),
        ("a.kt", "fun greet(): String = TODO()|\n", "`greet`", (1, 1)),
        ("a.swift", 'func greet() {\n  fatalError("not implemented")|\n}\n', "`greet`", (1, 3)),
        ("A.cs", "class A {\n  void Greet() => throw new NotImplementedException();|\n}\n", "`A.Greet`", (2, 2)),
        ("a.scala", "object A {\n  def greet: String = ???|\n}\n", "`A.greet`", (2, 2)),
        ("a.php", "<?php\nfunction greet() {|\n}\n", "`greet`", (2, 3)),
        ("a.sh", "greet() {\n  :|\n}\n", "`greet`", (1, 3)),
        ("a.c", "void greet(void)\n{|\n}\n", "`greet`", (1, 3)),
    ],
)
def test_an_empty_function_of_any_language_can_be_implemented(
    path: str, marked: str, asked: str, lines: tuple[int, int]
):
    line = marked[: marked.index("|")].count("\n") + 1
    text = marked.replace("|", "")
    found = find(Spot(from_buffer(path, text, 1), Place(path, line, line), None, outline(path, text)))
    assert found is not None
    assert (found.description, found.place) == (f"Write the body of {asked}", Place(path, *lines))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.c", "void greet(void);\n"),
        ("a.cpp", "A::A(int x) : x_(x) {}\n"),
        ("a.rb", "def greet = 1\n"),
        ("a.kt", "fun greet() = 1\n"),
        ("a.ts", "class A { constructor(private x: number) {} }\n"),
        ("a.swift", "protocol A { func greet() }\n"),
        ("a.scala", "trait A { def greet: String }\n"),
    ],
)
def test_a_function_without_an_empty_body_cannot(path: str, text: str):
    assert find(Spot(from_buffer(path, text, 1), Place(path, 1, 1), None, outline(path, text))) is None
