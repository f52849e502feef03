"""What a device says about itself, in every `ready`."""

from dataclasses import dataclass
from typing import Any

from . import fields
from .limits import MAX_FACT_TEXT
from .tunnels import TunnelService, services_in
from .updates import UpdateFacts, read_update_facts


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFacts:
    """What a device says about itself; texts of at most 64 bytes.

    `small_store`: it has no room for more than its identity. `keeps_time`: it wants to
    be told the time, with its zone. `sleeps`: it says when it goes to deep sleep, and
    takes `StayAwake`. `remembers`: it keeps readings while it has no session.
    `reports_health`: it tells how it fares, if asked. `takes_hub_keys`: it has room for
    the hub key that is to come. `updates`: it takes new firmware over its session.
    `tunnels`: which of its services it lets be reached.
    """

    name: str
    friendly_name: str
    esphome_version: str
    project_version: str
    board: str
    platform: str
    safe_mode: bool = False
    reset_reason: str | None = None
    area: str | None = None
    small_store: bool = False
    keeps_time: bool = False
    sleeps: bool = False
    remembers: bool = False
    reports_health: bool = False
    takes_hub_keys: bool = False
    tunnels: frozenset[TunnelService] = frozenset()
    updates: UpdateFacts | None = None

    def items(self) -> dict[int, Any]:
        """Return the map on the wire."""
        found: dict[int, Any] = {
            1: self.name,
            2: self.friendly_name,
            3: self.esphome_version,
            4: self.project_version,
            5: self.board,
            6: self.platform,
            7: self.safe_mode,
        }
        if self.reset_reason is not None:
            found[8] = self.reset_reason
        if self.area is not None:
            found[9] = self.area
        if self.small_store:
            found[10] = True
        if self.keeps_time:
            found[11] = True
        if self.sleeps:
            found[12] = True
        if self.remembers:
            found[13] = True
        if self.reports_health:
            found[14] = True
        if self.takes_hub_keys:
            found[15] = True
        if self.updates is not None:
            found[16] = self.updates.items()
        if self.tunnels:
            found[20] = sum(service.bit for service in self.tunnels)
        return found


def read_facts(value: Any) -> DeviceFacts:
    """Return the facts in a map; raises `RemoteProtocolError`."""
    table = fields.table(value)
    if not table.keys() >= set(range(1, 8)):
        raise fields.malformed("facts are missing")
    return DeviceFacts(
        name=fields.text(table[1], MAX_FACT_TEXT),
        friendly_name=fields.text(table[2], MAX_FACT_TEXT),
        esphome_version=fields.text(table[3], MAX_FACT_TEXT),
        project_version=fields.text(table[4], MAX_FACT_TEXT),
        board=fields.text(table[5], MAX_FACT_TEXT),
        platform=fields.text(table[6], MAX_FACT_TEXT),
        safe_mode=fields.boolean(table[7]),
        reset_reason=fields.text(table[8], MAX_FACT_TEXT) if 8 in table else None,
        area=fields.text(table[9], MAX_FACT_TEXT) if 9 in table else None,
        small_store=10 in table and fields.boolean(table[10]),
        keeps_time=11 in table and fields.boolean(table[11]),
        sleeps=12 in table and fields.boolean(table[12]),
        remembers=13 in table and fields.boolean(table[13]),
        reports_health=14 in table and fields.boolean(table[14]),
        takes_hub_keys=15 in table and fields.boolean(table[15]),
        tunnels=services_in(fields.uint(table[20]) if 20 in table else 0),
        updates=read_update_facts(table[16]) if 16 in table else None,
    )
