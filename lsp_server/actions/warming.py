"""What can be done before the prompt is ready? The model is warmed meanwhile: httpx loaded, its host connected to.

Only where an ask needs a model: a recipe touches no network. Nothing of the user's work is sent.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from clients.model import CodeModel


@asynccontextmanager
async def warmed(model: CodeModel | None) -> AsyncGenerator[None]:
    """Warms a model beside what is done in the context; it is not waited for, and does not outlive the context."""
    if model is None:
        yield
        return
    warming = asyncio.create_task(model.warm())
    try:
        yield
    finally:
        warming.cancel()
        await asyncio.wait((warming,))
