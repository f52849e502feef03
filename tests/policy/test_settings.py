"""The limits: their documented defaults, and what options may change."""

import pytest

from custom_components.oceanremote.policy.settings import (
    DAY,
    PolicySettings,
    Rate,
    budget,
)


class TestSettings:
    def test_the_documented_defaults(self) -> None:
        settings = PolicySettings()
        assert settings.anonymous_requests_per_minute == 20
        assert settings.user_requests_per_minute == 100
        assert settings.failed_registrations_per_minute == 2
        assert settings.api_requests_per_second == 20
        assert settings.unproved_per_address == 10
        assert settings.device_message_rate == Rate(200, 1000)
        assert settings.failures_before_ban == 20
        assert settings.ban_duration == 24 * 3600
        assert settings.proved_grace == 7 * 24 * 3600
        assert settings.slow_lane_rate == Rate(0.1, 1)
        assert budget(5) == Rate(5, 10)

    def test_options_change_what_they_name(self) -> None:
        options = {"failures_before_ban": 5, "urls": [], "tls_required": True}
        settings = PolicySettings.from_options(options)
        assert settings.failures_before_ban == 5
        assert settings.tls_required
        assert settings.ban_duration == DAY

    @pytest.mark.parametrize("value", [0, -1, True, 1.5, "20", None])
    def test_a_limit_of_nothing_is_refused(self, value: object) -> None:
        with pytest.raises(ValueError, match="failures_before_ban"):
            PolicySettings.from_options({"failures_before_ban": value})
