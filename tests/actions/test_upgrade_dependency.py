"""A line of a manifest names a dependency; what uses it goes along to the model."""

import pytest

from context.snapshot import Place, from_buffer
from lsp_server.actions.ask import NoChange, Proposal
from lsp_server.actions.registry import menu
from lsp_server.actions.requirement import import_names, requirement_at

from .conftest import Check


@pytest.mark.parametrize(
    ("path", "line", "expected"),
    [
        ("requirements.txt", "httpx>=0.24,<1  # why", ("httpx", ">=0.24,<1")),
        ("requirements-dev.in", 'uvicorn[standard]==0.30.1 ; python_version > "3.9"', ("uvicorn", "==0.30.1")),
        ("dev/requirements.txt", "attrs", ("attrs", "")),
        ("requirements/tests.in", "pytest", ("pytest", "")),
        ("app/pyproject.txt", "pytest", None),
        ("requirements.txt", "-r other.txt", None),
        ("requirements.txt", "# httpx", None),
        ("requirements.txt", "", None),
        ("package.json", '    "react": "^18.2.0",', ("react", "^18.2.0")),
        ("package.json", '    "@scope/pkg": "~1.2"', ("@scope/pkg", "~1.2")),
        ("package.json", '  "version": "1.0.0",', None),
        ("package.json", '    "build": "tsc -p ."', None),
        ("go.mod", "\tgithub.com/x/y/v2 v2.1.0 // indirect", ("github.com/x/y/v2", "v2.1.0")),
        ("go.mod", "go 1.22", None),
        ("Gemfile", "gem 'rails', '~> 7.0'", ("rails", "~> 7.0")),
        ("a.py", "httpx>=0.24", None),
    ],
)
def test_a_line_names_a_dependency(path: str, line: str, expected: tuple[str, str] | None):
    found = requirement_at(path, [line], 1)
    assert (found and (found.name, found.version)) == expected


TOML = """\
[project]
name = "shop"
version = "1.0"
dependencies = [
    "httpx>=0.24",
    'rich',
    "importlib-metadata; python_version < '3.8'",
]
[project.optional-dependencies]
test = ["pytest>=7"]
[tool.poetry.dependencies]
python = "^3.11"
attrs = "^23.1"
flask = { version = "2.3", optional = true }
[tool.ruff]
line-length = 100
select = ["E"]
target-version = "py311"
"""


def test_a_project_file_names_dependencies_below_their_headings_only():
    lines = TOML.split("\n")
    found = {n: r.name for n in range(1, len(lines) + 1) if (r := requirement_at("pyproject.toml", lines, n))}
    assert found == {5: "httpx", 6: "rich", 7: "importlib-metadata", 10: "pytest", 13: "attrs", 14: "flask"}
    cargo = ["[package]", 'name = "x"', "[dev-dependencies]", 'serde = { features = ["a"], version = "1.0" }']
    assert [bool(requirement_at("Cargo.toml", cargo, n)) for n in range(1, 5)] == [False, False, False, True]


def test_code_may_call_a_dependency_otherwise_than_its_manifest():
    assert "dateutil" in import_names("python-dateutil")
    assert "scikit_learn" in import_names("scikit-learn")
    assert import_names("github.com/x/yaml/v3")[0] == "yaml"
    assert "pkg" in import_names("@scope/pkg")


SHOP = """
    //- /requirements.txt
    attrs
    httpx>=0.24$0
    //- /shop/net.py
    import httpx
    from httpx import AsyncClient


    def client(proxy):
        return AsyncClient(proxies={"all://": proxy})
    //- /shop/other.py
    x = 1
"""
RAISED = """The argument proxies is gone since 0.28.

requirements.txt
```
<<<<<<< SEARCH
httpx>=0.24
=======
httpx>=0.28
>>>>>>> REPLACE
```

shop/net.py
```python
<<<<<<< SEARCH
    return AsyncClient(proxies={"all://": proxy})
=======
    return AsyncClient(proxy=proxy)
>>>>>>> REPLACE
```
"""


