"""Secrets that were never used, of every kind the gate knows, made from a seed and planted as people write them."""

import base64
import json
import random
import string
from collections.abc import Callable, Mapping

_ALNUM = string.ascii_letters + string.digits
_LOWER = string.ascii_lowercase + string.digits


def _of(dice: random.Random, alphabet: str, length: int) -> str:
    """Random characters, two digits among them: a secret without any is rare, and looks like a word."""
    letters = [dice.choice(alphabet) for _ in range(length)]
    for place in dice.sample(range(1, length), 2):
        letters[place] = dice.choice(string.digits)
    return "".join(letters)


def _web_token(dice: random.Random) -> str:
    parts = ({"alg": "HS256", "typ": "JWT"}, {"sub": str(dice.randrange(10**9)), "name": _of(dice, _LOWER, 8)})
    head = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return f"{head}.{_of(dice, _ALNUM + '_-', 43)}"


def _key_block(dice: random.Random) -> str:
    lines = "\n".join(_of(dice, _ALNUM + "+/", 64) for _ in range(6))
    kind = dice.choice(["RSA ", "EC ", "OPENSSH ", "", "ENCRYPTED "])
    return f"-----BEGIN {kind}PRIVATE KEY-----\n{lines}\n-----END {kind}PRIVATE KEY-----"


KINDS: Mapping[str, tuple[Callable[[random.Random], str], tuple[str, ...]]] = {
    "AWS key id": (lambda dice: "AKIA" + _of(dice, string.ascii_uppercase + "234567", 16), ('ID = "{}"', "aws_id={}")),
    "AWS secret": (
        lambda dice: _of(dice, _ALNUM + "/+", 40),
        ('aws_secret_access_key = "{}"', "AWS_SECRET_ACCESS_KEY={}"),
    ),
    "GitHub": (lambda dice: "ghp_" + _of(dice, _ALNUM, 36), ("# push with {}", 'headers["x"] = "{}"')),
    "GitHub, fine-grained": (lambda dice: "github_pat_" + _of(dice, _ALNUM + "_", 60), ("token: {}",)),
    "GitLab": (lambda dice: "glpat-" + _of(dice, _ALNUM + "-_", 20), ("{}", "f('{}')")),
    "Slack": (lambda dice: f"xoxb-{_of(dice, string.digits, 11)}-{_of(dice, _ALNUM, 24)}", ("slack({})",)),
    "Stripe": (lambda dice: "sk_live_" + _of(dice, _ALNUM, 24), ("stripe.api_key = '{}'", "{}")),
    "OpenAI": (lambda dice: "sk-proj-" + _of(dice, _ALNUM + "_-", 60), ("client = Client('{}')", "export KEY={}")),
    "Anthropic": (lambda dice: "sk-ant-api03-" + _of(dice, _ALNUM + "_-", 80), ("x = [\n  '{}',\n]",)),
    "Google": (lambda dice: "AIza" + _of(dice, _ALNUM + "_-", 35), ('<meta content="{}">', "maps?key={}&v=3")),
    "Hugging Face": (lambda dice: "hf_" + _of(dice, _ALNUM, 34), ("login('{}')",)),
    "npm": (lambda dice: "npm_" + _of(dice, _ALNUM, 36), ("//registry.example/:_authToken={}",)),
    "PyPI": (lambda dice: "pypi-AgEIcHlwaS5vcmc" + _of(dice, _ALNUM + "_-", 90), ("password = {}",)),
    "SendGrid": (lambda dice: f"SG.{_of(dice, _ALNUM, 22)}.{_of(dice, _ALNUM, 43)}", ("mail('{}')",)),
    "Telegram": (lambda dice: f"{_of(dice, '123456789', 9)}:{_of(dice, _ALNUM + '_-', 35)}", ("bot = Bot('{}')",)),
    "web token": (_web_token, ("curl -H 'Authorization: Bearer {}'", "cookie = '{}'")),
    "bearer": (
        lambda dice: _of(dice, _ALNUM + "._-", 32),
        ('{{"Authorization": "Bearer {}"}}', "-H 'authorization: bearer {}'"),
    ),
    "basic": (lambda dice: base64.b64encode(_of(dice, _ALNUM, 24).encode()).decode(), ("Authorization: Basic {}",)),
    "private key": (_key_block, ('KEY = """{}"""', "{}\n", "key: |\n{}\nnext: 1")),
    "address": (
        lambda dice: _of(dice, _ALNUM + "!$^&*-_", 14),
        ('URL = "postgres://app:{}@db.internal:5432/x"', "redis://:{}@cache/0", "https://bot:{}@git.example/a.git"),
    ),
    "password": (
        lambda dice: _of(dice, _ALNUM + "!$%^&*-_", 12),
        (
            'password = "{}"',
            "self.db_password: str = '{}'",
            'pw="{}"',
            '{{"dbPassword": "{}"}}',
            "connect(user, passwd='{}')",
            'if password == "{}":',
            "const adminPassword = `{}`;",
            'String dbPass = "{}";',
            'let client_secret = String::from("x"); let api_key: &str = "{}";',
            'os.environ["SECRET_KEY"] = "{}"',
            'password := "{}"',
            'secrets = {{"token": "{}"}}',
        ),
    ),
    "password of letters": (
        lambda dice: "".join(dice.choice("bcdfghjkmnpqrstvwxz" + "BCDFGHJKM") for _ in range(18)),
        ('password = "{}"', 'api_token = "{}"'),
    ),
    "setting": (
        lambda dice: _of(dice, _ALNUM + "+/", 28),
        ("  api_key: {}\n", "export DB_PASSWORD={}", "SECRET_TOKEN = {}"),
    ),
    "hex key": (lambda dice: _of(dice, "0123456789abcdef", 32), ("SECRET_KEY = '{}'", "encryption_key: '{}'")),
    "random literal": (lambda dice: _of(dice, _ALNUM, 40), ('send("{}")', "x = ['{}']")),
}


def canaries(seed: int, each: int) -> list[tuple[str, str, str]]:
    """(kind, secret, text that holds it), `each` times for every kind and way of writing it."""
    dice = random.Random(seed)
    return [
        (kind, secret, form.format(secret))
        for kind, (make, forms) in KINDS.items()
        for form in forms
        for secret in (make(dice) for _ in range(each))
    ]
