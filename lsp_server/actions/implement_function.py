"""Implement this function: a signature with a docstring and an empty body gets its body.

def area(radius: float) -> float:|              def area(radius: float) -> float:
    \"""The area of a circle.\"""       ->           \"""The area of a circle.\"""
                                                    return math.pi * radius**2
"""

from context.snapshot import Place
from lsp_server.actions.comment import request_in
from lsp_server.actions.offer import Action, Found, Spot
from lsp_server.actions.target import qualified

KINDS = ("function", "method")


def find(spot: Spot) -> Found | None:
    """Offered inside a function or method whose body is empty, the innermost one."""
    inside = [
        definition
        for definition in spot.outline
        if definition.kind in KINDS and definition.start_line <= spot.place.start_line <= definition.end_line
    ]
    if not inside or not inside[-1].stub:
        return None
    function = inside[-1]
    name = qualified(function)
    says = f"\nIt says:\n{function.docstring}" if function.docstring else ""
    place = Place(spot.file.path, function.start_line, function.end_line)
    request = request_in(spot.file, place)
    wishes = f"\n\nIt is asked to: {request.text}" if request else ""
    return Found(f"Write the body of `{name}`{says}{wishes}", place)


ACTION = Action("implementFunction", "Implement this function", "file", "implement_function.md", False, find)
