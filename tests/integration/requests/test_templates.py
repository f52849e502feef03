"""Templates of devices: allowed by their text, over what the device may read."""

from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall, State
from homeassistant.exceptions import TemplateError
from homeassistant.helpers import area_registry as ar
import pytest

from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import AnswerStatus
from custom_components.oceanremote.requests import sandbox as sandbox_module
from custom_components.oceanremote.requests.sandbox import Sandbox, parsed

from .support import GATE, PORCH, Asking, allowed, permit, place, readable

SEEN = {"sensor.seen": State("sensor.seen", "21.5", {"unit": "C"})}


async def _render(hass: HomeAssistant, text: str, **variables: Any) -> str:
    sandbox = Sandbox(hass, SEEN)
    return (await sandbox.async_render({"x": text}, variables))["x"]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("{{ states('sensor.seen') }}", "21.5"),
        ("{{ 'sensor.seen' | states }}", "21.5"),
        ("{{ state_attr('sensor.seen', 'unit') }}", "C"),
        ("{{ is_state('sensor.seen', '21.5') }}", "True"),
        ("{{ is_state('sensor.seen', ['1', '21.5']) }}", "True"),
        ("{{ 'sensor.seen' is is_state('21.5') }}", "True"),
        ("{{ is_state_attr('sensor.seen', 'unit', 'C') }}", "True"),
        ("{{ has_value('sensor.seen') }}", "True"),
        ("{{ states('sensor.hidden') }}", "unknown"),
        ("{{ state_attr('sensor.hidden', 'unit') }}", "None"),
        ("{{ is_state('sensor.hidden', 'unknown') }}", "False"),
        ("{{ has_value('sensor.hidden') }}", "False"),
        ("{{ (level | float * 2) | round(1) }}", "5.0"),
        ("{{ '%.1f' | format(2.25) }} {{ '%d%%' % 3 }}", "2.2 3%"),
        ("{{ [1, 2] | join('-') }}{{ {'a': 1} | to_json }}", '1-2{"a":1}'),
        ("{{ 'ab' * 3 }}{{ 2 ** 8 }}{{ 7 % 4 }}", "ababab2563"),
    ],
)
async def test_a_template_sees_its_variables_and_what_is_allowed(
    hass: HomeAssistant, text: str, result: str
) -> None:
    hass.states.async_set("sensor.hidden", "secret", {"unit": "secret"})
    assert await _render(hass, text, level="2.5") == result


@pytest.mark.parametrize(
    "text",
    [
        "{% for state in states %}{{ state }}{% endfor %}",
        "{{ states.sensor.hidden.state }}",
        "{{ states['sensor.hidden'] }}",
        "{{ states | list }}",
        "{{ expand('sensor.hidden') }}",
        "{{ areas() }}",
        "{{ area_entities('garden') }}",
        "{{ area_name('sensor.hidden') }}",
        "{{ label_entities('x') }}",
        "{{ labels() }}",
        "{{ floors() }}",
        "{{ device_entities('x') }}",
        "{{ device_attr('x', 'name') }}",
        "{{ integration_entities('sun') }}",
        "{{ config_entry_attr('x', 'title') }}",
        "{{ config_entry_id('sensor.hidden') }}",
        "{{ issues() }}",
        "{{ closest('sensor.hidden') }}",
        "{{ distance('sensor.hidden') }}",
        "{{ state_translated('sensor.hidden') }}",
        "{{ is_hidden_entity('sensor.hidden') }}",
        "{{ now() }}",
        "{% import 'tools.jinja' as tools %}",
        "{% include 'tools.jinja' %}",
        "{{ states.__globals__ }}",
        "{{ states.__closure__[0] }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ ().__class__.__base__.__subclasses__() }}",
        "{{ self.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ namespace.__init__ }}",
        "{{ 1 / 0 }}",
        "{{ nothing.there }}",
        "{{ broken",
    ],
)
async def test_a_template_reaches_nothing_else(hass: HomeAssistant, text: str) -> None:
    hass.states.async_set("sensor.hidden", "secret")
    area = ar.async_get(hass).async_create("garden")
    assert area
    try:
        result = await _render(hass, text)
    except TemplateError:
        return
    # An attribute that a sandbox hides is undefined, and shown as nothing.
    assert result == ""


