"""Home Assistant's registries: the hub's device, each device, and vanished entities.

A device is known there by its subentry from the moment it is added; its MAC becomes a
connection only once it is proved, so that a replaced board keeps the history.
"""

from collections.abc import Collection, Mapping
from typing import Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)

from ..common.boards import Board
from ..common.const import CONF_BOARD, DOMAIN, MANUFACTURER
from ..common.texts import clean_line
from ..protocol import DeviceFacts

OWN = "own"
# The registry knows no translations of models; these are the words of "Add device".
BOARD_LABELS: Final[Mapping[str, str]] = {
    Board.ESP32: "ESP32",
    Board.ESP32_C3: "ESP32-C3",
    Board.ESP32_S3: "ESP32-S3",
    Board.ESP8266: "ESP8266",
    Board.RP2: "Raspberry Pi Pico W",
    Board.HOST: "Linux machine",
}
_MAKERS: Final[Mapping[str, str]] = {
    Board.ESP32: "Espressif",
    Board.ESP32_C3: "Espressif",
    Board.ESP32_S3: "Espressif",
    Board.ESP8266: "Espressif",
    Board.RP2: "Raspberry Pi",
}


def own_unique_id(subentry_id: str, key: str) -> str:
    """Return the unique id of an entity that the hub itself adds to a device."""
    return f"{subentry_id}-{OWN}-{key}"


@callback
def async_shown_name(
    hass: HomeAssistant, entry_id: str, subentry_id: str
) -> str | None:
    """Return the name of a device on its page: the user's own, if there is one."""
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, subentry_id), entry_id
    )
    return None if device is None else device.name_by_user or device.name


@callback
def async_page_of(hass: HomeAssistant, entry_id: str, subentry_id: str) -> str | None:
    """Return the path of a device's page in the user interface."""
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, subentry_id), entry_id
    )
    return None if device is None else f"/config/devices/device/{device.id}"


@callback
def async_create_hub_device(hass: HomeAssistant, entry: ConfigEntry) -> dr.DeviceEntry:
    """Create the service device that stands for the hub."""
    return dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, entry.entry_id)},
        entry_type=dr.DeviceEntryType.SERVICE,
        manufacturer=MANUFACTURER,
        translation_key="hub",
    )


@callback
def async_create_device(
    hass: HomeAssistant, entry: ConfigEntry, subentry: ConfigSubentry
) -> dr.DeviceEntry:
    """Create the device of a subentry; maker and model are those of the chosen board.

    What a proved board says of itself is added to them (`async_device_proved`).
    """
    registry = dr.async_get(hass)
    board = subentry.data[CONF_BOARD]
    hub = registry.async_get_device_by_identifier(
        (DOMAIN, entry.entry_id), entry.entry_id
    )
    return registry.async_get_or_create(
        config_entry_id=entry.entry_id,
        config_subentry_id=subentry.subentry_id,
        identifiers={(DOMAIN, subentry.subentry_id)},
        manufacturer=_MAKERS.get(board, MANUFACTURER),
        model=BOARD_LABELS.get(board, board),
        name=subentry.title,
        via_device_id=None if hub is None else hub.id,
    )


@callback
def async_device_proved(
    hass: HomeAssistant, entry_id: str, subentry_id: str, mac: bytes, facts: DeviceFacts
) -> None:
    """Write the proved MAC and what the board says of itself to its device.

    A device that held the same MAC before (revoked since) loses it.
    """
    registry = dr.async_get(hass)
    device = registry.async_get_device_by_identifier((DOMAIN, subentry_id), entry_id)
    if device is None:
        return
    connection = (dr.CONNECTION_NETWORK_MAC, dr.format_mac(mac.hex()))
    holder = registry.async_get_device_by_connection(connection, entry_id)
    if holder is not None and holder.id != device.id:
        registry.async_update_device(
            holder.id, new_connections=holder.connections - {connection}
        )
    version = f"ESPHome {facts.esphome_version}"
    if facts.project_version:
        version = f"{facts.project_version} ({version})"
    board = clean_line(facts.board)
    registry.async_update_device(
        device.id,
        new_connections={connection},
        model_id=board or device.model_id,
        sw_version=clean_line(version),
        area_id=_area_of(hass, device, facts),
    )


def _area_of(
    hass: HomeAssistant, device: dr.DeviceEntry, facts: DeviceFacts
) -> str | None:
    """Return the area of a proved device, which it may suggest once in its life.

    The registry takes a suggestion only with a new device, and ours is there before its
    board. A board that has been proved has left its version: from then on the area, or
    that there is none, is somebody's choice.
    """
    name = clean_line(facts.area or "").strip()
    if device.area_id is not None or device.sw_version is not None or not name:
        return device.area_id
    return ar.async_get(hass).async_get_or_create(name).id


@callback
def undescribed_entities(
    hass: HomeAssistant, entry_id: str, subentry_id: str, described: Collection[str]
) -> list[str]:
    """Return the ids of a device's entities that it does not describe any more."""
    devices = dr.async_get(hass)
    device = devices.async_get_device_by_identifier((DOMAIN, subentry_id), entry_id)
    if device is None:
        return []
    own = own_unique_id(subentry_id, "")
    return [
        entity.entity_id
        for part in (device, *dr.async_entries_for_parent_device(devices, device.id))
        for entity in er.async_entries_for_device(
            er.async_get(hass), part.id, include_disabled_entities=True
        )
        if entity.platform == DOMAIN
        and not entity.unique_id.startswith(own)
        and entity.unique_id not in described
    ]
