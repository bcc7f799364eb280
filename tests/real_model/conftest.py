"""A real llama.cpp server with a tiny model, one for all tests here."""

from collections.abc import AsyncIterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import pytest_asyncio

from clients.local import LocalModel
from tests.real_model.tiny_gguf import write_tiny_model

SLOTS, CONTEXT = 2, 8192


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    missing = pytest.mark.skip(reason="xllamacpp has no wheel for this system")
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.real_model)
            if find_spec("xllamacpp") is None:
                item.add_marker(missing)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("model") / "tiny.gguf"
    write_tiny_model(file)
    return file


@pytest_asyncio.fixture(loop_scope="function")
async def local(tiny_model: Path) -> AsyncIterator[LocalModel]:
    model = LocalModel(tiny_model, context_tokens=CONTEXT, slots=SLOTS, threads=1)
    yield model
    await model.close()
