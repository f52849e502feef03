"""The list of what a device may do: its page, its repair, its audit."""

from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, SubentryFlowContext
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.setup import async_setup_component
import pytest

from custom_components.oceanremote.audit.record import SecurityRecord
from custom_components.oceanremote.common.const import SUBENTRY_DEVICE
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.permits import Permits, PermittedAction
from custom_components.oceanremote.protocol import AnswerStatus, RequestKind
from custom_components.oceanremote.requests.targets import async_key_of

from ..runtime_support import Records, only_coordinator
from ..trust_repairs.support import Browser, issue
from .support import GATE, PORCH, TURN_ON, Asking, allowed, permit, permits_of

TEMPLATE = "{{ level | int }}"


async def _open_page(hass: HomeAssistant, hub: Hub) -> Any:
    flow = await hass.config_entries.subentries.async_init(
        (hub.entry.entry_id, SUBENTRY_DEVICE),
        context=SubentryFlowContext(
            source=SOURCE_RECONFIGURE, subentry_id=only_coordinator(hub).subentry_id
        ),
    )
    assert flow["type"] is FlowResultType.MENU
    return await hass.config_entries.subentries.async_configure(
        flow["flow_id"], {"next_step_id": "permits"}
    )


async def _fill(hass: HomeAssistant, page: Any, filled: dict[str, Any]) -> Any:
    return await hass.config_entries.subentries.async_configure(page["flow_id"], filled)


def _suggested(page: Any) -> dict[str, Any]:
    return {
        str(key): key.description["suggested_value"]
        for key in page["data_schema"].schema
        if key.description
    }


async def test_the_page_says_the_list_and_changes_it_at_once(
    hass: HomeAssistant, hub: Hub, asking: Asking, records: Records
) -> None:
    page = await _open_page(hass, hub)
    filled = {
        "read": [PORCH, "sensor.unregistered"],
        "actions": [
            {"action": " Input_Boolean.Turn_On ", "entities": [PORCH]},
            {"action": TURN_ON, "entities": [GATE], "templates": [TEMPLATE]},
            {"action": "script.night"},
        ],
        "events": ["doorbell"],
        "event_templates": [TEMPLATE],
        "tags": ["04-A1"],
    }
    done = await _fill(hass, page, filled)
    assert done["reason"] == "permits_saved"
    await hass.async_block_till_done()
    keys = frozenset(async_key_of(hass, entity) for entity in (PORCH, GATE))
    assert not keys & {PORCH, GATE}
    found = permits_of(hub)
    assert found.read == {async_key_of(hass, PORCH), "sensor.unregistered"}
    assert found.actions == {
        TURN_ON: PermittedAction(keys, frozenset({TEMPLATE})),
        "script.night": PermittedAction(),
    }
    assert (found.events, found.tags) == ({"doorbell"}, {"04-A1"})
    assert found.event_templates == {TEMPLATE}
    assert records.of(AuditKind.POLICY)
    answer = await asking.ask(TURN_ON, data={"entity_id": GATE})
    assert answer.status is AnswerStatus.DONE
    er.async_get(hass).async_update_entity(GATE, new_entity_id="input_boolean.door")
    again = _suggested(await _open_page(hass, hub))
    assert again["read"] == [PORCH, "sensor.unregistered"]
    assert again["actions"][0] == {
        "action": TURN_ON,
        "entities": ["input_boolean.door", PORCH],
        "templates": [TEMPLATE],
    }


async def test_an_empty_page_allows_nothing(
    hass: HomeAssistant, hub: Hub, asking: Asking
) -> None:
    await permit(hass, hub, allowed(hass, PORCH))
    await _fill(hass, await _open_page(hass, hub), {})
    assert permits_of(hub) == Permits()
    answer = await asking.ask(TURN_ON, data={"entity_id": PORCH})
    assert answer.status is AnswerStatus.NOT_ALLOWED


@pytest.mark.parametrize(
    "action",
    ["homeassistant.restart", "scene.apply", "automation.reload", "x.secret", "odd"],
)
async def test_the_page_takes_no_action_for_administrators(
    hass: HomeAssistant, hub: Hub, asking: Asking, action: str
) -> None:
    async_register_admin_service(hass, "x", "secret", lambda call: None)
    page = await _open_page(hass, hub)
    shown = await _fill(hass, page, {"actions": [{"action": action}]})
    assert shown["errors"] == {"base": "action_never"}
    assert shown["description_placeholders"]["action"] == action
    assert permits_of(hub) == Permits()


