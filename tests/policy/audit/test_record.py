"""The audit chain: any edit, cut, addition or move is found, and a crash is repaired."""

import ast
import json
from pathlib import Path
import subprocess
import sys
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.oceanremote.policy.audit.check import Checker, Report
from custom_components.oceanremote.policy.audit.files import (
    KEEP_FILES,
    file_index,
    file_name,
    in_order,
    missing,
    must_rotate,
    surplus,
)
from custom_components.oceanremote.policy.audit.kinds import NOTABLE, AuditKind
from custom_components.oceanremote.policy.audit.record import (
    GENESIS,
    MAX_LINE,
    MAX_TEXT,
    Actor,
    AuditEvent,
    AuditHead,
    AuditLineInvalidError,
    Outcome,
    append,
    cut_torn_tail,
    read_event,
)

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "script/verify-audit"
POLICY = ROOT / "custom_components/oceanremote/policy"


def event(number: int = 0, **changes: Any) -> AuditEvent:
    values: dict[str, Any] = {
        "time": 1_700_000_000.5 + number,
        "kind": AuditKind.SESSION,
        "outcome": Outcome.DONE,
        "actor": Actor("anna", "pump", "203.0.113.9"),
        "detail": {"number": number, "reason": None, "ratio": 0.5, "ok": True},
    }
    return AuditEvent(**(values | changes))


def log(count: int, head: AuditHead | None = None) -> tuple[list[str], AuditHead]:
    """Return lines and head of a log with a generation that grows."""
    head = head or AuditHead()
    lines = []
    for number in range(count):
        line, head = append(head, event(number), generation=number // 2)
        lines.append(line)
    return lines, head


def check(
    lines: list[str],
    *,
    name: str = "audit-000001.jsonl",
    expected: AuditHead | None = None,
) -> Report:
    checker = Checker(expected=expected)
    checker.begin(name)
    for line in lines:
        checker.take(line)
    return checker.end()


def verify(lines: list[str]) -> AuditHead:
    """Return the head of a log in which nothing is wrong."""
    report = check(lines)
    assert report.intact, report.breaks
    return report.head


def places(report: Report) -> list[str]:
    return [f"{found.line}: {found.reason}" for found in report.breaks]


details = st.dictionaries(
    st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True),
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**64) + 1, 2**64 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=400),
    ),
    max_size=24,
)


class TestWriting:
    def test_a_line_is_canonical_json_and_carries_the_hash_before(self) -> None:
        lines, _ = log(2)
        first, second = (json.loads(line) for line in lines)
        assert first["prev"] == GENESIS
        assert first["seq"] == 1
        assert second["seq"] == 2
        assert first["kind"] == "session"
        assert first["actor"] == {
            "user": "anna",
            "device": "pump",
            "address": "203.0.113.9",
        }
        assert lines[0].index('"actor"') < lines[0].index('"time"')
        assert ", " not in lines[0]

    def test_what_was_written_is_read_back(self) -> None:
        line, _ = append(AuditHead(), event(7), 1)
        assert read_event(line) == event(7)

    def test_the_generation_never_falls(self) -> None:
        _, head = append(AuditHead(generation=9), event(), generation=4)
        assert head.generation == 9

    @given(details, st.text(max_size=300), st.text(max_size=300))
    def test_no_event_is_lost_for_its_size(
        self, detail: dict[str, Any], user: str, address: str
    ) -> None:
        written, head = append(
            AuditHead(), event(detail=detail, actor=Actor(user, None, address)), 0
        )
        assert len(written.encode()) <= MAX_LINE
        assert verify([written]) == head
        for value in read_event(written).detail.values():
            assert not isinstance(value, str) or len(value) <= MAX_TEXT

    def test_the_largest_event_fits(self) -> None:
        wide = "\N{GRINNING FACE}" * 1000
        detail = {f"{'n' * 45}_{number:02d}": wide for number in range(40)}
        line, head = append(
            AuditHead(2**63, GENESIS, 0.0, 2**63),
            event(kind="k" * 48, detail=detail, actor=Actor(wide, wide, wide)),
            0,
        )
        assert len(line) <= MAX_LINE
        report = check([line], name=file_name(2))
        assert report.intact
        assert report.head.hash == head.hash

    @pytest.mark.parametrize(
        "changes",
        [
            {"kind": "Not A Word"},
            {"kind": ""},
            {"kind": "k" * 49},
            {"detail": {"UPPER": 1}},
            {"detail": {"x": float("nan")}},
            {"detail": {"x": float("inf")}},
            {"detail": {"x": 2**64}},
            {"detail": {"x": b"secret"}},
            {"detail": {"x": ["list"]}},
            {"time": float("nan")},
            {"outcome": "perhaps"},
        ],
    )
    def test_what_json_or_the_log_cannot_hold_is_refused(
        self, changes: dict[str, Any]
    ) -> None:
        with pytest.raises(ValueError):
            append(AuditHead(), event(**changes), 0)


