"""Actions that a device calls: by its list, on what they reach, as its account."""

import asyncio
from typing import Any

from homeassistant.core import (
    Context,
    Event,
    HomeAssistant,
    ServiceCall,
    SupportsResponse,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import (
    area_registry as ar,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.setup import async_setup_component
import pytest

from custom_components.oceanremote.common.const import CONF_ACCOUNT, EVENT_REQUEST
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.protocol import AnswerStatus
from custom_components.oceanremote.protocol.limits import MAX_OUTSTANDING_REQUESTS
from custom_components.oceanremote.requests import device as device_module

from ..runtime_support import Records, only_coordinator
from .support import (
    GATE,
    PORCH,
    TURN_ON,
    Asking,
    allowed,
    is_on,
    permit,
    permits_of,
    place,
)

REFUSED = AnswerStatus.NOT_ALLOWED
DONE = AnswerStatus.DONE


async def test_nothing_is_allowed_at_first(
    hass: HomeAssistant, hub: Hub, asking: Asking, records: Records
) -> None:
    answer = await asking.ask(TURN_ON, data={"entity_id": PORCH})
    assert answer.status is REFUSED
    assert not is_on(hass, PORCH)
    (record,) = records.of(AuditKind.REQUEST)
    assert record.outcome == "not allowed"
    assert record.enrolment_id == only_coordinator(hub).enrolment_id


async def test_what_is_listed_is_done_and_nothing_beside_it(
    hass: HomeAssistant, hub: Hub, asking: Asking
) -> None:
    await permit(hass, hub, allowed(hass, PORCH))
    assert (await asking.ask(TURN_ON, data={"entity_id": PORCH})).status is DONE
    assert is_on(hass, PORCH)
    for data in (
        {"entity_id": GATE},
        {"entity_id": f"{PORCH}, {GATE}"},
        {"entity_id": "all"},
        {"entity_id": "ALL"},
        {"entity_id": f"{PORCH},all"},
    ):
        assert (await asking.ask(TURN_ON, data=data)).status is REFUSED, data
    for other in ("input_boolean.toggle", "Input_Boolean.Turn_Off"):
        answer = await asking.ask(other, data={"entity_id": PORCH})
        assert answer.status is REFUSED, other
    assert not is_on(hass, GATE)
    assert is_on(hass, PORCH)


@pytest.mark.parametrize("kind", ["area", "floor", "label", "device"])
async def test_targets_count_by_the_entities_that_they_reach(
    hass: HomeAssistant, hub: Hub, asking: Asking, kind: str
) -> None:
    floor = fr.async_get(hass).async_create("Ground")
    area = ar.async_get(hass).async_create("Garden", floor_id=floor.floor_id)
    label = lr.async_get(hass).async_create("Outside")
    target = {
        "area": {"area_id": area.id},
        "floor": {"floor_id": floor.floor_id},
        "label": {"label_id": label.label_id},
        "device": {"device_id": "nowhere"},
    }[kind]
    where: dict[str, Any] = {"area_id": area.id, "labels": {label.label_id}}
    place(hass, PORCH, **where)
    await permit(hass, hub, allowed(hass, PORCH))
    assert (await asking.ask(TURN_ON, data=target)).status is DONE
    assert is_on(hass, PORCH) is (kind != "device")
    place(hass, GATE, **where)
    again = await asking.ask(TURN_ON, data=target)
    assert again.status is (DONE if kind == "device" else REFUSED)
    assert not is_on(hass, GATE)


@pytest.mark.parametrize("group", ["group.lamps", "light.lamps"])
async def test_a_group_counts_by_all_of_its_members(
    hass: HomeAssistant, hub: Hub, asking: Asking, group: str
) -> None:
    hass.states.async_set("light.a", "off")
    hass.states.async_set("light.b", "off")
    called: list[ServiceCall] = []
    hass.services.async_register("lamp", "light", called.append)
    members = {"entities": ["light.a", "light.b"], "name": "lamps"}
    if group.startswith("group"):
        config = {"group": {"lamps": members}}
        assert await async_setup_component(hass, "group", config)
    else:
        config = {"light": [{"platform": "group", **members}]}
        assert await async_setup_component(hass, "light", config)
    await hass.async_block_till_done()
    data = {"entity_id": group}
    for listed in ((group,), (group, "light.a"), ("light.a", "light.b")):
        await permit(hass, hub, allowed(hass, *listed, action="lamp.light"))
        assert (await asking.ask("lamp.light", data=data)).status is REFUSED, listed
    everyone = allowed(hass, group, "light.a", "light.b", action="lamp.light")
    await permit(hass, hub, everyone)
    assert (await asking.ask("lamp.light", data=data)).status is DONE
    assert len(called) == 1


async def test_an_entity_named_anywhere_in_the_data_counts(
    hass: HomeAssistant, hub: Hub, asking: Asking
) -> None:
    called: list[ServiceCall] = []
    hass.services.async_register("speaker", "join", called.append)
    await permit(hass, hub, allowed(hass, PORCH, action="speaker.join"))
    data = {"entity_id": PORCH, "with": GATE}
    assert (await asking.ask("speaker.join", data=data)).status is REFUSED
    data = {"entity_id": PORCH, "with": "light.that_is_not_there"}
    assert (await asking.ask("speaker.join", data=data)).status is DONE
    assert len(called) == 1


async def test_a_renamed_entity_stays_allowed_and_its_old_name_does_not(
    hass: HomeAssistant, hub: Hub, asking: Asking
) -> None:
    await permit(hass, hub, allowed(hass, PORCH))
    registry = er.async_get(hass)
    registry.async_update_entity(PORCH, new_entity_id="input_boolean.terrace")
    registry.async_update_entity(GATE, new_entity_id=PORCH)
    await hass.async_block_till_done()
    assert (await asking.ask(TURN_ON, data={"entity_id": PORCH})).status is REFUSED
    moved = {"entity_id": "input_boolean.terrace"}
    assert (await asking.ask(TURN_ON, data=moved)).status is DONE
    assert not is_on(hass, PORCH)


@pytest.mark.parametrize(
    "action",
    [
        "homeassistant.restart",
        "homeassistant.turn_on",
        "HomeAssistant.restart",
        "hassio.host_reboot",
        "shell_command.anything",
        "python_script.anything",
        "backup.create",
        "oceanremote.revoke_device",
        "script.reload",
        "automation.reload",
        "scene.apply",
        "scene.create",
        "system.secret",
    ],
)
async def test_what_is_for_administrators_is_for_no_device(
    hass: HomeAssistant, hub: Hub, asking: Asking, action: str
) -> None:
    for component in ("script", "automation", "scene", "homeassistant"):
        assert await async_setup_component(hass, component, {})
    called: list[ServiceCall] = []
    async_register_admin_service(hass, "system", "secret", called.append)
    await permit(hass, hub, allowed(hass, PORCH, action=action.lower()))
    answer = await asking.ask(action, data={"entity_id": PORCH})
    assert answer.status is REFUSED
    assert "administrators" in answer.reason
    assert called == []


async def test_scripts_are_allowed_one_by_one_and_give_no_more_rights(
    hass: HomeAssistant, hub: Hub, asking: Asking
) -> None:
    called: list[ServiceCall] = []
    async_register_admin_service(hass, "system", "secret", called.append)
    scripts = {
        "night": {"sequence": [{"action": TURN_ON, "target": {"entity_id": GATE}}]},
        "worse": {"sequence": [{"action": "system.secret"}]},
    }
    assert await async_setup_component(hass, "script", {"script": scripts})
    night = {"entity_id": "script.night"}
    await permit(hass, hub, allowed(hass, "script.worse", action="script.turn_on"))
    assert (await asking.ask("script.turn_on", data=night)).status is REFUSED
    assert (await asking.ask("script.turn_on")).status is REFUSED
    assert (await asking.ask("script.night")).status is REFUSED
    await permit(hass, hub, allowed(hass, action="script.night"))
    assert (await asking.ask("script.night")).status is DONE
    assert is_on(hass, GATE)
    # What a script does, it does as the device: an administrator's action fails.
    await permit(hass, hub, allowed(hass, action="script.worse"))
    assert (await asking.ask("script.worse")).status is REFUSED
    assert called == []


async def test_calls_run_as_one_account_without_rights_and_name_the_device(
    hass: HomeAssistant, hub: Hub, asking: Asking
) -> None:
    contexts: list[Context] = []
    events: list[Event] = []
    hass.services.async_register("x", "y", lambda call: contexts.append(call.context))
    hass.bus.async_listen(EVENT_REQUEST, events.append)
    await permit(hass, hub, allowed(hass, action="x.y"))
    for _ in range(2):
        assert (await asking.ask("x.y")).status is DONE
    await hass.async_block_till_done()
    (user_id,) = {context.user_id for context in contexts}
    assert user_id == hub.entry.data[CONF_ACCOUNT]
    user = await hass.auth.async_get_user(user_id or "")
    assert user is not None
    assert (user.system_generated, user.is_admin, user.local_only) == (
        True,
        False,
        True,
    )
    assert not user.refresh_tokens
    assert [event.context.id for event in events] == [each.id for each in contexts]
    assert events[0].data["name"] == "Garden pump"
    assert events[0].data["action"] == "x.y"
    assert events[0].data["device_id"] is not None


async def test_an_account_that_was_raised_to_administrator_calls_nothing(
    hass: HomeAssistant, hub: Hub, asking: Asking
) -> None:
    await permit(hass, hub, allowed(hass, PORCH))
    data = {"entity_id": PORCH}
    assert (await asking.ask(TURN_ON, data=data)).status is DONE
    user = await hass.auth.async_get_user(hub.entry.data[CONF_ACCOUNT])
    assert user is not None
    await hass.auth.async_update_user(user, group_ids=["system-admin"])
    assert (await asking.ask(TURN_ON, data=data)).status is REFUSED


async def test_an_action_that_fails_or_is_not_there_says_so(
    hass: HomeAssistant, hub: Hub, asking: Asking
) -> None:
    def fail(call: ServiceCall) -> None:
        raise HomeAssistantError("the pump is dry")

    def burst(call: ServiceCall) -> None:
        raise RuntimeError("a bug")

    hass.services.async_register("pump", "fail", fail)
    hass.services.async_register("pump", "burst", burst)
    for action in ("pump.fail", "pump.burst", "pump.nothing"):
        await permit(hass, hub, permits_of(hub) | allowed(hass, action=action))
    answer = await asking.ask("pump.fail")
    assert (answer.status, answer.reason) == (AnswerStatus.FAILED, "the pump is dry")
    assert (await asking.ask("pump.burst")).status is AnswerStatus.FAILED
    assert (await asking.ask("pump.nothing")).status is AnswerStatus.UNKNOWN
    assert (await asking.ask("nonsense")).status is AnswerStatus.UNKNOWN
    wrong = {"entity_id": "not an entity"}
    await permit(hass, hub, allowed(hass, "not an entity"))
    assert (await asking.ask(TURN_ON, data=wrong)).status is AnswerStatus.FAILED


async def test_responses_come_as_json_and_too_large_ones_as_failures(
    hass: HomeAssistant, hub: Hub, asking: Asking
) -> None:
    size = 10

    def respond(call: ServiceCall) -> dict[str, Any]:
        return {"level": 21.5, "text": "x" * size}

    hass.services.async_register(
        "tank", "look", respond, supports_response=SupportsResponse.ONLY
    )
    template = "{{ response.level | round(0) | int }} {{ unit }}"
    await permit(hass, hub, allowed(hass, action="tank.look", templates=[template]))
    answer = await asking.ask("tank.look", wants_response=True)
    assert answer.response == '{"level":21.5,"text":"xxxxxxxxxx"}'
    answer = await asking.ask(
        "tank.look",
        wants_response=True,
        response_template=template,
        variables={"unit": "cm"},
    )
    assert answer.response == "22 cm"
    answer = await asking.ask(
        "tank.look", wants_response=True, response_template="{{ response }}"
    )
    assert (answer.status, answer.response) == (REFUSED, None)
    size = 4000
    answer = await asking.ask("tank.look", wants_response=True)
    assert answer.reason == "response too large"
    assert (await asking.ask("tank.look")).status is AnswerStatus.FAILED


async def test_a_late_action_is_answered_in_time_and_goes_on(
    hass: HomeAssistant, hub: Hub, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_module, "TIMEOUT", 0.05)
    goes_on = asyncio.Event()
    ended: list[str] = []

    async def slow(call: ServiceCall) -> None:
        await goes_on.wait()
        ended.append("yes")

    hass.services.async_register("pump", "slow", slow)
    await permit(hass, hub, allowed(hass, action="pump.slow"))
    asked = [await asking.begin("pump.slow") for _ in range(8)]
    for request_id in asked:
        assert (await asking.answer(request_id)).reason == "no answer in 30 s"
    # They run still: a ninth waits for none of them.
    assert (await asking.ask("pump.slow")).reason == "too many are running"
    goes_on.set()
    await asking.device.until(lambda: len(ended) == 8)
    await hass.async_block_till_done()
    assert (await asking.ask("pump.slow")).status is DONE


async def test_an_answer_never_waits_for_another(
    hass: HomeAssistant, hub: Hub, asking: Asking
) -> None:
    goes_on = asyncio.Event()

    async def slow(call: ServiceCall) -> None:
        await goes_on.wait()

    hass.services.async_register("pump", "slow", slow)
    await permit(hass, hub, allowed(hass, PORCH) | allowed(hass, action="pump.slow"))
    first = await asking.begin("pump.slow")
    assert (await asking.ask(TURN_ON, data={"entity_id": PORCH})).status is DONE
    assert first not in asking.device.driver.answers
    goes_on.set()
    assert (await asking.answer(first)).status is DONE


async def test_a_flood_is_answered_bounded_and_audited_in_few_lines(
    hass: HomeAssistant, hub: Hub, asking: Asking
) -> None:
    await permit(hass, hub, allowed(hass, PORCH))
    before = len(hub.security.trail.log._queue)
    started = hass.loop.time()
    reasons = []
    for first in range(0, 1000, MAX_OUTSTANDING_REQUESTS):
        asked = [
            await asking.begin(
                TURN_ON if number % 2 else f"light.turn_{number}",
                data={"entity_id": PORCH},
            )
            for number in range(first, first + MAX_OUTSTANDING_REQUESTS)
        ]
        reasons += [(await asking.answer(each)).reason for each in asked]
    rate = device_module.RATE
    most = rate.burst + rate.per_second * (hass.loop.time() - started) + 1
    looked_at = len(reasons) - reasons.count("too often")
    assert len(reasons) == 1000
    assert rate.burst <= looked_at <= most
    assert len(hub.security.trail.log._queue) - before <= looked_at
    assert only_coordinator(hub).connected


@pytest.mark.parametrize("when", ["before", "during"])
async def test_a_quarantined_device_has_nothing_done_and_learns_nothing(
    hass: HomeAssistant, hub: Hub, asking: Asking, when: str
) -> None:
    goes_on = asyncio.Event()

    async def tell(call: ServiceCall) -> dict[str, Any]:
        await goes_on.wait()
        return {"secret": 1}

    hass.services.async_register(
        "tank", "look", tell, supports_response=SupportsResponse.OPTIONAL
    )
    await permit(hass, hub, allowed(hass, action="tank.look"))
    if when == "during":
        asked = await asking.begin("tank.look", wants_response=True)
        await asyncio.sleep(0.05)
        hub.suspect(only_coordinator(hub).enrolment_id, "a test")
    else:
        hub.suspect(only_coordinator(hub).enrolment_id, "a test")
        asked = await asking.begin("tank.look", wants_response=True)
    goes_on.set()
    answer = await asking.answer(asked)
    assert (answer.status, answer.response) == (REFUSED, None)
    await hass.async_block_till_done()


async def test_an_unload_ends_what_runs(
    hass: HomeAssistant, hub: Hub, asking: Asking
) -> None:
    started = asyncio.Event()
    ended: list[str] = []

    async def forever(call: ServiceCall) -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("yes")

    hass.services.async_register("pump", "forever", forever)
    await permit(hass, hub, allowed(hass, action="pump.forever"))
    await asking.begin("pump.forever")
    await started.wait()
    assert await hass.config_entries.async_unload(hub.entry.entry_id)
    await hass.async_block_till_done()
    assert ended == ["yes"]


async def test_large_data_is_refused_as_small_data_is(
    hass: HomeAssistant, hub: Hub, asking: Asking
) -> None:
    called: list[ServiceCall] = []
    hass.services.async_register("pump", "note", called.append)
    await permit(hass, hub, allowed(hass, action="pump.note"))
    data = {f"key_{number}": "x" * 400 for number in range(16)}
    assert (await asking.ask("pump.note", data=data)).status is DONE
    assert (await asking.ask("pump.other", data=data)).status is REFUSED
    assert called[0].data == data
