"""Setting the hub up, and its options, as a person does it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState, FlowType
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers.selector import NumberSelector
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.admission.settings import (
    CONF_RENEWAL,
    LIMITS,
    MAX_RENEWAL,
)
from custom_components.oceanremote.common.const import (
    CONF_KEY_PATH,
    CONF_ROTATION_MARGIN,
    CONF_SESSION_LIFETIME,
    CONF_URLS,
    DOMAIN,
)
from custom_components.oceanremote.flows import address_pages
from custom_components.oceanremote.flows.hub_addresses import (
    AddressProblem,
    AddressWarning,
)
from custom_components.oceanremote.flows.probe import Finding, Probe
from custom_components.oceanremote.vault import default_key_path, vault_path

from .flow_support import LOCAL, answer, load_yaml, shown_yaml, start_hub_flow, text_at
from .vault_support import full_disk

pytestmark = pytest.mark.usefixtures("unprobed")

GO_ON = {"next_step_id": "finish"}


async def submit(hass: HomeAssistant, flow: dict[str, Any], **user_input: Any) -> Any:
    """Fill in the form of the hub's flow; go on, whatever is found at the addresses."""
    manager = hass.config_entries.flow
    result = await manager.async_configure(flow["flow_id"], user_input)
    if result["type"] is FlowResultType.MENU:
        result = await manager.async_configure(flow["flow_id"], GO_ON)
    return result


def suggestion(flow: dict[str, Any], name: str) -> Any:
    """Return what a field of a form suggests."""
    for key in flow["data_schema"].schema:
        if key == name:
            return (key.description or {}).get("suggested_value")
    raise KeyError(name)


def fields(flow: dict[str, Any]) -> list[str]:
    """Return the names of a form's fields."""
    return [str(key) for key in flow["data_schema"].schema]


async def unload(hass: HomeAssistant) -> None:
    """Unload the hub that a flow has made."""
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    await hass.config_entries.async_unload(entry.entry_id)


