"""What a family is: the domains on its board, what is asked of them, what may differ."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
import importlib
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent / "families"
# Those that share a board: to compile its program takes longer than to compare them.
BOARDS: Final = (
    ("controls", "movers", "signals"),
    ("heating", "sensors", "sub_devices", "texts", "valve"),
    ("light", "media"),
)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One action of Home Assistant, or one of `FUNCTIONS`, on the entity of this name.

    It has to show in some state of the board on both roads, unless it is `silent`; one
    that Home Assistant or the board refuses is `refused`, and silent, too.
    """

    action: str
    entity: str
    data: Mapping[str, Any] = field(default_factory=dict)
    silent: bool = False
    refused: bool = False
    # The name of the entity's sub-device, empty on the board itself.
    device: str = ""

    @property
    def platform(self) -> str:
        """The platform of the entity: that of the action unless the data says."""
        return self.action.partition(".")[0]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Something that is not as in core, and why.

    `what` is `missing in core`, `missing in ours`, `state`, `attributes.<name>`,
    `registry.<field>`, `device.area` or `action <domain>.<action>`. It is so for each of `entities`,
    by name; for every entity of the platform where there are none.
    """

    platform: str
    what: str
    why: str
    entities: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Family:
    """What a board has of some domains, and its comparison."""

    # The modules of protocol/domains/ that it proves; these and no others.
    domains: tuple[str, ...]
    # Driven in this order through core, and after a restart once more through ours.
    steps: tuple[Step, ...] = ()
    differences: tuple[Difference, ...] = ()


def names() -> list[str]:
    """Return the names of all families."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != "base")


def load(name: str) -> Family:
    """Return a family by its name."""
    family: Family = importlib.import_module(f"tests.compare.families.{name}").FAMILY
    return family


def joined(names: Iterable[str]) -> Family:
    """Return what a board has that several families share."""
    all_of = [load(name) for name in names]
    return Family(
        domains=tuple(domain for one in all_of for domain in one.domains),
        steps=tuple(step for one in all_of for step in one.steps),
        differences=tuple(found for one in all_of for found in one.differences),
    )


def proving(domain: str) -> Iterator[tuple[str, Family]]:
    """Yield the families that have a domain, by name."""
    for name in names():
        if domain in (family := load(name)).domains:
            yield name, family
