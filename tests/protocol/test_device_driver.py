"""The driver that other parts of the tests pump through real sockets."""

import pytest

from custom_components.oceanremote.protocol import (
    CloseReason,
    CommandCompleted,
    CommandStatus,
    RotationRequested,
    StatesReceived,
)
from tests.support.commands import switch_command
from tests.support.device_driver import DeviceDriver
from tests.support.message_samples import ENTITIES, FLOW, PUMP
from tests.support.world import MAC, World


class Bench:
    """A hub and a driver, pumped by hand."""

    def __init__(self) -> None:
        """Register the driver at a hub."""
        self.world = World()
        (token,) = self.world.disk.unused.values()
        self.driver = DeviceDriver(
            self.world.hub_key.public,
            token.text,
            MAC,
            ENTITIES,
            clock=lambda: self.world.now,
        )
        self.connect()

    def connect(self) -> None:
        """Begin a new link and carry everything."""
        self.world.connect()
        self.world.to_hub.clear()
        self.driver.connect()
        self.pump()

    def pump(self, *frames: bytes) -> None:
        """Carry frames of the driver and all that comes of them."""
        self.world.to_hub.extend(frames)
        self.world.collect()
        while self.world.to_hub or self.world.to_device:
            if self.world.to_device:
                frame = self.world.to_device.popleft()
                self.world.to_hub.extend(self.driver.receive(frame))
            else:
                self.world.carry_to_hub()


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_the_driver_registers_and_comes_back(bench: Bench) -> None:
    assert bench.driver.registered
    assert [epoch.epoch for epoch in bench.driver.epochs] == [1, 2]
    bench.connect()
    assert [epoch.epoch for epoch in bench.driver.epochs] == [1, 2, 1]
    assert bench.driver.closed is None


def test_the_driver_reports_obeys_and_asks(bench: Bench) -> None:
    bench.pump(*bench.driver.report(FLOW, 2.5))
    (states,) = bench.world.hub_said(StatesReceived)
    assert states.states[0].value == 2.5
    bench.driver.answer = (CommandStatus.REFUSED, "interlocked")
    bench.world.hub.send_command(PUMP, switch_command(True), 5, bench.world.now)
    bench.driver.answer = None
    bench.world.hub.send_command(PUMP, switch_command(True), 5, bench.world.now)
    bench.pump()
    assert len(bench.driver.commands) == 2
    assert bench.world.hub_said(CommandCompleted) == []
    bench.pump(*bench.driver.request_rotation())
    assert bench.world.hub_said(RotationRequested)
    bench.pump(*bench.driver.goodbye(60))
    assert bench.driver.handle_timer() == []


def test_the_driver_forgets_what_is_revoked(bench: Bench) -> None:
    bench.world.hub.send_revoked(bench.world.now)
    bench.pump()
    assert bench.driver.revoked
    assert not bench.driver.registered
    assert bench.driver.closed is not None
    assert bench.driver.closed.reason is CloseReason.REVOKED
