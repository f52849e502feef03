"""Real Home Assistant as a process of its own."""

import asyncio
import json
from pathlib import Path
import time

import aiohttp

from .network import HOST, free_port
from .paths import COMPONENT, FAKETIME, HASS
from .process import LoggedProcess, ProcessFailed

START_SECONDS = 90.0
POLL_SECONDS = 0.05
CONFIGURATION = """\
homeassistant:
  name: OceanRemote
  time_zone: UTC
  country: NL
  unit_system: metric
frontend:
config:
recorder:
history:
logbook:
# What a device asks in the demonstration: some advice, and to be heard.
script:
  watering_advice:
    sequence:
      - variables:
          advice:
            minutes: "{{ (area | int) * 2 }}"
      - stop: That much.
        response_variable: advice
template:
  - triggers:
      - trigger: event
        event_type: garden_pump_started
    sensor:
      - name: Watering started by
        state: "{{ trigger.event.data.by }}"
logger:
  default: warning
  logs:
    custom_components.oceanremote: debug
"""


class HomeAssistant(LoggedProcess):
    """Home Assistant with the integration of this repository, not yet onboarded."""

    def __init__(self, directory: Path, port: int | None = None) -> None:
        """Write the configuration; nothing starts yet."""
        self.config = directory / "config"
        self.port = port or free_port()
        self.secure = False
        components = self.config / "custom_components"
        components.mkdir(parents=True, exist_ok=True)
        link = components / "oceanremote"
        if not link.is_symlink():
            link.symlink_to(COMPONENT)
        configuration = self.config / "configuration.yaml"
        if not configuration.exists():
            configuration.write_text(CONFIGURATION)
        super().__init__(
            "Home Assistant",
            [str(HASS), "-c", str(self.config), "--skip-pip"],
            directory / "home-assistant.log",
            {
                "SETUP_PORT": str(self.port),
                "PATH": f"{HASS.parent}:/usr/local/bin:/usr/bin:/bin",
            },
        )

    def trust_this_machine(self) -> None:
        """Believe what requests of this machine say in X-Forwarded-For."""
        self._write_http_settings()

    def serve_tls(self, chain: Path, key: Path, profile: str) -> None:
        """Speak HTTPS with this certificate from the next start on, and nothing else."""
        self.secure = True
        self._write_http_settings(
            ssl_certificate=str(chain), ssl_key=str(key), ssl_profile=profile
        )

    def _write_http_settings(self, **more: str) -> None:
        stable = {
            "server_port": self.port,
            "cors_allowed_origins": ["https://cast.home-assistant.io"],
            "use_x_forwarded_for": True,
            "trusted_proxies": [f"{HOST}/32"],
            "login_attempts_threshold": -1,
            "ip_ban_enabled": True,
            "ssl_profile": "modern_v4",
            "use_x_frame_options": True,
            "created_at": "2026-01-01T00:00:00+00:00",
            "error": None,
            "error_message": None,
            **more,
        }
        data = {"stable": stable, "pending": None, "yaml_migration_done": True}
        store = {"version": 3, "minor_version": 1, "key": "http", "data": data}
        storage = self.config / ".storage"
        storage.mkdir(exist_ok=True)
        (storage / "http").write_text(json.dumps(store))

    def shift_clock(self, hours: int) -> None:
        """Let the next start believe in another time of day; 0 for the true one."""
        if hours:
            self.environment |= {
                "LD_PRELOAD": str(FAKETIME),
                "FAKETIME": f"{hours:+d}h",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                # The times of files are shifted, too: to it all bytecode is stale.
                "PYTHONDONTWRITEBYTECODE": "1",
            }
        else:
            for name in ("LD_PRELOAD", "PYTHONDONTWRITEBYTECODE"):
                self.environment.pop(name, None)

    @property
    def url(self) -> str:
        """The address of the user interface."""
        return f"{'https' if self.secure else 'http'}://{HOST}:{self.port}"

    async def start(self) -> None:
        """Start and wait until its HTTP server answers."""
        await super().start()
        deadline = time.monotonic() + START_SECONDS
        connector = aiohttp.TCPConnector(ssl=False)
        async with aiohttp.ClientSession(connector=connector) as session:
            while time.monotonic() < deadline:
                if not self.running:
                    break
                try:
                    async with session.get(f"{self.url}/manifest.json") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(POLL_SECONDS)
        raise ProcessFailed(f"Home Assistant did not start:\n{self.log()[-4000:]}")
