"""What does protected code look like? Four tables of what it imports, how it is called, where it lies, what guards it.

The same words serve every language: names are split where they change case, so `hashPassword`, `hash_password` and
`HASH_PASSWORD` are the words `hash password`.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of code that is not touched unasked.

    `imports` are whole modules or what lies in them; `words` are looked for in names, split and in lower case, and are
    enough in a file that imports one of those; `strong` words are enough anywhere. `paths` are looked for in the names
    of folders and files, and are enough; `weak_paths` are so with a word. `guards` are decorators, calls and settings
    that keep something out, in code as it is written.
    """

    name: str
    imports: re.Pattern[str]
    words: re.Pattern[str]
    strong: re.Pattern[str]
    paths: re.Pattern[str]
    guards: re.Pattern[str]
    weak_paths: re.Pattern[str] = re.compile(r"(?!)")


def _modules(text: str) -> re.Pattern[str]:
    """Modules, with a dot for whatever stands between the parts of a path in a language."""
    names = "|".join(re.escape(name).replace(r"\.", r"[./:\\]+") for name in text.split())
    return re.compile(rf"(?:^|[./:\\@])(?:{names})(?:$|[./:\\\s])", re.IGNORECASE)


def _words(text: str) -> re.Pattern[str]:
    """Words in a row; a part of a word only where `*` stands."""
    rows = [row.strip().replace("*", r"\w*").replace(" ", "[ ]") for row in text.split(",") if row.strip()]
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(rows)})(?![a-z0-9])")


def _paths(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|[/._-])(?:{text.replace(' ', '|')})(?:$|[/._-])", re.IGNORECASE)


CRYPTO = Category(
    "crypto",
    _modules(
        "cryptography hashlib hmac secrets ssl jwt jose jws jwe nacl bcrypt argon2 passlib OpenSSL Crypto"
        " Cryptodome rsa ecdsa"
        " itsdangerous node.crypto crypto bcryptjs jsonwebtoken tweetnacl libsodium ring rustls openssl sha2 aes"
        " javax.crypto java.security System.Security.Cryptography golang.org.x.crypto CryptoKit CommonCrypto"
        " django.core.signing django.utils.crypto werkzeug.security tls sodium digest"
    ),
    _words(
        "hash*, digest*, sign*, signer, signature*, verif*, nonce, salt*, iv, key, keys, keyed, secret*, token*,"
        " cipher*,"
        " encrypt*, decrypt*, pad*, unpad*, random*, entropy, cert*, certificate*, ssl, tls, curve*, hmac, mac,"
        " kdf, pbkdf2*,"
        " iterations, rounds, algorithm*, constant time compare, compare digest, prime*, modulus, exponent, rsa,"
        " ecdsa, pem, der,"
        " jwk*, jws, jwt, jwa, header*, claim*, payload, aead, gcm, cbc, block, message, bytes, otp, totp, hotp"
    ),
    _words(
        "encrypt*, decrypt*, cipher*, hmac*, nonce, salt, salted*, pbkdf2*, scrypt*, bcrypt*, argon2*, sha1*,"
        " sha224, sha256*,"
        " sha384*, sha512*, md5*, private key*, public key*, secret key*, signing key*, hash password, password"
        " hash*, hasher*,"
        " check password*, verify password, make password, compare digest, constant time*, timing safe*,"
        " urandom, token bytes,"
        " token hex, token urlsafe, get random string, verify signature, signature*, signer*, unsign*, x509*,"
        " certificate*, ssl context,"
        " cert reqs, check hostname, jwt*, jwk*, jws*, keypair*, key pair*, rsa, ecdsa, ed25519*, totp*, hotp*,"
        " crypt, crypto*, kdf, pkcs*"
    ),
    _paths(
        "crypto cryptography hashers? signing signer encryption cipher ciphers jwt jwk jws totp hotp x509 kdf"
        " tls ssl rsa hmac"
    ),
    re.compile(
        r"\bcompare_digest\b|\bconstant_time_compare\b|\btimingSafeEqual\b|\bverify\s*=\s*True\b"
        r"|\bcheck_hostname\b|\bCERT_REQUIRED\b"
        r"|\brejectUnauthorized\b|\bverify_(?:signature|exp|aud|iss)\b|\.verify\(|\bsafe_str_cmp\b"
        r"|\bConstantTimeCompare\b"
    ),
)

