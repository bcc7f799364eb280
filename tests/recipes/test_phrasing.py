"""Templates: which sentences fit one, whatever is looked at first to spare the others."""

import pytest

from lsp_server.recipes.phrasing import matched

FITS = [
    ("(get rid|drop) of [the] {name}", "Get  rid of  load", {"name": "load"}),
    ("turn [the (module|file)] {path} into a package", "TURN the file pkg/a.py INTO a Package", {"path": "pkg/a.py"}),
    ("{kind:data class|enum} {name}: {fields}", "Data  class User: a, b", {"kind": "Data  class"}),
    ("add {literal:[`]?import .+?} to {path}", "please add `import os to a.py", {"literal": "`import os"}),
    ("list {names} in __all__", "List a, b in __ALL__, please", {"names": "a, b"}),
    ("wrap {code} in try ... except", "wrap f() in try ... except", {"code": "f()"}),
    ("rename {name} (to|->) {name2}", "rename a->b", None),
    ("rename {name} (to|->) {name2}", "rename a -> b", {"name": "a", "name2": "b"}),
    ("drop {name} from {path}", "drop a of b.py", None),
]


@pytest.mark.parametrize(("template", "sentence", "slots"), FITS)
def test_a_sentence_fits_a_template_or_not(template: str, sentence: str, slots: dict[str, str] | None):
    found = matched([template], sentence)
    assert (found is None) == (slots is None)
    assert (slots or {}).items() <= (found or {}).items()
