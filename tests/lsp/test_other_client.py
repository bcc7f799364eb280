"""The main job through an independent client: pytest-lsp's, with lsprotocol's types and its own canned capabilities."""

import sys
from pathlib import Path

import pytest
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities, make_test_lsp_client

CLIENTS = ("visual-studio-code", "neovim", "emacs")
SERVER = [sys.executable, "-I", "-m", "lsp_server", "serve"]
TEXT = "def load_user():\n    pass\n\n\n# rename load_user to fetch_user\nload_user()\n"


async def run_client(name: str, root: Path, environment: dict[str, str]) -> LanguageClient:
    """A client with a canned set of capabilities, connected and initialized."""
    config = ClientServerConfig(server_command=SERVER, server_env=environment, client_factory=make_test_lsp_client)
    client = await config.start()
    await client.initialize_session(
        types.InitializeParams(
            capabilities=client_capabilities(name),
            workspace_folders=[types.WorkspaceFolder(uri=root.as_uri(), name="workspace")],
        )
    )
    return client


@pytest.mark.parametrize("name", CLIENTS)
async def test_a_rename_arrives_as_one_exact_edit(tmp_path: Path, environment: dict[str, str], name: str):
    root = tmp_path / "workspace"
    root.mkdir()
    (root / "a.py").write_text(TEXT)
    uri = (root / "a.py").as_uri()
    client = await run_client(name, root, environment)
    received: list[types.WorkspaceEdit] = []

    @client.feature(types.WORKSPACE_APPLY_EDIT)
    def apply(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        received.append(params.edit)
        after = TEXT.replace("# rename load_user to fetch_user\n", "").replace("load_user", "fetch_user")
        client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                text_document=types.VersionedTextDocumentIdentifier(uri=uri, version=2),
                content_changes=[types.TextDocumentContentChangeWholeDocument(text=after)],
            )
        )
        return types.ApplyWorkspaceEditResult(applied=True)

    client.text_document_did_open(
        types.DidOpenTextDocumentParams(
            text_document=types.TextDocumentItem(uri=uri, language_id="python", version=1, text=TEXT)
        )
    )
    here = types.Position(line=4, character=3)
    await client.text_document_code_action_async(
        types.CodeActionParams(
            text_document=types.TextDocumentIdentifier(uri=uri),
            range=types.Range(start=here, end=here),
            context=types.CodeActionContext(diagnostics=[]),
        )
    )
    result = await client.workspace_execute_command_async(
        types.ExecuteCommandParams(
            command="patchwright.implementComment",
            arguments=[{"uri": uri, "line": 4}],
            # So that the answer comes when it is done, however slow the machine is.
            work_done_token="t",
        )
    )
    await client.shutdown_session()
    assert getattr(result, "outcome", None) == "done" or result["outcome"] == "done"
    changes = received[0].document_changes
    assert changes is not None
    assert isinstance(changes[0], types.TextDocumentEdit)
    assert changes[0].text_document.version == 1
    # With labels, where the client shows them.
    edits = [edit for edit in changes[0].edits if isinstance(edit, types.TextEdit | types.AnnotatedTextEdit)]
    assert [edit.new_text for edit in edits].count("fetch") == 2
