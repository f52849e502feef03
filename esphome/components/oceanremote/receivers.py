"""The infrared receivers whose signals the hub is told."""

import esphome.codegen as cg
from esphome.const import CONF_ID, CONF_INTERNAL
from esphome.core import CORE, ID
from esphome.cpp_generator import MockObj

from .client_class import oceanremote_ns

# What ESPHome's platform of receivers calls it.
_CONF_REMOTE_RECEIVER_ID = "remote_receiver_id"

ReceiverListener = oceanremote_ns.class_("ReceiverListener")


async def add_receivers(client: MockObj) -> None:
    """Let the client hear what each entity's receiver hears, unless it is internal."""
    for config in (CORE.config or {}).get("infrared", []):
        if _CONF_REMOTE_RECEIVER_ID not in config or config.get(CONF_INTERNAL):
            continue
        # Only a device that has receivers has this component.
        from esphome.components import remote_base

        cg.add_define("USE_OCEANREMOTE_RECEIVERS")
        listener = cg.new_Pvariable(
            ID(f"{config[CONF_ID]}_heard", is_declaration=True, type=ReceiverListener),
            client.heard_signals(),
            await cg.get_variable(config[CONF_ID]),
        )
        receiver = await cg.get_variable(config[_CONF_REMOTE_RECEIVER_ID])
        remote_base.add_listener(receiver, listener)
