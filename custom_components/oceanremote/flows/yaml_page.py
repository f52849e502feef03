"""A form step that shows an ESPHome configuration to be copied or downloaded."""

from datetime import timedelta
from typing import Any, Final, override

from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import (
    TemplateSelector,
    TemplateSelectorConfig,
    make_selector_config_schema,
)
import voluptuous as vol

from ..common.access import acting_user
from .downloads import DOWNLOAD_PATH, LIFETIME, async_downloads

FIELD_YAML: Final = "yaml"
# As the frontend's markdown understands it; the sign on the editor's own button.
COPY_ICON: Final = '<ha-icon icon="mdi:content-copy"></ha-icon>'


class YamlSelector(TemplateSelector):
    """Text that can be read and copied, in Home Assistant's own code editor.

    Of the frontend's fields only the template's shows text as it is, comments and
    `!secret` included: it wraps lines, and its button copies over plain HTTP, too.
    """

    # `preview` is the frontend's word for the button that renders a template.
    CONFIG_SCHEMA = make_selector_config_schema({vol.Optional("preview"): bool})

    def __init__(self) -> None:
        """Offer neither changes nor a preview."""
        config = TemplateSelectorConfig(read_only=True)
        config["preview"] = False  # type: ignore[typeddict-unknown-key]
        super().__init__(config)

    @override
    def __call__(self, data: Any) -> str:
        """Accept whatever text comes back; it is never read."""
        return cv.string(data)


def yaml_field(text: str) -> dict[vol.Marker, YamlSelector]:
    """Return the field of a form that shows `text`."""
    return {vol.Optional(FIELD_YAML, default=text): YamlSelector()}


class YamlDownload:
    """The file beside a page with a configuration, as long as its flow lives."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Offer nothing yet."""
        self._hass = hass
        self._document_id: str | None = None

    @callback
    def offer(self, node_name: str, text: str) -> str:
        """Return a link to the file, replacing any that was offered before.

        Only a person gets a link: without a request it is the file's bare name.
        """
        file_name = f"{node_name}.yaml"
        self.withdraw()
        if (user := acting_user()) is None:
            return f"`{file_name}`"
        now = self._hass.loop.time()
        self._document_id = async_downloads(self._hass).offer(
            file_name, text, user.id, now
        )
        path = async_sign_path(
            self._hass,
            f"{DOWNLOAD_PATH}/{self._document_id}",
            timedelta(seconds=LIFETIME),
        )
        # Without a target the frontend would take the path for a page of its own.
        return f'<a href="{path}" target="_blank">{file_name}</a>'

    @callback
    def withdraw(self) -> None:
        """Let the link lead nowhere."""
        if self._document_id is not None:
            async_downloads(self._hass).withdraw(self._document_id)
            self._document_id = None
