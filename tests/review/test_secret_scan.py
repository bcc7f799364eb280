"""What our own scan says is what detect-secrets says, and nothing that could ask a host is in its process."""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from lsp_server.review.checks.secret_scan import FEW, WHATEVER_COMMENTS_SAY
from tests.clients.canaries import KINDS

PROGRAM = [sys.executable, "-I", "-m", "lsp_server.review.checks.secret_scan"]
THEIRS = [str(Path(sys.executable).with_name("detect-secrets")), "scan", "--no-verify"]
THEIRS += ["--disable-filter", WHATEVER_COMMENTS_SAY, "--"]


def said(command: list[str], folder: Path, files: list[str]) -> object:
    ended = subprocess.run([*command, *files], cwd=folder, capture_output=True, text=True, check=True)
    return json.loads(ended.stdout)["results"]


@pytest.mark.parametrize("count", [1, FEW, FEW + 1])
def test_it_finds_what_detect_secrets_finds(tmp_path: Path, count: int):
    dice, files = random.Random(7), [f"{number}.py" for number in range(count)]
    lines = [form.format(make(dice)) for make, forms in KINDS.values() for form in forms]
    lines = [line if number % 2 else f"{line}  # pragma: allowlist secret" for number, line in enumerate(lines)]
    for file in files:
        (tmp_path / file).write_text("\n".join(dice.sample(lines, len(lines))))
    found = said(PROGRAM, tmp_path, files)
    assert isinstance(found, dict)
    assert found.keys() == set(files)
    assert found == said(THEIRS, tmp_path, files)


def test_what_could_reach_a_network_is_not_imported(tmp_path: Path):
    (tmp_path / "a.ini").write_text('token = "AKIAIOSFODNN7EXAMPLQ"\n')
    program = (
        "import sys; from lsp_server.review.checks.secret_scan import scan; found = scan(['a.ini']);"
        "print('AWS' in found, sorted({'urllib3', 'http.client', 'ssl'} & set(sys.modules)))"
    )
    ended = subprocess.run(
        [sys.executable, "-I", "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert ended.stdout == "True []\n"
