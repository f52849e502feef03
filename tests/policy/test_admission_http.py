"""Admission of HTTP requests."""

import pytest

from custom_components.oceanremote.policy.limits import Denial, DeniedError, Lane
from custom_components.oceanremote.policy.settings import DAY

from .admission_support import (
    HOME,
    PROXY,
    STRANGER,
    admission,
    at,
    connect,
    denied,
    fail,
)


class TestHttp:
    def test_twenty_anonymous_requests_a_minute(self) -> None:
        door = admission()
        for _ in range(20):
            door.on_request(STRANGER, None, at(0))
        with denied(Denial.ANONYMOUS_RATE):
            door.on_request(STRANGER, None, at(1))
        door.on_request(HOME, None, at(1))
        door.on_request(STRANGER, None, at(3))

    def test_a_hundred_requests_a_minute_per_user_wherever_he_is(self) -> None:
        door = admission()
        for _ in range(50):
            door.on_request(STRANGER, "anna", at(0))
            door.on_request(HOME, "anna", at(0))
        with denied(Denial.USER_RATE):
            door.on_request(HOME, "anna", at(0))
        door.on_request(HOME, "bert", at(0))

    def test_a_banned_stranger_is_told_how_long(self) -> None:
        door = admission()
        fail(door)
        with pytest.raises(DeniedError) as refused:
            door.on_request(STRANGER, None, at(10))
        assert refused.value.denial is Denial.BANNED
        assert refused.value.retry_after == DAY - 10

    def test_a_shared_address_is_limited_by_identity_only(self) -> None:
        door = admission()
        for _ in range(100):
            door.on_request(PROXY, None, at(0))

    def test_a_lifted_ban_takes_its_failures_along(self) -> None:
        door = admission()
        fail(door)
        door.on_request(STRANGER, "anna", at(1))
        assert door.lift(STRANGER.key) is not None
        assert door.lane_of(STRANGER, at(1)) is Lane.OPEN
        assert door.lift(STRANGER.key) is None
        assert fail(door, times=19).ban is None

    def test_a_web_page_costs_a_request_and_nothing_else(self) -> None:
        door = admission()
        for _ in range(20):
            with denied(Denial.WEB_PAGE):
                door.on_web_page(STRANGER, at(0))
        with denied(Denial.ANONYMOUS_RATE):
            door.on_web_page(STRANGER, at(0))
        for _ in range(50):
            with denied(Denial.WEB_PAGE):
                door.on_web_page(PROXY, at(0))
        assert door.lane_of(STRANGER, at(0)) is Lane.OPEN
        assert door.unproved_connections == 0
        connect(door)

    def test_the_banned_see_the_page_that_lifts_bans(self) -> None:
        door = admission()
        fail(door)
        for _ in range(20):
            door.on_page(STRANGER, at(1))
        with denied(Denial.ANONYMOUS_RATE):
            door.on_page(STRANGER, at(1))
        for _ in range(100):
            door.on_page(PROXY, at(1))
