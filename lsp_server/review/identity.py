"""Is this the very same change? Hashes that an approval and the audit log speak of a change by."""

import hashlib
import json

from lsp_server.edits.change import ChangeSet, Operation
from lsp_server.review.journal import operation_values


def change_sha(change: ChangeSet) -> str:
    """The hash of a whole change: of every path, every text before and every text after."""
    return _sha([operation_values(operation) for operation in change.operations])


def operation_sha(operation: Operation) -> str:
    """The hash of one operation."""
    return _sha(operation_values(operation))


def _sha(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
