"""The operator's password: hashed with scrypt, compared in constant time (werkzeug)."""

from __future__ import annotations

from typing import Final

from werkzeug.security import check_password_hash, generate_password_hash

MIN_LENGTH: Final = 12
# A longer one is refused unread: hashing it would only cost time.
MAX_LENGTH: Final = 1_024


def hashed(password: str) -> str:
    """What OPERATOR_PASSWORD_HASH takes. Raises ValueError for a password that is too short."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise ValueError(f"Take {MIN_LENGTH} characters or more.")
    return generate_password_hash(password, "scrypt")


def right(hashed_password: str, password: str) -> bool:
    """Whether it is the one that was hashed."""
    return len(password) <= MAX_LENGTH and check_password_hash(hashed_password, password)