class TestVerifying:
    def test_a_whole_log(self) -> None:
        lines, head = log(5)
        assert verify(lines) == head
        assert verify([]) == AuditHead()

    @given(st.integers(0, 4), st.integers(0, 10_000), st.integers(1, 255))
    def test_any_changed_byte_is_found(self, line: int, place: int, mask: int) -> None:
        lines, head = log(5)
        raw = bytearray(lines[line].encode())
        raw[place % len(raw)] ^= mask
        lines[line] = raw.decode("latin-1")
        assert check(lines, expected=head).breaks

    @given(st.permutations(range(5)))
    def test_any_other_order_is_found(self, order: list[int]) -> None:
        lines, _ = log(5)
        shuffled = [lines[index] for index in order]
        assert check(shuffled).intact == (shuffled == lines)

    @pytest.mark.parametrize("cut", range(4))
    def test_a_line_cut_out_is_found(self, cut: int) -> None:
        lines, _ = log(5)
        del lines[cut]
        (found,) = check(lines).breaks
        assert found.line == cut + 1

    @pytest.mark.parametrize("cut", range(1, 5))
    def test_lines_removed_from_the_front_are_found(self, cut: int) -> None:
        lines, head = log(5)
        report = check(lines[cut:], expected=head)
        assert places(report) == [f"1: record {cut + 1} follows record 0"]

    def test_an_edited_line_is_named_by_the_next_one(self) -> None:
        lines, _ = log(5)
        lines[1] = lines[1].replace("anna", "bert")
        assert places(check(lines)) == ["3: the line before was changed"]

    def test_after_a_break_the_next_one_is_found(self) -> None:
        lines, head = log(9)
        lines[1] = lines[1].replace("anna", "bert")
        lines[4] = "{}\n"
        del lines[7]
        assert places(check(lines, expected=head)) == [
            "3: the line before was changed",
            "5: the line is no record",
            "8: record 9 follows record 7",
        ]

    def test_damaged_lines_in_a_row_are_one_break(self) -> None:
        lines, head = log(9)
        lines[2:6] = ["\n"] * 40
        assert places(check(lines, expected=head)) == ["3: the line is no JSON"]

    def test_the_number_of_breaks_is_bounded(self) -> None:
        line, _ = append(AuditHead(), event(), 0)
        report = check([line] * 1001)
        assert len(report.breaks) + report.more == 1000
        assert report.more > 0

    def test_a_line_twice_is_found(self) -> None:
        lines, _ = log(3)
        report = check([*lines[:2], *lines[1:]])
        assert places(report) == ["3: record 2 follows record 2"]

    @pytest.mark.parametrize("kept", range(5))
    def test_an_end_cut_off_is_found_by_the_known_head(self, kept: int) -> None:
        lines, head = log(5)
        verify(lines[:kept])
        report = check(lines[:kept], expected=head)
        assert places(report) == [f"{kept + 1}: the log ends before record 5"]

    def test_a_log_may_have_grown_since_the_head_was_noted(self) -> None:
        lines, noted = log(3)
        more, head = log(2, noted)
        report = check(lines + more, expected=noted)
        assert report.intact
        assert report.head == head

    def test_an_end_that_was_cut_and_filled_up_is_found_by_the_known_head(self) -> None:
        lines, head = log(3)
        _, second = log(2)
        forged, third = append(second, event(99), 2)
        more, _ = append(third, event(100), 2)
        report = check([*lines[:2], forged, more], expected=head)
        assert places(report) == ["5: record 3 is not the one that was written"]

    def test_a_cut_that_the_log_tells_of_is_reported_for_ever(self) -> None:
        lines, head = log(3)
        told, head = append(
            head,
            event(kind=AuditKind.LOG_REPAIRED, detail={"broken": "4 are missing"}),
            9,
        )
        more, _ = log(2, head)
        (found,) = check([*lines, told, *more]).breaks
        assert found.known
        assert str(found) == "audit-000001.jsonl, line 4: 4 are missing (known)"

    def test_a_generation_that_goes_back_is_found(self) -> None:
        line, head = append(AuditHead(), event(), 5)
        forged, _ = append(AuditHead(head.seq, head.hash), event(), 4)
        assert places(check([line, forged])) == ["2: the generation goes back"]

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("", "the line has no end"),
            ("\n", "the line is no JSON"),
            ("{}\n", "the line is no record"),
            ("[]\n", "the line is no record"),
            ("null\n", "the line is no record"),
            ("[" * 4000 + "\n", "the line is no JSON"),
            ('{"a":1}', "the line has no end"),
            ("x" * 5000 + "\n", "the line is too long"),
            ('{"seq": 1}\n', "the line is not canonical"),
            ('{"seq":NaN}\n', "the line is no JSON"),
            ('{"seq":1e999}\n', "the line is no JSON"),
        ],
    )
    def test_what_is_no_record_is_refused(self, line: str, reason: str) -> None:
        assert places(check([line])) == [f"1: {reason}"]
        with pytest.raises(AuditLineInvalidError):
            read_event(line)

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("seq", 0),
            ("seq", True),
            ("seq", "1"),
            ("generation", -1),
            ("time", "now"),
            ("time", True),
            ("kind", "Kind"),
            ("kind", None),
            ("outcome", []),
            ("prev", "00"),
            ("prev", 0),
            ("actor", None),
            ("actor", {"user": None}),
            ("actor", {"user": 1, "device": None, "address": None}),
            ("detail", []),
            ("extra", 1),
        ],
    )
    def test_a_record_with_a_wrong_field_is_refused(self, key: str, value: Any) -> None:
        lines, _ = log(1)
        record = json.loads(lines[0]) | {key: value}
        line = json.dumps(record, sort_keys=True, separators=(",", ":")) + "\n"
        assert places(check([line])) == ["1: the line is no record"]


