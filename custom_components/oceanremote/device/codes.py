"""Codes for locks and alarms: on their way from a person to a device, and kept nowhere."""

from homeassistant.exceptions import ServiceValidationError

from ..common.const import DOMAIN
from ..protocol.domains.fields import CODE, Reading
from ..protocol.errors import RemoteProtocolError


def checked_code(code: str | None) -> str | None:
    """Return a code that a device takes, None for none.

    Raises ServiceValidationError, which does not say the code.
    """
    if not code:
        return None
    try:
        return CODE.read(code, Reading(strict=True))
    except RemoteProtocolError:
        # Not `from err`: its traceback leads to the code.
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="code_not_taken",
            translation_placeholders={"limit": str(CODE.most)},
        ) from None