ACCESS = Category(
    "access",
    _modules(
        "django.contrib.auth django.contrib.sessions django.middleware.csrf flask_login flask_principal"
        " fastapi.security passport oauthlib"
        " authlib casbin guardian rest_framework.permissions rest_framework.authentication allauth social_core"
        " starlette.authentication"
        " starlette.middleware.cors starlette.middleware.sessions spring.security org.springframework.security"
        " devise pundit cancancan"
        " next-auth express-session cookie-session ldap3 ldap msal keycloak axes flask_jwt_extended auth"
    ),
    _words(
        "auth*, login*, logout*, log in, user*, permission*, perm*, perms, role*, group*, session*, csrf*, cors,"
        " origin*, credential*,"
        " password*, token*, scope*, grant*, client*, is admin, staff, superuser, admin*, backend*, allowed*,"
        " deny, denied, forbid*,"
        " anonymous, owner*, policy, policies, access*, cookie*, remember*, redirect*, challenge, protect*,"
        " lockout, locked, fresh, identity"
    ),
    _words(
        "authenticat*, authoriz*, authoris*, unauthoriz*, login*, logout*, permission*, has perm, has perms, has"
        " role, csrf*, xsrf*,"
        " cors, oauth*, credential*, is admin, is staff, is superuser, is owner, current user, access token*,"
        " refresh token*, bearer,"
        " session auth*, session key, session cookie*, csrf token, allow origin*, allowed hosts, superuser*,"
        " rbac, acl, forbidden,"
        " permission denied, impersonat*, sso, saml*, oidc, openid*, lockout*, password reset*, reset password,"
        " remember me,"
        " authenticated, user passes test, login required, access control, security scopes, introspect*"
    ),
    _paths(
        "auth authentication authorization permissions? acl rbac login logins? sessions? csrf cors oauth"
        " oauth1 oauth2 oidc saml sso"
        " credentials? security identity lockout"
    ),
    re.compile(
        r"@\w*(?:login_required|permission_required|user_passes_test|staff_member_required|requires?_\w*(?:auth"
        r"|login|role|perm|admin|scope)\w*"
        r"|roles?_required|jwt_required|fresh_login_required|csrf_protect|PreAuthorize|Secured|RolesAllowed"
        r"|Authorize|UseGuards)"
        r"|\bDepends\(\s*\w*(?:user|auth|token|perm|admin)\w*|\bSecurity\(|\bhas_(?:object_)?perm(?:s|ission)?\("
        r"|\bis_authenticated\b"
        r"|\bis_(?:staff|superuser|admin|owner)\b|\bpermission_classes\b|\bauthentication_classes\b"
        r"|\bcheck_(?:object_)?permissions?\("
        r"|\bauthenticate_user!|\bbefore_action\s+:(?:auth|require)|\bauthorize!?\b|\brequire(?:Auth|Login|Role"
        r"|Admin)\w*\b|\bPermissionDenied\b"
        r"|\bCsrfViewMiddleware\b|\bAuthenticationMiddleware\b|\bLoginRequiredMixin\b|\bPermissionRequiredMixin\b"
        r"|\bUserPassesTestMixin\b"
    ),
)

MONEY = Category(
    "money",
    _modules(
        "stripe braintree adyen moneyed djmoney paypalrestsdk square razorpay mollie money dinero js-money"
        " decimal.js big.js rust_decimal"
        " shopspring.decimal decimal beancount joda.money javax.money"
    ),
    _words(
        "price*, amount*, tax*, vat, invoice*, ledger*, interest, currenc*, charge*, refund*, payment*, payout*,"
        " fee*, discount*, total*,"
        " subtotal*, balance*, cost*, round*, quantize, rate*, exchange*, credit*, debit*, money*, account*,"
        " card*, coupon*, order*, basket*,"
        " billing*, tariff*, subscription*, quantity, transaction*, decimal*, lot*, position*, posting*, cents,"
        " minor units"
    ),
    _words(
        "price*, pricing, tax, taxes, taxable, tax rate*, is tax known, vat, invoice*, ledger*, currency,"
        " currencies, refund*, payout*,"
        " discount amount, discount*, payment*, money, moneys, billing*, subtotal*, exchange rate*, excl tax,"
        " incl tax, charge amount, checkout*, surcharge*,"
        " credit card*, bankcard*, interest rate*, amortiz*, payroll, salary, cents, amount*, stripe, voucher*,"
        " cost basis, capital gain*, total incl*, total excl*"
    ),
    _paths(
        "billing payments? invoices? invoicing money moneyed taxes vat ledger checkout"
        " currency currencies refunds? payouts? accounting bankcards? stripe"
    ),
    re.compile(r"\bquantize\(|\bROUND_HALF_\w+|\bDecimal\("),
    _paths("pricing prices? tax vouchers? discounts?"),
)

DATA_LOSS = Category(
    "data-loss",
    _modules(
        "alembic django.db.migrations south knex.migrations activerecord.migration flyway liquibase shutil"
        " rimraf yoyo peewee_migrate"
    ),
    _words(
        "rmtree, remove tree, drop*, delete*, truncat*, wipe*, purge*, flush*, erase*, migrat*, downgrade*,"
        " upgrade*, alter*, unlink*,"
        " remove*, rename*, cascade, operations, schema editor, run sql, run python, destroy*, overwrite*, collected"
    ),
    _words(
        "rmtree*, remove tree, rm rf, rimraf, drop table*, drop column*, drop database*, drop index, drop"
        " constraint, drop schema, drop all,"
        " drop view, truncate table*, sql flush, sql delete*, delete all, delete batch, delete model, delete"
        " field, remove field*, remove model*, alter field*, alter db table*, alter table*, alter column*, run"
        " sql, run python,"
        " remove all, destroy all, delete from, remove dir all, bulk delete, hard delete, wipe*, purge*, clear"
        " cache folder,"
        " fast delete*, related objects delete, on delete, remake table, effective default, rename table, rename column"
    ),
    _paths("migrations? alembic migrate flush purge deletion deleter truncate wipe cleanup"),
    re.compile(
        r"\bon_delete\s*=\s*\w*\.?(?:PROTECT|RESTRICT)\b|\batomic\b|\bconfirm\w*\(|\bdry_run\b|\bis_safe\w*\b"
        r"|\bsavepoint\b|\bBEGIN\b"
    ),
)

CATEGORIES = (CRYPTO, ACCESS, MONEY, DATA_LOSS)

DESTRUCTIVE = re.compile(
    r"\b(?:DROP\s+(?:TABLE|DATABASE|SCHEMA|COLUMN|INDEX|VIEW)|TRUNCATE\s+(?:TABLE\s+)?\w|DELETE\s+FROM|ALTER\s+TABLE)\b"
    r"|\brm\s+-\w*[rf]|\brmtree\(|\bremove_dir_all\(|\bRemoveAll\(|\bdeleteRecursively\(|\bFileUtils\.rm_rf\b"
    r"|\brmSync\(",
)
"""Written in code or in SQL: enough by itself."""
