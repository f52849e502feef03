"""Text sensors."""

from typing import Final

from .base import DomainSpec, Properties
from .fields import STATE_TEXT, OrMissing

SPEC: Final = DomainSpec(
    number=3, properties=Properties, state=OrMissing(STATE_TEXT), platform="sensor"
)
