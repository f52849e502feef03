"""What differs between boards, compiled as for each of them, with their SDKs in small."""

from pathlib import Path
import subprocess

import pytest

from .core_build import BUILD, REPOSITORY, SOURCES

COMPONENTS = REPOSITORY / "esphome" / "components"
COMPONENT = COMPONENTS / "oceanremote"
CORE = COMPONENTS / "oceanremote_core"
CHALLENGE = COMPONENTS / "oceanremote_challenge"
KEPT = 0x123456789A


def _run(name: str, defines: tuple[str, ...], *sources: Path) -> str:
    """Compile a program with the defines of a board, run it, return what it prints."""
    program = BUILD / f"{name}-{'-'.join(defines).replace('=', '')}"
    program.parent.mkdir(parents=True, exist_ok=True)
    command = ["g++", "-std=gnu++20", "-Wall", "-Wextra", "-Werror"]
    command += [f"-D{define}" for define in defines]
    command += [f"-I{SOURCES / 'board'}", f"-I{COMPONENT}", f"-I{CORE}"]
    command += [f"-I{REPOSITORY}", f"-I{CHALLENGE}"]
    command += ["-o", str(program), str(SOURCES / f"{name}.cpp")]
    command += [*map(str, sources), "-lsodium"]
    subprocess.run(command, check=True, timeout=60)
    return subprocess.run(
        [program], check=True, capture_output=True, text=True, timeout=60
    ).stdout


@pytest.mark.parametrize(
    ("board", "after_restart"),
    [
        (("USE_ESP8266",), KEPT),
        (("USE_ESP32", "USE_ESP32_RTC_PREFERENCES_STORAGE"), KEPT),
        # Variants without such memory, where it would go to the flash each time.
        (("USE_ESP32",), 0),
        (("USE_RP2",), 0),
    ],
    ids=["esp8266", "esp32", "esp32-c2", "rp2"],
)
def test_the_counter_is_kept_over_deep_sleep_where_it_costs_no_write(
    board: tuple[str, ...], after_restart: int
) -> None:
    source = COMPONENT / "identity_store_preferences.cpp"
    assert _run("board_store", board, source).split() == [str(after_restart), "0", "0"]


WIFI = "SOC_WIFI_SUPPORTED=1"
BLUETOOTH = "SOC_BT_SUPPORTED=1"


@pytest.mark.parametrize(
    ("board", "draws"),
    [
        (("USE_ESP32", "USE_WIFI", WIFI, BLUETOOTH), "rrr r"),
        (("USE_ESP32", "USE_ESP32_BLE", WIFI, BLUETOOTH), "rrr r"),
        (("USE_ESP32", "USE_ETHERNET", "USE_OPENTHREAD"), "rrr r"),
        (("USE_ESP32", "USE_ETHERNET", WIFI, BLUETOOTH), "brr b"),
        (("USE_ESP32", "USE_WIFI"), "brr b"),
        (("USE_ESP32", "USE_WIFI", BLUETOOTH), "brr b"),
        (("USE_ESP32", "USE_ESP32_BLE"), "brr b"),
        (("USE_ESP8266", "USE_WIFI"), "rrr r"),
        (("USE_RP2", "USE_WIFI"), "rrr r"),
    ],
    ids=[
        "wifi",
        "bluetooth",
        "thread",
        "ethernet",
        "p4-hosted-wifi",
        "h2-hosted-wifi",
        "p4-hosted-bluetooth",
        "esp8266",
        "rp2",
    ],
)
def test_without_a_radio_of_its_own_a_chip_is_seeded_from_the_bootloaders_source(
    board: tuple[str, ...], draws: str
) -> None:
    """Once: that source must not run beside an ADC."""
    sources = (COMPONENT / "board_entropy.cpp", CHALLENGE / "challenge_entropy.cpp")
    assert _run("board_draws", board, *sources) == draws
