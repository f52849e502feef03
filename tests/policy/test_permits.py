"""What a device may ask: nothing at first, and then exactly what its list says."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from custom_components.oceanremote.policy.permits import (
    ANY_TAG,
    NEVER,
    Call,
    NotPermitted,
    Permits,
    PermittedAction,
    check_action,
    check_event,
    check_reach,
    check_tag,
)

LIGHT = Call(domain="light", service="turn_on", entities=frozenset({"a", "b"}))


def _list(name: str, *entities: str, templates: tuple[str, ...] = ()) -> Permits:
    row = PermittedAction(frozenset(entities), frozenset(templates))
    return Permits(actions=MappingProxyType({name: row}))


def _missing(permits: Permits, call: Call) -> Permits | None:
    with pytest.raises(NotPermitted) as caught:
        check_action(permits, call)
    return caught.value.missing


def test_an_empty_list_allows_nothing_and_is_nothing() -> None:
    assert Permits().as_data() == {}
    assert Permits.from_data({}) == Permits()
    assert _missing(Permits(), LIGHT) == _list("light.turn_on", "a", "b")
    for check in (check_event, check_tag):
        with pytest.raises(NotPermitted):
            check(Permits(), "x")


def test_every_entity_has_to_be_listed() -> None:
    check_action(_list("light.turn_on", "a", "b", "c"), LIGHT)
    missing = _missing(_list("light.turn_on", "a"), LIGHT)
    assert missing == _list("light.turn_on", "b")
    assert _missing(_list("light.turn_off", "a", "b"), LIGHT) is not None


def test_a_template_has_to_be_listed_to_the_character() -> None:
    call = replace(LIGHT, templates=frozenset({"{{ x }}"}))
    listed = _list("light.turn_on", "a", "b", templates=("{{ x }} ",))
    assert _missing(listed, call) == _list("light.turn_on", templates=("{{ x }}",))
    check_action(listed | _list("light.turn_on", templates=("{{ x }}",)), call)


def test_what_is_missing_makes_it_allowed_and_nothing_else() -> None:
    permits = Permits()
    for call in (LIGHT, replace(LIGHT, service="toggle")):
        missing = _missing(permits, call)
        assert missing is not None
        assert not permits >= missing
        permits |= missing
        assert permits >= missing
        check_action(permits, call)
        with pytest.raises(NotPermitted):
            check_action(permits, replace(call, entities=frozenset({"c"})))
    assert Permits.from_data(permits.as_data()) == permits


@pytest.mark.parametrize(
    "call",
    [
        *(Call(domain=domain, service="x") for domain in sorted(NEVER)),
        Call(domain="light", service="turn_on", everything=True),
        Call(domain="light", service="turn_on", administrative=True),
        Call(domain="script", service="reload"),
        Call(domain="scene", service="apply"),
        Call(domain="automation", service="reload"),
    ],
    ids=lambda call: call.name,
)
def test_some_things_no_list_allows(call: Call) -> None:
    assert _missing(_list(call.name), call) is None


def test_scripts_are_allowed_by_their_own_name_or_one_by_one() -> None:
    check_action(_list("script.night"), Call(domain="script", service="night"))
    turn_on = Call(domain="script", service="turn_on")
    with pytest.raises(NotPermitted):
        check_reach(turn_on)
    check_reach(replace(turn_on, entities=frozenset({"a"})))
    check_reach(Call(domain="script", service="night"))
    check_reach(Call(domain="light", service="turn_on"))


@pytest.mark.parametrize(
    "event",
    ["homeassistant_start", "state_changed", "x_registry_updated", "x_reloaded"],
)
def test_events_of_home_assistant_are_its_own(event: str) -> None:
    with pytest.raises(NotPermitted) as caught:
        check_event(Permits(events=frozenset({event})), event)
    assert caught.value.missing is None


def test_events_and_their_templates_are_listed() -> None:
    with pytest.raises(NotPermitted) as caught:
        check_event(Permits(events=frozenset({"bell"})), "bell", frozenset({"{{ 1 }}"}))
    missing = caught.value.missing
    assert missing == Permits(event_templates=frozenset({"{{ 1 }}"}))
    check_event(missing | Permits(events=frozenset({"bell"})), "bell", frozenset())


def test_one_tag_or_every_tag() -> None:
    check_tag(Permits(tags=frozenset({"a"})), "a")
    check_tag(Permits(tags=frozenset({ANY_TAG})), "b")
    with pytest.raises(NotPermitted) as caught:
        check_tag(Permits(tags=frozenset({"a"})), "b")
    assert caught.value.missing == Permits(tags=frozenset({"b"}))
