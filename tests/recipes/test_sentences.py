"""Which sentences are understood, and as what? And which must never be?"""

import pytest

from lsp_server.recipes.data_types.data_type import DataType
from lsp_server.recipes.data_types.field_list import Field
from lsp_server.recipes.dependencies.sentence import UpgradeDependency
from lsp_server.recipes.extract.sentence import ExtractConstant, ExtractFunction, ExtractVariable
from lsp_server.recipes.imports.sentence import AddImport, RemoveUnused
from lsp_server.recipes.inline.sentence import Inline
from lsp_server.recipes.modules.sentence import Relocation
from lsp_server.recipes.move.sentence import Move
from lsp_server.recipes.plan import NotUnderstood, Refused
from lsp_server.recipes.python.placement import ImportLine
from lsp_server.recipes.registry import RECIPES, understand
from lsp_server.recipes.rename.sentence import Rename
from lsp_server.recipes.signature.sentence import AddParameter, RemoveParameter, Target
from lsp_server.recipes.skeletons.sentence import WriteTests

RENAMES = {
    Rename("keys", "names", "Headers"): """
        rename Headers.keys to names
        rename `Headers.keys` to `names`
    """,
    Rename("keys", "names", "web/headers.py"): """
        rename web/headers.py:keys to names
    """,
    Rename("keys", "names"): """
        rename keys() to names()
        rename `keys` to `names`
    """,
    Rename("load_user", "fetch_user"): """
        rename load_user to fetch_user
        Rename load_user to fetch_user.
        RENAME load_user TO fetch_user
        rename load_user -> fetch_user
        rename load_user->fetch_user
        rename load_user => fetch_user
        rename load_user → fetch_user
        rename load_user into fetch_user
        rename load_user as fetch_user
        rename `load_user` to `fetch_user`
        rename "load_user" to "fetch_user"
        rename 'load_user' to 'fetch_user'.
        rename “load_user” to “fetch_user”
        rename load_user() to fetch_user()
        rename the load_user to fetch_user
        rename symbol load_user to fetch_user
        rename: load_user -> fetch_user
        re-name load_user to fetch_user
        please rename load_user to fetch_user
        Please, rename load_user to fetch_user!
        can you rename load_user to fetch_user?
        could you please rename load_user to fetch_user?
        let's rename load_user to fetch_user
        we should rename load_user to fetch_user
        I want to rename load_user to fetch_user
        i'd like you to rename load_user to fetch_user
        TODO: rename load_user to fetch_user
        rename load_user to fetch_user everywhere
        rename load_user to fetch_user in all files
        rename load_user to fetch_user across the project
        rename load_user to fetch_user throughout the codebase
        rename load_user to fetch_user in the whole project
        rename load_user to fetch_user and update all callers
        rename load_user to fetch_user, update all references accordingly
        rename load_user to fetch_user and fix the imports
        rename load_user to be fetch_user
        change the name of load_user to fetch_user
        change name of load_user to fetch_user
        give load_user the name fetch_user
        give load_user the new name fetch_user
        load_user should be called fetch_user
        load_user should be renamed to fetch_user
        load_user must be named fetch_user
        call load_user fetch_user instead
        call load_user fetch_user from now on
        load_user -> fetch_user everywhere
        load_user → fetch_user in all files
        pls rename load_user to fetch_user
        refactor: rename load_user to fetch_user
        - rename load_user to fetch_user
        1. rename load_user to fetch_user
        rename from load_user to fetch_user
        rename load_user to fetch_user and update the tests
        rename load_user to fetch_user pls
        rename load_user to fetch_user, thanks!
        can u rename load_user to fetch_user plz
        just rename load_user to fetch_user
        I think load_user should be named fetch_user, update usages
        """,
    Rename("load_user", "fetch_user", kind="function"): """
        rename function load_user to fetch_user
        rename the function load_user to fetch_user
        Rename the load_user function to fetch_user
        rename the function called load_user to fetch_user
        rename the function `load_user` into `fetch_user` everywhere
        rename def load_user to def fetch_user
        rename the `load_user` fn to `fetch_user`
        rename async function load_user to fetch_user
        the function load_user should be called fetch_user
        change the name of the function load_user to fetch_user
        """,
    Rename("User", "Account", kind="class"): """
        rename class User to Account
        rename the class User to Account
        rename the User class to Account
        rename the class named User to class Account
        rename the type User to Account
        rename enum User to Account
        change the name of class User to Account
        the class User should be called Account
        """,
    Rename("fetch", "load", "Store", "member"): """
        rename method Store.fetch to load
        rename the method fetch of Store to load
        rename the Store.fetch method to load
        rename attribute Store.fetch to load
        rename property fetch in Store to load
        rename the `fetch` method of the `Store` class to `load`
        rename method fetch on Store to load
        rename method fetch to load in Store
        rename method fetch to load in the class Store
        rename Store's method fetch to load
        rename Store’s fetch method to load
        """,
    Rename("_queue", "_jobs", "Worker", "member"): """
        rename self._queue to self._jobs in Worker
        rename attr self._queue to self._jobs in Worker
        rename attr _queue of Worker to _jobs
    """,
    Rename("_queue", "_jobs", kind="member"): """
        rename self._queue to self._jobs
    """,
    Rename("fetch", "load", "Store"): """
        rename Store.fetch to load
        rename Store.fetch to Store.load
        call Store.fetch load instead
        rename Store::fetch to load
        rename Store#fetch to load
        """,
    Rename("retries", "attempts", "Store.fetch", "parameter"): """
        rename parameter retries of Store.fetch to attempts
        rename the parameter retries of Store.fetch to attempts
        rename argument retries in Store.fetch -> attempts
        rename parameter retries to attempts in Store.fetch()
        rename Store.fetch's retries parameter to attempts
        rename kwarg retries to attempts in Store.fetch()
        the parameter retries of Store.fetch should be called attempts
        """,
    Rename("total", "amount", "report", "variable"): """
        rename variable total in report to amount
        rename the variable total in report to amount
        """,
    Rename("load_user", "fetch_user", "pkg.core"): """
        rename pkg.core.load_user to fetch_user
        rename pkg.core.load_user to pkg.core.fetch_user
        rename load_user in pkg.core to fetch_user
        rename load_user from module pkg.core to fetch_user
        rename load_user to fetch_user in the module pkg.core
        """,
    Rename("load_user", "fetch_user", "pkg/core.py"): """
        rename pkg/core.py:load_user to fetch_user
        rename `pkg/core.py::load_user` to fetch_user
        rename load_user in pkg/core.py to fetch_user
        rename load_user in the file pkg/core.py to fetch_user
        rename load_user to fetch_user in pkg/core.py
        in pkg/core.py rename load_user to fetch_user
        In the file `pkg/core.py`, rename load_user to fetch_user
        pkg/core.py: rename load_user to fetch_user
        `pkg/core.py`: rename load_user -> fetch_user
        pkg/core.py rename load_user to fetch_user
        """,
    Rename("fetch", "load", "pkg/core.py:Store"): """
        rename Store.fetch in pkg/core.py to load
        rename pkg/core.py:Store.fetch to load
        rename Store.fetch to load in pkg/core.py
        in pkg/core.py: rename Store.fetch to load
        """,
    Rename("fetch", "load", "pkg.core.Store"): """
        rename Store.fetch in pkg.core to load
        rename pkg.core.Store.fetch to load in pkg.core
        """,
    Rename("retries", "attempts", "pkg/core.py:fetch", "parameter"): """
        rename parameter retries of fetch in pkg/core.py to attempts
        rename the parameter retries of fetch to attempts in pkg/core.py
        in pkg/core.py rename the parameter retries of fetch to attempts
        """,
}

