"""Writes challenge.json and challenge.txt beside this file.

Uses nothing but the standard library and the text of docs/challenge-protocol.md, so
that the vectors do not inherit a mistake of the integration's own code.
"""

import hashlib
import hmac
import json
from pathlib import Path

HERE = Path(__file__).parent
HASHES = ("sha256", "sha1", "sha512")


def octets(label: str, length: int) -> bytes:
    """Return bytes that look random and are the same in every run."""
    return hashlib.shake_128(f"challenge vectors: {label}".encode()).digest(length)


def prefixed(part: bytes) -> bytes:
    """Return `part` behind its length in one byte."""
    return bytes([len(part)]) + part


def classic(name: str, algorithm: str, wake: int, challenge: int) -> dict[str, object]:
    """Return one exchange in classic mode."""
    secret, sent = octets(f"{name} secret", 20), octets(f"{name} challenge", challenge)
    command, response = 0x4F, 0x01
    return {
        "name": name,
        "mode": "classic",
        "hash": algorithm,
        "secret": secret.hex(),
        "device_id": "",
        "wake": bytes(wake).hex(),
        "challenge": sent.hex(),
        "command": command,
        "response": response,
        "key": secret.hex(),
        "command_mac": hmac.digest(secret, sent + bytes([command]), algorithm).hex(),
        "response_mac": hmac.digest(secret, sent + bytes([response]), algorithm).hex(),
    }


def strict(
    name: str, algorithm: str, challenge: int, device_id: bytes
) -> dict[str, object]:
    """Return one exchange in strict mode."""
    secret, sent = octets(f"{name} secret", 32), octets(f"{name} challenge", challenge)
    nonce, command, response = octets(f"{name} nonce", 16), 0x4F, 0x01
    label = b"oceanremote-challenge/1 strict"
    key = hmac.digest(secret, label + prefixed(device_id), algorithm)
    both = prefixed(nonce) + prefixed(sent)
    head = prefixed(b"oc-challenge/1")
    asked = head + prefixed(b"C") + both + prefixed(bytes([command]))
    answered = head + prefixed(b"R") + both + prefixed(bytes([command]))
    answered += prefixed(bytes([response]))
    return {
        "name": name,
        "mode": "strict",
        "hash": algorithm,
        "secret": secret.hex(),
        "device_id": device_id.hex(),
        "wake": nonce.hex(),
        "challenge": sent.hex(),
        "command": command,
        "response": response,
        "key": key.hex(),
        "command_mac": hmac.digest(key, asked, algorithm).hex(),
        "response_mac": hmac.digest(key, answered, algorithm).hex(),
    }


def derived(
    name: str, algorithm: str, boot: int, connection: int, length: int
) -> dict[str, object]:
    """Return one challenge of a board without a random source."""
    secret = octets(f"{name} secret", 32)
    key = hmac.digest(secret, b"oceanremote-challenge/1 challenge", algorithm)
    seed = boot.to_bytes(4) + connection.to_bytes(4)
    stream = b"".join(
        hmac.digest(key, seed + bytes([block]), algorithm) for block in range(4)
    )
    return {
        "name": name,
        "hash": algorithm,
        "secret": secret.hex(),
        "boot": boot,
        "connection": connection,
        "challenge": stream[:length].hex(),
    }


def flat(
    exchanges: list[dict[str, object]], challenges: list[dict[str, object]]
) -> str:
    """Return both lists as `name.field = hex` lines, for readers without JSON."""
    lines = []
    for entry in exchanges + challenges:
        for field, value in entry.items():
            if field in ("name", "mode", "hash"):
                continue
            width = 4 if field in ("boot", "connection") else 1
            text = value.to_bytes(width).hex() if isinstance(value, int) else value
            lines.append(f"{entry['name']}.{field} = {text}")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write both files."""
    exchanges = [
        classic(f"classic-{algorithm}", algorithm, wake, challenge)
        for algorithm, wake, challenge in zip(
            HASHES, (1, 0, 4), (16, 8, 32), strict=True
        )
    ]
    exchanges += [
        strict(f"strict-{algorithm}", algorithm, 16, b"garage-door")
        for algorithm in HASHES
    ]
    exchanges += [
        classic("classic-shortest", "sha256", 0, 1),
        classic("classic-longest", "sha256", 64, 64),
        strict("strict-longest", "sha256", 64, octets("device id", 32)),
    ]
    challenges = [
        derived("derived-sha256", "sha256", 1, 0, 16),
        derived("derived-sha1", "sha1", 0x01020304, 0x0A0B0C0D, 20),
        derived("derived-sha512", "sha512", 7, 8, 64),
        derived("derived-two-blocks", "sha256", 2**32 - 1, 2**32 - 1, 64),
    ]
    content = {
        "source": "docs/challenge-protocol.md, written by make_challenge.py",
        "exchanges": exchanges,
        "derived_challenges": challenges,
    }
    (HERE / "challenge.json").write_text(json.dumps(content, indent=1) + "\n")
    (HERE / "challenge.txt").write_text(flat(exchanges, challenges))


if __name__ == "__main__":
    main()
