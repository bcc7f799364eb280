"""`python -I -m lsp_server`: the `patchwright` command, for an editor that starts the server by module name."""

from lsp_server.cli import run

if __name__ == "__main__":
    run()
