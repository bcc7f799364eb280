"""Puts pip into the running environment where Python came without ensurepip, as Debian's does by default.

Takes the newest pip wheel from the package index (PIP_INDEX_URL, or the public one), checks its hash, and lets that
wheel install itself.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path

INDEX = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/")


def newest_wheel() -> tuple[str, str]:
    """The address and sha256 of the newest final pip wheel that this Python may use."""
    request = urllib.request.Request(f"{INDEX}/pip/", headers={"Accept": "application/vnd.pypi.simple.v1+json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        page = json.load(answer)
        address = answer.geturl()
    wheels = {
        tuple(int(part) for part in file["filename"].split("-")[1].split(".")): file
        for file in page["files"]
        if file["filename"].endswith(".whl")
        and file["filename"].split("-")[1].replace(".", "").isdigit()
        and not file.get("yanked")
    }
    file = wheels[max(wheels)]
    return urllib.parse.urljoin(address, file["url"]), file["hashes"]["sha256"]


def main() -> None:
    """Downloads and installs."""
    address, sha256 = newest_wheel()
    with tempfile.TemporaryDirectory() as folder:
        wheel = Path(folder) / urllib.parse.urlsplit(address).path.rsplit("/", 1)[-1]
        with urllib.request.urlopen(address, timeout=120) as answer:
            data = answer.read()
        if hashlib.sha256(data).hexdigest() != sha256:
            sys.exit(f"{wheel.name} does not have the hash that the index names. Try again.")
        wheel.write_bytes(data)
        subprocess.run([sys.executable, str(wheel / "pip"), "install", "--quiet", str(wheel)], check=True)


if __name__ == "__main__":
    main()
