"""The YAML: what is accepted, what is refused and with which words, what it becomes."""

import base64
import hashlib
from pathlib import Path
import re
import shutil

import pytest

from lab.paths import REPO

from .esphome_runner import CONFIGS, HUB_KEY, TOKEN, Outcome, run_esphome

pytestmark = pytest.mark.sources

BOARDS = ("esp32-idf", "esp32-arduino", "esp32-c3", "esp8266", "rp2", "host")
# ESPHome asks a library registry while it generates code for Arduino on an ESP32.
GENERATED_OFFLINE = tuple(board for board in BOARDS if board != "esp32-arduino")
EXAMPLES = sorted((REPO / "esphome" / "examples").glob("*.*.yaml"))


def _config(data: Path, **substitutions: str) -> Outcome:
    return run_esphome("config", file=CONFIGS / "host.yaml", data=data, **substitutions)


def _spare_bits_set(text: str, prefix: str, label: bytes) -> str:
    """Return the same key in a second spelling that decodes to the same bytes."""
    body = text.removeprefix(prefix)
    secret = base64.urlsafe_b64decode(body[:43] + "=")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet[alphabet.index(body[42]) | 1]
    assert last != body[42]
    checksum = base64.urlsafe_b64encode(hashlib.sha256(label + secret).digest()[:3])
    return prefix + body[:42] + last + checksum.decode()


@pytest.mark.parametrize("board", BOARDS)
def test_every_board_accepts_every_option(board: str, tmp_path: Path) -> None:
    outcome = run_esphome("config", file=CONFIGS / f"{board}.yaml", data=tmp_path)
    assert outcome.accepted, outcome.text


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_accepted_without_a_warning(
    example: Path, tmp_path: Path
) -> None:
    outcome = run_esphome("config", file=example, data=tmp_path)
    assert outcome.accepted, outcome.text
    assert outcome.warnings == []


def test_there_are_examples_for_host_and_boards() -> None:
    platforms = {example.suffixes[0] for example in EXAMPLES}
    assert {".host", ".esp32", ".esp32-c3", ".esp8266", ".rp2"} <= platforms


def test_the_token_is_not_shown(tmp_path: Path) -> None:
    """ESPHome wraps what is sensitive in the terminal's code for hidden text."""
    outcome = _config(tmp_path)
    assert outcome.accepted
    assert re.search(rf"registration_token: \\033\[8m{TOKEN}", outcome.text)


def test_a_missing_connect_path_is_appended(tmp_path: Path) -> None:
    outcome = _config(tmp_path, url="ws://192.168.1.10:8123/")
    assert "- ws://192.168.1.10:8123/api/oceanremote/connect\n" in outcome.text
    assert "- ws://home.example.com/prefix/api/oceanremote/connect\n" in outcome.text


def test_a_given_connect_path_is_kept(tmp_path: Path) -> None:
    outcome = _config(tmp_path, url="ws://hub:8123/api/oceanremote/connect")
    assert "- ws://hub:8123/api/oceanremote/connect\n" in outcome.text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("hub_key", HUB_KEY[:20] + "x" + HUB_KEY[21:], "a character of this hub key"),
        ("hub_key", HUB_KEY[:-1], "has 46: the end is missing"),
        ("hub_key", HUB_KEY + "A", "has 48: it is too long"),
        ("hub_key", TOKEN, "this is a registration token"),
        ("hub_key", "AAECAwQFBgc", "a hub key starts with 'oc_hub_'"),
        ("hub_key", HUB_KEY[:20] + "+/" + HUB_KEY[22:], "found '+', '/'"),
        (
            "hub_key",
            _spare_bits_set(HUB_KEY, "oc_hub_", b"oceanremote/1 hub key"),
            "checksum mismatch",
        ),
        ("hub_key", "oc_hub_" + "A" * 43 + "AAAA", "checksum mismatch"),
        ("registration_token", HUB_KEY, "this is a hub key"),
        ("registration_token", TOKEN[:-2] + TOKEN[-1] + TOKEN[-2], "was mistyped"),
        ("registration_token", TOKEN[:30] + TOKEN[31:], "the end is missing"),
        ("registration_token", "secret", "starts with 'oc_reg_'"),
        (
            "registration_token",
            _spare_bits_set(TOKEN, "oc_reg_", b"oceanremote/1 registration token"),
            "checksum mismatch",
        ),
        ("url", "http://hub:8123", "write 'ws://' instead of 'http://'"),
        ("url", "192.168.1.10:8123", "an address starts with 'ws://' or 'wss://'"),
        ("url", "ws://:8123", "the host is missing"),
        ("url", "ws://hub:65536", "not an address"),
        ("url", "ws://hub:0", "port 0 cannot be dialed"),
        ("url", "ws://[fe80::1]:8123", "and cannot be dialed"),
        ("url", "ws://user:pass@hub", "no user name or password"),
        ("url", "ws://hub/?token=1", "no '?' and no '#'"),
        ("url", "ws://home.example.com/prefix", "is listed twice"),
        ("url", "ws://hub/" + "a" * 128, "the path is longer than"),
    ],
)
def test_a_mistake_is_refused_with_the_reason(
    field: str, value: str, words: str, tmp_path: Path
) -> None:
    outcome = _config(tmp_path, **{field: value})
    assert not outcome.accepted
    assert words in outcome.text.replace("\n", " ")


