"""Registration over a real link: on disk before it is said, whatever breaks meanwhile."""

from collections.abc import Callable
from dataclasses import replace
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.common.boards import Board
from custom_components.oceanremote.device.registry import BOARD_LABELS
from custom_components.oceanremote.device.status import DeviceStatus
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.trust import Standing
from custom_components.oceanremote.protocol import RegistrationToken
from custom_components.oceanremote.vault import file as vault_file
from tests.support.device_driver import FACTS

from .flow_support import text_at
from .registration_support import GENERIC_REFUSAL, GOING_AWAY, lose_tokens, write_error
from .runtime_support import (
    MAC,
    OTHER_MAC,
    Device,
    Records,
    another_board,
    eventually,
    make_subentry,
    only_coordinator,
)


async def test_a_board_becomes_a_device(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
    records: Records,
) -> None:
    """Keys are pinned, the token is used up, the registry knows the proved MAC."""
    coordinator = only_coordinator(hub)
    record = coordinator.record
    assert record is not None
    assert record.standing is Standing.ACTIVE
    assert record.mac == MAC
    assert record.device_key == connected_device.driver.flash.identity.key.public
    assert record.registration is not None
    assert record.registration.used
    device = dr.async_get(hass).async_get_device_by_identifier(
        ("oceanremote", coordinator.subentry_id), hub_entry.entry_id
    )
    assert device is not None
    assert device.connections == {("mac", "a0:b1:c2:d3:e4:f5")}
    assert device.sw_version == "1.0.0 (ESPHome 2026.10.0)"
    assert device.model == "Linux machine"
    assert device.model_id == "host"
    hub_device = dr.async_get(hass).async_get(device.via_device_id or "")
    assert hub_device is not None
    assert hub_device.entry_type is dr.DeviceEntryType.SERVICE


async def test_maker_and_model_stay_and_the_board_adds_its_own_name(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    enrolled_device: Device,
) -> None:
    """In a person's words; and a restart does not take back what the board said."""
    registry = dr.async_get(hass)

    def words() -> tuple[str | None, ...]:
        coordinator = only_coordinator(hub_entry.runtime_data.hub)
        device = registry.async_get_device_by_identifier(
            ("oceanremote", coordinator.subentry_id), hub_entry.entry_id
        )
        return device.manufacturer, device.model, device.model_id

    assert words() == ("OceanRemote", "Linux machine", None)
    facts = enrolled_device.driver.facts
    enrolled_device.driver.facts = replace(facts, board="nodemcu-32s")
    await enrolled_device.connect()
    after = ("OceanRemote", "Linux machine", "nodemcu-32s")
    await eventually(lambda: words() == after)
    await enrolled_device.hang_up()
    await hass.config_entries.async_reload(hub_entry.entry_id)
    await hass.async_block_till_done()
    assert words() == after


def test_the_words_for_boards_are_those_of_add_device() -> None:
    """The device registry cannot translate them, so they stand twice."""
    assert {
        board: text_at("selector", "board", "options", board) for board in Board
    } == BOARD_LABELS


async def test_the_mac_is_unknown_until_it_is_proved(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub
) -> None:
    """A device is there at once, without a connection."""
    coordinator = only_coordinator(hub)
    device = dr.async_get(hass).async_get_device_by_identifier(
        ("oceanremote", coordinator.subentry_id), hub_entry.entry_id
    )
    assert device is not None
    assert device.name == "Garden pump"
    assert not device.connections


async def test_nothing_is_issued_that_is_not_on_disk(
    hass: HomeAssistant, hub: Hub, enrolled_device: Device, records: Records
) -> None:
    """A full disk: the link closes, the board has no token and may come again."""
    with patch.object(
        vault_file.SealedFile, "write", side_effect=OSError(28, "No space left")
    ):
        await enrolled_device.dial()
        assert await enrolled_device.wait_closed() == GOING_AWAY
    assert not enrolled_device.driver.registered
    (record,) = records.of(AuditKind.STORAGE)
    assert "No space left" in record.detail
    assert only_coordinator(hub).status is DeviceStatus.WAITING
    await enrolled_device.connect()
    assert enrolled_device.driver.registered


