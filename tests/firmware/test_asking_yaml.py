"""The YAML of what a device asks of Home Assistant: accepted, or refused with reasons."""

from base64 import b64encode
from pathlib import Path
import re
from textwrap import dedent

import pytest

from lab.paths import REPO

from .around_component import ESP32, ESP8266, HOST, NETWORK, validate

pytestmark = pytest.mark.sources

# What stands around the examples of the document, whose last belongs to an action.
_USING = (REPO / "docs/using.md").read_text()
_EXAMPLES = re.findall(r"```yaml\n((?!automation|script).*?)```", _USING, re.DOTALL)

_KEY = b64encode(bytes(range(32))).decode()
_SECRETS = f"api_key: {_KEY}\nweb_password: test\n"

IMPORTED = "{platform: oceanremote, id: it, entity_id: "


def _script(action: str) -> str:
    return f"script:\n  - id: ask\n    then:\n      - {action}\n"


def _action(options: str) -> str:
    return _script(f"oceanremote.action: {{action: light.turn_on, {options}}}")


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (
            f"sensor:\n  - {IMPORTED}sensor.x, session_age: {{name: Age}}}}\n",
            "'session_age' is the device's own: write two entries",
        ),
        (
            f"text_sensor:\n  - {IMPORTED}sensor.x, device_id: {{name: ID}}}}\n",
            "'device_id' is the device's own: write two entries",
        ),
        (
            "binary_sensor:\n  - {platform: oceanremote, name: Door}\n",
            "either 'entity_id' of what Home Assistant is to tell the board",
        ),
        (f"sensor:\n  - {IMPORTED}outside}}\n", "entity"),
        (
            f"sensor:\n  - {IMPORTED}sensor.x, attribute: {'a' * 65}}}\n",
            "has at most 64 bytes",
        ),
        (f"number:\n  - {IMPORTED}sensor.x}}\n", "sensor.x cannot be set by this"),
        (f"switch:\n  - {IMPORTED}lock.x}}\n", "lock.x cannot be set by this"),
        (
            "number:\n"
            + "".join(
                f"  - {{platform: oceanremote, id: n{n}, entity_id: number.x}}\n"
                for n in range(16)
            )
            + f"sensor:\n  - {IMPORTED}sensor.x}}\n",
            "65 states and attributes of Home Assistant are more than the 64",
        ),
        (_action("response_template: x"), "which needs 'capture_response: true'"),
        (_action("capture_response: true"), "in 'on_success' only, which is missing"),
        (_action(f"data: {{a: {'x' * 1025}}}"), "a text of 0 to 1024 bytes"),
        (_action(f"data: {{{'ü' * 33}: x}}"), "a text of 1 to 64 bytes"),
        (
            _action(f"data: {{{', '.join(f'k{n}: x' for n in range(17))}}}"),
            "length of value must be at most 16",
        ),
        (_script("oceanremote.action: {action: light}"), "'light' is no action"),
        (
            _script("oceanremote.action: {action: homeassistant.turn_on}"),
            "write the domain's own action instead, such as light.turn_on",
        ),
        (
            _script("oceanremote.action: {action: hassio.host_reboot}"),
            "lets no device call 'hassio' actions",
        ),
        (_script("oceanremote.event: {}"), "'event' is a required option"),
        (
            _script(f"oceanremote.tag_scanned: {'x' * 121}"),
            "a text of 1 to 120 bytes",
        ),
    ],
    ids=lambda part: part.replace("\n", " ")[:50],
)
def test_a_mistake_is_refused_with_the_reason(
    part: str, words: str, tmp_path: Path
) -> None:
    outcome = validate(tmp_path, HOST, part)
    assert not outcome.accepted
    assert words in outcome.words, outcome.text


@pytest.mark.parametrize(
    ("trigger", "counterpart"),
    [
        ("on_client_connected", "on_session"),
        ("on_client_disconnected", "on_disconnected"),
    ],
)
def test_triggers_of_the_native_api_are_called_otherwise(
    trigger: str, counterpart: str, tmp_path: Path
) -> None:
    package = f"packages:\n  more:\n    oceanremote: {{{trigger}: []}}\n"
    outcome = validate(tmp_path, HOST, package)
    assert not outcome.accepted
    assert f"what the native API calls so is '{counterpart}:' here" in outcome.words


