"""The example receiver of docs/contact.md on loopback: what it took, and how it may misbehave."""

from __future__ import annotations

import contextlib
import json
import re
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

SECRET = "whsec_" + "c2VjcmV0IG9mIHRoZSB0ZXN0cywgMzIgYnl0ZXMu"
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "contact.md"


def example() -> dict[str, Any]:
    """The names that the example in the documentation defines; it is run as it is printed."""
    (code,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(code, str(DOCUMENT), "exec"), names)
    return names


@dataclass
class Received:
    """What came in, in its order: headers and bodies of all attempts, and the messages taken."""

    url: str = ""
    attempts: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    @property
    def messages(self) -> list[Any]:
        """The JSON of each message that was taken, once."""
        taken = {
            headers["webhook-id"]: json.loads(body)
            for (headers, body), status in zip(self.attempts, self.statuses, strict=True)
            if status < 300
        }
        return list(taken.values())


@contextlib.contextmanager
def receiving(*failing: int, tls: ssl.SSLContext | None = None) -> Iterator[Received]:
    """Verify and take messages; the first ones get the statuses ``failing`` instead.

    The status 0 ends the connection without an answer although the message was taken.
    """
    found = Received()
    failures = list(failing)
    receive = example()["receive"]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = failures.pop(0) if failures else receive(headers, body, SECRET)
            found.attempts.append((headers, body))
            found.statuses.append(status)
            if status == 0:
                receive(headers, body, SECRET)
                return
            self.send_response(status)
            if status in (301, 307):
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    scheme = "https" if tls else "http"
    found.url = f"{scheme}://127.0.0.1:{server.server_port}/hooks/desk?team=web"
    worker = threading.Thread(target=server.serve_forever)
    worker.start()
    try:
        yield found
    finally:
        server.shutdown()
        worker.join()
        server.server_close()