async def test_a_commit_that_fails_is_repeated_by_the_session(
    hub: Hub, enrolled_device: Device, records: Records
) -> None:
    """The board has stored its token, the hub could not: the next session commits."""
    commit = hub.vault.commit_registration

    async def fail(*args: object) -> None:
        raise write_error()

    with patch.object(hub.vault, "commit_registration", side_effect=fail):
        await enrolled_device.dial()
        assert await enrolled_device.wait_closed() == GOING_AWAY
        assert enrolled_device.driver.registered
        await enrolled_device.dial()
        assert await enrolled_device.wait_closed() == GOING_AWAY
    assert hub.vault.commit_registration == commit
    await enrolled_device.connect()
    assert only_coordinator(hub).status is DeviceStatus.ONLINE
    outcomes = [record.outcome for record in records.of(AuditKind.REGISTERED)]
    assert outcomes == ["token issued", "committed late"]
    # The handshake that committed is no clone of itself, and the next is fresh.
    assert not records.of(AuditKind.CLONE)
    await enrolled_device.hang_up()
    await enrolled_device.connect()
    assert not records.of(AuditKind.CLONE)


async def test_a_crash_before_the_token_is_stored_yields_the_same_token(
    hub: Hub, enrolled_device: Device, records: Records
) -> None:
    """While pending, the same board gets the same token again."""
    driver = enrolled_device.driver
    issued = []
    follow = driver._follow

    def forget(events: list[object]) -> list[bytes]:
        issued.extend(e.token for e in events if hasattr(e, "token"))
        return [] if len(issued) == 1 else follow(events)

    driver._follow = forget  # type: ignore[assignment, method-assign]
    await enrolled_device.dial()
    await eventually(lambda: issued)
    assert only_coordinator(hub).status is DeviceStatus.REGISTERING
    await enrolled_device.hang_up()
    await eventually(lambda: only_coordinator(hub).status is DeviceStatus.WAITING)
    driver._follow = follow  # type: ignore[method-assign]
    await enrolled_device.connect()
    assert driver.flash.identity.token == issued[0]


async def test_a_board_that_lost_its_record_starts_again(
    enrolled_device: Device, records: Records
) -> None:
    """Same token, same MAC, new key: the pending one is replaced, and that is said."""
    driver = enrolled_device.driver
    lose_tokens(driver)
    await enrolled_device.dial()
    await eventually(lambda: records.of(AuditKind.REGISTERED))
    await enrolled_device.hang_up()
    again = another_board(enrolled_device)
    assert again.driver.flash.identity.key != driver.flash.identity.key
    await again.connect()
    outcomes = [record.outcome for record in records.of(AuditKind.REGISTERED)]
    assert outcomes == [
        "token issued",
        "a board that lost its record starts again",
        "registered",
    ]
    await again.hang_up()


async def test_a_replaced_board_keeps_the_devices_place(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
    records: Records,
) -> None:
    """New board, new MAC, new counter: same entities, no clone alarm."""
    coordinator = only_coordinator(hub)
    for _ in range(3):
        await coordinator.async_renew()
    await connected_device.hang_up()
    token, _ = await hub.async_issue_registration_token(coordinator.subentry_id)
    board = another_board(
        connected_device, registration=RegistrationToken.parse(token), mac=OTHER_MAC
    )
    await board.connect()
    await hass.async_block_till_done()
    assert not records.of(AuditKind.CLONE)
    device = dr.async_get(hass).async_get_device_by_identifier(
        ("oceanremote", coordinator.subentry_id), hub_entry.entry_id
    )
    assert device is not None
    assert device.connections == {("mac", "a0:b1:c2:d3:e4:f6")}
    await board.hang_up()


