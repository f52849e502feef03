"""`script/convert`: what it rewrites, what it leaves alone, what it says, what it asks."""

from collections.abc import Sequence
import os
from pathlib import Path
import pty
import re
import subprocess

import pytest

from .shell import REPO

PYTHON = REPO / ".cache/venv-esphome/bin/python"
URL = "wss://home.example.com"
KEY = "oc_hub_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8CegF"
TOKEN = "oc_reg_ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1-f4CBgoMbD6q"
SAID = ("--url", URL, "--hub-key", KEY, "--token", TOKEN)
CASES = Path(__file__).parent / "moving"
PAIRS = sorted(CASES.glob("*.before"))


def run(
    *arguments: str | Path, answers: Sequence[str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command; with answers, as if a person sat there and typed them."""
    command = [str(PYTHON), "-m", "moving", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(REPO / "script")}
    if answers is None:
        return subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    os.close(theirs)
    assert process.stdout is not None
    said = b""
    for answer in answers:
        # What is typed before a question has been asked for a secret is thrown away.
        while not re.search(rb"(: |\] )\Z", said):
            said += (more := os.read(process.stdout.fileno(), 1))
            assert more, said
        said += b"\n"
        os.write(ours, f"{answer}\n".encode())
    rest, _ = process.communicate(timeout=60)
    os.close(ours)
    text = (said + rest).decode()
    return subprocess.CompletedProcess(command, process.returncode, text, text)


def place(folder: Path, text: str) -> Path:
    """Return a file with that text."""
    file = folder / "device.yaml"
    file.write_bytes(text.encode())
    return file


def converted(folder: Path, text: str) -> str:
    """Return what becomes of a text."""
    result = run(place(folder, text), *SAID, "--output", "-")
    assert result.returncode == 0, result.stderr
    return result.stdout


def noted(result: subprocess.CompletedProcess[str]) -> list[tuple[int, str]]:
    """Return line and words of each note."""
    found = re.findall(r"(?m)^\S+\.yaml:(\d+): (.*)$", result.stderr)
    return [(int(line), words) for line, words in found]


@pytest.mark.parametrize("before", PAIRS, ids=lambda path: path.stem)
def test_a_file_becomes_what_it_should(before: Path, tmp_path: Path) -> None:
    """Byte for byte; the notes name the lines of the old file, and a second run none."""
    file = place(tmp_path, before.read_text())
    new = tmp_path / "device-oceanremote.yaml"
    result = run(file, *SAID)
    assert result.returncode == 0, result.stderr
    assert new.read_text() == before.with_suffix(".after").read_text()
    notes = "".join(f"{line}: {words}\n" for line, words in noted(result))
    assert notes == before.with_suffix(".notes").read_text()
    assert file.read_text() == before.read_text()
    again = run(new, *SAID)
    assert "nothing to convert" in again.stderr
    assert set(tmp_path.iterdir()) == {file, new}


def test_there_are_files_to_try() -> None:
    assert len(PAIRS) >= 5


@pytest.mark.parametrize("break_", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "api",
    [
        "api:",
        "api:   # the native one",
        "api: {}",
        "api: {password: ''}  # old",
        "api:\n  password: !secret api\n\n  # below",
        '"api":\n    reboot_timeout: 0s',
        "api:\n  encryption:\n    key: >-\n      abc\n\n",
        "api:\n  encryption:\n    key:",
        "api: !include api.yaml",
    ],
)
def test_whatever_api_looks_like_it_is_replaced(
    api: str, break_: str, tmp_path: Path
) -> None:
    """And what stands around it stays, comments and line breaks included."""
    around = "# first\nesphome: {name: a}\n\n" + api + "\n\n# last\nlogger:  # hm\n"
    text = around.replace("\n", break_)
    result = run(place(tmp_path, text), *SAID, "--in-place")
    assert result.returncode == 0, result.stderr
    new = (tmp_path / "device.yaml").read_bytes().decode()
    assert new.startswith(f"# first{break_}esphome: {{name: a}}{break_}{break_}")
    assert new.endswith(f"{break_}# last{break_}logger:  # hm{break_}")
    assert ("\r\n" in new) == (break_ == "\r\n")
    assert new.count("\n") == new.count(break_)
    assert "api" not in re.sub("(?m)#.*$", "", new)
    for said in (f"urls: {URL}", f"hub_key: {KEY}", f"registration_token: {TOKEN}"):
        assert re.search(rf"(?m)^ +{re.escape(said)}\r?$", new)
    for comment in re.findall("# .*", text):
        assert comment in new
    before = (tmp_path / "device.yaml").read_bytes()
    assert run(tmp_path / "device.yaml", "--in-place").returncode == 0
    assert (tmp_path / "device.yaml").read_bytes() == before


def test_a_file_without_api_needs_no_keys(tmp_path: Path) -> None:
    """A part that others include: its words are translated, nothing is added."""
    text = "time:\n  - platform: homeassistant # clock\n    id: wall_clock\n"
    result = run(place(tmp_path, text), "--output", "-")
    assert result.stdout == text.replace("homeassistant", "oceanremote")


def test_a_platform_in_a_substitution_is_named(tmp_path: Path) -> None:
    """It may be something else, so it stays."""
    text = "substitutions:\n  clock: homeassistant\ntime: {platform: '${clock}'}\n"
    result = run(place(tmp_path, text), "--output", "-")
    assert result.stdout == text
    assert noted(result) == [(2, "'clock': if this is a platform, write 'oceanremote'")]


def test_a_list_that_others_include_is_translated(tmp_path: Path) -> None:
    """Actions, sensors or steps: what a list is for stands in the file that has it."""
    text = (
        "- service: show # once\n  then:\n    - homeassistant.event: {event: esphome.a}\n"
        "- platform: homeassistant\n  entity_id: sun.sun\n"
        "- homeassistant.service:\n    service: light.toggle\n"
    )
    result = run(place(tmp_path, text), "--output", "-")
    assert result.returncode == 0, result.stderr
    assert result.stdout == (
        "- action: show # once\n  then:\n    - oceanremote.event: {event: esphome.a}\n"
        "- platform: oceanremote\n  entity_id: sun.sun\n"
        "- oceanremote.action:\n    action: light.toggle\n"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [\n", "line 2: "),
        ("a\n", "no ESPHome configuration"),
        ("api:\noceanremote: {}\n", "line 1 has 'api:' and line 2 'oceanremote:'"),
        ("a: 'b\n", "line 2: "),
        ("a: \x00\n", "no YAML"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(
    text: str, words: str, tmp_path: Path
) -> None:
    result = run(place(tmp_path, text), *SAID)
    assert result.returncode == 2
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["device.yaml"]


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"api: \xff\n")
    for file, words in (
        (tmp_path / "a.yaml", "no text in UTF-8"),
        (tmp_path / "none.yaml", "No such file"),
        (tmp_path, "Is a directory"),
    ):
        result = run(file, *SAID)
        assert (result.returncode, words in result.stderr) == (2, True)
        assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--url", "home.example.com", "an address begins with"),
        ("--hub-key", TOKEN, "a hub key begins with oc_hub_"),
        ("--token", KEY, "a registration token begins with oc_reg_"),
        ("--token", "oc_reg_a\n  evil: true", "a registration token begins"),
    ],
)
def test_what_was_mixed_up_is_said_and_not_shown(
    option: str, value: str, words: str, tmp_path: Path
) -> None:
    said = list(SAID)
    said[said.index(option) + 1] = value
    result = run(place(tmp_path, "api:\n"), *said)
    assert result.returncode == 2
    assert words in result.stderr
    assert value not in result.stderr
    assert len(list(tmp_path.iterdir())) == 1


def test_secrets_and_substitutions_may_stand_for_them(tmp_path: Path) -> None:
    said = [*SAID[:2], "--url", "${second}", "--hub-key", "!secret key", "--token"]
    result = run(place(tmp_path, "api:\n"), *said, "!secret token", "--output", "-")
    assert result.stdout.endswith(
        f"oceanremote:\n  urls:\n    - {URL}\n    - ${{second}}\n"
        "  hub_key: !secret key\n  registration_token: !secret token\n"
    )


def test_nobody_is_asked_where_nobody_is(tmp_path: Path) -> None:
    result = run(place(tmp_path, "api:\n"), *SAID[:4])
    assert result.returncode == 2
    assert "give --token" in result.stderr


def test_a_person_is_asked_for_what_is_not_given(tmp_path: Path) -> None:
    """The token is not shown."""
    file = place(tmp_path, "api:\n")
    result = run(file, "--hub-key", KEY, answers=[URL, TOKEN])
    assert result.returncode == 0, result.stderr
    new = (tmp_path / "device-oceanremote.yaml").read_text()
    assert f"  urls: {URL}\n" in new
    assert f"  registration_token: {TOKEN}\n" in new
    assert TOKEN not in result.stdout + result.stderr


def test_nothing_is_written_over_without_being_asked(tmp_path: Path) -> None:
    file = place(tmp_path, "api:\n")
    new = tmp_path / "device-oceanremote.yaml"
    new.write_text("mine\n")
    refused = run(file, *SAID)
    assert (refused.returncode, new.read_text()) == (1, "mine\n")
    assert "is there already and was left as it is" in refused.stderr
    for answer in ("n", ""):
        assert run(file, *SAID, answers=[answer]).returncode == 1
        assert new.read_text() == "mine\n"
    onto_itself = run(file, *SAID, "--output", file)
    assert (onto_itself.returncode, file.read_text()) == (1, "api:\n")
    assert run(file, *SAID, answers=["y"]).returncode == 0
    first = new.read_text()
    assert "oceanremote:" in first
    again = run(file, *SAID)
    assert (again.returncode, new.read_text()) == (0, first)
    assert "is so already" in again.stderr
    new.write_text("mine\n")
    assert run(file, *SAID, "--force").returncode == 0
    assert new.read_text() == first


def test_only_who_may_read_the_old_file_may_read_the_new_one(tmp_path: Path) -> None:
    file = place(tmp_path, "api:\n")
    file.chmod(0o600)
    assert run(file, *SAID).returncode == 0
    assert (tmp_path / "device-oceanremote.yaml").stat().st_mode & 0o777 == 0o600


def test_the_component_is_that_of_this_release(tmp_path: Path) -> None:
    manifest = (REPO / "custom_components/oceanremote/manifest.json").read_text()
    (version,) = re.findall(r'"version": "(.*)"', manifest)
    new = converted(tmp_path, "api:\n")
    source = f"github://oceanremote/oceanremote@v{version}"
    assert new.startswith(f"external_components:\n  - source: {source}\n")
