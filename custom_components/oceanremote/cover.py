"""Covers of challenge devices."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .challenge.cover import ChallengeCover
from .challenge.entity import (
    ChallengeSource,
    CommandKind,
    async_setup_challenge_platform,
)

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[ChallengeSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the covers."""
    async_setup_challenge_platform(
        entry, async_add_entities, CommandKind.COVER, ChallengeCover
    )