@pytest.mark.parametrize(
    "text",
    [
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
        "{% for a in range(99999) %}xxxxxxxxxxxxxxxx{% endfor %}",
        "{{ range(10 ** 9) | list }}",
        "{{ 'x' * 10 ** 9 }}",
        "{{ 10 ** 9 * ['x'] }}",
        "{{ 9 ** 99 }}",
        "{% set n = namespace(x=9) %}{% for a in range(99) %}{% set n.x = n.x * n.x %}{% endfor %}",
        "{{ '%999999999d' % 1 }}",
        "{{ '%*d' % (999999999, 1) }}",
        "{{ '%999999999d' | format(1) }}",
        "{{ '{:999999999}'.format(1) }}",
        "{{ '{:{}}'.format(1, 999999999) }}",
        "{{ 'x'.ljust(999999999) }}",
        "{{ 'x'.zfill(999999999) }}",
        "{{ 'x' | center(999999999) }}",
        "{{ 'x' | indent(999999999) }}",
        "{{ lipsum(999999999) }}",
    ],
)
async def test_a_template_has_a_time_and_a_size(
    hass: HomeAssistant, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox_module, "TIMEOUT", 0.3)
    started = hass.loop.time()
    with pytest.raises(TemplateError):
        await _render(hass, text)
    assert hass.loop.time() - started < 5


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-1.5", -1.5),
        ("007", "007"),
        ("True", True),
        ("[1, 'a']", [1, "a"]),
        ("'a'", "'a'"),
        ("1e5", "1e5"),
        ("on", "on"),
        ("", ""),
        ("(" * 4000, "(" * 4000),
    ],
)
def test_what_a_rendered_text_means(text: str, value: Any) -> None:
    assert parsed(text) == value


async def test_only_the_listed_text_is_rendered(
    hass: HomeAssistant, hub: Hub, asking: Asking
) -> None:
    called: list[ServiceCall] = []
    hass.services.async_register("pump", "set", called.append)
    text = "{{ level | int + 1 }}"
    listed = allowed(hass, action="pump.set", templates=[text])
    await permit(hass, hub, listed)
    for template, status in (
        (text, AnswerStatus.DONE),
        (f"{text} ", AnswerStatus.NOT_ALLOWED),
        ("{{ level }}", AnswerStatus.NOT_ALLOWED),
    ):
        answer = await asking.ask(
            "pump.set", templates={"value": template}, variables={"level": "41"}
        )
        assert answer.status is status, template
    assert [call.data for call in called] == [{"value": 42}]
    answer = await asking.ask(
        "pump.set", templates={"value": text}, variables={"level": "no number"}
    )
    assert answer.status is AnswerStatus.FAILED
    assert answer.reason.startswith("template: ")


async def test_a_template_reads_what_the_device_may_read(
    hass: HomeAssistant, hub: Hub, asking: Asking
) -> None:
    called: list[ServiceCall] = []
    hass.services.async_register("pump", "set", called.append)
    text = "{{ states('input_boolean.porch') }} {{ states('input_boolean.gate') }}"
    listed = allowed(hass, action="pump.set", templates=[text])
    await permit(hass, hub, listed | readable(hass, PORCH))
    await asking.ask("pump.set", templates={"value": text})
    assert called[0].data == {"value": "off unknown"}


async def test_targets_out_of_a_template_are_judged_when_they_are_rendered(
    hass: HomeAssistant, hub: Hub, asking: Asking
) -> None:
    text = "{{ which }}"
    action = "input_boolean.turn_on"
    await permit(hass, hub, allowed(hass, PORCH, action=action, templates=[text]))
    place(hass, GATE, aliases={"x"})
    for which, status in (
        (PORCH, AnswerStatus.DONE),
        (GATE, AnswerStatus.NOT_ALLOWED),
        (f"['{PORCH}', '{GATE}']", AnswerStatus.NOT_ALLOWED),
        ("all", AnswerStatus.NOT_ALLOWED),
    ):
        answer = await asking.ask(
            action, templates={"entity_id": text}, variables={"which": which}
        )
        assert answer.status is status, which
    state = hass.states.get(GATE)
    assert state is not None
    assert state.state == "off"
