"""What is the server made of? The features on one session, served over standard input and output or a loopback port.

Imports here are what an editor waits for: only pygls and our own light modules, until `initialize` is answered.
"""

import asyncio
import logging
import os
import threading
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any

from pygls.exceptions import JsonRpcException, JsonRpcInternalError
from pygls.lsp.server import LanguageServer

from lsp_server import __version__
from lsp_server.features import (
    code_action,
    code_lens,
    configuration,
    early_answer,
    execute_command,
    inline_completion,
    language_model,
    lifecycle,
    notebooks,
    page,
    pending,
    progress,
    proposal_reading,
    proposals,
    recovery,
    saving,
    status,
    undo,
    workspace_folders,
)
from lsp_server.protocol import Protocol
from lsp_server.session import Patience, Session
from lsp_server.transport import serve_port, serve_standard_streams

if TYPE_CHECKING:
    from pygls.server import ServerErrors

log = logging.getLogger(__name__)

FEATURES: tuple[ModuleType, ...] = (
    lifecycle,
    configuration,
    workspace_folders,
    code_action,
    early_answer,
    execute_command,
    proposals,
    proposal_reading,
    code_lens,
    undo,
    pending,
    inline_completion,
    language_model,
    page,
    saving,
    recovery,
    notebooks,
    progress,
    status,
)
"""Each has `register(session)`."""

SECONDS_TO_CLOSE = 4.0


class Server(LanguageServer):
    """pygls' server, but what fails is logged for us, not shown to the user with its text."""

    def report_server_error(self, error: Exception, source: "ServerErrors") -> None:
        """Logs the kind of an error and where it came from; its text may hold a user's."""
        if isinstance(error, JsonRpcException) and not isinstance(error, JsonRpcInternalError):
            # A refusal in our own words, which the client got: nothing failed.
            return
        kind, where = type(error).__name__, ""
        if isinstance(error, JsonRpcInternalError):
            data: Any = error.data or {}
            kind, where = error.message.split(":")[0], "".join(data.get("traceback", ()))
        log.error("%s at a %s\n%s", kind, source.__name__, where)


def build_session(patience: Patience | None = None) -> Session:
    """A session with all features, not yet connected."""
    server = Server("patchwright", __version__, protocol_cls=Protocol, notebook_document_sync=notebooks.SYNC)
    protocol = server.protocol
    if not isinstance(protocol, Protocol):
        raise TypeError("pygls made another protocol than it was given")
    session = Session(server, protocol, patience or Patience())
    for feature in FEATURES:
        feature.register(session)
    return session


def serve_stdio(patience: Patience | None = None) -> int:
    """Serves the program that started us; the exit code."""
    return _run(serve_standard_streams, patience)


def serve_tcp(host: str, port: int, patience: Patience | None = None) -> int:
    """Serves the first client of a port; the exit code. Anyone who connects is believed: only loopback is safe."""
    return _run(lambda protocol: serve_port(protocol, host, port), patience)


def _run(connect: Callable[[Protocol], Awaitable[int]], patience: Patience | None) -> int:
    logging.basicConfig(level=logging.WARNING, format="patchwright: %(message)s")
    # Its records hold whole messages, and so the user's code.
    logging.getLogger("pygls").setLevel(logging.CRITICAL + 1)
    return asyncio.run(_serve(connect, patience))


async def _serve(connect: Callable[[Protocol], Awaitable[int]], patience: Patience | None) -> int:
    session = build_session(patience)
    code = await connect(session.protocol)
    last_resort = threading.Timer(SECONDS_TO_CLOSE, os._exit, (code,))  # pyright: ignore[reportPrivateUsage] - public in spite of its name
    last_resort.daemon = True
    last_resort.start()
    await lifecycle.end(session)
    return code
