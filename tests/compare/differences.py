"""What differs between the two sides, held against what a family explains."""

from collections.abc import Iterable, Iterator, Mapping, Set as AbstractSet
from typing import Any, Final, NamedTuple

from .drive import Both, Outcome
from .family import Difference
from .views import Key

_NOTHING: Final = "nothing"


class Found(NamedTuple):
    """One aspect of one entity that is not as in core."""

    key: Key
    what: str


class Ledger:
    """Collects what differs, and closes only when all of it is explained."""

    def __init__(self, explained: Iterable[Difference]) -> None:
        """Know what a family explains."""
        self._explained = tuple(explained)
        self._known: set[Key] = set()
        self._found: dict[Found, str] = {}
        self._idle: list[str] = []

    def unlike(self, both: Both) -> AbstractSet[Found]:
        """Return in what the two sides differ that nobody explains."""
        found = {found for found, _ in _unlike(both)}
        return {one for one in found if not self._is_explained(one)}

    def compare(self, when: str, both: Both) -> None:
        """Note what differs between the sides at one moment."""
        self._known |= both.core.aspects.keys() | both.ours.aspects.keys()
        for found, detail in _unlike(both):
            self._found.setdefault(found, f"{when}: {detail}")

    def compare_outcomes(
        self, by_core: Iterable[Outcome], by_us: Iterable[Outcome]
    ) -> None:
        """Note what came differently of the same steps by the two roads."""
        for number, (core, ours) in enumerate(zip(by_core, by_us, strict=True), 1):
            step = core.step
            self.compare(f"{number}. {step} by core", core.shown)
            self.compare(f"{number}. {step} by us", ours.shown)
            for side, outcome in (("core", core), ("us", ours)):
                if not outcome.seen:
                    self._idle.append(f"{number}. {step} by {side} shows nowhere")
            if bool(core.error) is not step.refused:
                self._idle.append(f"{number}. {step} by core: {core.error or 'done'}")
            if unlike := _unlike_outcome(core, ours):
                key = Key(step.platform, step.device, step.entity)
                detail = f"{number}. {step}: by core, then by us: {unlike}"
                self._found.setdefault(Found(key, f"action {step.action}"), detail)

    def close(self) -> None:
        """Fail for every difference without a reason, and reason without difference."""
        lines = self._idle + [
            f"{found.key} {found.what}: {detail}"
            for found, detail in self._found.items()
            if not self._is_explained(found)
        ]
        for difference in self._explained:
            lines += [
                f"{key} {difference.what}: explained, but as in core"
                for key in self._meant(difference)
                if Found(key, difference.what) not in self._found
            ]
        assert not lines, "\n" + "\n".join(lines)

    def _is_explained(self, found: Found) -> bool:
        return any(
            found.what == difference.what
            and found.key.platform == difference.platform
            and (not difference.entities or found.key.name in difference.entities)
            for difference in self._explained
        )

    def _meant(self, difference: Difference) -> Iterator[Key]:
        """Yield whom a difference is about, to be found there each."""
        names = {key.name for key in self._known if key.platform == difference.platform}
        unknown = set(difference.entities) - names
        assert not unknown, f"explained, but not on the board: {unknown}"
        for key in self._known:
            if key.platform == difference.platform and (
                not difference.entities or key.name in difference.entities
            ):
                yield key


def _unlike_outcome(core: Outcome, ours: Outcome) -> str:
    """Return what differs between the same step by core and by us, empty if nothing."""
    if core.error != ours.error:
        return f"{core.error or 'done'}, {ours.error or 'done'}"
    after = Both(core.shown.ours, ours.shown.ours)
    return "; ".join(f"{found.key} {found.what}: {d}" for found, d in _unlike(after))


def _unlike(both: Both) -> Iterator[tuple[Found, str]]:
    core, ours = both.core.aspects, both.ours.aspects
    for key in sorted(core.keys() | ours.keys()):
        if key not in ours:
            yield Found(key, "missing in ours"), "core has it"
        elif key not in core:
            yield Found(key, "missing in core"), "we have it"
        else:
            for what, detail in _unlike_aspects(core[key], ours[key]):
                yield Found(key, what), detail


def _unlike_aspects(
    core: Mapping[str, Any], ours: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    for what in sorted(core.keys() | ours.keys()):
        theirs, own = core.get(what, _NOTHING), ours.get(what, _NOTHING)
        if theirs != own:
            yield what, f"{theirs!r}, {own!r}"
