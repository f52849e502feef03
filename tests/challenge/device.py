"""A challenge device over TCP on loopback, from our own receiver, for the tests."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import secrets
from time import monotonic

from custom_components.oceanremote.challenge.protocol import (
    ChallengeKey,
    ChallengeProfile,
)
from tests.challenge.receiver import (
    ChallengeReceiver,
    CommandAccepted,
    ReceiverEvent,
    RefusalCause,
    Refused,
)


@dataclass
class Device:
    """What the device was asked and did."""

    profile: ChallengeProfile
    secret: bytes
    responses: Mapping[int, int | None]
    lifetime: float = 5.0
    port: int = 0
    events: list[ReceiverEvent] = field(default_factory=list)
    served: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def executed(self) -> list[int]:
        """Return the commands carried out, in order."""
        return [
            event.command for event in self.events if isinstance(event, CommandAccepted)
        ]

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve one connection."""
        receiver = ChallengeReceiver(
            ChallengeKey(self.profile, self.secret),
            self.responses,
            new_challenge=secrets.token_bytes,
            now=monotonic(),
            lifetime=self.lifetime,
        )
        try:
            event = await self._converse(receiver, reader, writer)
            if event is not None:
                self.events.append(event)
            if isinstance(event, CommandAccepted):
                response = self.responses[event.command]
                if response is not None:
                    receiver.respond(response)
                    writer.write(receiver.bytes_to_send())
                    await writer.drain()
        except ConnectionError:
            self.events.append(Refused(RefusalCause.ANSWER_INCOMPLETE))
        finally:
            self.served.set()
            writer.close()

    async def _converse(
        self,
        receiver: ChallengeReceiver,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> ReceiverEvent | None:
        while True:
            writer.write(receiver.bytes_to_send())
            deadline = receiver.next_deadline()
            assert deadline is not None
            try:
                async with asyncio.timeout(max(0.0, deadline - monotonic())):
                    data = await reader.read(256)
            except TimeoutError:
                return receiver.handle_timer(monotonic())
            if not data:
                return receiver.receive_eof()
            if (event := receiver.receive(data, monotonic())) is not None:
                return event


@asynccontextmanager
async def running_device(
    profile: ChallengeProfile,
    secret: bytes,
    responses: Mapping[int, int | None],
    *,
    lifetime: float = 5.0,
) -> AsyncIterator[Device]:
    """Run a device on a free port of the loopback interface."""
    device = Device(profile, secret, responses, lifetime)
    server = await asyncio.start_server(device.serve, "127.0.0.1", 0)
    device.port = server.sockets[0].getsockname()[1]
    try:
        yield device
    finally:
        server.close()
        await server.wait_closed()
