"""A scripted DNS server on loopback: each name has the answer that a test gives it."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

import dns.edns
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

# From (name, type, whether checking is disabled) to an RCODE and records: "A 127.0.0.1". Behind the
# RCODE may stand the number of an extended error: "SERVFAIL 7". "CUT" is an answer that lacks room.
Script = Callable[[str, str, bool], tuple[str, list[str]]]


@contextlib.contextmanager
def answering(script: Script) -> Iterator[tuple[str, int]]:
    """Serve ``script`` over UDP; gives the resolver's address and port."""

    def work() -> None:
        while True:
            data, peer = server.recvfrom(4096)
            if not data:
                return
            query = dns.message.from_wire(data)
            reply = dns.message.make_response(query)
            asked = query.question[0]
            name = asked.name.to_text().rstrip(".")
            kind = dns.rdatatype.to_text(asked.rdtype)
            code, records = script(name, kind, bool(query.flags & dns.flags.CD))
            if code == "SILENT":
                continue
            if code == "CUT":
                reply.flags |= dns.flags.TC
                code = "NOERROR"
            code, _, reason = code.partition(" ")
            reply.set_rcode(dns.rcode.from_text(code))
            if reason and query.edns >= 0:
                reply.use_edns(
                    0, options=[dns.edns.EDEOption(dns.edns.EDECode(int(reason)), "as told")]
                )
            owner = f"{name}."
            for record in records:
                rdtype, value = record.split(" ", 1)
                reply.answer.append(dns.rrset.from_text(owner, 0, "IN", rdtype, value))
                if rdtype == "CNAME":
                    owner = value
            with contextlib.suppress(OSError):
                server.sendto(reply.to_wire(), peer)

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield server.getsockname()
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as knock:
                knock.sendto(b"", server.getsockname())
            thread.join()


def zone(records: dict[str, list[str]]) -> Script:
    """A script for plain names: those missing do not exist."""

    def script(name: str, kind: str, _unchecked: bool) -> tuple[str, list[str]]:
        if name not in records:
            return "NXDOMAIN", []
        return "NOERROR", [
            record for record in records[name] if record.split(" ")[0] in (kind, "CNAME")
        ]

    return script
