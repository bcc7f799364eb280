"""Which secrets do some files hold? What `detect-secrets scan` says, in half of the time:

    $ python -I -m lsp_server.review.checks.secret_scan a.py
    {"results": {"a.py": [{"type": "AWS Access Key", "line_number": 3, ...}]}}

It is a process of its own since a file may be made to take for ever. Nothing here can ask a host whether a secret is
valid: the library that would is not imported, which is also what takes the time.
"""

import json
import sys
from collections.abc import Sequence
from types import ModuleType

WHATEVER_COMMENTS_SAY = "detect_secrets.filters.allowlist.is_line_allowlisted"
"""A change cannot say itself that what it brings is no secret; what was allowed before is no new finding anyway."""

FEW = 8
"""So many files are read sooner by this process than processes of their own are started for them."""


def scan(files: Sequence[str]) -> str:
    """The JSON of what is found, without the secrets themselves."""
    without_network()

    from detect_secrets.core.secrets_collection import SecretsCollection
    from detect_secrets.settings import default_settings

    found = SecretsCollection()
    with default_settings() as settings:
        settings.disable_filters(WHATEVER_COMMENTS_SAY)
        if len(files) > FEW:
            found.scan_files(*files)
        else:
            for file in files:
                found.scan_file(file)
    return json.dumps({"results": found.json()})


def without_network() -> None:
    """Puts an empty module in the place of `requests`, whose `Response` the detectors name."""
    empty = ModuleType("requests")
    empty.__dict__["Response"] = object
    sys.modules["requests"] = empty


if __name__ == "__main__":
    sys.stdout.write(scan(sys.argv[1:]))