class TestCrash:
    @given(st.integers(0, 10_000))
    def test_after_a_crash_at_any_byte_the_log_goes_on(self, place: int) -> None:
        lines, _ = log(4)
        data = "".join(lines).encode()
        on_disk = data[: place % (len(data) + 1)]
        whole, torn = cut_torn_tail(on_disk)
        assert whole + torn == on_disk
        assert b"\n" not in torn
        kept = whole.decode().splitlines(keepends=True)
        head = verify(kept)
        more, after = append(head, event(kind=AuditKind.LOG_REPAIRED), 9)
        assert verify([*kept, more]) == after


class TestFiles:
    def test_a_new_file_goes_on_with_the_chain(self) -> None:
        first, head = log(3)
        second, end = log(2, head)
        assert verify(first + second) == end
        assert not check(second).intact

    def test_a_file_whose_predecessors_are_gone(self) -> None:
        _, head = log(3)
        lines, end = log(2, head)
        report = check(lines, name=file_name(2), expected=AuditHead(1))
        assert report.intact
        assert report.head == end

    def test_names_and_order(self) -> None:
        names = [file_name(index) for index in (10, 2, 1_000_000)]
        assert file_index(names[1]) == 2
        assert in_order([*names, "audit.jsonl", "audit-000000.jsonl", "x"]) == [
            "audit-000002.jsonl",
            "audit-000010.jsonl",
            "audit-1000000.jsonl",
        ]
        many = [file_name(index) for index in range(3, KEEP_FILES + 5)]
        assert surplus(many) == many[:2]
        assert surplus(many[2:]) == []

    def test_only_rotation_may_delete_the_oldest(self) -> None:
        last = KEEP_FILES + 4
        rotated = [file_name(index) for index in range(5, last + 1)]
        assert missing([]) == []
        assert missing([file_name(1)]) == []
        assert missing(rotated) == []
        assert missing([file_name(4), *rotated]) == []
        assert missing(rotated[1:]) == rotated[:1]
        assert missing([*rotated[:3], *rotated[4:]]) == [rotated[3]]
        assert missing([file_name(3)]) == [file_name(1), file_name(2)]

    def test_a_file_is_full_before_it_is_too_large(self) -> None:
        assert not must_rotate(0, 500, limit=100)
        assert not must_rotate(50, 50, limit=100)
        assert must_rotate(51, 50, limit=100)


