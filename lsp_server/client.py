"""What can the editor do? One value, built from its capabilities at `initialize`.

Delivery, progress and the menu read nothing else, and nothing decides by an editor's name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from lsprotocol import types

Encoding = types.PositionEncodingKind

TRANSACTIONAL = (types.FailureHandlingKind.Transactional, types.FailureHandlingKind.TextOnlyTransactional)


@dataclass(frozen=True, slots=True)
class Client:
    """What was announced; the default is an editor that announces nothing.

    `document_changes`: versioned edits of several files. `transactional`: all of an edit is checked before any of it is
    applied. `annotations`: changes may carry labels. `code_action_literals`: the menu may hold more than bare commands.
    `virtual_documents`: it asks us for the text of documents that lie in no file. `draws`: it shows proposals, and what
    a question is about, itself. `language_models`: it asks a model of its own for us. `document_text`: it can be asked
    for the text of a document (`features.recovery`). `connects`: it connects a model for its user, and says
    so where one is missing. `waits`: it goes on while a command is under way.
    """

    encoding: Encoding = Encoding.Utf16
    apply_edit: bool = False
    document_changes: bool = False
    create: bool = False
    rename: bool = False
    delete: bool = False
    transactional: bool = False
    annotations: bool = False
    code_action_literals: bool = False
    disabled_actions: bool = False
    show_document: bool = False
    work_done_progress: bool = False
    watched_files: bool = False
    configuration: bool = False
    virtual_documents: bool = False
    lens_refresh: bool = False
    configuration_changes: bool = False
    draws: bool = False
    language_models: bool = False
    document_text: bool = False
    connects: bool = False
    waits: bool = False


def client_of(capabilities: types.ClientCapabilities, encoding: Encoding) -> Client:
    """The value for what an editor announced and the position encoding that was agreed upon."""
    edit = _at(capabilities, "workspace.workspace_edit") or types.WorkspaceEditClientCapabilities()
    resources = edit.resource_operations or ()
    return Client(
        encoding=encoding,
        apply_edit=bool(_at(capabilities, "workspace.apply_edit")),
        # Resource operations only exist among document changes: Neovim announces the one without the other.
        document_changes=bool(edit.document_changes or edit.resource_operations),
        create=types.ResourceOperationKind.Create in resources,
        rename=types.ResourceOperationKind.Rename in resources,
        delete=types.ResourceOperationKind.Delete in resources,
        transactional=edit.failure_handling in TRANSACTIONAL,
        annotations=edit.change_annotation_support is not None,
        code_action_literals=_at(capabilities, "text_document.code_action.code_action_literal_support") is not None,
        disabled_actions=bool(_at(capabilities, "text_document.code_action.disabled_support")),
        show_document=bool(_at(capabilities, "window.show_document.support")),
        work_done_progress=bool(_at(capabilities, "window.work_done_progress")),
        watched_files=bool(_at(capabilities, "workspace.did_change_watched_files.dynamic_registration")),
        configuration=bool(_at(capabilities, "workspace.configuration")),
        lens_refresh=bool(_at(capabilities, "workspace.code_lens.refresh_support")),
        virtual_documents=bool(_at(capabilities, "workspace.text_document_content.dynamic_registration")),
        configuration_changes=bool(_at(capabilities, "workspace.did_change_configuration.dynamic_registration")),
        draws=_own(capabilities).get("draws") is True,
        language_models=_own(capabilities).get("languageModel") is True,
        document_text=_own(capabilities).get("documentText") is True,
        connects=_own(capabilities).get("connects") is True,
        waits=bool(_own(capabilities)),
    )


def _own(capabilities: types.ClientCapabilities) -> Mapping[str, Any]:
    """What a plugin of ours announces besides."""
    known = cast("Any", capabilities.experimental)
    own = cast("Mapping[str, Any]", known).get("patchwright") if isinstance(known, dict) else None
    return cast("Mapping[str, Any]", own) if isinstance(own, dict) else {}


def _at(value: Any, path: str) -> Any:
    """A field within fields, None where one of them was not announced."""
    for name in path.split("."):
        if value is None:
            return None
        value = getattr(value, name)
    return value
