"""A device's regular expression cannot keep Home Assistant busy."""

import re
import time

import pytest

from custom_components.oceanremote.common.patterns import is_quick

QUICK = [
    "",
    "^[0-9]{4}$",
    "[a-zäöü]+",
    "^([01]?[0-9]|2[0-3]):[0-5][0-9]$",
    r"^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$",
    r"[+-]?[0-9]+(\.[0-9]+)?",
    ".*@.*",
    "(red|green|blue)",
    "^https?://.+$",
    "[\u4e00-\u9fa5]+",
    "a?" * 17 + "b",
]
# Not one of them is matched: these are what a match could take hours, or years, for.
ENDLESS = [
    "(a+)+$",
    "(a|aa)*b",
    "(a?)*b",
    "(.*)*x",
    "(?:a{1,9}){1,99}b",
    "a*a*a*a*a*b",
    "a*" * 127,
    "((((){1000}){1000}){1000}){1000}",
    "(?=(a+)+b)",
    r"(a)\1",
    "(?>a+)+b",
    "(a)(?(1)b|c)",
    "a?" * 18,
]
SLOW_TO_COMPILE = [
    "[\x00-\uffff]" * 50,
    "(?i)" + "[\x00-\uffff]",
    "(?i:[\x00-\uffff])",
]
BROKEN = ["[", "(", "a{2,1}", "*", "(?P<", "(" * 255, "\\", "a{99999999999999999999}"]
TEXTS = ["a" * 255, "a" * 254 + "!", "0" * 255, ".@" * 127, "x" * 255, "ab" * 127]


@pytest.mark.parametrize("pattern", QUICK)
def test_an_ordinary_pattern_is_matched(pattern: str) -> None:
    assert is_quick(pattern)
    compiled = re.compile(pattern)
    start = time.perf_counter()
    for text in TEXTS:
        compiled.match(text)
    assert time.perf_counter() - start < 1.0


@pytest.mark.parametrize("pattern", [*ENDLESS, *SLOW_TO_COMPILE, *BROKEN])
def test_another_is_not(pattern: str) -> None:
    start = time.perf_counter()
    assert not is_quick(pattern)
    assert time.perf_counter() - start < 1.0


def test_the_bound_is_the_bound() -> None:
    """The slowest that passes is held against a text in a moment."""
    slowest = ".*?.*?a?x"
    assert is_quick(slowest)
    assert not is_quick(f"a?a?{slowest}")
    start = time.perf_counter()
    re.match(slowest, "a" * 255)
    assert time.perf_counter() - start < 0.5