POINT = DataType("Point", (Field("x", "int"), Field("y", "int", "0", required=False)))
PLAIN_POINT = DataType("Point", (Field("x", "int"), Field("y", "int")))
FROZEN_POINT = DataType("Point", POINT.fields, ("frozen",))

DATA_TYPES = {
    POINT: """
        dataclass Point with x: int, y: int = 0
        Dataclass Point with x: int, y: int = 0.
        dataclass Point: x: int, y: int = 0
        dataclass Point(x: int, y: int = 0)
        dataclass Point with fields x: int and y: int = 0
        make a dataclass Point with x: int and y: int = 0
        create a new dataclass called Point with the fields x: int, y: int = 0
        add a data class named `Point` with `x: int`, `y: int = 0`
        define dataclass Point having x int, and y int = 0
        write a Point dataclass with x: int, y: int = 0
        please add a dataclass "Point" with attributes: x of type int, y of type int = 0
        a dataclass Point that has x: int, y: int=0
        dataclass Point containing x (int), y (int) = 0
        dataclass Point x: int, y: int = 0
        dataclass Point w/ x: int, y: int = 0
        can you add a dataclass Point with x: int; y: int = 0
        """,
    PLAIN_POINT: """
        dataclass Point: x int, y int
        dataclass Point with x int and y int
        dataclass Point with x: int and y: int
        """,
    FROZEN_POINT: """
        frozen dataclass Point with x: int, y: int = 0
        make a frozen dataclass Point with fields x: int and y: int = 0
        create an immutable dataclass Point: x: int, y: int = 0
        """,
    DataType("Point", POINT.fields, ("frozen", "slots", "kw_only")): """
        add a frozen, slotted and keyword-only dataclass Point with x: int, y: int = 0
        frozen slots kw-only dataclass Point(x: int, y: int = 0)
        """,
}

