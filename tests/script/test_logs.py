"""What a device's log looks like in a terminal."""

from typing import Any

from lab.logs import crash_lines, one_line

LINE = {
    "time": "2026-11-27T12:00:00+00:00",
    "level": "error",
    "tag": "pump",
    "text": "The pump is dry",
}


def test_a_line_has_its_time_level_and_tag() -> None:
    text = one_line(LINE, colour=False)
    assert text.endswith("][E][pump] The pump is dry")
    assert text.startswith("[")
    coloured = one_line(LINE, colour=True)
    assert coloured == f"\033[0;31m{text}\033[0m"


def test_a_device_that_has_not_crashed_says_nothing_of_it() -> None:
    assert list(crash_lines(None, colour=False)) == []


def test_a_crash_comes_with_its_reason_and_its_last_lines() -> None:
    crash: dict[str, Any] = {
        "time": LINE["time"],
        "reset_reason": "Watchdog",
        "lines": [LINE],
    }
    head, line, end = crash_lines(crash, colour=False)
    assert head.startswith("It has crashed (Watchdog), told at 20")
    # What was logged before it has no time that anybody knows.
    assert line == "[E][pump] The pump is dry"
    assert end == "From now on:"
    crash |= {"reset_reason": "", "lines": []}
    head, _ = crash_lines(crash, colour=False)
    assert "(unknown)" in head
