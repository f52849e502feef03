"""The part of OceanRemote's firmware that knows neither ESPHome nor I/O.

Bytes and times in, bytes out: cryptography, CBOR, frames, handshake, session, messages,
HTTP upgrade, WebSocket, backoff. `oceanremote` loads it; it is nothing by itself.
"""

import esphome.config_validation as cv

CODEOWNERS = ["@oceanremote"]

CONFIG_SCHEMA = cv.Schema({})
