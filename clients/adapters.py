"""Which APIs are spoken? The table of adapters, and which of them is tried where a host says that it wants another."""

from collections.abc import Mapping

from clients import anthropic_messages, ollama, openai_chat, openai_responses
from clients.adapter import Adapter
from clients.endpoint import ApiName

ADAPTERS: Mapping[ApiName, Adapter] = {
    "openai_chat": openai_chat.ADAPTER,
    "openai_responses": openai_responses.ADAPTER,
    "anthropic_messages": anthropic_messages.ADAPTER,
    "ollama": ollama.ADAPTER,
}

OTHER: Mapping[ApiName, ApiName] = {"openai_chat": "openai_responses", "openai_responses": "openai_chat"}
"""The same model is served in one shape by one host, in the other by the next; a host that refuses says so."""
