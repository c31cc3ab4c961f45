"""Signatures of a webhook as Standard Webhooks 1.0 has them (https://www.standardwebhooks.com).

``v1`` is HMAC-SHA256 over ``id.timestamp.body``. Receivers refuse a timestamp that is more than
five minutes away from their clock (the replay window) and an id that they have taken already.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import Final

from kb.errors import ErrordeskError

PREFIX: Final = "whsec_"
# Standard Webhooks, "Symmetric signatures": keys of 24 to 64 random bytes.
MIN_KEY: Final = 24
MAX_KEY: Final = 64
REPLAY_WINDOW_S: Final = 300


class BadSecret(ErrordeskError):
    """The secret is none that can sign."""

    def __init__(self) -> None:
        super().__init__(
            f"A webhook's secret is {PREFIX} and the Base64 of {MIN_KEY} to {MAX_KEY} random "
            f'bytes; make one with: echo "{PREFIX}$(openssl rand -base64 32)"'
        )


def key_of(secret: str) -> bytes:
    """The key in a secret such as ``whsec_MfKQ…``. Raises BadSecret, which does not quote it."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise BadSecret from None
    if not secret.startswith(PREFIX) or not MIN_KEY <= len(key) <= MAX_KEY:
        raise BadSecret
    return key


def signed_headers(key: bytes, identity: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers for ``body``; ``timestamp`` in seconds since 1970, ``identity`` ASCII."""
    content = f"{identity}.{timestamp}.".encode() + body
    digest = hmac.new(key, content, hashlib.sha256).digest()
    return {
        "webhook-id": identity,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
