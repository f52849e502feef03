"""Notices to a person: persistent notifications, one per kind and device."""

from collections.abc import Callable, Collection, Container
from typing import Final

from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_exception_message

from ..common.const import DOMAIN
from ..policy.audit.kinds import AuditKind
from ..policy.notify import Notice

_HUB_PAGE: Final = f"/config/integrations/integration/{DOMAIN}"

type _Key = tuple[AuditKind, str | None]


class Notices:
    """Shows notices, and removes those whose reason has gone; at the end all."""

    def __init__(
        self,
        hass: HomeAssistant,
        name_of: Callable[[str | None], str | None],
        page_of: Callable[[str | None], str | None],
    ) -> None:
        """`name_of` gives a device's name for a person, `page_of` its page's path."""
        self._hass = hass
        self._name_of = name_of
        self._page_of = page_of
        self._shown: set[_Key] = set()

    @callback
    def show(self, notice: Notice) -> None:
        """Show a notice, replacing the last one of its kind and device."""
        name = self._name_of(notice.device) or "OceanRemote"
        words = {"device": _plain(name), "count": str(notice.count)}
        page = self._page_of(notice.device) or _HUB_PAGE
        parts = [self._text(f"notice_{notice.kind}", words)]
        if notice.count > 1:
            parts.append(self._text("notice_count", words))
        parts.append(f"[{_plain(name)}]({page})")
        key = (notice.kind, notice.device)
        self._shown.add(key)
        persistent_notification.async_create(
            self._hass,
            "\n\n".join(parts),
            title=self._text(f"notice_{notice.kind}_title", {"device": name}),
            notification_id=_id_of(key),
        )

    @callback
    def dismiss(self, device: str | None, kinds: Collection[AuditKind]) -> None:
        """Remove notices of these kinds about a device."""
        for kind in kinds:
            self._dismiss((kind, device))

    @callback
    def dismiss_all(self, kinds: Container[AuditKind]) -> None:
        """Remove notices of these kinds about every device, and about the hub."""
        for key in [key for key in self._shown if key[0] in kinds]:
            self._dismiss(key)

    @callback
    def close(self) -> None:
        """Remove everything, because nothing would end it later."""
        for key in tuple(self._shown):
            self._dismiss(key)

    def _dismiss(self, key: _Key) -> None:
        if key in self._shown:
            self._shown.discard(key)
            persistent_notification.async_dismiss(self._hass, _id_of(key))

    def _text(self, key: str, words: dict[str, str]) -> str:
        return async_get_exception_message(DOMAIN, key, words)


def _id_of(key: _Key) -> str:
    kind, device = key
    return f"{DOMAIN}_{kind}_{device or 'hub'}"


def _plain(name: str) -> str:
    """Return a name that Markdown shows as it is."""
    return "".join(f"\\{mark}" if mark in "\\`*_[]<>#" else mark for mark in name)