@pytest.mark.parametrize("step", ["store_pending", "commit_registration"])
async def test_a_registration_that_is_withdrawn_meanwhile_ends(
    hub: Hub, enrolled_device: Device, records: Records, step: str
) -> None:
    """A new token was issued while the old one was being used."""
    coordinator = only_coordinator(hub)
    real: Callable[..., object] = getattr(hub.vault, step)

    async def overtaken(*args: object, **kwargs: object) -> object:
        await hub.async_issue_registration_token(coordinator.subentry_id)
        return await real(*args, **kwargs)  # type: ignore[misc]

    with patch.object(hub.vault, step, side_effect=overtaken):
        await enrolled_device.dial()
        assert await enrolled_device.wait_closed() == GENERIC_REFUSAL
    assert coordinator.record is not None
    assert coordinator.record.standing is Standing.PENDING
    assert coordinator.status is DeviceStatus.WAITING


async def test_a_board_is_overtaken_while_its_token_is_written(
    hub: Hub, enrolled_device: Device
) -> None:
    """Another key took the pending place meanwhile: this one gets no token."""
    coordinator = only_coordinator(hub)
    real = hub.vault.store_pending

    async def overtaken(*args: object, handle: bytes) -> bytes:
        token = await real(*args, handle=handle)  # type: ignore[arg-type]
        await real(coordinator.enrolment_id, MAC, bytes(32), bytes(32), handle=handle)
        return token

    with patch.object(hub.vault, "store_pending", side_effect=overtaken):
        await enrolled_device.dial()
        assert await enrolled_device.wait_closed() == GENERIC_REFUSAL
    assert not enrolled_device.driver.registered


async def test_a_board_enrolled_anew_takes_its_mac_along(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
) -> None:
    """Revoked as one device, it becomes another: the registry follows the proof."""
    first = only_coordinator(hub)
    await hub.async_revoke(first.subentry_id)
    subentry = make_subentry(1, "Second pump")
    hass.config_entries.async_add_subentry(hub_entry, subentry)
    await hass.async_block_till_done()
    token, _ = await hub.async_issue_registration_token(subentry.subentry_id)
    board = another_board(connected_device, registration=RegistrationToken.parse(token))
    await board.connect()
    registry = dr.async_get(hass)
    connections = {
        subentry_id: device.connections
        for subentry_id in (first.subentry_id, subentry.subentry_id)
        if (
            device := registry.async_get_device_by_identifier(
                ("oceanremote", subentry_id), hub_entry.entry_id
            )
        )
    }
    assert connections == {
        first.subentry_id: set(),
        subentry.subentry_id: {("mac", "a0:b1:c2:d3:e4:f5")},
    }
    await board.hang_up()


async def test_a_program_without_a_version_of_its_own(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    enrolled_device: Device,
) -> None:
    """Then ESPHome's alone is shown."""
    enrolled_device.driver.facts = replace(FACTS, project_version="")
    await enrolled_device.connect()
    device = dr.async_get(hass).async_get_device_by_identifier(
        ("oceanremote", only_coordinator(hub).subentry_id), hub_entry.entry_id
    )
    assert device is not None
    assert device.sw_version == "ESPHome 2026.10.0"


async def test_a_registration_whose_link_ends_meanwhile_is_finished(
    hub: Hub, enrolled_device: Device
) -> None:
    """What was begun is on disk, though nobody is there to be told."""
    coordinator = only_coordinator(hub)
    real = hub.vault.commit_registration

    async def slow(*args: object) -> None:
        for link in tuple(hub._links):
            link.close()
        await real(*args)  # type: ignore[arg-type]

    with patch.object(hub.vault, "commit_registration", side_effect=slow):
        await enrolled_device.dial()
        await enrolled_device.wait_closed()
    await eventually(lambda: coordinator.status is DeviceStatus.OFFLINE)
    await enrolled_device.connect()
    assert coordinator.status is DeviceStatus.ONLINE


async def test_a_token_whose_link_ends_meanwhile_is_not_issued(
    hub: Hub, enrolled_device: Device
) -> None:
    """It stays pending; the next attempt gets it."""
    real = hub.vault.store_pending

    async def slow(*args: object, **kwargs: object) -> bytes:
        for link in tuple(hub._links):
            link.close()
        return await real(*args, **kwargs)  # type: ignore[arg-type]

    with patch.object(hub.vault, "store_pending", side_effect=slow):
        await enrolled_device.dial()
        await enrolled_device.wait_closed()
    assert not enrolled_device.driver.registered
    await enrolled_device.connect()
    assert enrolled_device.driver.registered
