"""Which line of a reply names a file? A path alone, however it is dressed.

app/io.py        **app/io.py**       `app/io.py`       ### app/io.py:       File: app/io.py       # app/io.py
"""

import re

BARE_NAMES = frozenset(
    {
        "Makefile",
        "makefile",
        "Dockerfile",
        "Containerfile",
        "Justfile",
        "justfile",
        "Jenkinsfile",
        "Procfile",
        "Gemfile",
        "Rakefile",
        "Vagrantfile",
        "LICENSE",
        "README",
        "CHANGELOG",
        "CODEOWNERS",
        "gradlew",
    }
)
"""File names that look like a word."""

LONGEST = 1200
"""What is longer is no path, and is not looked at, so that no line takes long."""

_LIST_OR_HEADING = re.compile(r"^(?:#{1,6}|[-*+]|\d{1,3}[.)])\s+")
_COMMENT = re.compile(r"(?:#+|//+|--(?!-)|;+|%+|/\*+|<!--|\"{3}|\(\*)\s*(.*?)\s*(?:\*+/|-->|\"{3}|\*\))?")
_LABEL = re.compile(r"^(?:file\s?name|file\s?path|file|path)\s*:(?!//)\s*", re.IGNORECASE)
_REMARK = re.compile(r"\s*\((?:new|new file|create|created|update|updated|modified|changed)\)$", re.IGNORECASE)
_MENTION = re.compile(
    r"`([^`\s]+)`|(?<![\w./\\-])([\w.~-]*[\w~-][/\\][\w./\\-]*\w|[\w-]{2,}\.[A-Za-z]\w{0,4})(?![\w/\\])"
)
_QUOTES = {"`": "`", '"': '"', "'": "'"}


def path_alone(line: str) -> str | None:
    """The path that a line consists of, None for any other line."""
    if len(line) > LONGEST:
        return None
    text = _LIST_OR_HEADING.sub("", line.strip(), count=1).replace("**", "").strip()
    text = _REMARK.sub("", _LABEL.sub("", text, count=1)).strip()
    text = text.removesuffix(":").strip()
    quoted = len(text) > 2 and _QUOTES.get(text[0]) == text[-1]
    if quoted:
        text = text[1:-1].strip().removesuffix(":")
    if not text or "`" in text or (not quoted and re.search(r"\s", text)):
        return None
    return text if looks_like_a_path(text) else None


def path_in_comment(line: str) -> str | None:
    """The path that a comment consists of, None for any other line."""
    found = _COMMENT.fullmatch(line.strip()) if len(line) <= LONGEST else None
    return path_alone(found[1]) if found else None


def path_in_info(info: str) -> str | None:
    """The path in a fence's info string, as in `python app/io.py`, `python:app/io.py` or `title="app/io.py"`.

    A word with a slash and no extension is none: `application/json` says what the lines are.
    """
    for word in info[:LONGEST].split():
        value = re.sub(r"^(?:\w+=|\w+:(?![/\\]))", "", word).strip("\"'{}")
        name = re.split(r"[/\\]", value)[-1]
        if (name in BARE_NAMES or "." in name) and looks_like_a_path(value):
            return value
    return None


def paths_mentioned(line: str) -> tuple[str, ...]:
    """The words of a sentence that look like a path."""
    found = (match[1] or match[2] for match in _MENTION.finditer(line[:LONGEST]))
    return tuple(dict.fromkeys(word for word in found if looks_like_a_path(word)))


def looks_like_a_path(text: str) -> bool:
    """Whether a word has a separator or an extension, or is one of the names that have neither."""
    if text in BARE_NAMES:
        return True
    if re.search(r"[/\\]", text):
        return bool(re.search(r"\w", text)) and "://" not in text.removeprefix("file://")
    return bool(re.fullmatch(r"\.?[^.].*\.\w+|\.\w[\w.-]*", text)) and not text[0].isdigit()
