"""Locks of challenge devices."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .challenge.entity import (
    ChallengeSource,
    CommandKind,
    async_setup_challenge_platform,
)
from .challenge.lock import ChallengeLock

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[ChallengeSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the locks."""
    async_setup_challenge_platform(
        entry, async_add_entities, CommandKind.LOCK, ChallengeLock
    )
