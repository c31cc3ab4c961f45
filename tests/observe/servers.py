"""Raw servers on loopback for what no real server does, as context managers that are ready."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator

Handler = Callable[[socket.socket], None]


@contextlib.contextmanager
def serving(handle: Handler, address: str = "127.0.0.1") -> Iterator[int]:
    """Serve each connection with ``handle`` in its own thread; gives the port."""
    threads: list[threading.Thread] = []
    closing = threading.Event()

    def work(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(5)
            handle(connection)

    def accept() -> None:
        while not closing.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=work, args=(connection,)))
            threads[-1].start()

    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, 0), family=family, backlog=64) as listener:
        acceptor = threading.Thread(target=accept)
        acceptor.start()
        try:
            yield listener.getsockname()[1]
        finally:
            closing.set()
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            acceptor.join()
            for thread in threads:
                thread.join()


def request(connection: socket.socket) -> str:
    """Read one request head."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            break
        data += more
    return data.decode("latin-1")


def silent(connection: socket.socket) -> None:
    """Say nothing until the client leaves."""
    while connection.recv(65536):
        pass


def saying(*answers: bytes) -> Handler:
    """Read the request, send the bytes, close."""

    def handle(connection: socket.socket) -> None:
        request(connection)
        for answer in answers:
            connection.sendall(answer)

    return handle


def resetting(connection: socket.socket) -> None:
    """End the connection with RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def over_tls(context: ssl.SSLContext, handle: Handler) -> Handler:
    """The same server behind a handshake."""

    def secured(connection: socket.socket) -> None:
        with (
            contextlib.suppress(ssl.SSLError),
            context.wrap_socket(connection, server_side=True) as wrapped,
        ):
            handle(wrapped)

    return secured
