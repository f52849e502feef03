"""What every integration test stands on: the integration, in a directory of its own."""

import pytest


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Give each test its own configuration directory: the vault is a real file."""
    return hass_tmp_config_dir


@pytest.fixture(autouse=True)
def _custom_integrations(enable_custom_integrations: None) -> None:
    """Load integrations from `custom_components`."""
