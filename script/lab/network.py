"""Ports on the loopback address."""

import socket

HOST = "127.0.0.1"


def free_port() -> int:
    """Return a TCP port that was free on the loopback address a moment ago."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
