"""Does the connected model answer? Asked of a real server, and of addresses where nothing useful listens."""

import pytest

from clients.endpoint import Endpoint
from clients.listing import listed_models
from clients.probe import find_answer_problem
from tests.model_server import MODELS, model_server


async def test_a_port_where_nothing_listens_is_said():
    problem = await find_answer_problem(Endpoint("http://127.0.0.1:9/v1", "m"))
    assert problem is not None
    assert "127.0.0.1:9" in problem


async def test_a_server_that_lists_the_model_is_fine_and_another_name_is_said():
    with model_server([]) as server:
        assert await find_answer_problem(Endpoint(server.base_url, MODELS[0])) is None
        problem = await find_answer_problem(Endpoint(server.base_url, "unheard-of"))
    assert problem is not None
    assert MODELS[0] in problem


async def test_a_wrong_path_counts_as_an_answer_since_not_every_host_lists_models():
    with model_server([]) as server:
        assert await find_answer_problem(Endpoint(server.base_url + "/elsewhere", "m")) is None


async def test_an_address_that_is_not_allowed_is_said_before_anything_is_sent():
    problem = await find_answer_problem(Endpoint("http://models.example.com/v1", "m"))
    assert problem is not None
    assert "https" in problem


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (b'{"data": [{"id": "a"}, {"id": "b"}]}', ["a", "b"]),
        (b'{"data": [{"id": 3}, "x", {"id": "b"}]}', ["b"]),
        (b'{"data": {"id": "a"}}', []),
        (b'{"models": []}', []),
        (b"[]", []),
        (b"<html>", []),
        (b"\xff", []),
        (b"[" * 100_000, []),
    ],
)
def test_only_a_list_in_the_expected_shape_names_models(body: bytes, names: list[str]):
    assert [row["id"] for row in listed_models(body)] == names
