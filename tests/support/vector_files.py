"""The vector files that both cores, Python and C++, are tested against."""

from collections.abc import Iterator
import json
from pathlib import Path
from typing import Any

from custom_components.oceanremote.protocol import (
    Purpose,
    RegistrationToken,
    cbor,
    derive_psk,
    description_hash,
    encode_description,
    hub_key_text,
    stored_hash,
)
from custom_components.oceanremote.protocol.keys import hub_key_id
from custom_components.oceanremote.protocol.messages import encode_message

from .message_samples import (
    DEVICE_MESSAGES,
    ENTITIES,
    HUB_MESSAGES,
    INVALID,
    TOLERATED,
    sample_bytes,
)
from .transcripts import (
    DEVICE_KEY,
    HUB_KEY,
    MAC,
    REGISTRATION,
    TOKENS,
    Values,
    describe,
    links,
)

FOLDER = Path(__file__).parents[1] / "vectors"
JSON_FILE = FOLDER / "transcripts.json"
TEXT_FILE = FOLDER / "transcripts.txt"

COMMENT = """\
OceanRemote/1 test vectors, written by script/generate.
keys: static keys, tokens and all that is derived from them, text forms.
bad_texts: registration token texts that must be refused.
links.first_boot: registration, session and rotation on one link.
links.cold_start: a new link of a registered device.
links.restored_hub: the device names generation 2, the hub only has 1; the device
  finds out by trying its previous token on ACCEPT.
links.*.epochs: each handshake with all private keys and intermediate values.
links.*.steps: every frame in order; DATA with its plaintext and counter.
Both clocks: 1000 s at the start, 1010.5 s from the first command on.
bad_frames: what the receiver must refuse in place of the frame of that name in
  epoch 1 of first_boot.
description: eight entities, one of every domain, and an empty one;
  description.descriptors: each of the eight by its object id;
  description.not_carried: an entity that no domain carries.
messages.device, messages.hub: valid messages by their sender.
tolerated_messages: messages of a device that is newer than its hub, which skips what it
  does not know.
invalid_messages: messages that their receiver must refuse, and why.
transcripts.txt: the same, one value per line: bytes in hex, integers in decimal,
  texts in double quotes.
""".splitlines()


def build() -> Values:
    """Return all vectors as nested values."""
    recorded = {name: describe(link) for name, link in links()}
    return {
        "comment": COMMENT,
        "keys": _keys(),
        "bad_texts": _bad_texts(),
        "links": recorded,
        "bad_frames": _bad_frames(recorded["first_boot"]["epochs"]["epoch_1"]),
        "description": _description(),
        "messages": {
            "device": {n: encode_message(m) for n, m in DEVICE_MESSAGES.items()},
            "hub": {n: encode_message(m) for n, m in HUB_MESSAGES.items()},
        },
        "tolerated_messages": {s.name: sample_bytes(s) for s in TOLERATED},
        "invalid_messages": {
            sample.name: {
                "from": sample.sender,
                "reason": sample.reason,
                "bytes": sample_bytes(sample),
            }
            for sample in INVALID
        },
    }


def as_json(vectors: Values) -> str:
    """Return the text of transcripts.json."""
    return json.dumps(vectors, indent=1, default=bytes.hex, ensure_ascii=True) + "\n"


def as_text(vectors: Values) -> str:
    """Return the text of transcripts.txt."""
    lines = [f"# {line}" for line in COMMENT]
    values = {name: part for name, part in vectors.items() if name != "comment"}
    lines.extend(f"{name} = {value}" for name, value in _flat("", values))
    return "\n".join(lines) + "\n"


def _flat(prefix: str, value: Any) -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            for name, part in value.items():
                yield from _flat(f"{prefix}.{name}" if prefix else name, part)
        case bytes():
            yield prefix, value.hex()
        case str():
            yield prefix, f'"{value}"'
        case _:
            yield prefix, str(value)


def _keys() -> Values:
    return {
        "hub_private": HUB_KEY.private,
        "hub_public": HUB_KEY.public,
        "hub_key_text": hub_key_text(HUB_KEY.public),
        "hub_key_id": hub_key_id(HUB_KEY.public),
        "device_private": DEVICE_KEY.private,
        "device_public": DEVICE_KEY.public,
        "mac": MAC,
        "registration_token": REGISTRATION.secret,
        "registration_token_text": REGISTRATION.text,
        "registration_token_handle": REGISTRATION.handle,
        "registration_psk": derive_psk(REGISTRATION.secret, MAC, Purpose.REGISTRATION),
        "permanent_token_1": TOKENS[1],
        "permanent_token_1_stored_hash": stored_hash(TOKENS[1]),
        "permanent_token_1_psk": derive_psk(TOKENS[1], MAC, Purpose.SESSION),
        "permanent_token_2": TOKENS[2],
        "permanent_token_2_psk": derive_psk(TOKENS[2], MAC, Purpose.SESSION),
        "zero_token_text": RegistrationToken(bytes(32)).text,
        "ones_token_text": RegistrationToken(b"\xff" * 32).text,
    }


def bad_token_texts() -> dict[str, str]:
    """Return texts that no one may take for a registration token."""
    good = REGISTRATION.text
    zero = RegistrationToken(bytes(32)).text
    return {
        "empty": "",
        "prefix_only": "oc_reg_",
        "wrong_prefix": good.replace("oc_reg_", "oc_hub_"),
        "upper_prefix": good.replace("oc_reg_", "OC_REG_"),
        "too_short": good[:-1],
        "too_long": good + "A",
        "space_inside": good[:20] + " " + good[21:],
        "standard_alphabet": good[:20] + "+" + good[21:],
        "padding": good[:-1] + "=",
        "checksum": good[:-1] + ("A" if good[-1] != "A" else "B"),
        "two_characters_swapped": good[:9] + good[10] + good[9] + good[11:],
        "unused_bits_set": zero[:49] + "B" + zero[50:],
    }


def _bad_texts() -> Values:
    return bad_token_texts()


def _bad_frames(epoch: Values) -> Values:
    hello, init, accept = epoch["hello"], epoch["init"], epoch["accept"]
    return {
        "hello_version_2": hello[:1] + b"\x02" + hello[2:],
        "hello_short": hello[:-1],
        "hello_long": hello + b"\x00",
        "init_purpose_3": init[:1] + b"\x03" + init[2:],
        "init_hub_key_id": init[:2] + bytes(4) + init[6:],
        "init_rx_limit_511": init[:6] + (511).to_bytes(2) + init[8:],
        "init_mac1": init[:-1] + bytes((init[-1] ^ 1,)),
        "init_truncated": init[:-17],
        "accept_one_bit": accept[:-1] + bytes((accept[-1] ^ 1,)),
        "accept_ephemeral_zero": accept[:1] + bytes(32) + accept[33:],
        "accept_ephemeral_one": accept[:1] + b"\x01" + bytes(31) + accept[33:],
        "accept_short": accept[:-1],
        "accept_long": accept + bytes(80),
        "reject_code_2": bytes.fromhex("0402001e"),
        "reject_short": bytes.fromhex("040100"),
        "type_0": bytes.fromhex("00"),
        "type_6": bytes.fromhex("0600"),
        "empty": b"",
    }


def _description() -> Values:
    whole = encode_description(ENTITIES)
    return {
        "bytes": whole,
        "hash": description_hash(whole),
        "descriptors": {
            entity.object_id: encode_description((entity,)) for entity in ENTITIES
        },
        "not_carried": cbor.encode([0, 0, 7, "ventilator", "Ventilator", {19: "fan"}]),
        "empty_hash": description_hash(encode_description(())),
    }
