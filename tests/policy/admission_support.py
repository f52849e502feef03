"""Addresses and short cuts that the tests of admission share."""

import contextlib

import pytest

from custom_components.oceanremote.policy.admission import Admission, Failure, Moment
from custom_components.oceanremote.policy.clients import AddressBook, ClientAddress
from custom_components.oceanremote.policy.limits import Denial, DeniedError
from custom_components.oceanremote.policy.places import Ticket
from custom_components.oceanremote.policy.settings import PolicySettings

BOOK = AddressBook(trusted_proxies=["10.0.0.2"], own_addresses=["192.168.1.5"])
STRANGER = BOOK.classify("203.0.113.9")
HOME = BOOK.classify("198.51.100.7")
PROXY = BOOK.classify("10.0.0.2")
LOOPBACK = BOOK.classify("127.0.0.1")
HUB = BOOK.classify("192.168.1.5")
KEY = b"k" * 32
SEED = bytes(16)


def at(time: float) -> Moment:
    return Moment(time, 1_000_000.0 + time)


def admission(**changes: int) -> Admission:
    return Admission(PolicySettings(**changes), seed=SEED)


def connect(
    door: Admission, address: ClientAddress = STRANGER, time: float = 0.0
) -> Ticket:
    return door.on_connect(address, at(time), encrypted=False)


@contextlib.contextmanager
def denied(denial: Denial, *, retry: bool = True):  # type: ignore[no-untyped-def]
    with pytest.raises(DeniedError) as refused:
        yield
    assert refused.value.denial is denial
    assert (refused.value.retry_after > 0) is retry


def fail(
    door: Admission, address: ClientAddress = STRANGER, times: int = 20, at_time=0.0
):  # type: ignore[no-untyped-def]
    verdict = None
    for _ in range(times):
        verdict = door.on_failure(address, Failure.BAD_MAC1, at(at_time))
    return verdict
