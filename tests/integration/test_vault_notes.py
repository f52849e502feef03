"""What the vault writes later: counters, and what a stop must not lose."""

from datetime import timedelta
import errno

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.oceanremote.protocol.errors import Refused
from custom_components.oceanremote.vault import (
    Vault,
    file as vault_file,
    writer as vault_writer,
)
from custom_components.oceanremote.vault.changes import tokens as vault_upkeep
from custom_components.oceanremote.vault.records import DeviceRecord

from .vault_support import enrol, make_board, open_vault, register


async def test_counters_are_coalesced(hass: HomeAssistant, vault: Vault) -> None:
    """Many handshakes, one write, at most 30 s later; known at once in memory."""
    await register(vault, "one", make_board(1))
    await register(vault, "two", make_board(2))
    generation = vault.generation
    for counter in range(2, 50):
        vault.note_counter("one", counter)
        vault.note_counter("two", counter)
    vault.note_counter("one", 3)
    assert vault.high_water("one") == 49
    assert vault.generation == generation
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=31))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert vault.generation == generation + 1
    assert vault.devices["one"].high_water == 49
    await vault.flush()
    assert vault.generation == generation + 1


async def test_counters_ride_along_and_are_written_at_stop(
    hass: HomeAssistant, vault: Vault
) -> None:
    """Any other write takes them along, and so does stop."""
    await register(vault, "one", make_board(1))
    vault.note_counter("one", 5)
    await enrol(vault, "two")
    assert vault.devices["one"].high_water == 5
    vault.note_counter("one", 6)
    await vault.stop()
    again = await open_vault(hass)
    assert again.high_water("one") == 6
    await again.stop()


async def test_counter_write_that_fails_is_tried_again(
    hass: HomeAssistant,
    vault: Vault,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A full disk costs nothing but one warning; the mark stays known."""
    caplog.set_level("INFO", "custom_components.oceanremote")
    await register(vault, "one", make_board(1))
    vault.note_counter("one", 5)

    def fail(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(vault_file.os, "fsync", fail)
        for _ in range(3):
            async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=31))
            await hass.async_block_till_done(wait_background_tasks=True)
        assert caplog.text.count("Counters stay unwritten") == 1
        assert "written again" not in caplog.text
        assert vault.devices["one"].high_water == 1
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=62))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert caplog.text.count("The vault can be written again") == 1
    assert vault.devices["one"].high_water == 5

    vault.note_counter("one", 6)
    with monkeypatch.context() as patch:
        patch.setattr(vault_file.os, "fsync", fail)
        await vault.stop()
    assert "Counters since the last write are lost" in caplog.text


async def test_device_without_a_key_has_no_counter(vault: Vault) -> None:
    """Nothing is noted for a device that is still waiting, nor while stopping."""
    token = await enrol(vault, "one")
    vault.note_counter("one", 5)
    assert vault.high_water("one") == 0
    await register(vault, "two", make_board())
    await vault.stop()
    vault.note_counter("two", 5)
    with pytest.raises(Refused):
        vault.directory(lambda: 9e9).find_registration(
            token.handle, make_board().mac, make_board().key, 0.0
        )
    assert vault.generation == 5


async def test_notes_that_meet_the_stop_are_left_to_it(
    hass: HomeAssistant, vault: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    """The timer fires while the hub stops: one write, no complaint."""
    await register(vault, "one", make_board())
    vault.note_counter("one", 5)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=31))
    await vault.stop()
    await hass.async_block_till_done()
    assert vault.devices["one"].high_water == 5
    assert "unwritten" not in caplog.text


@pytest.mark.parametrize(
    ("device_key", "enrolled_at", "mark"),
    [
        (b"present key", 2.0, 70_000),
        (b"former key", 2.0, 5),
        (b"present key", 1.0, 5),
    ],
)
async def test_note_counts_for_the_registration_that_proved_it(
    device_key: bytes, enrolled_at: float, mark: int
) -> None:
    """A board that registers anew keeps its key, and leaves copies behind."""
    record = DeviceRecord(
        enrolment_id="one", device_key=b"present key", enrolled_at=2.0, high_water=5
    )
    before = vault_writer.Snapshot(
        generation=1, hub_private=b"", devices={"one": record}, secrets={}
    )
    note = vault_upkeep.CounterNote(device_key, enrolled_at, 70_000, 3.0)
    after = vault_upkeep.apply_notes(before, {"one": note}, ())
    assert after.devices["one"].high_water == mark
