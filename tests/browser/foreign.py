"""Pages of another site, on another port, under the policy that the widget must live with."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# A style sheet of the worst kind of host: the widget must look the same under it.
CSS = """
html { font-size: 62.5%; }
* { font-family: cursive; letter-spacing: 3px; }
body { color: red; text-transform: uppercase; line-height: 3; margin: 20px; }
button, dialog, textarea { background: hotpink !important; border: 9px solid lime !important; }
"""


@contextlib.contextmanager
def foreign(
    pages: dict[str, str], site: str, port: int = 0, files: dict[str, str] | None = None
) -> Iterator[str]:
    """Serve ``pages`` (bodies by path) with the help site at ``site``; gives the address.

    ``files`` are style sheets by path.
    """
    styles = {"/host.css": CSS, **(files or {})}
    policy = (
        f"default-src 'self'; script-src {site}; connect-src {site}; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            kind = "text/css" if path in styles else "text/html"
            text = styles.get(path, pages.get(path))
            body = (text or "").encode()
            self.send_response(200 if text is not None else 404)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", policy)
            # The widget itself must not send the address, whatever the page's own policy is.
            self.send_header("Referrer-Policy", "unsafe-url")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    worker = threading.Thread(target=server.serve_forever)
    worker.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        worker.join()
        server.server_close()
