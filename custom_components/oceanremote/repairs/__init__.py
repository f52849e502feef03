"""The flows that settle the issues that a person must decide or act on."""

from homeassistant.components.repairs import RepairsFlow
from homeassistant.core import HomeAssistant

from ..hub.found import ISSUE_FOUND
from ..requests.offers import ISSUE_REFUSED_REQUEST
from ..trust.issues import ISSUE_APPROVAL, ISSUE_QUARANTINED
from ..trust.registration_issues import ISSUE_SAME_MAC
from ..trust.restored import ISSUE_RESTORED
from .found import FoundFlow
from .registration import LostDeviceFlow, SameMacFlow
from .requests import RequestFlow
from .restored import RestoredFlow
from .trust import ApprovalFlow, QuarantineFlow


async def async_create_fix_flow(
    hass: HomeAssistant,
    issue_id: str,
    data: dict[str, str | int | float | None] | None,
) -> RepairsFlow:
    """Return the flow that settles an issue."""
    if issue_id == ISSUE_RESTORED:
        return RestoredFlow()
    if issue_id == ISSUE_FOUND:
        return FoundFlow()
    if issue_id.startswith(ISSUE_QUARANTINED):
        return QuarantineFlow()
    if issue_id.startswith(ISSUE_APPROVAL):
        return ApprovalFlow()
    if issue_id.startswith(ISSUE_REFUSED_REQUEST):
        return RequestFlow()
    if issue_id.startswith(ISSUE_SAME_MAC):
        return SameMacFlow()
    return LostDeviceFlow()
