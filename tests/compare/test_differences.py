"""The ledger takes neither a difference without a reason, nor the reverse."""

from collections.abc import Mapping
from typing import Any

import pytest

from .differences import Ledger
from .drive import Both, Outcome
from .family import Difference, Step
from .views import Key, View

LAMP = Key("light", "", "Lamp")
WHY = Difference(platform="light", what="state", entities=("Lamp",), why="a reason")
TURN_ON = Step(action="light.turn_on", entity="Lamp")


def _view(**aspects: Any) -> View:
    shown: Mapping[str, Any] = {"registry.disabled_by": None, "state": "on", **aspects}
    return View({LAMP: shown}, {LAMP: "light.lamp"})


LIKE = Both(_view(), _view())
UNLIKE = Both(_view(), _view(state="off"))


def test_what_is_alike_needs_no_reason() -> None:
    ledger = Ledger(())
    ledger.compare("at rest", LIKE)
    ledger.close()


def test_a_difference_without_a_reason_fails() -> None:
    ledger = Ledger(())
    ledger.compare("at rest", UNLIKE)
    assert ledger.unlike(UNLIKE)
    with pytest.raises(AssertionError, match="at rest: 'on', 'off'"):
        ledger.close()


def test_a_difference_with_a_reason_passes() -> None:
    ledger = Ledger([WHY])
    ledger.compare("at rest", UNLIKE)
    assert not ledger.unlike(UNLIKE)
    ledger.close()


def test_a_reason_without_its_difference_fails() -> None:
    ledger = Ledger([WHY])
    ledger.compare("at rest", LIKE)
    with pytest.raises(AssertionError, match="explained, but as in core"):
        ledger.close()


def test_an_entity_of_one_side_only_fails() -> None:
    ledger = Ledger(())
    ledger.compare("at rest", Both(_view(), View({}, {})))
    with pytest.raises(AssertionError, match="missing in ours"):
        ledger.close()


@pytest.mark.parametrize(
    ("core", "ours", "words"),
    [
        (("", True), ("HomeAssistantError", True), "done, HomeAssistantError"),
        (("", True), ("", False), "by us shows nowhere"),
        (("ServiceNotSupported", True), ("ServiceNotSupported", True), "by core: Serv"),
    ],
    ids=["one road fails", "one road does nothing", "both fail"],
)
def test_an_action_that_goes_otherwise_than_it_should_fails(
    core: tuple[str, bool], ours: tuple[str, bool], words: str
) -> None:
    def came(error: str, seen: bool) -> list[Outcome]:
        return [Outcome(TURN_ON, error, LIKE, seen)]

    ledger = Ledger(())
    ledger.compare_outcomes(came(*core), came(*ours))
    with pytest.raises(AssertionError, match=words):
        ledger.close()
