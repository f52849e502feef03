"""What the comparisons stand on: Home Assistant with real sockets on loopback."""

from homeassistant.components import bluetooth
import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the comparisons of whole boards, one for each worker.

    They take minutes. A worker is given its next test ahead, so that further behind two
    of them would meet at one while another has nothing to do.
    """
    items.sort(key=lambda item: "names" not in getattr(item, "fixturenames", ()))


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Give each test its own configuration directory: the vault is a real file."""
    return hass_tmp_config_dir


@pytest.fixture(autouse=True)
def _real_home(
    enable_custom_integrations: None,
    socket_enabled: None,
    mock_async_zeroconf: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Load our integration from `custom_components`; nothing is looked up by mDNS.

    Core takes a board without Bluetooth out of Bluetooth, which is not loaded.
    """
    monkeypatch.setattr(bluetooth, "async_remove_scanner", lambda *_: None)
