"""`wss://` and `tls:` in the YAML: what is accepted and refused, and what becomes of it."""

import base64
from pathlib import Path
import re

import pytest

from lab.certificates import Identity, new_root, self_signed

from .board_sdk import board_flags
from .component_sources import COMPONENT, CORE, complaints_of_all, sources_in
from .esphome_runner import CONFIGS, Outcome, run_esphome

pytestmark = pytest.mark.sources

PIN = "sha256/47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
URL = "wss://home.example.com"
BOARDS = {"esp32-idf": "esp32", "esp32-c3": "esp32", "esp8266": "esp8266", "rp2": "rp2"}


def _write(folder: Path, board: str, tls: str) -> Path:
    """Write the configuration of everything for a board, with these lines of `tls:`."""
    file = folder / "device.yaml"
    lines = "".join(f"    {line}\n" for line in tls.splitlines())
    file.write_text(
        f"packages:\n  board: !include {CONFIGS / f'{board}.yaml'}\n"
        + (f"oceanremote:\n  tls:\n{lines}" if tls else "")
    )
    return file


def _config(
    folder: Path, tls: str = "", url: str = URL, board: str = "host"
) -> Outcome:
    file = _write(folder, board, tls)
    return run_esphome("config", file=file, data=folder / "data", url=url)


def _pem(identity: Identity) -> str:
    """Return a certificate as a block of YAML."""
    return "ca: |\n" + "".join(f"  {line}\n" for line in identity.pem.splitlines())


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        (URL, f"{URL}/api/oceanremote/connect"),
        ("https://home.example.com", f"{URL}/api/oceanremote/connect"),
        (f"{URL}:443/ha/", f"{URL}/ha/api/oceanremote/connect"),
        (f"{URL}:8443", f"{URL}:8443/api/oceanremote/connect"),
    ],
)
def test_an_address_with_tls_is_taken(url: str, kept: str, tmp_path: Path) -> None:
    outcome = _config(tmp_path, url=url)
    assert outcome.accepted, outcome.text
    assert f"- {kept}\n" in outcome.text
    assert ("is read as 'wss://'" in outcome.words) == url.startswith("https")


@pytest.mark.parametrize(
    ("tls", "warning"),
    [
        (f"pin: {PIN}", "names one key only"),
        (f"pin: [{PIN}, {'ab' * 32}]", None),
        ("verify: none", "can read when and how much"),
        ("buffer: 4096", None),
    ],
)
def test_options_are_taken_and_their_price_is_told(
    tls: str, warning: str | None, tmp_path: Path
) -> None:
    outcome = _config(tmp_path, tls)
    assert outcome.accepted, outcome.text
    if warning is None:
        assert outcome.warnings == []
    else:
        assert warning in outcome.words


@pytest.mark.parametrize(
    ("board", "url", "tls", "speed", "warned"),
    [
        ("esp8266", URL, "", "80000000L", True),
        ("esp8266", URL, "", "160000000L", False),
        ("esp8266", URL, "", "160000000", False),
        ("esp8266", URL, f"pin: [{PIN}, {'ab' * 32}]", "80000000L", False),
        ("esp8266", "ws://192.168.1.10:8123", "", "80000000L", False),
        ("rp2", URL, "", "80000000L", False),
    ],
)
def test_an_esp8266_that_is_too_slow_for_a_chain_is_told(
    board: str, url: str, tls: str, speed: str, warned: bool, tmp_path: Path
) -> None:
    file = _write(tmp_path, board, tls)
    option = f"board_build.f_cpu: {speed}"
    with file.open("a") as text:
        text.write(f"esphome:\n  platformio_options:\n    {option}\n")
    outcome = run_esphome("config", file=file, data=tmp_path / "data", url=url)
    assert outcome.accepted, outcome.text
    assert ("Let it run at 160 MHz" in outcome.words) == warned


def test_an_authority_is_taken_as_text_and_as_file(tmp_path: Path) -> None:
    root = new_root()
    chain, _ = root.save(tmp_path, "root")
    for tls in (_pem(root), f"ca: {chain}", _pem(self_signed("hub.lan"))):
        outcome = _config(tmp_path, tls)
        assert outcome.accepted, outcome.text
        assert outcome.warnings == []


def test_a_servers_certificate_is_no_authority_and_its_pin_is_told(
    tmp_path: Path,
) -> None:
    server = new_root().issue("hub.lan")
    outcome = _config(tmp_path, _pem(server))
    assert not outcome.accepted
    assert "is a server's certificate, not an authority's" in outcome.words
    pin = base64.b64encode(server.pin).decode()
    assert f"sha256/{pin}" in outcome.words.replace(" ", "")


@pytest.mark.parametrize(
    ("tls", "words"),
    [
        ("pin: sha256/abc", "a pin is the SHA-256 of a public key"),
        (f"pin: [{PIN}, {PIN}]", "the same pin is listed twice"),
        ("ca: nowhere.pem", "Could not find file"),
        ("ca: |\n  one\n  two", "no certificate in here"),
        (
            "ca: |\n  -----BEGIN CERTIFICATE-----\n  AAAA\n  -----END CERTIFICATE-----",
            "this certificate cannot be read",
        ),
        (
            "ca: |\n  -----BEGIN PRIVATE KEY-----\n  AAAA\n  -----END PRIVATE KEY-----",
            "this is a private key",
        ),
        (f"verify: none\npin: {PIN}", "leave one of the two out"),
        ("verify: sometimes", "Unknown value 'sometimes'"),
        ("buffer: 3000", "Unknown value '3000'"),
    ],
)
def test_a_mistake_is_refused_with_the_reason(
    tls: str, words: str, tmp_path: Path
) -> None:
    outcome = _config(tmp_path, tls)
    assert not outcome.accepted
    assert words in outcome.words