UNRELATED = """
    rename the login page title to Welcome
    rename variables for clarity
    rename the title to Welcome
    rename it to something better
    rename everything to camelCase
    rename files to snake_case
    rename these to match the style guide
    rename all the things
    rename this to foo
    rename columns to lowercase
    rename the button to Submit
    rename the submit button to Send
    Rename.
    rename
    to rename
    renaming load_user to fetch_user broke the tests
    don't rename load_user to fetch_user
    never rename load_user to fetch_user
    do not rename load_user to fetch_user
    why did we rename load_user to fetch_user
    I renamed load_user to fetch_user
    rename load_user
    rename load_user to
    rename to fetch_user
    rename load_user to fetch_user and add logging
    rename load_user to fetch_user everywhere except the tests
    rename a to b and c to d
    rename load_user to fetch_user if it returns None
    rename load_user to fetch_user or get_user
    rename load_user to a better name
    rename load_user to something shorter
    add OAuth login
    make it faster
    fix the bug in load_user
    add a dataclass for user settings
    dataclass fields should be validated
    use a dataclass here
    convert User to a dataclass
    make User a frozen dataclass
    make this a dataclass with slots
    dataclass Point
    dataclass Point with validation
    dataclass Point with x and y
    dataclass for the response of the API with paging
    the dataclass Point is slow
    remove the dataclass Point
    add docstrings to dataclass Point
    document the dataclass with examples
    save should be called twice
    init must be called once
    validate should be called first
    callers should be renamed soon
    call the API again instead
    call save later instead
    give users the name field
    change load_user to return None
    change the name of the app in the title bar
    set the name of the button
    x -> y
    load_user -> User
    int -> str
    returns a list -> dict everywhere
    def load_user(key) -> User
    load_user to fetch_user
    map old names to new names
    add a parameter timeout
    add field email for every User
    extract the header into a file
    replace print with logging
    write tests for pkg/core.py
    import the data into the database
    import users in bulk
    import contacts from the address book
    importing Path in core.py fails
    remove unused code in core.py
    add the user to all groups
    imports should be sorted
    sort the imports
    handle the case where the user is missing
    parse the header and return a dict
    greet a user by name
    retry three times with backoff
    class Point with x and y
    translate the comments to English
    return early if the list is empty
    cache the result of load_user
    increase the timeout to 30 seconds
    rename user's name to title
    rename load_user to fetch_user in tests
    rename load_user to fetch_user in the function main
    rename Store.fetch of Shop in pkg/core.py to load
    in the header, rename title to subtitle
    rename User.load_it to fetch_it and save_it to store_it
    rename load_user to fetch_user and save to the database
    add a logging argument to the parser
    add a help option to cli
    let users have an option dark_mode
    make the parser accept a new argument foo
    the page gets a parameter page
    load_user needs a new name
    save needs a lock
    change color to red
    change load_user to fetch_user
    split load_user into two functions
    add rounding to load_user
    add a currency to load_user
    add currency handling argument to load_user
    load_user should take less time
    the page should have a title parameter
    the user should be in users.py
    change name of the app in the title bar
    move the tax logic into its own service
    make an invoice with amount: 10, currency: EUR
    import invoices from a CSV in billing/tax.py
    bump the max size to 10
    add a parameter to load_user
    add an optional argument to load_user
    add a boolean flag to load_user
    add another keyword argument to load_user
    give load_user an argument
    add parameter validation to load_user
    add argument parsing to load_user
    add parameter names to load_user
    add parameter timeout to every method of Client
    add a colour option to cli
    add parameter timeout=5 to fetch and pass it to requests.get
    extract lines 10-20 into a new file
    extract these lines into a module
    extract the number 3 into a variable
    dataclass Point with x: int and method norm
    move everything in utils.py to helpers.py
    move the logic to core.py
    move the constants out of views.py into constants.py
    put the user in users.py
    this belongs in text.py
    extract this to its own file
    import everything from utils into core.py
    bump the version to 2.0.0
    rename README.md to readme.md
    rename load_user to fetch_user but keep an alias
    rename load_user to fetch_user, not in tests
    move load_user to users.py without its helper
    in pkg/core.py, rename a_b to c_d and make it faster
    pkg/core.py: make it faster
    """


