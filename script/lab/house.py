"""A house: one Home Assistant with the hub, and the devices that dial home to it."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import flows
from .certificates import lets_encrypt_like
from .client import Client
from .firmware import Device, compile_any_board, compile_firmware, is_any_board
from .home_assistant import START_SECONDS, HomeAssistant
from .network import HOST
from .proxy import Proxy


class House:
    """Home Assistant, its first user and the hub."""

    def __init__(self, directory: Path, port: int | None = None) -> None:
        """Prepare a house whose files all lie under `directory`."""
        self.directory = directory
        self.home_assistant = HomeAssistant(directory, port)
        self.client = Client(self.home_assistant.url)
        self.entry_id = ""
        self.devices: list[Device] = []
        self._boards: dict[str, str] = {}
        self._tls: Proxy | None = None

    @property
    def dial_url(self) -> str:
        """The address that devices dial."""
        return f"ws://{HOST}:{self.home_assistant.port}"

    @property
    def secure_url(self) -> str:
        """The address with TLS, once `serve_tls` has made it."""
        assert self._tls is not None
        return f"wss://localhost:{self._tls.port}"

    @property
    def authority(self) -> Path:
        """The file of the authority that signed the certificate there."""
        return self.directory / "tls" / "authority.crt"

    async def serve_tls(self) -> None:
        """Put something in front of Home Assistant that ends TLS, as a proxy does."""
        root, signer = lets_encrypt_like()
        root.save(self.authority.parent, self.authority.stem)
        context = signer.issue("localhost").context(self.authority.parent)
        self._tls = Proxy(self.home_assistant.port, context)
        await self._tls.start()

    async def build(self) -> None:
        """Start Home Assistant, create its first user, add the hub."""
        await self.home_assistant.start()
        await self.client.onboard()
        self.entry_id = await flows.add_hub(self.client, self.home_assistant.url)

    async def tear_down(self) -> None:
        """Stop every process."""
        for device in self.devices:
            await device.stop()
        if self._tls is not None:
            await self._tls.stop()
        await self.client.close()
        await self.home_assistant.stop()

    async def until_started(self) -> None:
        """Wait until Home Assistant says no longer that it is starting.

        Who stops it earlier loses what it has not written yet.
        """
        async with asyncio.timeout(START_SECONDS):
            while True:
                if (await self.client.get("/api/config"))["state"] == "RUNNING":
                    return
                await asyncio.sleep(0.1)

    async def restart(self) -> None:
        """Start Home Assistant again after it ended, and log in again."""
        await self.client.close()
        await self.home_assistant.start()
        self.client = Client(self.home_assistant.url)
        await self.client.login()

    async def add_device(self, name: str, board: str = "host") -> flows.Enrolment:
        """Add a device in the user interface."""
        return await flows.add_device(self.client, self.entry_id, name, board)

    async def permit(self, enrolment: flows.Enrolment, page: dict[str, Any]) -> None:
        """Say in the user interface what a device may ask of Home Assistant."""
        await flows.fill_page(
            self.client, self.entry_id, enrolment.subentry_id, "permits", page
        )

    async def allow_tunnels(self, enrolment: flows.Enrolment, **page: Any) -> None:
        """Say in the user interface which of a device's services may be reached."""
        await flows.fill_page(
            self.client, self.entry_id, enrolment.subentry_id, "tunnels", page
        )

    def claim_board(
        self, mac: str, name: str, same_board_as: str | None = None
    ) -> None:
        """Let a device have a MAC address; who does not flash it here calls this first.

        Raises ValueError for that of another device of this house: the hub would refuse
        it. `same_board_as` names the one whose board this is on purpose.
        """
        owner = self._boards.setdefault(mac, name)
        if owner not in (name, same_board_as):
            raise ValueError(f"{mac} is the board of {owner!r}")

    async def flash(
        self,
        name: str,
        configuration: Path,
        enrolment: flows.Enrolment,
        *,
        mac: str,
        url: str | None = None,
        authority: Path | None = None,
        same_board_as: str | None = None,
        more: Mapping[str, str] | None = None,
    ) -> Device:
        """Compile a configuration for an enrolment; return the device, not started.

        Raises ValueError for the MAC address of another device of this house: the hub
        would refuse it. `authority` is the file of whose certificates the device
        believes on `wss://`. `same_board_as` names the one whose board this is on purpose.
        `more` has substitutions besides those that every configuration here has.
        """
        self.claim_board(mac, name, same_board_as)
        own = {
            "hub_url": url or self.dial_url,
            "hub_key": enrolment.hub_key,
            "registration_token": enrolment.registration_token,
        }
        values = dict(more or {})
        if authority is not None:
            values["authority"] = str(authority)
        if any_board := is_any_board(configuration):
            program = await compile_any_board(configuration, values)
        else:
            values |= {**own, "mac_address": mac}
            program = await compile_firmware(configuration, values)
        device = Device(name, program, self.directory)
        device.wear(mac)
        if any_board:
            device.enrol(**own)
        self.devices.append(device)
        return device

    async def entity_ids(self, subentry_id: str) -> dict[str, str]:
        """Return a device's entities: the end of the unique id to the entity id."""
        entries = await self.client.command("config/entity_registry/list")
        return {
            entry["unique_id"].removeprefix(f"{subentry_id}-"): entry["entity_id"]
            for entry in entries
            if entry["config_subentry_id"] == subentry_id
        }

    async def registry_id(self, subentry_id: str) -> str:
        """Return the device registry id of a device."""
        devices = await self.client.command("config/device_registry/list")
        for device in devices:
            known = device["config_entries_subentries"].get(self.entry_id, [])
            if subentry_id in known and device["via_device_id"] is not None:
                return str(device["id"])
        raise LookupError(f"no device for the subentry {subentry_id}")
