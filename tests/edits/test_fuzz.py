"""A little of `scripts/fuzz`, the same in every run."""

import random

import pytest

from lsp_server.edits.change import Refused
from lsp_server.edits.reply import parse
from tests.edits.checks import change_of
from tests.edits.fuzz import TARGETS
from tests.edits.seeds import FILES, SEEDS


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_replies_are_read_or_refused(name: str):
    for number in range(30 if name == "disk" else 150):
        TARGETS[name](random.Random(number))


@pytest.mark.parametrize("seed", [seed for seeds in SEEDS.values() for seed in seeds])
def test_what_the_fuzzer_damages_is_valid(seed: str):
    assert parse(seed).problems == ()
    assert not isinstance(change_of(FILES, seed), Refused)
