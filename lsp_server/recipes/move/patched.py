"""Which places set a name of the old module that the moved code reads? It reads the new module's own from now on.

Tests do: `core.now = fake`, `monkeypatch.setattr(core, "now", fake)`, `mock.patch("pkg.core.now")`. Told from the text
alone, so they are shown and not changed.
"""

import re

from context.snapshot import FileText
from lsp_server.recipes.move.removal import Removal
from lsp_server.recipes.plan import Site


def list_patches(removal: Removal, stem: str) -> None:
    """Notes the places where the old module, called `stem`, gets another value of a name that the moved code needs."""
    ground = removal.ground
    bound = ground.old.names.scopes[0].bindings
    names = sorted(name for name in ground.block.needed if name in bound and name not in removal.way.lazily)
    if not names:
        return
    module, name = rf"\b{re.escape(stem)}", f"(?P<name>{'|'.join(map(re.escape, names))})"
    forms = (
        rf"{module}\.{name}\b\s*=(?!=)",
        rf"setattr\(\s*[\w.]*{module}\s*,\s*[\"']{name}[\"']",
        rf"patch(?:\.object)?\(\s*[\w.]*{module}\s*,\s*[\"']{name}[\"']",
        rf"[\"'][\w.]*{module}\.{name}[\"']",
    )
    sets = re.compile("|".join(form.replace("?P<name>", f"?P<name{n}>") for n, form in enumerate(forms)))
    for path in ground.material.candidates:
        file = ground.material.snapshot.file(path)
        if not isinstance(file, FileText) or not path.endswith(".py") or path == ground.old.path:
            continue
        for found in sets.finditer(file.text):
            what = next(each for each in found.groups() if each)
            why = f"sets {what} in the old module, where the moved code no longer looks for it"
            removal.sites.append(Site(path, file.text.count("\n", 0, found.start()) + 1, found[0], why))