async def test_the_model_sees_every_line_that_uses_the_dependency(check_action: Check):
    answer = await check_action("upgradeDependency", SHOP, replies=[RAISED], found=True)
    assert isinstance(answer, Proposal), answer
    assert answer.change.texts_after()["requirements.txt"] == "attrs\nhttpx>=0.28\n"
    (sent,) = check_action.sent
    task = sent.partition("# Task")[2]
    assert "Upgrade `httpx`" in task
    assert 'shop/net.py:6: return AsyncClient(proxies={"all://": proxy})' in task
    assert "shop/net.py:2: from httpx import AsyncClient" in task
    assert "## shop/net.py" in sent
    assert "shop/other.py" not in task


async def test_prose_and_comments_lead_nowhere_and_equal_uses_stand_for_each_other(check_action: Check):
    calls = "".join(f"    httpx.get({n})\n" for n in range(50))
    marked = SHOP + "    //- /README.md\n    Show it while using `color`, httpx helps.\n    //- /many.py\n"
    marked += "    import httpx\n" + calls + "    httpx.Timeout(1)\n    color = 1\n"
    await check_action("upgradeDependency", marked, replies=[RAISED], found=True)
    task = check_action.sent[0].partition("# Task")[2]
    assert task.count("httpx.get(") == 6
    assert "many.py:52: httpx.Timeout(1)" in task
    assert "README.md:1: Show it" in task
    assert "color = 1" not in task


async def test_a_model_may_find_nothing_to_upgrade(check_action: Check):
    answer = await check_action("upgradeDependency", SHOP, replies=["It is the newest already."], found=True)
    assert isinstance(answer, NoChange)
    assert answer.message.endswith("The model says: It is the newest already.")
    assert len(check_action.sent) == 1


MANY = (
    SHOP
    + """
    //- /pyproject.toml
    [project]
    name = "shop"
    dependencies = ["httpx[http2]>=0.24,<1"]
    //- /dev/requirements.txt
    httpx==0.24.1
    //- /uv.lock
    version = 1
"""
)
CODE = RAISED.partition("shop/net.py")[2]
CODE = f"It takes proxy now.\n\nshop/net.py{CODE}"


async def test_where_the_version_is_said_a_recipe_writes_it_everywhere_and_the_model_the_code(check_action: Check):
    answer = await check_action("upgradeDependency", MANY, replies=[CODE], description="to 0.28")
    assert isinstance(answer, Proposal), answer
    texts = answer.change.texts_after()
    assert texts["requirements.txt"] == "attrs\nhttpx>=0.28\n"
    assert '"httpx[http2]>=0.28,<1"' in (texts["pyproject.toml"] or "")
    assert texts["dev/requirements.txt"] == "httpx==0.28\n"
    assert "AsyncClient(proxy=proxy)" in (texts["shop/net.py"] or "")
    assert [site.path for site in answer.uncertain] == ["uv.lock"]
    (sent,) = check_action.sent
    task = sent.partition("# Task")[2]
    assert "Upgrade `httpx`: to 0.28" in task
    assert "httpx>=0.28" in task.partition("\n\n")[2], "the line is shown as it will be"
    assert "Do not touch manifests" in task


@pytest.mark.parametrize("replies", [["Nothing that this project calls has changed."], None])
async def test_the_version_alone_is_a_recipes_where_no_code_changes_or_no_model_is_there(
    check_action: Check, replies: list[str] | None
):
    answer = await check_action("upgradeDependency", MANY, replies=replies, description="to >=0.28,<0.29")
    assert isinstance(answer, Proposal), answer
    # Code went to a model, if there is one: that is not to be called a recipe without a network.
    assert (answer.made_by, answer.usage is None) == (("model", False) if replies else ("recipe", True))
    assert list(answer.change.texts_after()) == ["dev/requirements.txt", "pyproject.toml", "requirements.txt"]
    assert answer.change.texts_after()["requirements.txt"] == "attrs\nhttpx>=0.28,<0.29\n"
    said = "the model knows of nothing" if replies else "no model is connected"
    assert said in answer.summary
    assert answer.verdict.level == "approve", "a manifest is a person's to decide"