class TestHead:
    def test_it_survives_its_json(self) -> None:
        _, head = log(3)
        assert AuditHead.from_json(json.loads(json.dumps(head.to_json()))) == head

    @pytest.mark.parametrize(
        "change",
        [{"seq": -1}, {"hash": "x"}, {"hash": 5}, {"time": "x"}, {"seq": None}],
    )
    def test_damage_is_refused(self, change: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match="damaged"):
            AuditHead.from_json(AuditHead().to_json() | change)

    @pytest.mark.parametrize("data", [{}, [], {"seq": 1}])
    def test_missing_parts_are_refused(self, data: Any) -> None:
        with pytest.raises(ValueError, match="damaged"):
            AuditHead.from_json(data)


class TestScript:
    """script/verify-audit, with whatever Python runs it."""

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-I", str(SCRIPT), *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
        )

    def test_a_log_in_two_files(self, tmp_path: Path) -> None:
        first, head = log(3)
        second, end = log(2, head)
        one, two = tmp_path / file_name(1), tmp_path / file_name(2)
        one.write_text("".join(first))
        two.write_text("".join(second))
        done = self.run(one, two, "--head", f"{end.seq}:{end.hash}")
        assert done.returncode == 0, done.stderr
        assert f"every record holds; the last record is 5:{end.hash}" in done.stdout
        later = self.run(two)
        assert later.returncode == 0
        assert "audit-000001.jsonl was not given" in later.stdout
        assert self.run(two, one).returncode == 1

    def test_a_file_that_was_deleted(self, tmp_path: Path) -> None:
        _, head = log(3)
        second, _ = log(2, head)
        two = tmp_path / file_name(2)
        two.write_text("".join(second))
        done = self.run(two)
        assert done.returncode == 1
        assert done.stderr == "audit-000001.jsonl: the file is missing\n"

    def test_every_break_is_printed(self, tmp_path: Path) -> None:
        lines, _ = log(6)
        path = tmp_path / "a.jsonl"
        text = "".join(lines).replace('"number":1', '"number":7')
        path.write_text(text.replace('"number":3', '"number":9'))
        done = self.run(path)
        assert done.returncode == 1
        assert done.stderr.splitlines() == [
            "a.jsonl, line 3: the line before was changed",
            "a.jsonl, line 5: the line before was changed",
        ]
        assert "there are breaks" in done.stdout

    def test_more_breaks_than_are_listed(self, tmp_path: Path) -> None:
        path = tmp_path / "a.jsonl"
        line, _ = append(AuditHead(), event(), 0)
        path.write_text(line * 201)
        assert "and 100 more breaks" in self.run(path).stderr

    def test_a_missing_end_is_found_by_the_head(self, tmp_path: Path) -> None:
        lines, head = log(3)
        path = tmp_path / "a.jsonl"
        path.write_text("".join(lines[:2]))
        assert self.run(path).returncode == 0
        assert self.run(path, "--head", f"3:{head.hash}").returncode == 1
        assert self.run(path, "--head", "x").returncode == 2

    def test_bytes_that_are_no_text(self, tmp_path: Path) -> None:
        path = tmp_path / "a.jsonl"
        path.write_bytes(b"\xff\xfe\n")
        assert self.run(path).returncode == 1

    def test_no_file_and_an_empty_file(self, tmp_path: Path) -> None:
        assert self.run(tmp_path / "missing").returncode == 2
        path = tmp_path / "empty"
        path.touch()
        done = self.run(path)
        assert done.returncode == 0
        assert "no record" in done.stdout


@pytest.mark.parametrize(
    "name", ["record.py", "check.py", "files.py", "kinds.py", "__init__.py"]
)
def test_the_log_can_be_verified_by_an_old_python(name: str) -> None:
    ast.parse((POLICY / "audit" / name).read_text(), feature_version=(3, 11))


def test_every_notable_kind_is_a_word_of_the_log() -> None:
    for kind in AuditKind:
        append(AuditHead(), event(kind=kind), 0)
    assert set(AuditKind) >= NOTABLE
