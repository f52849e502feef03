"""A whole log in several files: whatever is changed in it is found, and every time."""

from hypothesis import given, strategies as st
import pytest

from custom_components.oceanremote.policy.audit.check import Checker, Report
from custom_components.oceanremote.policy.audit.files import file_name
from custom_components.oceanremote.policy.audit.record import (
    Actor,
    AuditEvent,
    AuditHead,
    Outcome,
    append,
)

FILES = 3
LINES = 3

type Log = dict[str, list[str]]


def write(lines: int, head: AuditHead, number: int = 0) -> tuple[list[str], AuditHead]:
    """Return lines that go on after `head`, and the new head."""
    written = []
    for _ in range(lines):
        number += 1
        event = AuditEvent(1000.0 + number, "session", Outcome.DONE, Actor(), {})
        line, head = append(head, event, number)
        written.append(line)
    return written, head


def make() -> tuple[Log, AuditHead]:
    """Return a log in FILES files of LINES lines each."""
    head = AuditHead()
    log = {}
    for index in range(1, FILES + 1):
        log[file_name(index)], head = write(LINES, head, head.seq)
    return log, head


def check(log: Log, expected: AuditHead | None = None) -> Report:
    checker = Checker(expected=expected)
    checker.files(log)
    for name, lines in log.items():
        checker.begin(name)
        for line in lines:
            checker.take(line)
    return checker.end()


files = st.integers(1, FILES).map(file_name)
places = st.integers(0, LINES - 1)


def test_what_was_written_is_intact() -> None:
    log, head = make()
    assert check(log, head) == Report(head)


@given(files, st.integers(0, 10_000), st.integers(1, 255))
def test_any_changed_byte_of_any_file_is_found(
    name: str, place: int, mask: int
) -> None:
    log, head = make()
    data = bytearray("".join(log[name]).encode())
    data[place % len(data)] ^= mask
    log[name] = data.decode("latin-1").splitlines(keepends=True)
    assert not check(log, head).intact


@given(files, places)
def test_a_cut_at_any_line_of_any_file_is_found(name: str, kept: int) -> None:
    log, head = make()
    del log[name][kept:]
    assert not check(log, head).intact


@given(files, st.integers(1, LINES))
def test_lines_removed_from_the_front_of_any_file_are_found(
    name: str, removed: int
) -> None:
    log, head = make()
    del log[name][:removed]
    assert not check(log, head).intact


@given(st.lists(files, min_size=2, max_size=2, unique=True))
def test_files_that_changed_places_are_found(names: list[str]) -> None:
    log, head = make()
    one, other = names
    log[one], log[other] = log[other], log[one]
    assert not check(log, head).intact


@given(st.tuples(files, places), st.tuples(files, places))
def test_lines_that_changed_places_are_found(
    one: tuple[str, int], other: tuple[str, int]
) -> None:
    log, head = make()
    swapped = {name: list(lines) for name, lines in log.items()}
    swapped[one[0]][one[1]] = log[other[0]][other[1]]
    swapped[other[0]][other[1]] = log[one[0]][one[1]]
    assert check(swapped, head).intact == (one == other)


@given(st.sets(files, min_size=1))
def test_files_that_were_deleted_are_found(names: set[str]) -> None:
    log, head = make()
    for name in names:
        del log[name]
    assert not check(log, head).intact


@pytest.mark.parametrize("oldest", range(1, FILES))
def test_the_oldest_files_deleted_do_not_pass_for_rotation(oldest: int) -> None:
    log, head = make()
    for index in range(1, oldest + 1):
        del log[file_name(index)]
    report = check(log, head)
    assert [str(found) for found in report.breaks] == [
        f"{file_name(index)}: the file is missing" for index in range(1, oldest + 1)
    ]


@given(st.integers(0, FILES * LINES - 1))
def test_a_cut_filled_up_to_the_same_length_is_found(kept: int) -> None:
    log, head = make()
    whole = [line for lines in log.values() for line in lines]
    _, cut = write(kept, AuditHead())
    forged, _ = write(len(whole) - kept, cut, 1000)
    assert not check({file_name(1): whole[:kept] + forged}, head).intact


@given(st.integers(1, FILES * LINES - 1), st.data())
def test_behind_any_break_a_later_one_is_found(first: int, data: st.DataObject) -> None:
    log, head = make()
    whole = [line for lines in log.values() for line in lines]
    second = data.draw(st.integers(first, len(whole) - 1))
    whole[first - 1] = whole[first - 1].replace("session", "sessiom")
    before = check({file_name(1): whole}, head)
    whole[second] = whole[second].replace("session", "sessiom")
    assert len(check({file_name(1): whole}, head).breaks) == len(before.breaks) + 1


def test_the_beginning_of_a_rotated_log_is_not_verified() -> None:
    """Its hash is that of a file which is gone."""
    lines, head = write(3, AuditHead(9, "ab" * 32), 9)
    assert check({file_name(40): lines[1:]}).breaks
    checker = Checker(expected=AuditHead(4, "cd" * 32))
    checker.begin(file_name(40))
    for line in lines:
        checker.take(line)
    assert checker.end() == Report(head)
