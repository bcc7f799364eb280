"""What is known of hosts and models, and what becomes of rows that are wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.endpoint import find_problem
from clients.model import Usage
from clients.profiles import Price, parse_profiles, profile_for_host, profile_named, shipped_profiles

OWN = """
[[profile]]
name = "ours"
base_url = "https://models.example.com/v1"
hosts = ["models.example.com"]
api = "anthropic_messages"
auth = "api-key"
quirks = ["without temperature"]

[[profile.model]]
match = "small-*"
api = "openai_chat"
context = 32000
price = { input = 1, cached = 0.1, output = 5 }
"""


def test_the_shipped_profiles_are_well_formed_and_can_be_spoken_to():
    names = [profile.name for profile in shipped_profiles()]
    assert len(names) == len(set(names))
    assert {"openai", "azure", "github", "anthropic", "mistral", "deepseek", "openrouter"} <= set(names)
    assert {"vllm", "lm-studio", "tgi", "llama.cpp", "ollama", "openai-compatible"} <= set(names)
    for profile in shipped_profiles():
        assert find_problem(profile.endpoint("m")) is None, profile.name


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("api.openai.com", "openai"),
        ("team.services.ai.azure.com", "azure"),
        ("API.ANTHROPIC.COM", "anthropic"),
        ("api.openai.com.evil.example", None),
        ("127.0.0.1", None),
    ],
)
def test_a_profile_is_found_by_its_host(host: str, name: str | None):
    profile = profile_for_host(shipped_profiles(), host)
    assert (profile.name if profile else None) == name


def test_one_model_speaks_another_api_on_another_host():
    azure, github = (profile_named(shipped_profiles(), name) for name in ("azure", "github"))
    assert azure is not None
    assert github is not None
    assert azure.endpoint("my-MAI-Code-1-Flash").api == "openai_chat"
    assert github.endpoint("microsoft/mai-code-1-flash").api == "openai_responses"


def test_a_row_for_a_model_goes_over_its_host():
    (profile,), problems = parse_profiles(OWN)
    assert problems == ()
    small, large = profile.endpoint("small-7"), profile.endpoint("large")
    assert (small.api, large.api) == ("openai_chat", "anthropic_messages")
    assert (small.auth, small.quirks) == ("api-key", frozenset({"without temperature"}))
    assert (profile.row("small-7").context, profile.row("large").context) == (32000, None)
    assert profile.row("small-7").price == Price(1, 0.1, 5)


def test_a_price_counts_what_came_from_the_cache_apart():
    assert Price(1, 0.1, 5).of(Usage(1_000_000, 100_000, cached_tokens=500_000)) == pytest.approx(0.5 + 0.05 + 0.5)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[profile]\n", "TOML"),
        ("[profile]\nname = 1", ""),
        ('[[profile]]\nname = "x"', "base_url"),
        (OWN.replace("api-key", "cookie"), "auth is not what it must be"),
        (OWN.replace("without temperature", "odd"), "quirks"),
        (OWN.replace("32000", "-1"), "context"),
        (OWN.replace("cached = 0.1", "cash = 0.1"), "price"),
        (OWN.replace("output = 5", "output = -5"), "price"),
        (OWN.replace("match = ", "matches = "), "matches is not known"),
        (OWN.replace("hosts = [", "hosts = [3, "), "hosts"),
        ("[[host]]\n", "host is not known"),
    ],
)
def test_a_row_that_is_wrong_is_left_out_and_said(text: str, says: str):
    profiles, problems = parse_profiles(text)
    assert profiles == ()
    assert says in " ".join(problems)


@given(st.text())
def test_no_text_makes_the_parser_raise(text: str):
    parse_profiles(text)


def test_a_long_prompt_may_cost_more_for_all_of_it():
    (profile,), problems = parse_profiles(
        '[[profile]]\nname = "p"\nbase_url = "https://h.example/v1"\n[[profile.model]]\nmatch = "m"\n'
        "price = { input = 1, output = 4, long = { above = 1000, input = 2, cached = 1, output = 6 } }\n"
    )
    price = profile.row("m").price
    assert price is not None
    assert not problems
    assert price.of(Usage(1000, 100)) == pytest.approx((1000 * 1 + 100 * 4) / 1e6)
    assert price.of(Usage(1001, 100, cached_tokens=1)) == pytest.approx((1000 * 2 + 1 + 100 * 6) / 1e6)


@pytest.mark.parametrize(
    "long",
    ["1", "{}", "{ above = 10 }", "{ above = -1, input = 1, output = 1 }", "{ input = 1, output = 1 }",
     "{ above = true, input = 1, output = 1 }", "{ above = 1, input = 1, output = 1, long = { above = 2 } }"],
)  # fmt: skip
def test_a_price_for_long_prompts_that_is_wrong_is_said(long: str):
    profiles, problems = parse_profiles(
        '[[profile]]\nname = "p"\nbase_url = "https://h.example/v1"\n[[profile.model]]\nmatch = "m"\n'
        f"price = {{ input = 1, output = 4, long = {long} }}\n"
    )
    assert profiles == ()
    assert "price" in problems[0]


@pytest.mark.parametrize(
    ("host", "model", "api", "known"),
    [
        ("azure", "my-MAI-Code-1-Flash", "openai_chat", 0.75),
        ("azure", "mai-code-1.1-flash", "openai_chat", 0.20),
        ("azure", "mai-code-1-1-flash", "openai_chat", 0.20),
        ("azure", "team-coder", "openai_chat", None),
        ("github", "microsoft/mai-code-1-flash", "openai_responses", 0.75),
        ("github", "mai-code-1-flash-picker", "openai_responses", 0.75),
        ("anthropic", "claude-opus-5-5-20260901", "anthropic_messages", 4.0),
        ("anthropic", "claude-opus-5", "anthropic_messages", 5.0),
        ("anthropic", "claude-opus-4-1", "anthropic_messages", None),
        ("openai", "gpt-5.5-pro", "openai_responses", None),
        ("openai", "gpt-5.4", "openai_responses", 2.5),
    ],
)
def test_a_model_is_asked_and_priced_by_its_host(host: str, model: str, api: str, known: float | None):
    profile = profile_named(shipped_profiles(), host)
    assert profile is not None
    assert profile.endpoint(model).api == api
    price = profile.row(model).price
    assert (price.input if price else None) == known
