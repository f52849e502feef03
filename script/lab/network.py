"""Ports on the loopback address."""

from contextlib import ExitStack
from pathlib import Path
import random
import socket

HOST = "127.0.0.1"
_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST = 10_000
# In the tables of /proc/net: a state, and the column behind the state.
_LISTENS = "0A"
_INODE = 5


def free_ports(count: int) -> list[int]:
    """Return different TCP ports that were free on the loopback address a moment ago.

    They lie below what the system gives to whoever asks for any port: those who do, such
    as the tests of another process, do not take one before its owner listens.
    """
    first_given = int(_RANGE.read_text().split()[0])
    candidates = range(_LOWEST, max(first_given, _LOWEST + 1000))
    with ExitStack() as probes:
        ports: list[int] = []
        while len(ports) < count:
            probe = probes.enter_context(socket.socket())
            port = random.choice(candidates)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            ports.append(port)
        return ports


def free_port() -> int:
    """Return one such port."""
    return free_ports(1)[0]


def listening_ports(pid: int) -> set[int]:
    """Return the TCP ports at which a process of this machine listens."""
    own = {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()}
    ports: set[int] = set()
    for table in ("tcp", "tcp6"):
        lines = Path(f"/proc/{pid}/net/{table}").read_text().splitlines()
        for _, local, _, state, *rest in map(str.split, lines[1:]):
            if state == _LISTENS and f"socket:[{rest[_INODE]}]" in own:
                ports.add(int(local.rpartition(":")[2], 16))
    return ports
