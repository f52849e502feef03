"""Every limit of admission and bans, in one place, with the documented defaults."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

DAY = 86_400


class Rate(NamedTuple):
    """A token bucket: `per_second` sustained, `burst` at once."""

    per_second: float
    burst: int

    @classmethod
    def per_minute(cls, count: int) -> Rate:
        """Return the bucket that allows `count` at once and in every minute."""
        return cls(count / 60, count)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySettings:
    """Limits; all are positive. Times are seconds, capacities are entries.

    The capacities bound memory whatever strangers send; they are no options.
    """

    # HTTP endpoints of ours, and the connect endpoint.
    anonymous_requests_per_minute: int = 20
    user_requests_per_minute: int = 100
    failed_registrations_per_minute: int = 2
    api_requests_per_second: int = 20

    # Connections that have not proved themselves yet.
    unproved_per_address: int = 10
    unproved_total: int = 512
    unproved_reserved: int = 128
    handshake_timeout: int = 10
    limited_handshake_timeout: int = 3

    # Handshakes per second over all addresses; burst is twice that.
    stranger_handshakes_per_second: int = 50
    familiar_handshakes_per_second: int = 200
    shared_handshakes_per_second: int = 100
    known_key_handshakes_per_second: int = 200
    registrations_per_second: int = 5

    # A proved device that floods is slowed down and reported. At once it may send
    # four states of each entity that it can have, and a description with them.
    device_messages_per_second: int = 200
    device_message_burst: int = 1000
    device_states_per_second: int = 300
    device_state_burst: int = 2048
    device_bytes_per_second: int = 64 * 1024
    device_byte_burst: int = 512 * 1024
    device_report_interval: int = 60
    # A new description costs the hub more than anything else that a device says.
    new_description_burst: int = 20
    new_description_interval: int = 180

    # Bans.
    failures_before_ban: int = 20
    failure_window: int = 600
    ban_duration: int = DAY
    proved_grace: int = 7 * DAY
    slow_lane_interval: int = 10
    slow_lane_connections: int = 2
    throttled_handshakes_per_second: int = 1
    throttled_handshake_burst: int = 5
    tls_required: bool = False

    # Bounds of tables.
    address_capacity: int = 16_384
    user_capacity: int = 1024
    device_capacity: int = 16_384
    failure_capacity: int = 8192
    ban_capacity: int = 16_384
    proved_addresses_per_device: int = 8

    def __post_init__(self) -> None:
        """Refuse a limit that would switch its protection off or lock everyone out."""
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "tls_required":
                continue
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise ValueError(f"{field.name} must be a positive integer")

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> PolicySettings:
        """Return the settings of an options mapping; other keys are ignored."""
        names = {field.name for field in fields(cls)}
        return cls(**{name: options[name] for name in names & options.keys()})

    @property
    def api_rate(self) -> Rate:
        """Per address, connects included."""
        return Rate(self.api_requests_per_second, self.api_requests_per_second)

    @property
    def slow_lane_rate(self) -> Rate:
        """Handshakes with a valid mac1 from one banned address."""
        return Rate(1 / self.slow_lane_interval, 1)

    @property
    def throttled_rate(self) -> Rate:
        """Handshakes with a valid mac1 from one throttled address."""
        return Rate(
            self.throttled_handshakes_per_second, self.throttled_handshake_burst
        )

    @property
    def device_message_rate(self) -> Rate:
        """Messages of one proved device."""
        return Rate(self.device_messages_per_second, self.device_message_burst)

    @property
    def device_state_rate(self) -> Rate:
        """States of one proved device."""
        return Rate(self.device_states_per_second, self.device_state_burst)

    @property
    def device_byte_rate(self) -> Rate:
        """Bytes of one proved device."""
        return Rate(self.device_bytes_per_second, self.device_byte_burst)

    @property
    def new_description_rate(self) -> Rate:
        """Descriptions of one device that differ from the one before."""
        return Rate(1 / self.new_description_interval, self.new_description_burst)


def budget(per_second: int) -> Rate:
    """Return a global budget with a burst of two seconds' worth."""
    return Rate(per_second, 2 * per_second)
