"""Does a model file of the user's end up in a diff? The whole way, with the command and a real engine."""

import tomllib
from pathlib import Path

from tests.commands.conftest import Run


def test_a_model_file_is_tried_stored_and_asked(tmp_path: Path, tiny_model: Path):
    patchwright = Run(tmp_path)
    connected = patchwright("connect", "--gguf", tiny_model, "--json")
    assert connected.code == 0, connected.err
    assert (connected.json["stored"], connected.json["host"]) == (True, "this machine")
    config = tomllib.loads((tmp_path / "config" / "config.toml").read_text())
    assert config == {"model": {"gguf": str(tiny_model)}}
    patchwright.write({"a.py": "x = 1\n"})
    (tmp_path / "config" / "config.toml").write_text(f'[model]\ngguf = "{tiny_model}"\nmax_output_tokens = 64\n')
    answer = patchwright("ask", "set x to 2", "--json")
    # Noise is no edit, and never becomes one; but it was asked, and counted.
    assert answer.code == 3, answer.err
    assert answer.json["diff"] == ""
    assert patchwright.read() == {"a.py": "x = 1\n"}
    used = patchwright("usage", "--json").json
    assert used["total"]["input_tokens"] > 100
    assert used["total"]["usd"] == 0
    checks = {check["name"]: check["state"] for check in patchwright("doctor", "--json").json["checks"]}
    assert checks["Model"] == "yes"