def listed(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


PHRASINGS = [(plan, line) for table in (RENAMES, DATA_TYPES) for plan, text in table.items() for line in listed(text)]


@pytest.mark.parametrize(("plan", "sentence"), PHRASINGS, ids=[sentence for _, sentence in PHRASINGS])
def test_a_phrasing_becomes_its_plan(plan, sentence):
    understood = understand(sentence)
    assert isinstance(understood, tuple), understood
    assert [step.plan for step in understood] == [plan]


def test_there_are_enough_phrasings_and_unrelated_texts():
    assert len(PHRASINGS) >= 60
    assert len(listed(UNRELATED)) >= 60


SIGNATURES = tuple(recipe.phrasings[0] for recipe in RECIPES if recipe.name.endswith(("parameter", "parameters")))
TIMEOUT = AddParameter(Target("Store.fetch"), "timeout", "int", "10")
PLAIN_TIMEOUT = AddParameter(Target("Store.fetch"), "timeout", "", "10")
PARAMETERS = {
    (TIMEOUT,): """
        add a timeout: int = 10 parameter to Store.fetch
        add parameter timeout: int to Store.fetch with a default of 10
        add a parameter timeout (int, default 10) to Store.fetch
        let Store.fetch take a keyword argument timeout: int = 10
        Store.fetch needs a new argument timeout: int = 10
        """,
    (PLAIN_TIMEOUT,): """
        add a timeout parameter to Store.fetch with default 10
        add an optional parameter timeout to Store.fetch, default `10`
        add a parameter to Store.fetch called timeout defaulting to 10
        add parameter timeout with a default value of 10 to Store.fetch
        add kwarg timeout=10 to Store.fetch
        add a `timeout` argument to Store.fetch, default `10`
        give Store.fetch a timeout param defaulting to 10
        add a timeout flag to Store.fetch, default 10
        Store.fetch needs a timeout argument, default 10
        Store.fetch should take a `timeout` argument, default 10
        """,
    (AddParameter(Target("search"), "limit", "int", value="10"),): """
        add an argument `limit` (int) to `search` and pass 10 at all call sites
        add a required `limit: int` param to `search` and pass `10` at all call sites
        """,
    (AddParameter(Target("main"), "verbose", "bool", "False"),): """
        new param verbose: bool = False on main()
        """,
    (AddParameter(Target("add"), "a"),): """
        add parameter a to add
        """,
    (AddParameter(Target("Log.write"), "extra"),): """
        add parameter extra to Log.write
        add an `extra` argument to Log.write
        """,
    (AddParameter(Target("Log.write"), "types"),): """
        add a types argument to Log.write
        """,
    (PLAIN_TIMEOUT, AddParameter(Target("Store.fetch"), "sep", "str", '", "')): """
        add the parameters timeout=10 and sep: str = ", " to Store.fetch
        add two arguments timeout=10, sep: str = ", " to Store.fetch
        """,
    (AddParameter(Target("fetch"), "made", "", "dict()"),): """
        add a made parameter to fetch, default dict()
        """,
    (RemoveParameter(Target("Store.fetch"), "strict"),): """
        get rid of the strict parameter of Store.fetch
        Store.fetch should no longer take the parameter strict
        Store.fetch should no longer need strict
        delete the unused arg strict in Store.fetch
        Store.fetch doesn't need strict anymore
        Store.fetch doesnt take the strict param any more
        """,
    (RemoveParameter(Target("Store.fetch"), "strict"), RemoveParameter(Target("Store.fetch"), "key")): """
        remove the parameters strict and key from Store.fetch
        drop arguments strict, key of Store.fetch
        """,
    (Move(Target("load_user"), "pkg/users.py"),): """
        relocate load_user to pkg/users.py
        move the load_user function to a new module pkg/users.py
        move load_user to a new file called pkg/users.py
        extract the function load_user into pkg/users.py
        move load_user -> pkg/users.py
        move load_user over to pkg/users.py
        load_user belongs in pkg/users.py
        load_user should be in pkg/users.py
        load_user should live in pkg/users.py
        """,
    (Move(Target("load_user", "pkg/core.py"), "pkg/users.py"),): """
        pkg/core.py: move load_user to pkg/users.py
        move load_user in pkg/core.py -> pkg/users.py
        move load_user out of pkg/core.py into pkg/users.py
        split load_user out of pkg/core.py into pkg/users.py
        """,
    (Move(Target("load_user", "pkg.core"), "pkg/users.py", others=("save_user",)),): """
        move load_user and save_user out of pkg.core into pkg/users.py
        """,
    (Move(Target("a"), "pkg/users.py", others=("b", "c")),): """
        move a, b & c to pkg/users.py
        """,
    (Move(Target("User"), "pkg/users.py", keep=True),): """
        move class User to pkg/users.py, keep a re-export in the old place
        move class User to pkg/users.py and keep re-exports
        move class User to pkg/users.py and leave a re-export
        """,
    (Relocation("utils.py", "helpers.py"),): """
        utils.py should be called helpers.py
        """,
    (Relocation("dates.py", "utils", into=True),): """
        move dates.py into the utils package
        """,
    (Relocation("app.dates", "app.utils", into=True),): """
        move the app.dates module into the app.utils package
        """,
    (ExtractFunction("parse_header", 10, 20),): """
        extract L10-L20 into parse_header
        extract l10-20 into parse_header
        """,
    (ExtractConstant("SECONDS_PER_DAY", "86400"),): """
        extract the magic number 86400 into SECONDS_PER_DAY
        """,
    (ExtractVariable("count", "len(items)"),): """
        introduce variable for len(items) called count
        """,
    (Inline("_norm"),): """
        inline _norm() and delete it
        """,
    (Inline("slugify", "function"),): """
        inline the function slugify and remove the definition
        """,
    (UpgradeDependency("pydantic", ">=2"),): """
        bump pydantic >=2
        bump pydantic>=2
        upgrade pydantic to >=2
        """,
    (UpgradeDependency("requests", "2.32"),): """
        upgrade requests from 2.28 to 2.32
        """,
    (AddImport((ImportLine("", "Path"),), "pkg/utils.py"),): """
        add import of Path to pkg/utils.py
        add an import for Path in pkg/utils.py
        import Path in pkg/utils.py
        """,
    (AddImport((ImportLine("pathlib", "Path"),), "pkg/utils.py"),): """
        add `from pathlib import Path` in pkg/utils.py
        add import from pathlib import Path to pkg/utils.py
        import Path from pathlib in pkg/utils.py
        """,
    (WriteTests("pkg/utils.py"),): """
        tests for pkg/utils.py please
        tests for pkg/utils.py pls
        """,
    (RemoveUnused("pkg/utils.py"),): """
        remove the unused imports from pkg/utils.py, thanks
        remove unused imports from pkg/utils.py thx
        """,
    (Rename("a_b", "c_d", "pkg/core.py"), Rename("e_f", "g_h", "pkg/core.py")): """
        in pkg/core.py, rename a_b to c_d and e_f to g_h
        pkg/core.py: rename a_b to c_d, then rename e_f to g_h
        """,
    (Rename("a_b", "c_d", "pkg/core.py"), Move(Target("e_f", "pkg/core.py"), "pkg/x.py")): """
        in pkg/core.py, rename a_b to c_d and move e_f to pkg/x.py
        """,
    (Rename("a_b", "c_d", "pkg/core.py"), Move(Target("c_d", "pkg/core.py"), "pkg/x.py")): """
        pkg/core.py: rename a_b to c_d and move it to pkg/x.py
        """,
    (Move(Target("a_b", "pkg/core.py"), "pkg/x.py"), Rename("a_b", "c_d", "pkg/x.py")): """
        in pkg/core.py, move a_b to pkg/x.py, then rename it to c_d
        """,
    (Rename("a_b", "c_d", "pkg/core.py"), RemoveUnused("pkg/use.py")): """
        in pkg/core.py rename a_b to c_d and remove unused imports in pkg/use.py
        """,
    (Rename("load_user", "fetch_user"), Rename("save_user", "keep_user")): """
        rename load_user to fetch_user and save_user to keep_user
        rename load_user to fetch_user, save_user -> keep_user
        rename load_user to fetch_user & rename save_user to keep_user
        first rename load_user to fetch_user, then save_user to keep_user
        """,
}


@pytest.mark.parametrize(
    ("plans", "sentence"), [(plans, line) for plans, text in PARAMETERS.items() for line in listed(text)]
)
def test_a_sentence_as_people_write_it_becomes_its_steps(plans, sentence):
    understood = understand(sentence)
    assert isinstance(understood, tuple), understood
    assert tuple(step.plan for step in understood) == plans


@pytest.mark.parametrize("sentence", listed(UNRELATED))
def test_an_unrelated_text_is_taken_by_no_recipe(sentence):
    assert isinstance(understand(sentence), NotUnderstood)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_every_phrasing_of_the_table_is_its_own_recipes(recipe):
    for phrasing in recipe.phrasings:
        understood = understand(phrasing)
        assert isinstance(understood, tuple)
        assert [step.recipe for step in understood] == [recipe]
        assert understood[0].plan.sentence()


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("rename load_user to fetch-user", "`fetch-user` is not a name that Python allows"),
        ("rename load_user to 2users", "is not a name that Python allows"),
        ("rename load_user to class", "keyword"),
        ("rename load_user to match", "keyword"),
        ("rename load_user to list", "builtin"),
        ("rename load_user to load_user", "has that name already"),
        ("rename __init__ to setup_all", "a meaning of its own"),
        ("rename load_user to __getattr__", "a meaning of its own"),
        ("rename core.load_user to base.fetch_user", "is not a name that Python allows"),
        ("dataclass Point with x: int = 0, y: int", "put `y` before `x`, or give it a default"),
        ("dataclass Point with x: int, x: str", "named twice"),
        ("dataclass Point with class: int, x: int", "`class` is a keyword"),
        ("dataclass class with x: int", "`class` is a keyword"),
        ("dataclass Point with x: int, y", "has no type"),
        ("dataclass Point with x: int, *y: int", "is not a field"),
        ("add parameter timeout: int = 3 with default 5 to Store.fetch", "say it once"),
        ("add the parameters timeout=10 and class=3 to Store.fetch", "`class` is a keyword"),
    ],
)
def test_a_recipes_sentence_with_a_wrong_operand_is_refused(sentence, reason):
    understood = understand(sentence)
    assert isinstance(understood, Refused), understood
    assert reason in "\n".join(problem.message for problem in understood.problems)


