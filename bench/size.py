"""What the firmware takes, beside the same YAML with the native API.

`firmware/house.yaml` has the native API; what `script/convert` makes of it has ours.
Flash is told by the two programs for the host. RAM is told by an ESP8266's compiler:
objects with all buffers that are theirs from the start, and for the native API those
that it takes from the heap for one client with a whole batch.
"""

import os
from pathlib import Path
import subprocess
import tempfile

from custom_components.oceanremote.protocol import KeyPair, RegistrationToken
from custom_components.oceanremote.protocol.keys import hub_key_text
from lab.firmware import compile_firmware, run_esphome
from lab.paths import ESPHOME_COMPONENTS
from tests.boards.build import library_flags
from tests.boards.toolchains import BY_NAME
from tests.firmware.board_sdk import TLS_HEADERS, own_compiler_flags

from .command import ESPHOME_PYTHON, FIRMWARE, PEER, code_kb
from .measure import Row

REPO = Path(__file__).parents[1]
HOUSE = FIRMWARE / "house.yaml"
HOST_BOARD = 'host:\n  mac_address: "02:0C:EA:BE:00:03"\n'
SMALL_BOARD = "esp8266: {board: d1_mini}\nwifi: {ssid: bench, password: not-a-secret}\n"
BOARD = BY_NAME["lx106"]
OURS = """
    #include "esphome/components/oceanremote/client.h"
    using esphome::oceanremote::Client;
    char client[sizeof(Client)];
"""
NATIVE = """
    #include <new>
    #include "esphome/components/api/api_connection.h"
    #include "esphome/components/api/api_frame_helper_plaintext.h"
    #include "esphome/components/api/api_server.h"
    using namespace esphome::api;
    char server[sizeof(APIServer)];
    char connection[sizeof(APIConnection)];
    char helper[sizeof(APIPlaintextFrameHelper)];
    char packet[1390];  // MAX_BATCH_PACKET_SIZE, which is private
    char batch[MAX_INITIAL_BATCH_SIZE * 8];  // of what waits to be sent
"""


async def run() -> list[Row]:
    """Compile both, and read how large they are."""
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        native = HOUSE.read_text().replace("!include switch.yaml", _switch())
        ours = _convert(folder, native)
        flash, ram = [], []
        for name, text, probe in (("ours", ours, OURS), ("native", native, NATIVE)):
            file = folder / f"{name}.yaml"
            file.write_text(text)
            program = await compile_firmware(file, build=f"bench-house-{name}")
            flash.append(code_kb(program))
            assert HOST_BOARD in text
            file.write_text(text.replace(HOST_BOARD, SMALL_BOARD))
            data = folder / name
            await run_esphome("compile", "--only-generate", str(file), data=data)
            ram.append(_ram(data, probe))
    return [
        Row("code and data of a house, host", "kB", *flash, PEER),
        Row("objects and buffers of a house, ESP8266", "B", *ram, PEER),
    ]


def _switch() -> str:
    return "[{platform: template, name: Relay, optimistic: true}]"


def _convert(folder: Path, native: str) -> str:
    file = folder / "house.yaml"
    file.write_text(native)
    key, token = KeyPair.generate(os.urandom), RegistrationToken.generate(os.urandom)
    result = subprocess.run(
        [
            *(str(ESPHOME_PYTHON), "-m", "moving", str(file), "--output", "-"),
            *("--url", "ws://192.168.1.10:8123", "--source", str(ESPHOME_COMPONENTS)),
            *("--hub-key", hub_key_text(key.public), "--token", token.text),
        ],
        env={**os.environ, "PYTHONPATH": str(REPO / "script")},
        check=True,
        capture_output=True,
        text=True,
    )
    return result.stdout


def _ram(data: Path, probe: str) -> float:
    """Return the bytes of what a probe declares, in the tree that ESPHome generates."""
    (generated,) = (data / "build").glob("*/src")
    source, objects = data / "probe.cpp", data / "probe.o"
    source.write_text(probe)
    flags = " ".join(BOARD.compile_flags("CXX")).split()
    subprocess.run(
        [
            *(BOARD.tool("g++"), "-std=gnu++20", "-c", str(source), "-o", str(objects)),
            *own_compiler_flags("esp8266", data / "sdk", ipv6=False),
            *flags,
            *library_flags(BOARD),
            *("-isystem", str(generated), "-isystem", str(TLS_HEADERS)),
        ],
        check=True,
    )
    listed = subprocess.run(
        [BOARD.tool("nm"), "-S", "-t", "d", str(objects)],
        check=True,
        capture_output=True,
        text=True,
    )
    lines = (line.split() for line in listed.stdout.splitlines())
    return float(
        sum(int(line[1]) for line in lines if len(line) == 4 and line[2] == "B")
    )
