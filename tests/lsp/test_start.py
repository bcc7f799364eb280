"""What an editor waits for: only light modules are imported before `initialize` can be answered."""

import subprocess
import sys

HEAVY = ("tree_sitter", "httpx", "watchfiles", "sqlite3", "rich", "detect_secrets", "rapidfuzz", "pathspec", "pygments")


def test_a_server_that_can_answer_initialize_has_imported_nothing_heavy():
    program = (
        "import sys; from lsp_server.server import build_session; build_session();"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"