@pytest.mark.parametrize(
    ("mac", "words"),
    [
        ("98:35:69:AB:F6:79", "every host program has the MAC address"),
        ("00:00:00:00:00:00", "the all-zeros MAC address"),
        ("03:0C:EA:00:00:10", "is a group address"),
        ("02:0C:EA:00:00", "MAC Address must consist of 6"),
    ],
)
def test_a_host_program_has_a_mac_address_of_its_own(
    mac: str, words: str, tmp_path: Path
) -> None:
    shutil.copytree(CONFIGS, tmp_path / "configs")
    file = tmp_path / "configs" / "host.yaml"
    text = file.read_text().replace("02:0C:EA:00:00:10", mac)
    everything = tmp_path / "configs" / "everything.yaml"
    everything.write_text(
        everything.read_text().replace(
            "../../../esphome/components", str(REPO / "esphome" / "components")
        )
    )
    file.write_text(text)
    outcome = run_esphome("config", file=file, data=tmp_path / "data")
    assert not outcome.accepted
    assert words in outcome.text


def _generated_main(board: str, data: Path) -> str:
    outcome = run_esphome(
        "compile", "--only-generate", file=CONFIGS / f"{board}.yaml", data=data
    )
    assert outcome.accepted, outcome.text
    text = (data / "build" / "everything" / "src" / "main.cpp").read_text()
    return re.sub(r"(?m)^\s*//.*\n", "", text.partition("void setup() {")[2])


@pytest.mark.parametrize("board", GENERATED_OFFLINE)
def test_generated_code_keeps_the_identity_first_and_safe_mode_dialing(
    board: str, tmp_path: Path
) -> None:
    """Slots of a positional store shift when another component takes one earlier."""
    main = _generated_main(board, tmp_path)
    components = re.findall(r"App\.register_component_\((\w+),", main)
    assert components.index("oceanremote_client_id") <= 1  # after the logger
    assert main.index("reserve_identity()") < main.index(
        "register_component_(oceanremote_client_id"
    )
    safe_mode = main.find("should_enter_safe_mode")
    assert (safe_mode == -1) == (board == "host")
    if safe_mode != -1:
        for needed in ("add_address", "set_hub_key", "set_registration_token"):
            assert main.rindex(needed) < safe_mode
        for later in ("set_entities_available", "get_session_trigger"):
            assert main.index(later) > safe_mode


@pytest.mark.parametrize("board", GENERATED_OFFLINE)
def test_only_an_esp32_gets_libsodium_from_esphome(board: str, tmp_path: Path) -> None:
    """An ESP8266 and an RP2 have BearSSL, the host its system's own library."""
    _generated_main(board, tmp_path)
    defines = tmp_path / "build" / "everything" / "src" / "esphome/core/defines.h"
    assert ("#define USE_NOISE\n" in defines.read_text()) == ("esp32" in board)


@pytest.mark.parametrize("board", ["esp8266", "rp2"])
def test_encrypted_updates_bring_libsodium_beside_bearssl(
    board: str, tmp_path: Path
) -> None:
    """As docs/boards.md says; they are accepted all the same."""
    file = tmp_path / "device.yaml"
    file.write_text(
        f"packages:\n  all: !include {CONFIGS / board}.yaml\n"
        "ota:\n  - platform: esphome\n    encryption:\n"
        f"      key: {base64.b64encode(bytes(range(32))).decode()}\n"
    )
    data = tmp_path / "data"
    outcome = run_esphome("compile", "--only-generate", file=file, data=data)
    assert outcome.accepted, outcome.text
    defines = data / "build" / "everything" / "src" / "esphome/core/defines.h"
    assert "#define USE_NOISE\n" in defines.read_text()


@pytest.mark.parametrize("board", [b for b in GENERATED_OFFLINE if "esp32" in b])
def test_an_esp32_has_memory_for_its_counter_over_deep_sleep(
    board: str, tmp_path: Path
) -> None:
    _generated_main(board, tmp_path)
    defines = tmp_path / "build" / "everything" / "src" / "esphome/core/defines.h"
    assert "#define USE_ESP32_RTC_PREFERENCES\n" in defines.read_text()


@pytest.mark.parametrize(
    ("lines", "define"),
    [
        ("  area: Garden", '#define OCEANREMOTE_AREA "Garden"\n'),
        ("  area: {id: here, name: Garden}", '#define OCEANREMOTE_AREA "Garden"\n'),
        ("  areas: [{id: there, name: Garage}]", ""),
    ],
    ids=["name", "with an id", "of others only"],
)
def test_the_area_that_the_yaml_names_for_the_device_is_told(
    lines: str, define: str, tmp_path: Path
) -> None:
    """Areas that only sub-devices may be in are not the device's."""
    file = tmp_path / "everything.yaml"
    text = (CONFIGS / "everything.yaml").read_text()
    text = text.replace("  area: Südgarten", lines)
    text = text.replace("../../../esphome", str(REPO / "esphome"))
    file.write_text(f"{text}\nhost:\n  mac_address: '02:0C:EA:00:00:10'\n")
    data = tmp_path / "data"
    outcome = run_esphome("compile", "--only-generate", file=file, data=data)
    assert outcome.accepted, outcome.text
    defines = data / "build" / "everything" / "src" / "esphome/core/defines.h"
    found = re.findall(r"#define OCEANREMOTE_AREA.*\n", defines.read_text())
    assert "".join(found) == define


def test_two_entities_that_only_a_sub_device_tells_apart_are_accepted(
    tmp_path: Path,
) -> None:
    outcome = run_esphome("config", file=CONFIGS / "sub-devices.yaml", data=tmp_path)
    assert outcome.accepted, outcome.text
