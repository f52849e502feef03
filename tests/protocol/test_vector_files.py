"""The vector files say what the code does today, and hold what both cores need."""

from custom_components.oceanremote.protocol.frames import FrameType
from tests.support.vector_files import JSON_FILE, TEXT_FILE, as_json, as_text, build


def test_the_vector_files_are_current() -> None:
    vectors = build()
    assert JSON_FILE.read_text() == as_json(vectors), "run script/generate"
    assert TEXT_FILE.read_text() == as_text(vectors), "run script/generate"


def test_the_transcripts_hold_every_kind_of_handshake() -> None:
    links = build()["links"]
    purposes = [epoch["purpose"] for epoch in links["first_boot"]["epochs"].values()]
    assert purposes == [1, 2, 2]
    restored = links["restored_hub"]["epochs"]["epoch_1"]
    assert restored["claimed_generation"] > restored["used_generation"]
    kinds = {step["type"] for step in links["first_boot"]["steps"].values()}
    assert kinds == {kind.name for kind in FrameType} - {"REJECT"}


def test_the_flat_form_has_one_value_per_line() -> None:
    lines = [line for line in TEXT_FILE.read_text().splitlines() if line[0] != "#"]
    names = [line.partition(" = ")[0] for line in lines]
    assert len(names) == len(set(names))
    assert all(" = " in line for line in lines)
