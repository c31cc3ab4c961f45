"""One POST to an address that the operator named, through the guard and over verified TLS.

The policy for strangers' URLs does not hold here: whoever may set the settings may name a machine
of the own network. Redirects are not followed, and a certificate that cannot be trusted ends it.
"""

from __future__ import annotations

import functools
import ipaddress
import ssl
import time
from collections.abc import Mapping
from typing import Final

import certifi

from kb.errors import ErrordeskError
from kb.observe.guard import Race
from kb.observe.http import Request, exchange
from kb.observe.policy import Policy
from kb.observe.resolver import resolve
from kb.observe.target import Target

_EVERYWHERE: Final = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))
_MAX_ANSWER: Final = 16_384


class Undelivered(ErrordeskError):
    """No answer came back; the message says why, without the URL's path."""


def post(
    target: Target,
    headers: Mapping[str, str],
    body: bytes,
    deadline: float,
    *,
    resolver: tuple[str, int] | None = None,
    ca_file: str = "",
) -> int:
    """Send ``body`` and give the status. ``deadline`` is a time of ``time.monotonic()``.

    Raises Undelivered when no whole response head came back.
    """
    policy = Policy(allow=_EVERYWHERE, resolver=resolver)
    resolution = resolve(target.host, policy, deadline)
    if not resolution.addresses:
        raise Undelivered(f"the name {target.host} has no address ({resolution.outcome})")
    race = Race(resolution.addresses, target.port, policy, deadline)
    connection = race.run()
    outcomes = ", ".join(sorted(set(race.outcomes.values())))
    race.close()
    if connection is None:
        raise Undelivered(f"{target.authority} takes no connection ({outcomes})")
    try:
        if target.scheme == "https":
            connection.settimeout(max(0.001, deadline - time.monotonic()))
            connection = _context(ca_file).wrap_socket(connection, server_hostname=target.host)
        request = Request(target.authority, target.path, tuple(headers.items()), "POST", body)
        result = exchange(connection, request, deadline, _MAX_ANSWER)
    except OSError as error:  # ssl.SSLError is one
        reason = getattr(error, "verify_message", "") or type(error).__name__
        raise Undelivered(f"{target.authority} cannot be trusted or talked to: {reason}") from None
    finally:
        connection.close()
    if not result.status:
        raise Undelivered(f"{target.authority} gave no answer ({result.outcome})")
    return result.status


@functools.lru_cache(maxsize=4)
def _context(ca_file: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certifi.where())
    # Python 3.13 refuses private authorities for forms that no other client minds.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if ca_file:
        context.load_verify_locations(ca_file)
    return context
