"""What a device may ask of Home Assistant: its list, and the judgement by it.

The list is empty until an administrator fills it. Entities stand in it by what does
not change when they are renamed. A judgement is made of what a call says once it is
rendered, with every target resolved to entities.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

# Actions that rule Home Assistant itself, run any code, or come back to a device.
NEVER: Final = frozenset(
    {
        "backup",
        "hassio",
        "homeassistant",
        "oceanremote",
        "python_script",
        "shell_command",
    }
)
# What these run is written elsewhere: each of them is allowed by itself or not at all.
ONE_BY_ONE: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "automation": frozenset({"toggle", "trigger", "turn_off", "turn_on"}),
        "scene": frozenset({"turn_on"}),
        "script": frozenset({"toggle", "turn_off", "turn_on"}),
    }
)
# In the words of an action: whatever tag a device reads.
ANY_TAG: Final = "*"

_CORE_EVENTS: Final = frozenset(
    {
        "call_service",
        "component_loaded",
        "core_config_updated",
        "logbook_entry",
        "panels_updated",
        "repairs_issue_registry_updated",
        "service_registered",
        "service_removed",
        "state_changed",
        "state_reported",
        "tag_scanned",
        "themes_updated",
        "timer_out_of_sync",
        "user_added",
        "user_removed",
        "user_updated",
    }
)
_CORE_PREFIXES: Final = ("homeassistant_", "lovelace_", "oceanremote", "recorder_")
_CORE_SUFFIXES: Final = ("_registry_updated", "_reloaded")


class NotPermitted(Exception):
    """A device may not ask for something; `missing` would allow it, None: nothing."""

    def __init__(self, why: str, missing: Permits | None = None) -> None:
        """Carry the reason for the board and what its list would need."""
        super().__init__(why)
        self.missing = missing


@dataclass(frozen=True, slots=True)
class PermittedAction:
    """The entities that an action may be called on, and the templates it may carry."""

    entities: frozenset[str] = frozenset()
    templates: frozenset[str] = frozenset()

    def __or__(self, other: PermittedAction) -> PermittedAction:
        """Return what either allows."""
        return PermittedAction(
            self.entities | other.entities, self.templates | other.templates
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Permits:
    """One device's list."""

    read: frozenset[str] = frozenset()
    actions: Mapping[str, PermittedAction] = field(
        default_factory=lambda: MappingProxyType({})
    )
    events: frozenset[str] = frozenset()
    event_templates: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Permits:
        """Return the list that `as_data` has written."""
        actions = {
            str(name): PermittedAction(
                frozenset(row.get("entities", ())), frozenset(row.get("templates", ()))
            )
            for name, row in data.get("actions", {}).items()
        }
        return cls(
            read=frozenset(data.get("read", ())),
            actions=MappingProxyType(actions),
            events=frozenset(data.get("events", ())),
            event_templates=frozenset(data.get("event_templates", ())),
            tags=frozenset(data.get("tags", ())),
        )

    def as_data(self) -> dict[str, Any]:
        """Return the list as JSON has it; empty for an empty one."""
        actions = {
            name: {
                "entities": sorted(action.entities),
                "templates": sorted(action.templates),
            }
            for name, action in sorted(self.actions.items())
        }
        parts: dict[str, Any] = {
            "read": sorted(self.read),
            "actions": actions,
            "events": sorted(self.events),
            "event_templates": sorted(self.event_templates),
            "tags": sorted(self.tags),
        }
        return {name: part for name, part in parts.items() if part}

    def __or__(self, other: Permits) -> Permits:
        """Return a list that allows what either does."""
        actions = dict(self.actions)
        for name, action in other.actions.items():
            actions[name] = actions.get(name, PermittedAction()) | action
        return replace(
            self,
            read=self.read | other.read,
            actions=MappingProxyType(actions),
            events=self.events | other.events,
            event_templates=self.event_templates | other.event_templates,
            tags=self.tags | other.tags,
        )

    def __ge__(self, other: Permits) -> bool:
        """Tell whether all that the other allows is allowed."""
        return (self | other) == self


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call of an action as it is about to run.

    `entities` are those that it reaches, by their lasting ids. `everything` says that
    it reaches whatever there is, `administrative` that Home Assistant keeps it for
    administrators.
    """

    domain: str
    service: str
    entities: frozenset[str] = frozenset()
    templates: frozenset[str] = frozenset()
    everything: bool = False
    administrative: bool = False

    @property
    def name(self) -> str:
        """What the action is called by."""
        return f"{self.domain}.{self.service}"


def check_action(permits: Permits, call: Call) -> None:
    """Raise NotPermitted unless a call, or what is known of it yet, is allowed."""
    check_kind(call)
    allowed = permits.actions.get(call.name)
    wanted = PermittedAction(call.entities, call.templates)
    if allowed is None:
        raise NotPermitted(call.name, _action(call.name, wanted))
    if missing := call.templates - allowed.templates:
        raise NotPermitted(f"a template of {call.name}", _templates(call.name, missing))
    if beyond := call.entities - allowed.entities:
        raise NotPermitted(
            f"{call.name} on {len(beyond)} of its entities",
            _action(call.name, PermittedAction(beyond)),
        )


def check_kind(call: Call) -> None:
    """Raise NotPermitted for a call that no list can allow, whatever it is called on."""
    if call.domain in NEVER or call.administrative:
        raise NotPermitted(f"{call.name} is for administrators")
    if call.everything:
        raise NotPermitted(f"{call.name} on everything")
    single = ONE_BY_ONE.get(call.domain)
    if single is None or call.service in single:
        return
    # A script is an action of its own name.
    if call.domain != "script" or call.service == "reload":
        raise NotPermitted(f"{call.name} is for administrators")


def check_reach(call: Call) -> None:
    """Raise NotPermitted for a call whose kind needs an entity and that has none."""
    if call.service in ONE_BY_ONE.get(call.domain, ()) and not call.entities:
        raise NotPermitted(f"{call.name} without an entity")


def check_event(
    permits: Permits, event_type: str, templates: frozenset[str] = frozenset()
) -> None:
    """Raise NotPermitted unless an event of a type, with such templates, may be fired."""
    if (
        event_type in _CORE_EVENTS
        or event_type.startswith(_CORE_PREFIXES)
        or event_type.endswith(_CORE_SUFFIXES)
    ):
        raise NotPermitted("an event of Home Assistant")
    missing = Permits(
        events=frozenset({event_type}) - permits.events,
        event_templates=templates - permits.event_templates,
    )
    if not permits >= missing:
        raise NotPermitted("the event", missing)


def check_tag(permits: Permits, tag_id: str) -> None:
    """Raise NotPermitted unless a tag may be scanned."""
    if not permits.tags & {tag_id, ANY_TAG}:
        raise NotPermitted("the tag", Permits(tags=frozenset({tag_id})))


def _action(name: str, action: PermittedAction) -> Permits:
    return Permits(actions=MappingProxyType({name: action}))


def _templates(name: str, missing: Iterable[str]) -> Permits:
    return _action(name, PermittedAction(templates=frozenset(missing)))
