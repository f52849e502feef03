"""Documents that an open dialog offers for download.

They hold secrets: each has a random id and is served only to the user who was shown it,
while the dialog is open, and for an hour at most.
"""

from dataclasses import dataclass, field
import secrets
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..common.const import DOMAIN

DOWNLOAD_PATH: Final = "/api/oceanremote/download"
LIFETIME: Final = 3600.0
# No more dialogs than that are open at once; the oldest document gives way.
MAX_DOCUMENTS: Final = 16
_ID_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Document:
    """A text file for one user; `expires_at` is monotonic seconds."""

    file_name: str
    text: str = field(repr=False)
    user_id: str
    expires_at: float


class Downloads:
    """What is offered now, by id. Times are monotonic seconds."""

    def __init__(self) -> None:
        """Offer nothing."""
        self._documents: dict[str, Document] = {}

    def offer(self, file_name: str, text: str, user_id: str, now: float) -> str:
        """Keep a document; return its id."""
        self._drop_expired(now)
        while len(self._documents) >= MAX_DOCUMENTS:
            del self._documents[next(iter(self._documents))]
        document_id = secrets.token_urlsafe(_ID_BYTES)
        self._documents[document_id] = Document(
            file_name, text, user_id, now + LIFETIME
        )
        return document_id

    def withdraw(self, document_id: str) -> None:
        """Forget a document; one that is gone already is no error."""
        self._documents.pop(document_id, None)

    def find(self, document_id: str, user_id: str, now: float) -> Document | None:
        """Return a document of this user, None for anybody else's."""
        self._drop_expired(now)
        document = self._documents.get(document_id)
        if document is None or document.user_id != user_id:
            return None
        return document

    def _drop_expired(self, now: float) -> None:
        for document_id, document in tuple(self._documents.items()):
            if now >= document.expires_at:
                del self._documents[document_id]


_DATA: HassKey[Downloads] = HassKey(f"{DOMAIN}_downloads")


@callback
def async_downloads(hass: HomeAssistant) -> Downloads:
    """Return the documents of this Home Assistant."""
    return hass.data.setdefault(_DATA, Downloads())