def test_what_is_imported_is_internal_unless_it_says_otherwise(tmp_path: Path) -> None:
    outcome = validate(tmp_path, HOST, f"sensor:\n  - {IMPORTED}sensor.x}}\n")
    assert outcome.accepted, outcome.text
    assert "internal: true" in outcome.text
    shown = f"sensor:\n  - {IMPORTED}sensor.x, internal: false, name: X}}\n"
    outcome = validate(tmp_path, HOST, shown)
    assert outcome.accepted, outcome.text
    assert "internal: false" in outcome.text


def _defined(actions: str) -> str:
    return f"packages:\n  more:\n    oceanremote:\n      actions: [{actions}]\n"


@pytest.mark.parametrize(
    ("action", "response"),
    [
        ("{action: beep, then: []}", "none"),
        ("{service: beep, then: []}", "none"),
        ("{action: beep, then: [{oceanremote.respond: {}}]}", "status"),
        ("{action: beep, then: [{oceanremote.respond: {data: {a: 1}}}]}", "optional"),
        (
            (
                "{action: beep, then: [{if: {condition: {lambda: 'return true;'}, "
                "then: [{oceanremote.respond: {data: {a: 1}}}]}}]}"
            ),
            "optional",
        ),
        (
            (
                "{action: beep, supports_response: only, "
                "then: [{oceanremote.respond: {data: !lambda 'root[\"a\"] = 1;'}}]}"
            ),
            "only",
        ),
    ],
)
def test_what_an_action_responds_is_found_out(
    action: str, response: str, tmp_path: Path
) -> None:
    outcome = validate(tmp_path, HOST, _defined(action))
    assert outcome.accepted, outcome.text
    assert f"supports_response: {response}" in outcome.text
    assert "action: beep" in outcome.text


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (
            "{action: beep, supports_response: only, then: []}",
            "the point of 'beep' is its response, but no 'oceanremote.respond:'",
        ),
        ("{action: be-ep, then: []}", "'be-ep' would be no action or field in"),
        (
            "{action: beep, variables: {Loud: bool}, then: []}",
            "'Loud' would be no action or field in Home Assistant",
        ),
        ("{then: []}", "Must contain exactly one of service, action"),
        ("{action: beep, variables: {tune: list}, then: []}", "Unknown value 'list'"),
        (
            "{action: beep, then: []}, {action: beep, then: []}",
            "'beep' and 'beep' cannot be told apart: rename one of them",
        ),
        (
            (
                "{action: beep, variables: "
                f"{{{', '.join(f'v{n}: int' for n in range(17))}}}, then: []}}"
            ),
            "length of value must be at most 16",
        ),
    ],
)
def test_a_mistake_in_an_action_is_refused_with_the_reason(
    action: str, words: str, tmp_path: Path
) -> None:
    outcome = validate(tmp_path, HOST, _defined(action))
    assert not outcome.accepted
    assert words in outcome.words, outcome.text


def test_a_long_description_is_cut_with_a_warning(tmp_path: Path) -> None:
    action = f"{{action: beep, description: {'long ' * 60}, then: []}}"
    outcome = validate(tmp_path, HOST, _defined(action))
    assert outcome.accepted, outcome.text
    (warning,) = outcome.warnings
    assert "Home Assistant shows 255 bytes of it" in warning


def _around(example: str) -> str:
    """Return what an example takes for granted: its sensors, and that it sleeps."""
    sensors = [
        f"  - {{platform: template, id: {name}, name: {name}}}\n"
        for name in ("level", "water_level", "tank_energy")
        if re.search(rf"\b{name}\b(?!:)", example)
        and not re.search(rf"\bid: {name}\n", example)
    ]
    sleep = "oceanremote.sleep:" in example
    return (
        "sensor:\n" + "".join(sensors) if sensors else ""
    ) + "deep_sleep: {run_duration: 20s, sleep_duration: 15min}\n" * sleep


@pytest.mark.parametrize("example", _EXAMPLES, ids=lambda text: text[:20].strip())
def test_every_example_of_the_document_is_accepted(
    example: str, tmp_path: Path
) -> None:
    (tmp_path / "secrets.yaml").write_text(_SECRETS)
    (tmp_path / "example.yaml").write_text(dedent(example) + _around(example))
    packages = "packages:\n  example: !include example.yaml\n"
    board = ESP32 if "tunnels:" in example else ESP8266
    outcome = validate(tmp_path, board, NETWORK, packages, "logger:\n")
    assert outcome.accepted, outcome.text
    assert outcome.warnings == []


def test_the_document_has_examples_of_each_kind() -> None:
    words = ("time:", "oceanremote.action:", "oceanremote.respond:")
    assert all(any(word in example for example in _EXAMPLES) for word in words)
