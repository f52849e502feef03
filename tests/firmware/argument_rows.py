"""Command arguments of every domain, right and wrong, made from the hub's tables."""

from collections.abc import Iterator

from custom_components.oceanremote.protocol import cbor
from custom_components.oceanremote.protocol.domains import Domain, find_domain
from custom_components.oceanremote.protocol.domains.base import MapOf, parts_of
from custom_components.oceanremote.protocol.limits import MAX_U8
from tests.support.field_samples import lawful, unlawful


def argument_rows() -> Iterator[list[str]]:
    """Yield rows of domain, whether its firmware must take them, and arguments."""
    for domain in Domain:
        if domain.spec.command is None:
            continue
        field = MapOf(domain.spec.command)
        for args in lawful(field):
            yield [str(domain.value), "yes", cbor.encode(args).hex()]
        for args in [*unlawful(field), {99: True}]:
            yield [str(domain.value), "no", cbor.encode(args).hex()]
    for number in range(MAX_U8 + 1):
        yield [str(number), "yes" if _takes_nothing(number) else "no", "a0"]


def _takes_nothing(number: int) -> bool:
    """Whether a domain of this number has commands, and can do without arguments."""
    domain = find_domain(number)
    if domain is None or domain.spec.command is None:
        return False
    return not any(
        part.required for part in parts_of(domain.spec.command).by_key.values()
    )
