"""The client's class, and how what belongs to one finds it."""

from typing import Any

import esphome.codegen as cg
import esphome.config_validation as cv

CONF_OCEANREMOTE_ID = "oceanremote_id"

oceanremote_ns = cg.esphome_ns.namespace("oceanremote")
Client = oceanremote_ns.class_("Client", cg.Component)

CLIENT_ID_SCHEMA = cv.Schema({cv.GenerateID(): cv.use_id(Client)})


def client_child_schema() -> Any:
    """Return the schema part by which a sub-platform finds its client."""
    return {cv.GenerateID(CONF_OCEANREMOTE_ID): cv.use_id(Client)}
