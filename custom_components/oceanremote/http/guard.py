"""Requests of people and of scanners, answered for one hub."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from aiohttp import hdrs, web
from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.util.hass_dict import HassKey
from yarl import URL

from ..admission.answers import retry_after_seconds
from ..admission.control import AdmissionControl
from ..audit.trail import AuditTrail
from ..common.access import may_control
from ..common.const import DOMAIN
from ..common.errors import DeviceOfflineError, OceanRemoteError
from ..device.coordinator import DeviceCoordinator
from ..policy.audit.kinds import AuditKind
from ..policy.audit.record import Actor, Outcome
from ..policy.bans import BanSource
from ..policy.clients import ClientAddress
from ..policy.limits import DeniedError
from .replies import Answer

DATA_GUARD: HassKey[HttpGuard] = HassKey(f"{DOMAIN}_http_guard")


class HttpGuard:
    """Counts requests other than the devices' own and answers them for one hub."""

    def __init__(
        self,
        hass: HomeAssistant,
        admission: AdmissionControl,
        trail: AuditTrail,
        coordinators: Callable[[], Mapping[str, DeviceCoordinator]],
    ) -> None:
        """Answer with what `admission` allows; record in `trail`."""
        self._hass = hass
        self._admission = admission
        self._trail = trail
        self._coordinators = coordinators

    def traps_are_set(self) -> bool:
        """Whether scanners' paths are watched now."""
        return self._admission.options.honeypot

    def trapped(self, request: web.Request) -> None:
        """A scanner's path was asked for."""
        self._admission.honeypot(
            self._admission.client(request),
            request.path,
            cross_site=_is_from_elsewhere(request),
        )

    def refuse_request(self, request: web.Request) -> Answer | None:
        """Count a request without a login."""
        client = self._admission.client(request)
        try:
            self._admission.policy.on_request(client, None, self._admission.moment())
        except DeniedError as denied:
            return self._denied(client, None, denied)
        return None

    def refuse_page(self, request: web.Request) -> Answer | None:
        """Count an anonymous request for a page that the banned may see too."""
        client = self._admission.client(request)
        try:
            self._admission.policy.on_page(client, self._admission.moment())
        except DeniedError as denied:
            return self._denied(client, None, denied)
        return None

    def refuse_user(self, request: web.Request, user: User) -> Answer | None:
        """Count a request of a logged-in user; return the refusal, if any."""
        return self._refuse_user(self._admission.client(request), user)

    def self_unban(self, request: web.Request, user: User) -> Answer:
        """Lift the user's ban; only administrators may lift an administrator's ban."""
        client = self._admission.client(request)
        if (refusal := self._refuse_user(client, user)) is not None:
            return refusal
        ban = self._admission.policy.bans.find(
            client.key, self._admission.moment().wall
        )
        if ban is None:
            return Answer(HTTPStatus.OK, {"message": "This network is not banned."})
        if ban.source is BanSource.ADMINISTRATOR and not user.is_admin:
            self._denied_action(client, user, "self-unban of an administrator's ban")
            message = (
                "An administrator has banned this network. "
                "Only an administrator can lift it."
            )
            return Answer(HTTPStatus.FORBIDDEN, {"message": message})
        self._admission.unban(client.key, user.id)
        return Answer(HTTPStatus.OK, {"message": "The ban is lifted."})

    async def async_renew(self, request: web.Request, user: User, name: str) -> Answer:
        """Give a device a new session; `name` is its MAC, registry or subentry id."""
        client = self._admission.client(request)
        if (refusal := self._refuse_user(client, user)) is not None:
            return refusal
        self._admission.decoys.names_device(name, client.key, user.id)
        device = self._find(name)
        if device is None:
            return Answer(HTTPStatus.NOT_FOUND, {"message": "no such device"})
        if not may_control(self._hass, user, device.subentry_id):
            self._denied_action(client, user, "renew session", device.enrolment_id)
            return Answer(HTTPStatus.FORBIDDEN, {"message": "not allowed"})
        try:
            await device.async_renew()
        except DeviceOfflineError:
            return Answer(HTTPStatus.CONFLICT, {"message": "the device is offline"})
        except OceanRemoteError:
            return Answer(HTTPStatus.CONFLICT, {"message": "the device did not answer"})
        end = device.session_expires_at
        return Answer(
            HTTPStatus.OK,
            {
                "message": "renewed",
                "session_end": None if end is None else end.isoformat(),
            },
        )

    def _find(self, name: str) -> DeviceCoordinator | None:
        coordinators = self._coordinators()
        if (direct := coordinators.get(name)) is not None:
            return direct
        if (entry := dr.async_get(self._hass).async_get(name)) is not None:
            names = (part for domain, part in entry.identifiers if domain == DOMAIN)
            found = (coordinators.get(part) for part in names)
            return next((device for device in found if device is not None), None)
        wanted = name.replace(":", "").lower()
        for device in coordinators.values():
            record = device.record
            if record is not None and record.mac is not None and record.trusted:
                if record.mac.hex() == wanted:
                    return device
        return None

    def _refuse_user(self, client: ClientAddress, user: User) -> Answer | None:
        moment = self._admission.moment()
        try:
            self._admission.policy.on_request(client, user.id, moment)
        except DeniedError as denied:
            return self._denied(client, user, denied)
        return None

    def _denied(
        self, client: ClientAddress, user: User | None, denied: DeniedError
    ) -> Answer:
        self._trail.record(
            AuditKind.DENIED,
            Outcome.REFUSED,
            Actor(user=None if user is None else user.id, address=client.key),
            what=denied.denial.value,
        )
        return Answer(
            HTTPStatus.TOO_MANY_REQUESTS,
            {"message": "too many requests"},
            retry_after_seconds(denied),
        )

    def _denied_action(
        self, client: ClientAddress, user: User, what: str, device: str | None = None
    ) -> None:
        self._trail.record(
            AuditKind.DENIED,
            Outcome.REFUSED,
            Actor(user=user.id, device=device, address=client.key),
            what=what,
        )


def guard_of(hass: HomeAssistant) -> HttpGuard | None:
    """Return the guard of the loaded hub."""
    return hass.data.get(DATA_GUARD)


def _is_from_elsewhere(request: web.Request) -> bool:
    """Whether a page of another site made a browser send a request.

    Browsers send `Sec-Fetch-Site` to https and localhost only, so a page of another
    host is also recognized by Origin or Referer.
    """
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        return True
    pages = (request.headers.get(name) for name in (hdrs.ORIGIN, hdrs.REFERER))
    return any(page and _host_of(page) != request.host.lower() for page in pages)


def _host_of(page: str) -> str | None:
    """Return host and port of an address; None for "null" and anything that is none."""
    try:
        return URL(page).authority.lower() or None
    except ValueError:
        return None
