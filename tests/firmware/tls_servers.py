"""Servers on loopback for the firmware's TLS: one that echoes, and liars."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
import socket
import ssl
import struct
import threading

type Handler = Callable[[socket.socket], None]


@contextmanager
def serving(handler: Handler) -> Iterator[int]:
    """Handle each connection in a thread of its own; yield the port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    def handle(connection: socket.socket) -> None:
        connection.settimeout(20)
        # A device that hangs up is what these tests are about.
        with connection, suppress(OSError):
            handler(connection)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=handle, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def echo(context: ssl.SSLContext, resumed: list[bool | None] | None = None) -> Handler:
    """Return a server that speaks TLS and gives back whatever it gets.

    `resumed` notes of each connection whether it went on with an earlier session.
    """

    def handle(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as encrypted:
            if resumed is not None:
                resumed.append(encrypted.session_reused)
            while data := encrypted.recv(16384):
                encrypted.sendall(data)

    return handle


def injects(context: ssl.SSLContext, data: bytes) -> Handler:
    """Return a server whose handshake is good, and then this comes in between."""

    def handle(connection: socket.socket) -> None:
        raw = connection.dup()
        with raw, context.wrap_socket(connection, server_side=True) as encrypted:
            encrypted.recv(16384)
            raw.sendall(data)
            while encrypted.recv(16384):
                pass

    return handle


def says(data: bytes, *, after_hello: bool = True) -> Handler:
    """Return a server that says this, whatever it hears, and hangs up."""

    def handle(connection: socket.socket) -> None:
        if after_hello:
            connection.recv(4096)
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            pass

    return handle


def alert(number: int, level: int = 2) -> bytes:
    """Return a record with an alert."""
    return struct.pack(">BHHBB", 21, 0x0303, 2, level, number)


def record(kind: int, size: int, version: int = 0x0303) -> bytes:
    """Return a record of that many zero bytes."""
    return struct.pack(">BHH", kind, version, size) + bytes(size)