async def test_first_set_up_leads_straight_into_the_first_device(
    hass: HomeAssistant,
) -> None:
    """Address, vault, hub loaded, "Add device" open, YAML shown."""
    await hass.config.async_update(internal_url="http://192.168.1.10:8123")
    flow = await start_hub_flow(hass)
    assert flow["type"] is FlowResultType.FORM
    assert suggestion(flow, "address_local") == LOCAL

    result = await submit(
        hass,
        flow,
        address_local="http://192.168.1.10:8123",
        address_elsewhere="home.example.com:8123",
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data == {}
    assert entry.options[CONF_URLS] == [LOCAL, "ws://home.example.com:8123"]
    assert default_key_path(hass).exists()

    kind, flow_id = result["next_flow"]
    assert kind is FlowType.CONFIG_SUBENTRIES_FLOW
    device_flow = hass.config_entries.subentries.async_get(flow_id)
    created = await answer(hass, device_flow, name="Garden pump", board="esp32")
    assert (created["type"], created["step_id"]) == (FlowResultType.FORM, "show_yaml")
    config = load_yaml(shown_yaml(created))
    assert config["oceanremote"]["urls"] == entry.options[CONF_URLS]
    assert config["oceanremote"]["hub_key"] == entry.runtime_data.hub.hub_key_text
    await unload(hass)


async def test_what_was_found_is_said_and_refuses_nothing(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person reads it, looks again, changes an address, or goes on all the same."""
    asked: list[list[str]] = []

    async def probe(hass: HomeAssistant, urls: Sequence[str]) -> list[Probe]:
        asked.append(list(urls))
        return [Probe(url, Finding.STATUS, 418) for url in urls]

    monkeypatch.setattr(address_pages, "async_probe", probe)
    manager = hass.config_entries.flow
    flow_id = (await start_hub_flow(hass))["flow_id"]
    found = await manager.async_configure(flow_id, {"address_local": LOCAL})
    assert (found["type"], found["step_id"]) == (FlowResultType.MENU, "check")
    assert found["menu_options"] == ["finish", "check", "user"]
    alert = found["description_placeholders"]["findings"]
    assert f'title="{LOCAL}"' in alert
    assert "HTTP status 418" in alert
    # Nothing is made before the person goes on.
    assert not vault_path(hass).exists()

    await manager.async_configure(flow_id, {"next_step_id": "check"})
    form = await manager.async_configure(flow_id, {"next_step_id": "user"})
    assert form["step_id"] == "user"
    assert suggestion(form, "address_local") == LOCAL
    other = "ws://192.168.1.11:8123"
    await manager.async_configure(flow_id, {"address_local": other})
    assert asked == [[LOCAL], [LOCAL], [other]]
    result = await manager.async_configure(flow_id, GO_ON)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["options"][CONF_URLS] == [other]
    await unload(hass)


async def test_there_is_one_hub(
    hass: HomeAssistant, hub_entry: MockConfigEntry
) -> None:
    """A second one is refused before anything is asked."""
    result = await start_hub_flow(hass)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "single_instance_allowed"


@pytest.mark.parametrize(
    ("user_input", "errors"),
    [
        (
            {"address_local": "http://a.ui.nabu.casa"},
            {"address_local": "address_cloud_plain"},
        ),
        ({"address_local": " "}, {"address_local": "address_invalid"}),
        (
            {"address_local": LOCAL, "address_elsewhere": "http://192.168.1.10:8123"},
            {"address_elsewhere": "address_twice"},
        ),
        (
            {"address_local": "ws://[fe80::1]", "address_elsewhere": "wss://b?c"},
            {
                "address_local": "address_ipv6_link_local",
                "address_elsewhere": "address_query",
            },
        ),
    ],
)
async def test_wrong_address_is_explained_at_its_field(
    hass: HomeAssistant, user_input: dict[str, str], errors: dict[str, str]
) -> None:
    """The form stays, keeps what was typed, and no vault is made."""
    flow = await submit(hass, await start_hub_flow(hass), **user_input)
    assert flow["type"] is FlowResultType.FORM
    assert flow["errors"] == errors
    assert suggestion(flow, "address_local") == user_input["address_local"]
    assert "accept_warnings" not in fields(flow)
    assert not vault_path(hass).exists()

    result = await submit(hass, flow, address_local=LOCAL)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await unload(hass)


async def test_odd_address_needs_a_second_yes(hass: HomeAssistant) -> None:
    """The warning stands at the field, with a box to insist; changing it helps too."""
    flow = await start_hub_flow(hass)
    assert "accept_warnings" not in fields(flow)
    odd = "ws://homeassistant.local:8123"
    flow = await submit(hass, flow, address_local=odd)
    assert flow["errors"] == {"address_local": "address_mdns"}
    assert "accept_warnings" in fields(flow)
    flow = await submit(hass, flow, address_local=odd, accept_warnings=False)
    assert flow["errors"] == {"address_local": "address_mdns"}
    result = await submit(hass, flow, address_local=odd, accept_warnings=True)
    assert result["options"][CONF_URLS] == [odd]
    await unload(hass)


async def test_key_of_the_vault_may_lie_elsewhere(
    hass: HomeAssistant, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The path is kept in the entry; the default key is not made."""
    key_path = tmp_path_factory.mktemp("stick") / "hub.key"
    result = await submit(
        hass,
        await start_hub_flow(hass),
        address_local=LOCAL,
        advanced={CONF_KEY_PATH: str(key_path)},
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"] == {CONF_KEY_PATH: str(key_path)}
    assert result["result"].state is ConfigEntryState.LOADED
    assert key_path.exists()
    assert not default_key_path(hass).exists()
    await unload(hass)


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("hub.key", "key_path_relative"),
        ("{config}/www/hub.key", "key_path_public"),
        ("{config}/x/../www/deep/hub.key", "key_path_public"),
        ("{config}", "key_path_directory"),
        ("{config}/nowhere/hub.key", "key_path_directory"),
    ],
)
async def test_unsuitable_key_paths_are_refused(
    hass: HomeAssistant, path: str, error: str
) -> None:
    """Relative, served to everybody, or without a directory."""
    flow = await submit(
        hass,
        await start_hub_flow(hass),
        address_local=LOCAL,
        advanced={CONF_KEY_PATH: path.format(config=hass.config.config_dir)},
    )
    assert flow["errors"] == {"base": error}
    assert not vault_path(hass).exists()


async def test_key_that_is_not_one_is_refused(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    """A file that exists must be a key of ours; it is not overwritten."""
    other = tmp_path / "photo.jpg"
    other.write_bytes(b"not a key")
    flow = await submit(
        hass,
        await start_hub_flow(hass),
        address_local=LOCAL,
        advanced={CONF_KEY_PATH: str(other)},
    )
    assert flow["errors"] == {"base": "vault_damaged"}
    assert other.read_bytes() == b"not a key"


async def test_left_over_vault_is_never_overwritten(hass: HomeAssistant) -> None:
    """Without its key, or damaged, the one that is there stays."""
    flow = await start_hub_flow(hass)
    vault_path(hass).parent.mkdir(exist_ok=True)
    vault_path(hass).write_bytes(b"left over")
    flow = await submit(hass, flow, address_local=LOCAL)
    assert flow["errors"] == {"base": "vault_key_missing"}
    assert vault_path(hass).read_bytes() == b"left over"


async def test_full_disk_is_told(hass: HomeAssistant) -> None:
    """The form stays and works once there is room."""
    flow = await start_hub_flow(hass)
    with full_disk():
        flow = await submit(hass, flow, address_local=LOCAL)
    assert flow["errors"] == {"base": "vault_unavailable"}
    result = await submit(hass, flow, address_local=LOCAL)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await unload(hass)


async def test_hub_that_does_not_load_has_no_next_flow(hass: HomeAssistant) -> None:
    """Then the entry shows why; "Add device" would only say so again."""
    with patch("custom_components.oceanremote.async_setup_entry", return_value=False):
        result = await submit(hass, await start_hub_flow(hass), address_local=LOCAL)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert "next_flow" not in result


async def test_options_are_prefilled_and_kept_apart(
    hass: HomeAssistant, hub_entry: MockConfigEntry
) -> None:
    """Minutes for people, seconds inside; options of other parts stay."""
    hass.config_entries.async_update_entry(
        hub_entry,
        options={CONF_URLS: [LOCAL, "ws://home.example.com"], "another": 1},
    )
    flow = await hass.config_entries.options.async_init(hub_entry.entry_id)
    names = set(fields(flow)) - {"security"}
    present = {name: suggestion(flow, name) for name in names}
    assert present == {
        "address_local": LOCAL,
        "address_elsewhere": "ws://home.example.com",
        CONF_SESSION_LIFETIME: 60,
        CONF_ROTATION_MARGIN: 300,
    }
    checked = await hass.config_entries.options.async_configure(
        flow["flow_id"],
        {
            "address_local": "192.168.1.11:8123",
            CONF_SESSION_LIFETIME: 5,
            CONF_ROTATION_MARGIN: 150,
        },
    )
    assert (checked["type"], checked["step_id"]) == (FlowResultType.MENU, "found")
    assert checked["menu_options"] == ["finish", "check", "init"]
    result = await hass.config_entries.options.async_configure(flow["flow_id"], GO_ON)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert hub_entry.options == {
        CONF_URLS: ["ws://192.168.1.11:8123"],
        CONF_SESSION_LIFETIME: 300,
        CONF_ROTATION_MARGIN: 150,
        "another": 1,
    }
    settings = hub_entry.runtime_data.hub.settings
    assert (settings.lifetime, settings.rotation_margin) == (300, 150)


async def test_security_is_asked_for_in_units_and_kept_as_whole_numbers(
    hass: HomeAssistant, hub_entry: MockConfigEntry
) -> None:
    """Each limit says what it counts; the form gives floats, the hub takes none."""
    flow = await hass.config_entries.options.async_init(hub_entry.entry_id)
    (section,) = (
        field
        for name, field in flow["data_schema"].schema.items()
        if name == "security"
    )
    numbers = {
        str(name): field.config
        for name, field in section.schema.schema.items()
        if isinstance(field, NumberSelector)
    }
    bounds = {**LIMITS, CONF_RENEWAL: (0, MAX_RENEWAL)}
    assert set(numbers) == set(bounds)
    for name, config in numbers.items():
        assert config["unit_of_measurement"]
        assert (config["min"], config["max"]) == bounds[name]
        path = ("options", "step", "init", "sections", "security")
        assert text_at(*path, "data", name)
        assert text_at(*path, "data_description", name).endswith(".")
    result = await hass.config_entries.options.async_configure(
        flow["flow_id"],
        {
            "address_local": LOCAL,
            CONF_SESSION_LIFETIME: 60,
            CONF_ROTATION_MARGIN: 300,
            "security": {"failures_before_ban": 7.0},
        },
    )
    result = await hass.config_entries.options.async_configure(flow["flow_id"], GO_ON)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    kept = hub_entry.options["security"]
    assert kept["failures_before_ban"] == 7
    assert all(type(kept[name]) is int for name in bounds)
    assert hub_entry.runtime_data.hub.security.options.limits.failures_before_ban == 7


async def test_options_are_checked(
    hass: HomeAssistant, hub_entry: MockConfigEntry
) -> None:
    """Address, bounds of the lifetime, and a margin that leaves a session to live."""
    flow = await hass.config_entries.options.async_init(hub_entry.entry_id)

    async def configure(address: str, minutes: float, margin: float) -> Any:
        return await hass.config_entries.options.async_configure(
            flow["flow_id"],
            {
                "address_local": address,
                CONF_SESSION_LIFETIME: minutes,
                CONF_ROTATION_MARGIN: margin,
            },
        )

    assert (await configure("ws://a?b", 60, 300))["errors"] == {
        "address_local": "address_query"
    }
    assert (await configure(LOCAL, 5, 151))["errors"] == {
        CONF_ROTATION_MARGIN: "margin_too_large"
    }
    for minutes in (4, 1441):
        with pytest.raises(InvalidData):
            await configure(LOCAL, minutes, 60)
    await configure(LOCAL, 1440, 3600)
    result = await hass.config_entries.options.async_configure(flow["flow_id"], GO_ON)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_known_addresses_are_not_dialed_again(
    hass: HomeAssistant, hub_entry: MockConfigEntry
) -> None:
    """Who changes another option is not held up."""
    hass.config_entries.async_update_entry(hub_entry, options={CONF_URLS: [LOCAL]})
    flow = await hass.config_entries.options.async_init(hub_entry.entry_id)
    result = await hass.config_entries.options.async_configure(
        flow["flow_id"],
        {"address_local": LOCAL, CONF_SESSION_LIFETIME: 30, CONF_ROTATION_MARGIN: 60},
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize("page", ["check", "found"])
@pytest.mark.parametrize(("flow", "back"), [("config", "user"), ("options", "init")])
def test_the_page_with_the_findings_is_translated(
    flow: str, back: str, page: str
) -> None:
    """In both flows, for good news and bad."""
    step = (flow, "step", page)
    assert text_at(*step, "title")
    assert "{findings}" in text_at(*step, "description")
    for option in ("finish", "check", back):
        assert text_at(*step, "menu_options", option)


@pytest.mark.parametrize("flow", ["config", "options"])
@pytest.mark.parametrize("key", [*AddressProblem, *AddressWarning])
def test_every_word_about_an_address_is_translated(flow: str, key: str) -> None:
    """In both flows that ask for addresses."""
    assert text_at(flow, "error", key)


@pytest.mark.parametrize(
    "key",
    [
        "vault_key_missing",
        "vault_damaged",
        "vault_unavailable",
        "key_path_relative",
        "key_path_public",
        "key_path_directory",
        "key_missing",
        "key_of_another",
        "key_damaged",
        "vault_missing",
        "vault_unreadable",
    ],
)
def test_every_other_error_is_translated(key: str) -> None:
    """What the hub's flow can say."""
    assert text_at("config", "error", key)
    assert text_at("options", "error", "margin_too_large")
