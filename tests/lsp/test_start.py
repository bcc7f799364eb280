"""What an editor waits for: only light modules are imported before `initialize` can be answered."""

import ast
import subprocess
import sys
from pathlib import Path

import lsp_server
from lsp_server.recipes.phrasing import _compiled as compiled  # pyright: ignore[reportPrivateUsage] - its cache
from lsp_server.recipes.registry import understand

HEAVY = ("tree_sitter", "httpx", "watchfiles", "sqlite3", "rich", "detect_secrets", "rapidfuzz", "pathspec", "pygments")


def test_a_server_that_can_answer_initialize_has_imported_nothing_heavy():
    program = (
        "import sys; from lsp_server.server import build_session; build_session();"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"


def test_what_features_import_late_is_loaded_by_the_one_thread_that_imports():
    """A module that the loop imported meanwhile could meet another that is half made."""
    package = Path(lsp_server.__file__).parent
    late: set[str] = set()
    for file in (*(package / "features").glob("*.py"), package / "session.py", package / "folders.py"):
        functions = [node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if hasattr(node, "returns")]
        inner = [node for function in functions for node in ast.walk(function) if isinstance(node, ast.ImportFrom)]
        late |= {str(node.module) for node in inner}
    assert len(late) > 3
    program = (
        "import sys, lsp_server.server; from lsp_server.loading import import_all; import_all();"
        f"print([name for name in {sorted(late)!r} if name not in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"


def test_a_menu_compiles_only_phrasings_that_can_fit_and_each_once():
    """All of them would hold the menu up for a tenth of a second."""
    compiled.cache_clear()
    counts: list[int] = []
    for sentence in ("greet a user", "rename old to new", "extract lines 3-5 into total, then inline it") * 2:
        understand(sentence)
        counts.append(compiled.cache_info().misses)
    assert counts[0] <= 3
    assert counts[1] <= 10
    assert counts[2] == counts[-1] <= 20
