"""Media players of a device."""

from ipaddress import ip_address
from typing import Any, Final, override

from homeassistant.components import media_source
from homeassistant.components.media_player import (
    ATTR_MEDIA_ANNOUNCE,
    ATTR_MEDIA_ENQUEUE,
    BrowseMedia,
    MediaPlayerDeviceClass,
    MediaPlayerEnqueue,
    MediaPlayerEntity,
    MediaPlayerEntityFeature,
    MediaPlayerState,
    MediaType,
    RepeatMode,
    async_process_play_media_url,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.network import get_url
from homeassistant.util.network import is_local

from .common.const import DOMAIN
from .entity import DescribedEntity, DeviceSource, async_setup_platform
from .protocol.domains import Domain
from .protocol.domains.media_player import (
    MediaPlayerActivity,
    MediaPlayerCommand,
    MediaPlayerFeature,
    MediaPlayerOrder,
    MediaPlayerProperties,
    MediaPlayerState as DeviceState,
)
from .protocol.entities import EntityDescriptor

PARALLEL_UPDATES = 0

_STATES: Final = {
    MediaPlayerActivity.IDLE: MediaPlayerState.IDLE,
    MediaPlayerActivity.PLAYING: MediaPlayerState.PLAYING,
    MediaPlayerActivity.PAUSED: MediaPlayerState.PAUSED,
    # Home Assistant knows no other word for it.
    MediaPlayerActivity.ANNOUNCING: MediaPlayerState.PLAYING,
    MediaPlayerActivity.OFF: MediaPlayerState.OFF,
    MediaPlayerActivity.ON: MediaPlayerState.ON,
}

# Without those for which a device has no order: seek, sources, sound modes, groups.
_FEATURES: Final = {
    MediaPlayerFeature.PAUSE: MediaPlayerEntityFeature.PAUSE,
    MediaPlayerFeature.VOLUME_SET: MediaPlayerEntityFeature.VOLUME_SET,
    MediaPlayerFeature.VOLUME_MUTE: MediaPlayerEntityFeature.VOLUME_MUTE,
    MediaPlayerFeature.PREVIOUS_TRACK: MediaPlayerEntityFeature.PREVIOUS_TRACK,
    MediaPlayerFeature.NEXT_TRACK: MediaPlayerEntityFeature.NEXT_TRACK,
    MediaPlayerFeature.TURN_ON: MediaPlayerEntityFeature.TURN_ON,
    MediaPlayerFeature.TURN_OFF: MediaPlayerEntityFeature.TURN_OFF,
    MediaPlayerFeature.PLAY_MEDIA: MediaPlayerEntityFeature.PLAY_MEDIA,
    MediaPlayerFeature.VOLUME_STEP: MediaPlayerEntityFeature.VOLUME_STEP,
    MediaPlayerFeature.STOP: MediaPlayerEntityFeature.STOP,
    MediaPlayerFeature.CLEAR_PLAYLIST: MediaPlayerEntityFeature.CLEAR_PLAYLIST,
    MediaPlayerFeature.PLAY: MediaPlayerEntityFeature.PLAY,
    MediaPlayerFeature.SHUFFLE_SET: MediaPlayerEntityFeature.SHUFFLE_SET,
    MediaPlayerFeature.BROWSE_MEDIA: MediaPlayerEntityFeature.BROWSE_MEDIA,
    MediaPlayerFeature.REPEAT_SET: MediaPlayerEntityFeature.REPEAT_SET,
    MediaPlayerFeature.MEDIA_ANNOUNCE: MediaPlayerEntityFeature.MEDIA_ANNOUNCE,
    MediaPlayerFeature.MEDIA_ENQUEUE: MediaPlayerEntityFeature.MEDIA_ENQUEUE,
}

_REPEATS: Final = {
    RepeatMode.ALL: MediaPlayerOrder.REPEAT_ALL,
    RepeatMode.ONE: MediaPlayerOrder.REPEAT_ONE,
    RepeatMode.OFF: MediaPlayerOrder.REPEAT_OFF,
}


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[DeviceSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the media players."""
    async_setup_platform(
        entry, async_add_entities, {Domain.MEDIA_PLAYER: DeviceMediaPlayer}
    )


class DeviceMediaPlayer(
    DescribedEntity[DeviceState, MediaPlayerProperties], MediaPlayerEntity
):
    """A media player that the device described."""

    _attr_device_class = MediaPlayerDeviceClass.SPEAKER

    @override
    def _adopt(self, descriptor: EntityDescriptor[MediaPlayerProperties]) -> None:
        super()._adopt(descriptor)
        features = MediaPlayerEntityFeature(0)
        for flag, feature in _FEATURES.items():
            if descriptor.properties.feature_flags & flag:
                features |= feature
        self._attr_supported_features = features

    @override
    def _show(self, value: DeviceState | None) -> None:
        self._attr_state = None if value is None else _STATES.get(value.activity)
        self._attr_volume_level = None if value is None else value.volume
        self._attr_is_volume_muted = None if value is None else value.muted

    @override
    async def async_play_media(
        self, media_type: MediaType | str, media_id: str, **kwargs: Any
    ) -> None:
        """Have it fetch and play an address, and return when it has heard."""
        context = self._context
        enqueue = kwargs.get(ATTR_MEDIA_ENQUEUE)
        # It can add to its playlist or replace it.
        if enqueue in (MediaPlayerEnqueue.NEXT, MediaPlayerEnqueue.PLAY):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="enqueue_mode_not_supported",
                translation_placeholders={"enqueue": str(enqueue)},
            )
        if media_source.is_media_source_id(media_id):
            media = await media_source.async_resolve_media(
                self.hass, media_id, self.entity_id
            )
            media_id = media.url
        command = MediaPlayerCommand(
            order=(
                MediaPlayerOrder.ENQUEUE if enqueue is MediaPlayerEnqueue.ADD else None
            ),
            media_url=self._reachable(media_id),
            announcement=kwargs.get(ATTR_MEDIA_ANNOUNCE),
        )
        await self._async_command(context, command)

    def _reachable(self, media_id: str) -> str:
        """Return the address by which the device can fetch a medium.

        What Home Assistant serves it names by the address that reaches it from where
        the device is: from outside not by the one of the home's own network. Raises
        HomeAssistantError where it has no address.
        """
        url = async_process_play_media_url(self.hass, media_id, allow_relative_url=True)
        if not url.startswith("/"):
            return url
        return get_url(self.hass, prefer_external=not self._is_at_home()) + url

    def _is_at_home(self) -> bool:
        link = self.coordinator.link
        return link is None or is_local(ip_address(link.address))

    @override
    async def async_browse_media(
        self,
        media_content_type: MediaType | str | None = None,
        media_content_id: str | None = None,
    ) -> BrowseMedia:
        """Return what Home Assistant has to play."""
        return await media_source.async_browse_media(
            self.hass,
            media_content_id,
            content_filter=lambda item: item.media_content_type.startswith("audio/"),
        )

    @override
    async def async_set_volume_level(self, volume: float) -> None:
        """Set the volume, and return when the device has heard."""
        context = self._context
        await self._async_command(context, MediaPlayerCommand(volume=volume))

    @override
    async def async_volume_up(self) -> None:
        """Turn it up, and return when the device has heard."""
        context = self._context
        await self._async_order(context, MediaPlayerOrder.VOLUME_UP)

    @override
    async def async_volume_down(self) -> None:
        """Turn it down, and return when the device has heard."""
        context = self._context
        await self._async_order(context, MediaPlayerOrder.VOLUME_DOWN)

    @override
    async def async_mute_volume(self, mute: bool) -> None:
        """Mute or unmute it, and return when the device has heard."""
        context = self._context
        order = MediaPlayerOrder.MUTE if mute else MediaPlayerOrder.UNMUTE
        await self._async_order(context, order)

    @override
    async def async_media_play(self) -> None:
        """Go on playing, and return when the device has heard."""
        context = self._context
        await self._async_order(context, MediaPlayerOrder.PLAY)

    @override
    async def async_media_pause(self) -> None:
        """Pause, and return when the device has heard."""
        context = self._context
        await self._async_order(context, MediaPlayerOrder.PAUSE)

    @override
    async def async_media_stop(self) -> None:
        """Stop, and return when the device has heard."""
        context = self._context
        await self._async_order(context, MediaPlayerOrder.STOP)

    @override
    async def async_media_next_track(self) -> None:
        """Skip to the next track, and return when the device has heard."""
        context = self._context
        await self._async_order(context, MediaPlayerOrder.NEXT)

    @override
    async def async_media_previous_track(self) -> None:
        """Go back to the previous track, and return when the device has heard."""
        context = self._context
        await self._async_order(context, MediaPlayerOrder.PREVIOUS)

    @override
    async def async_clear_playlist(self) -> None:
        """Clear the playlist, and return when the device has heard."""
        context = self._context
        await self._async_order(context, MediaPlayerOrder.CLEAR_PLAYLIST)

    @override
    async def async_set_repeat(self, repeat: RepeatMode) -> None:
        """Set what is repeated, and return when the device has heard."""
        context = self._context
        await self._async_order(context, _REPEATS[repeat])
        # The device does not tell it.
        self._attr_repeat = repeat
        self.async_write_ha_state()

    @override
    async def async_set_shuffle(self, shuffle: bool) -> None:
        """Shuffle or not, and return when the device has heard."""
        context = self._context
        order = MediaPlayerOrder.SHUFFLE if shuffle else MediaPlayerOrder.UNSHUFFLE
        await self._async_order(context, order)
        # The device does not tell it.
        self._attr_shuffle = shuffle
        self.async_write_ha_state()

    @override
    async def async_turn_on(self) -> None:
        """Turn it on, and return when the device has heard."""
        context = self._context
        await self._async_order(context, MediaPlayerOrder.TURN_ON)

    @override
    async def async_turn_off(self) -> None:
        """Turn it off, and return when the device has heard."""
        context = self._context
        await self._async_order(context, MediaPlayerOrder.TURN_OFF)

    async def _async_order(
        self, context: Context | None, order: MediaPlayerOrder
    ) -> None:
        await self._async_command(context, MediaPlayerCommand(order=order))
