"""Binary sensors."""

from typing import Final

from .base import DomainSpec, Properties
from .fields import BOOLEAN, OrMissing

SPEC: Final = DomainSpec(number=1, properties=Properties, state=OrMissing(BOOLEAN))
