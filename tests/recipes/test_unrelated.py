"""A hundred sentences that are near the words of recipes and are none: no recipe takes them."""

import pytest

from lsp_server.recipes.plan import NotUnderstood, Refused
from lsp_server.recipes.registry import understand

SENTENCES = """
    import the customers from the old system
    import products every night
    import a CSV file into the table
    the import fails for large files
    speed up the import of core.py
    add an import button to the toolbar
    allow imports from Excel
    import settings from the environment
    why is Path imported in core.py
    importing Store from pkg.store is slow
    export the report as PDF
    add the user to all channels
    put the logo in the header
    list all users in the admin
    remove unused users in the database
    delete unused images from the bucket
    clean up unused feature flags
    drop unused indexes in the table
    remove the imports and exports page
    unused imports should fail the build
    add a field for the phone number
    add a search field to the form
    add field validation to the signup
    add a required field to the checkout
    make the email field required
    User gets a welcome mail
    User needs a discount
    give User a better name
    give users an attribute for their color
    the field should be wider
    fields of the form are validated
    add an attribute to the button tag
    implement the payment protocol
    implement paging in the list of orders
    implement the missing features
    implement all methods of the API
    add the missing tests
    add missing methods to the client
    implement an interface for uploads in the web client
    stub out the network
    make the client implement retries
    the abstract of the paper is missing
    tests for the login page
    tests for load_user
    tests for core.py fail on Windows
    write tests for the parser
    test the parser with empty input
    add tests for all edge cases
    test skeletons are boring
    write a test for core.py and fix it
    docstrings for the public functions
    docstrings should end with a period
    add docstrings
    document core.py
    write docs for the API
    translate the docstrings in core.py to English
    add type hints
    use type hints in new code
    type hints are missing in core.py
    annotate the screenshots
    annotate return shipments in the list
    add types of payment
    replace print with logging
    replace the logo with the new one
    replace the first item with the last in the list
    replace foo by bar
    replace ${NAME} with the name of the user
    change the color to red in the header
    change the currency from $ to EUR
    change $100 to $120 in the price list
    change the timeout to 30
    turn the list into a set
    turn warnings into errors in the tests
    rewrite the parser as a generator
    rewrite core.py in Rust
    upgrade the database
    upgrade all packages
    upgrade to Python 3.13
    upgrade the plan of a user to premium
    upgrade httpx
    bump the version
    bump the version of the API to v2
    bump retries to 5
    pin the toolbar to the top
    pin the message to 3 channels
    update the dependency list
    update httpx
    downgrade the log level to debug
    downgrade errors to warnings
    the dependency httpx is outdated
    use httpx 0.28 instead of requests
    add httpx 0.28 to the requirements
    handle imports of images in the upload
    import errors must be shown to the user
    from now on import nothing in core.py
    add a parameter for the page size to the query
    store the imports in a table
    fields without a value are left out
    protocol errors are logged
    patterns in the log are highlighted
"""
LISTED = [line.strip() for line in SENTENCES.strip().splitlines()]


def test_there_are_a_hundred_of_them():
    assert len(set(LISTED)) >= 100


@pytest.mark.parametrize("sentence", LISTED)
def test_a_sentence_about_something_else_is_taken_by_no_recipe(sentence):
    assert isinstance(understand(sentence), NotUnderstood)


@pytest.mark.parametrize(
    ("sentence", "hint"),
    [
        ("remvoe unused imports in use.py", "remove unused imports in use.py"),
        ("implment the abstract methods of DiskStore", "implement the abstract methods of DiskStore"),
        ("upgarde httpx to 0.28", "upgrade httpx to 0.28"),
        ("add feild email: str to User", "add field email: str to User"),
        ("add docstring skeltons to core.py", "add docstring skeletons to core.py"),
        ("add type hnits to core.py", "add type hints to core.py"),
        ("repalce print($X) with log($X)", "replace print($X) with log($X)"),
        ("imprt Path in core.py", "import Path in core.py"),
        ("add a field email for User", 'add field email: str = "" to User'),
        ("remove unused code in core.py", "remove unused imports in use.py"),
    ],
)
def test_a_near_miss_is_answered_with_what_is_near(sentence, hint):
    understood = understand(sentence)
    assert isinstance(understood, NotUnderstood)
    assert hint in understood.hints


@pytest.mark.parametrize(
    "sentence",
    [
        "import Path in core.py and make it faster",
        "add field email: str to User and validate it",
        "remove unused imports in core.py except os",
        "tests for core.py and fix the bugs",
        "upgrade httpx to 0.28 and fix what breaks",
        "replace f($X) with g($X) only where it matters",
    ],
)
def test_a_sentence_that_asks_for_more_is_not_carried_out_in_part(sentence):
    understood = understand(sentence)
    assert isinstance(understood, NotUnderstood | Refused)
