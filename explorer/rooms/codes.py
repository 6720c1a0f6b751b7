"""Codes, secrets and tokens of rooms: unguessable, and kept as hashes only."""

from __future__ import annotations

import hashlib
import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 signs of which none looks like another: no 0, 1, I, O."""
CODE_LENGTH = 8
"""40 bits. Wrong codes are counted where they arrive (`explorer.ui.rates`)."""


def new_code() -> str:
    """A code that nobody can guess: `CODE_LENGTH` signs of `ALPHABET`."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def new_token() -> str:
    """128 random bits as text."""
    return secrets.token_urlsafe(16)


def tidy(code: str) -> str:
    """A code as somebody typed it, in its one form.

    >>> tidy(" abcd-efgh ")
    'ABCDEFGH'
    """
    return "".join(code.upper().split()).replace("-", "")


def hashed(text: str) -> bytes:
    """What stands in the file in place of a code, a secret or a token."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