@pytest.mark.parametrize(
    ("sentence", "hints"),
    [
        ("rename load_user to fetch_user and add logging", ("one step at a time: rename load_user to fetch_user",)),
        ("renmae load_user to fetch_user", ("rename load_user to fetch_user",)),
        ("add parmeter x: int = 1 to load_user", ("add parameter x: int = 1 to load_user",)),
        ("rename variables for clarity", ("rename load_user to fetch_user",)),
        ("data class for points", ("dataclass Point with x: int, y: int = 0",)),
        ("renmae the function format to format_sql", ("rename the function format to format_sql",)),
        ("change load_user to fetch_user", ("rename load_user to fetch_user",)),
        ("replace all calls to load_user with fetch_user", ("rename load_user to fetch_user",)),
        ("rename load_user fetch_user", ("rename load_user to fetch_user",)),
        ("mv load_user pkg/users.py", ("move load_user to pkg/users.py",)),
        ("move load_user to pkg/users", ("move load_user to pkg/users.py",)),
        ("rename load_user to fetch_user but keep an alias", ("rename load_user to fetch_user",)),
        ("rename User to Account in the UI only", ("rename User to Account",)),
        ("add `timeout` to Client.get", ("add parameter `timeout` to Client.get",)),
        ("add retries to Client.get", ()),
        ("import load_user from pkg.core", ("add an import of load_user from pkg.core",)),
        ("swap the args of add_edge", SIGNATURES),
        ("clean up imports in utils.py", ("remove unused imports in use.py",)),
        ("add OAuth login", ()),
        ("", ()),
    ],
)
def test_what_is_near_a_recipe_gets_a_hint(sentence, hints):
    assert understand(sentence) == NotUnderstood(hints)


def test_a_comment_of_several_lines_is_one_sentence():
    understood = understand("  rename load_user\n   to\tfetch_user  ")
    assert isinstance(understood, tuple)
    assert understood[0].plan == Rename("load_user", "fetch_user")
