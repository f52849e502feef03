"""The MAC address of a host program from its environment, so that one build serves all.

The host platform compiles `mac_address:` into a header of every source: another board
would be another build. Here the linker leads every call of `get_mac_address_raw` to
`lab_board.cpp` first. For the lab only: no released file knows of it.
"""

import esphome.codegen as cg
import esphome.config_validation as cv

CONFIG_SCHEMA = cv.All(cv.Schema({}), cv.only_on("host"))

_SYMBOL = "_ZN7esphome19get_mac_address_rawEPh"


async def to_code(config: dict[str, object]) -> None:
    """Compile the source, and wrap the function."""
    cg.add_build_flag(f"-Wl,--wrap={_SYMBOL}")
