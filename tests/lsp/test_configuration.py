"""Settings of the editor, asked for at the start and followed: by a server process for an editor that has some."""

from typing import Any

from tests.lsp.conftest import Start
from tests.lsp.editor import Editor, capabilities_of

OLD = "//- /a.py\n# rename old to new\ndef old(): pass\n"


def said(editor: Editor) -> list[str]:
    return [message for message in editor.messages() if "Settings of the editor" in message]


async def test_bad_settings_are_one_message_and_all_works_by_the_defaults(start: Start):
    wrong = {
        "budget": {"usd_per_day": "much"},
        "completion": {"inline": 3},
        "model": {"endpoint": "https://evil.example"},
    }
    editor: Editor = await start(OLD, settings=wrong)
    assert (await editor.pick(editor.open("a.py"), 0, "Change across files"))["outcome"] == "done"
    assert len(said(editor)) == 1
    for name in ("budget.usd_per_day", "completion.inline", "model.endpoint"):
        assert name in said(editor)[0]


async def test_settings_that_change_are_asked_for_again(start: Start):
    editor: Editor = await start(OLD)
    assert await editor.menu(editor.open("a.py"), 0)
    assert said(editor) == []
    editor.settings = {"budget": {"usd_per_day": "much"}}
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    await editor.until(lambda: said(editor))
    # The same once more says nothing new.
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    assert await editor.menu(editor.uri("a.py"), 0)
    assert len(said(editor)) == 1


async def test_an_editor_that_cannot_be_asked_may_send_its_settings(start: Start):
    without = capabilities_of("vscode-1.139")
    without["workspace"] |= {"configuration": False}
    options: dict[str, Any] = {"initializationOptions": {"completion": {"nonsense": 1}}}
    editor: Editor = await start(OLD, editor=without, parameters=options)
    assert await editor.menu(editor.open("a.py"), 0)
    assert "completion.nonsense" in said(editor)[0]
    editor.notify("workspace/didChangeConfiguration", {"settings": {"patchwright": {"budget": {"usd_per_day": "x"}}}})
    await editor.until(lambda: len(said(editor)) == 2)
    assert not any(request["method"] == "workspace/configuration" for request in editor.asked)


async def test_an_editor_that_never_answers_keeps_nobody_waiting(start: Start):
    editor: Editor = await start(OLD, settings="never")
    assert (await editor.pick(editor.open("a.py"), 0, "Change across files"))["outcome"] == "done"


async def test_what_is_never_sent_holds_from_the_moment_it_is_set(start: Start):
    from tests.lsp.conftest import connected
    from tests.model_server import model_server

    files = "//- /customers.py\n# greet a user\n\nx = 1\n"
    with model_server() as model:
        editor: Editor = await start(files, environment=connected(model.base_url))
        uri = editor.open("customers.py")
        assert await editor.menu(uri, 0)
        editor.settings = {"context": {"never_send": ["customers.py"]}}
        editor.notify("workspace/didChangeConfiguration", {"settings": None})
        result = await editor.pick(uri, 0, "Implement this comment")
        assert result["outcome"] == "refused", result
        assert model.requests == []