async def test_a_reply_that_does_not_fit_is_no_word_that_nothing_breaks(check_action: Check):
    wrong = CODE.replace("    return AsyncClient(proxies", "    return Nobody(proxies")
    answer = await check_action("upgradeDependency", MANY, replies=[wrong, wrong], description="to 0.28")
    assert isinstance(answer, NoChange), answer


async def test_the_version_that_a_model_chooses_is_written_by_the_recipe(check_action: Check):
    careless = RAISED.replace("httpx>=0.28", "httpx>=0.28  # new")
    answer = await check_action("upgradeDependency", MANY, replies=[careless], found=True)
    assert isinstance(answer, Proposal), answer
    texts = answer.change.texts_after()
    assert texts["requirements.txt"] == "attrs\nhttpx>=0.28\n", "the bytes of the version alone change"
    assert texts["dev/requirements.txt"] == "httpx==0.28\n", "nobody showed it to the model"
    assert '"httpx[http2]>=0.28,<1"' in (texts["pyproject.toml"] or "")
    assert "AsyncClient(proxy=proxy)" in (texts["shop/net.py"] or "")


async def test_what_the_recipe_cannot_be_sure_of_the_model_writes(check_action: Check):
    marked = SHOP.replace("httpx>=0.24$0", "httpx>=0.24,!=0.25.*$0")
    reply = RAISED.replace("httpx>=0.24\n", "httpx>=0.24,!=0.25.*\n").replace("httpx>=0.28", "httpx>=0.28,<0.29")
    answer = await check_action("upgradeDependency", marked, replies=[reply], found=True)
    assert isinstance(answer, Proposal), answer
    assert answer.change.texts_after()["requirements.txt"] == "attrs\nhttpx>=0.28,<0.29\n"


async def test_a_line_that_names_none_is_refused(check_action: Check):
    answer = await check_action("upgradeDependency", "//- /a.py\nx = 1$0\n", replies=[], description="to 2")
    assert isinstance(answer, NoChange)
    assert "line of a manifest" in answer.message


def test_the_menu_names_the_dependency_and_a_request_the_version():
    text = "httpx>=0.24  # patchwright: to 0.28\n"
    file = from_buffer("requirements.txt", text, 1)
    offers = {o.action.id: o for o in menu(file, Place("requirements.txt", 1, 1), ())}
    assert offers["upgradeDependency"].title == "Upgrade httpx (>=0.24)"
    assert offers["upgradeDependency"].found.description == "Upgrade `httpx`: to 0.28"


BOUNDED = """
    //- /pyproject.toml
    [project]
    name = "shop"
    dependencies = [
        "httpx>=0.24,<0.26",$0
    ]
    //- /requirements-dev.txt
    httpx==0.25.0
    //- /net.py
    import httpx

    httpx.get("/")
"""


async def test_a_bound_that_excludes_the_version_is_the_models_and_the_other_manifests_are_done(check_action: Check):
    reply = 'pyproject.toml\n```\n<<<<<<< SEARCH\n    "httpx>=0.24,<0.26",\n=======\n    "httpx>=0.28,<0.29",\n'
    reply += ">>>>>>> REPLACE\n```\n"
    answer = await check_action("upgradeDependency", BOUNDED, replies=[reply], description="to 0.28.1")
    assert isinstance(answer, Proposal), answer
    texts = answer.change.texts_after()
    assert texts["requirements-dev.txt"] == "httpx==0.28.1\n"
    assert '"httpx>=0.28,<0.29"' in (texts["pyproject.toml"] or "")
    assert answer.uncertain == ()
    task = check_action.sent[0].partition("# Task")[2]
    assert "Change the version there" in task, "the line is not done yet"
    assert "requirements-dev.txt:1: httpx==0.28.1" in task
    assert "==0.25.0" not in task
