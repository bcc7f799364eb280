"""Runs the language server on standard input and output, or on a loopback port for debugging.

Standard output is the protocol; everything else goes to standard error.
"""

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--stdio` is accepted because many editors add it by themselves."""
    transport = parser.add_mutually_exclusive_group()
    transport.add_argument("--stdio", action="store_true", help="speak on standard input and output (the default)")
    transport.add_argument("--tcp", action="store_true", help="listen on a loopback port instead, for one client")
    parser.add_argument(
        "--port", type=port, default=2087, metavar="N", help="the port for --tcp (default: %(default)s)"
    )


def port(text: str) -> int:
    """A port, 0 for any that is free; argparse tells the user of the ValueError."""
    number = int(text)
    if not 0 <= number < 2**16:
        raise ValueError
    return number


def run(arguments: argparse.Namespace) -> int:
    """Serves until the client says exit or goes away."""
    from lsp_server.loading import to_stay

    with to_stay():
        from lsp_server.server import serve_stdio, serve_tcp

    if arguments.tcp:
        return serve_tcp("127.0.0.1", arguments.port)
    return serve_stdio()