def test_options_of_tls_without_tls_are_refused(tmp_path: Path) -> None:
    outcome = _config(tmp_path, f"pin: {PIN}", url="ws://192.168.1.10:8123")
    assert not outcome.accepted
    assert "is for addresses that start with 'wss://'" in outcome.words


def test_the_default_roots_are_those_that_homes_need() -> None:
    """As certificates that can be read, from a source that is named, none twice."""
    text = (COMPONENT / "tls_roots.pem").read_text()
    names = re.findall(r"(?m)^# .*CN=([^,\n]+)", text)
    for wanted in ("ISRG Root X1", "ISRG Root X2", "Root YE", "Root YR", "GTS Root R4"):
        assert wanted in names
    assert len(names) == len(set(names)) == text.count("BEGIN CERTIFICATE")
    assert len(names) == len(re.findall(r"(?m)^# until 20[345]\d-.*; from ", text))


def _generate(folder: Path, board: str, tls: str = "", url: str = URL) -> Path:
    """Generate the sources for a board; return their folder."""
    outcome = run_esphome(
        "compile",
        "--only-generate",
        file=_write(folder, board, tls),
        data=folder / "data",
        url=url,
    )
    assert outcome.accepted, outcome.text
    return folder / "data" / "build" / "everything"


# What ESP-IDF 5.5 ties to one another (components/mbedtls/Kconfig); an option that lacks
# what it depends on is silently left out.
_NEEDS = {
    "MBEDTLS_SSL_PROTO_TLS1_3": {
        "MBEDTLS_SSL_KEEP_PEER_CERTIFICATE": True,
        "MBEDTLS_DYNAMIC_BUFFER": False,
        "MBEDTLS_TLS_DISABLED": False,
    },
    "MBEDTLS_CLIENT_SSL_SESSION_TICKETS": {"MBEDTLS_TLS_DISABLED": False},
    "MBEDTLS_SSL_VARIABLE_BUFFER_LENGTH": {"MBEDTLS_DYNAMIC_BUFFER": False},
}
# On by default there, and left out by ESPHome unless somebody asks.
_ON_BY_DEFAULT = {
    "MBEDTLS_SSL_KEEP_PEER_CERTIFICATE",
    "MBEDTLS_CLIENT_SSL_SESSION_TICKETS",
}


@pytest.mark.parametrize("board", ["esp32-idf", "esp32-c3"])
def test_esp_idf_is_asked_for_all_that_tls_1_3_depends_on(
    board: str, tmp_path: Path
) -> None:
    tree = _generate(tmp_path, board)
    (config,) = tree.glob("sdkconfig.everything")
    said = dict(re.findall(r"(?m)^CONFIG_(\w+)=(\S+)$", config.read_text()))

    def is_on(option: str) -> bool:
        default = "y" if option in _ON_BY_DEFAULT else "n"
        return said.get(option, default) == "y"

    for option, needs in _NEEDS.items():
        assert is_on(option), option
        for needed, state in needs.items():
            assert is_on(needed) is state, (option, needed)
    assert is_on("MBEDTLS_TLS_CLIENT_ONLY")


def test_without_tls_in_the_addresses_no_tls_is_built(tmp_path: Path) -> None:
    tree = _generate(tmp_path, "esp32-idf", url="ws://192.168.1.10:8123")
    defines = (tree / "src" / "esphome/core/defines.h").read_text()
    assert "OCEANREMOTE_TLS" not in defines
    (config,) = tree.glob("sdkconfig.everything")
    assert "CONFIG_MBEDTLS_TLS_DISABLED=y" in config.read_text()


@pytest.mark.parametrize("board", BOARDS)
def test_tls_compiles_for_a_board(board: str, tmp_path: Path) -> None:
    """With every option, by the headers of the library that the board has."""
    tls = f"pin: {PIN}\nbuffer: 4096\n{_pem(new_root())}"
    generated = _generate(tmp_path, board, tls) / "src"
    flags = board_flags(BOARDS[board], tmp_path / "sdk")
    for sources in (sources_in(generated), sorted(CORE.glob("tls_*.cpp"))):
        assert complaints_of_all(sources, generated, *flags) == ""
    main = (generated / "main.cpp").read_text()
    before_safe_mode = main.partition("should_enter_safe_mode")[0]
    for call in ("set_tls_options(true, 4096)", "set_tls_anchors(", "set_tls_pins("):
        assert call in before_safe_mode


@pytest.mark.parametrize(
    ("tls", "size", "anchors"),
    [("", 1024, True), ("buffer: 16384", 16384, True), (f"pin: {PIN}", 1024, False)],
)
def test_an_esp8266_asks_for_small_records_and_a_pin_needs_no_roots(
    tls: str, size: int, anchors: bool, tmp_path: Path
) -> None:
    main = (_generate(tmp_path, "esp8266", tls) / "src" / "main.cpp").read_text()
    assert f"set_tls_options(true, {size})" in main
    assert ("set_tls_anchors(" in main) is anchors
