"""Passwords as argon2id hashes: the one place that knows argon2."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()
SHORTEST = 12  #: characters of a password


class WeakPassword(Exception):
    """The password is too short to be one."""

    def __init__(self) -> None:
        super().__init__(f"a password has at least {SHORTEST} characters")


def hash_password(password: str) -> str:
    """Raises `WeakPassword`."""
    if len(password) < SHORTEST:
        raise WeakPassword
    return _HASHER.hash(password)


def fits(secret: str | None, password: str) -> bool:
    """Whether a password is the one behind a hash; as slow for a user that does not exist."""
    try:
        return _HASHER.verify(secret or _NOBODY, password) and secret is not None
    except (VerificationError, InvalidHashError):
        return False


_NOBODY = _HASHER.hash(secrets.token_urlsafe(24))
