"""What the core costs on each instruction set: as docs/boards.md says, and no more."""

import pytest

from .measured import Measured, measure
from .report import (
    CLIENT_KEY,
    ESP8266_CONSTANTS,
    ESP8266_CRYPTO_STACK,
    ESP8266_FLASH,
    ESP8266_PASS_MS,
    ESP8266_PIECE_MS,
    SERVER_KEY,
    STACK,
    TABLES,
    TOLERANCE,
    milliseconds,
    row,
    tls_milliseconds,
    written_compilers,
    written_row,
)
from .toolchains import BY_NAME, TARGETS, Target

on_every_target = pytest.mark.parametrize(
    "target",
    [
        pytest.param(target, id=target.name, marks=pytest.mark.xdist_group(target.name))
        for target in TARGETS
    ],
)
esp8266 = pytest.mark.xdist_group("lx106")


def _differs(written: str, found: str) -> bool:
    before, now = (int(text.replace(",", "")) for text in (written, found))
    return abs(now - before) > max(TOLERANCE * before, 1)


@on_every_target
def test_the_document_says_what_is_measured(target: Target) -> None:
    """Renew it by `script/boards-tables`. Another compiler has other figures."""
    measured = measure(target)
    if measured.compiler not in written_compilers():
        return
    for table in TABLES:
        if not table.is_about(target):
            continue
        found, written = row(table, measured), written_row(table, measured)
        assert len(written) == len(found), f"no row in {table.name}"
        for name, old, new in zip(table.columns, written[1:], found[1:], strict=True):
            assert not _differs(old, new), f"{table.name}, {name}: {old}, now {new}"


@on_every_target
def test_no_pass_has_more_than_one_curve_operation(target: Target) -> None:
    if not target.runs:
        return
    works = measure(target).works
    curve = works["curve_shared"].instructions
    for name in ("registration", "session", "rotation"):
        assert works[name].curve_passes >= 3, name
        assert works[name].worst_pass < 1.2 * curve, name


@on_every_target
def test_the_stack_stays_small(target: Target) -> None:
    measured = measure(target)
    assert measured.static_stack <= STACK, measured.static_path
    assert measured.stack <= STACK


@pytest.fixture(name="lx106", scope="module")
def measured_lx106() -> Measured:
    """The smallest of the boards."""
    return measure(BY_NAME["lx106"])


@esp8266
def test_core_and_cryptography_fit_into_an_esp8266(lx106: Measured) -> None:
    assert lx106.core.flash + lx106.library.flash <= ESP8266_FLASH


@esp8266
def test_our_constants_leave_an_esp8266_its_ram(lx106: Measured) -> None:
    """What is not marked for flash lies in RAM there."""
    assert lx106.core.constants + lx106.core.variables <= ESP8266_CONSTANTS


@esp8266
def test_a_pass_without_a_curve_operation_is_short(lx106: Measured) -> None:
    worst = max(work.worst_other_pass for work in lx106.works.values())
    assert milliseconds(lx106, worst) <= ESP8266_PASS_MS


@esp8266
def test_a_piece_of_tls_is_far_from_the_soft_watchdog(lx106: Measured) -> None:
    """At 80 MHz; it is fed before each, and the own share follows upon the server's."""
    pieces = [(name,) for name in lx106.tls_works if name.startswith("piece_")]
    assert len(pieces) == 4
    for piece in (*pieces, (*SERVER_KEY, *CLIENT_KEY)):
        assert tls_milliseconds(lx106, piece) < ESP8266_PIECE_MS, piece


@esp8266
def test_an_operation_of_tls_fits_on_the_second_stack(lx106: Measured) -> None:
    assert lx106.tls_stack <= ESP8266_CRYPTO_STACK