def _issue_id(hub: Hub) -> str:
    return f"refused_request_{only_coordinator(hub).subentry_id}"


@pytest.mark.usefixtures("repairs_page")
async def test_a_click_adds_exactly_what_it_shows(
    hass: HomeAssistant, hub: Hub, asking: Asking, admin: Browser
) -> None:
    ask = {"data": {"entity_id": PORCH}, "templates": {"x": TEMPLATE}}
    await asking.ask(TURN_ON, **ask)
    flow = await admin.begin(_issue_id(hub))
    shown = flow["description_placeholders"]["missing"]
    # While it is read the board asks for more: the dialog does not change.
    await asking.ask("input_boolean.turn_off", data={"entity_id": GATE})
    assert "porch" in shown
    assert "gate" not in shown
    await admin.choose(flow, "allow")
    await hass.async_block_till_done()
    assert permits_of(hub) == allowed(hass, PORCH, templates=[TEMPLATE])
    assert issue(hass, _issue_id(hub)) is None
    # What is refused next has an offer of its own.
    await asking.ask(TURN_ON, data={"entity_id": GATE})
    await admin.settle(_issue_id(hub), "allow")
    await hass.async_block_till_done()
    assert permits_of(hub) == allowed(hass, PORCH, GATE, templates=[TEMPLATE])


@pytest.mark.usefixtures("repairs_page")
async def test_what_was_declined_is_offered_no_more(
    hass: HomeAssistant, hub: Hub, asking: Asking, admin: Browser
) -> None:
    await asking.ask(TURN_ON, data={"entity_id": PORCH})
    await admin.settle(_issue_id(hub), "refuse")
    assert issue(hass, _issue_id(hub)) is None
    await asking.ask(TURN_ON, data={"entity_id": PORCH})
    assert issue(hass, _issue_id(hub)) is None
    assert permits_of(hub) == Permits()
    await asking.ask(TURN_ON, data={"entity_id": GATE})
    assert issue(hass, _issue_id(hub)) is not None


@pytest.mark.usefixtures("repairs_page")
async def test_an_offer_ends_when_its_page_allows_it(
    hass: HomeAssistant, hub: Hub, asking: Asking
) -> None:
    await asking.ask(TURN_ON, data={"entity_id": PORCH})
    assert issue(hass, _issue_id(hub)) is not None
    await permit(hass, hub, allowed(hass, PORCH, GATE))
    assert issue(hass, _issue_id(hub)) is None


@pytest.mark.usefixtures("repairs_page")
async def test_what_no_list_allows_is_offered_to_nobody(
    hass: HomeAssistant, hub: Hub, asking: Asking
) -> None:
    assert await async_setup_component(hass, "homeassistant", {})
    for action, data in (
        ("homeassistant.restart", {}),
        (TURN_ON, {"entity_id": "all"}),
        ("no_such.action", {}),
    ):
        await asking.ask(action, data=data)
    await asking.want(0, "sensor.that_is_not_there")
    await asking.ask("homeassistant_stop", RequestKind.EVENT)
    await hass.async_block_till_done()
    assert issue(hass, _issue_id(hub)) is None


@pytest.mark.usefixtures("repairs_page")
async def test_a_boards_text_is_shown_as_text(
    hass: HomeAssistant, hub: Hub, asking: Asking, admin: Browser
) -> None:
    evil = "[click](https://evil.example) <img src=x> `**\n# {{ x }} \u202e|"
    await asking.ask(evil, RequestKind.EVENT)
    flow = await admin.begin(_issue_id(hub))
    shown = flow["description_placeholders"]["missing"]
    assert not set("[](){}<>`*|\n\u202e") & set(shown.removeprefix("- "))
    registered = ir.async_get(hass).async_get_issue("oceanremote", _issue_id(hub))
    assert registered is not None
    assert registered.translation_placeholders == {"name": "Garden pump"}


async def test_refusals_name_the_device_and_one_line(
    hass: HomeAssistant, hub: Hub, asking: Asking, records: Records
) -> None:
    await asking.ask("odd\nname.x", data={"entity_id": PORCH})
    record: SecurityRecord = records.of(AuditKind.REQUEST)[0]
    assert "\n" not in record.detail
    assert record.detail.startswith("action odd")
