"""What a host program is from its environment, so that one build serves all boards.

The host platform compiles `mac_address:` into a header of every source, and a device's
address, hub key and registration token go into its program: another board would be
another build. Here the linker leads every call of three functions to `lab_board.cpp`
first. For the lab only: no released file knows of it.
"""

import esphome.codegen as cg
import esphome.config_validation as cv

DEPENDENCIES = ["oceanremote"]
CONFIG_SCHEMA = cv.All(cv.Schema({}), cv.only_on("host"))

_SYMBOLS = (
    "_ZN7esphome19get_mac_address_rawEPh",
    "_ZN7esphome11oceanremote6Client11add_addressEPKctS3_S3_b",
    "_ZN7esphome11Application5setupEv",
)


async def to_code(config: dict[str, object]) -> None:
    """Compile the source, and wrap the functions."""
    for symbol in _SYMBOLS:
        cg.add_build_flag(f"-Wl,--wrap={symbol}")
