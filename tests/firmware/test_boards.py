"""What differs between boards, compiled as for each of them, with their SDKs in small."""

from collections.abc import Mapping
from pathlib import Path
import subprocess
from types import MappingProxyType

import pytest

from .core_build import BUILD, REPOSITORY, SOURCES

pytestmark = pytest.mark.sources

COMPONENTS = REPOSITORY / "esphome" / "components"
COMPONENT = COMPONENTS / "oceanremote"
CORE = COMPONENTS / "oceanremote_core"
CHALLENGE = COMPONENTS / "oceanremote_challenge"
KEPT = 0x123456789A
NO_SYMBOLS: Mapping[str, int] = MappingProxyType({})


def _run(
    name: str,
    defines: tuple[str, ...],
    *sources: Path,
    symbols: Mapping[str, int] = NO_SYMBOLS,
) -> str:
    """Compile a program with the defines of a board, run it, return what it prints.

    `symbols` are addresses that the board's linker script gives.
    """
    variant = "-".join([*defines, *(f"{at:x}" for at in symbols.values())])
    program = BUILD / f"{name}-{variant.replace('=', '')}"
    program.parent.mkdir(parents=True, exist_ok=True)
    command = ["g++", "-std=gnu++20", "-Wall", "-Wextra", "-Werror"]
    command += [f"-D{define}" for define in defines]
    command += [f"-I{SOURCES / 'board'}", f"-I{COMPONENT}", f"-I{CORE}"]
    command += [f"-I{REPOSITORY}", f"-I{CHALLENGE}"]
    if symbols:
        command += ["-no-pie", "-Wno-array-bounds"]
        command += [f"-Wl,--defsym={symbol}={at}" for symbol, at in symbols.items()]
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
        (("USE_ESP32",), None),
        (("USE_RP2",), None),
    ],
    ids=["esp8266", "esp32", "esp32-c2", "rp2"],
)
def test_the_counter_is_kept_over_deep_sleep_where_it_costs_no_write(
    board: tuple[str, ...], after_restart: int | None
) -> None:
    expected = ["none"] if after_restart is None else [str(after_restart), "0", "0"]
    assert _run("board_counter", board).split() == expected


ESP8266_FLASH, RP2_FLASH = 0x40200000, 0x70000000
SECTOR_SOURCES = [
    *(COMPONENT / f"board_sectors_{board}.cpp" for board in ("esp8266", "rp2")),
    COMPONENT / "identity_store_sectors.cpp",
]


in_sectors = pytest.mark.xdist_group("sectors")


@pytest.fixture(scope="module")
def store_core(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The core's part of a store: no board changes it but its cryptographic library."""
    folder = tmp_path_factory.mktemp("core")
    names = ("credentials", "crypto", "primitives_sodium", "sector_journal")
    sources = [str(CORE / f"{name}.cpp") for name in names]
    command = ["g++", "-std=gnu++20", "-c", *sources]
    subprocess.run(command, check=True, timeout=120, cwd=folder)
    return [folder / f"{name}.o" for name in names]


@in_sectors
@pytest.mark.parametrize(
    ("board", "symbols", "first"),
    [
        ("USE_ESP8266", {"_FS_start": ESP8266_FLASH + 0x3FB000}, 0x210000),
        (
            "USE_RP2",
            {
                "_FS_start": RP2_FLASH + 0x2FF000,
                "__flash_binary_end": RP2_FLASH + 0x90000,
            },
            0x2FB000,
        ),
    ],
    ids=["esp8266", "rp2"],
)
def test_the_record_lies_in_two_sectors_of_its_own(
    board: str, symbols: Mapping[str, int], first: int, store_core: list[Path]
) -> None:
    """Written in turn, and nothing beside them or among the preferences is touched."""
    sources = (*SECTOR_SOURCES, *store_core)
    said = _run("board_sectors", (board,), *sources, symbols=symbols)
    erased = f"{first:x} {first + 0x1000:x} {first:x}"
    assert said.splitlines() == ["roomy", erased, "found 3", "preferences 0"]


@in_sectors
@pytest.mark.parametrize(
    ("board", "symbols"),
    [
        ("USE_ESP8266", {"_FS_start": ESP8266_FLASH + 0xFB000}),
        (
            "USE_RP2",
            {
                "_FS_start": RP2_FLASH + 0xFF000,
                "__flash_binary_end": RP2_FLASH + 0xFC000,
            },
        ),
    ],
    ids=["esp8266-1m", "rp2-full"],
)
def test_without_room_the_record_stays_among_the_preferences(
    board: str, symbols: Mapping[str, int], store_core: list[Path]
) -> None:
    sources = (*SECTOR_SOURCES, *store_core)
    said = _run("board_sectors", (board,), *sources, symbols=symbols)
    assert said.splitlines() == ["cramped", "", "found 3", "preferences 1"]


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
