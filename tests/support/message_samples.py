"""One of every message, and messages that must be refused, with the reason."""

from dataclasses import dataclass, replace
from typing import Literal

from custom_components.oceanremote.protocol import (
    CommandStatus,
    Domain,
    EntityAddress,
    EntityCategory,
    EntityState,
    LightState,
    StateClass,
)
from custom_components.oceanremote.protocol.messages import (
    Command,
    Describe,
    DeviceFacts,
    DeviceMessage,
    Event,
    Goodbye,
    HubMessage,
    IssueToken,
    Log,
    NewHubKey,
    Ping,
    Pong,
    Ready,
    Result,
    Revoked,
    Rotate,
    States,
    StatesComplete,
    Stored,
    SubscribeLogs,
    Time,
    Unknown,
    Welcome,
    encode_message,
)

from .commands import light_command
from .descriptors import describe

FACTS = DeviceFacts(
    name="garden-pump",
    friendly_name="Garden pump",
    esphome_version="2026.10.0",
    project_version="1.0.0",
    board="nodemcu-32s",
    platform="esp32",
)
SAFE_FACTS = DeviceFacts(
    name="garden-pump",
    friendly_name="Gartenpumpe „Süd“",
    esphome_version="2026.10.0",
    project_version="",
    board="d1_mini",
    platform="esp8266",
    safe_mode=True,
    reset_reason="Exception",
)

PUMP = EntityAddress(Domain.SWITCH, 0, 0x0001E240)
FLOW = EntityAddress(Domain.SENSOR, 0, 0xFFFF_FFFF)
LEAK = EntityAddress(Domain.BINARY_SENSOR, 0, 1)
NOTE = EntityAddress(Domain.TEXT_SENSOR, 0, 2)
RESTART = EntityAddress(Domain.BUTTON, 0, 3)
LEVEL = EntityAddress(Domain.NUMBER, 0, 4)
MODE = EntityAddress(Domain.SELECT, 0, 5)
LAMP = EntityAddress(Domain.LIGHT, 0, 6)

ENTITIES = (
    describe(address=PUMP, object_id="pump", name="Pump", assumed_state=True),
    describe(
        address=FLOW,
        object_id="flow",
        name="Flow",
        entity_category=EntityCategory.DIAGNOSTIC,
        icon="mdi:water",
        device_class="volume_flow_rate",
        unit="L/min",
        state_class=StateClass.MEASUREMENT,
        accuracy_decimals=1,
        force_update=True,
    ),
    describe(address=LEAK, object_id="leak", name="Leak"),
    describe(address=NOTE, object_id="note", name="Note", disabled_by_default=True),
    describe(
        address=RESTART,
        object_id="restart",
        name="Restart",
        entity_category=EntityCategory.CONFIG,
    ),
    describe(
        address=LEVEL,
        object_id="level",
        name="Level",
        min_value=-1.5,
        max_value=100.0,
        step=0.1,
    ),
    describe(
        address=MODE, object_id="mode", name="Mode", options=("off", "eco", "full")
    ),
    describe(
        address=LAMP,
        object_id="lamp",
        name="Lamp",
        color_modes=(11, 35),
        effects=("Rainbow",),
        min_mireds=153.0,
        max_mireds=500.0,
    ),
)

LIT = LightState(
    on=True,
    brightness=0.5,
    color_mode=35,
    rgb=(1.0, 0.25, 0.0),
    white=0.0,
    color_temperature=250.0,
    cold_white=0.125,
    warm_white=0.75,
    effect="Rainbow",
    color_brightness=1.0,
)

DEVICE_MESSAGES: dict[str, DeviceMessage] = {
    "ready": Ready(bytes(range(32)), FACTS),
    "ready_safe_mode": Ready(bytes(32), SAFE_FACTS),
    "ready_area": Ready(bytes(32), replace(FACTS, area="Garden")),
    "ready_every_fact": Ready(bytes(32), replace(SAFE_FACTS, area="Südgarten")),
    "ready_small_store": Ready(bytes(32), replace(FACTS, small_store=True)),
    "describe_nothing": Describe(0, 0, b""),
    "describe_first_part": Describe(0, 131072, b"\x86"),
    "describe_last_part": Describe(131071, 131072, b"\x80"),
    "states_every_domain": States(
        (
            EntityState(LEAK, True),
            EntityState(FLOW, 12.5),
            EntityState(NOTE, "all is well"),
            EntityState(PUMP, False),
            EntityState(LEVEL, 1e-05),
            EntityState(MODE, "eco"),
            EntityState(LAMP, LIT),
        )
    ),
    "states_missing": States(
        tuple(EntityState(address, None) for address in (LEAK, FLOW, NOTE, LEVEL, MODE))
    ),
    "states_text_255_characters": States((EntityState(NOTE, "ä" * 255),)),
    "states_light_off": States((EntityState(LAMP, LightState(on=False)),)),
    "states_float_half": States((EntityState(FLOW, -0.0),)),
    "states_float_single": States((EntityState(FLOW, 16777216.0),)),
    "states_float_decimal": States((EntityState(FLOW, 0.1),)),
    "states_float_double": States((EntityState(FLOW, 0.123456789012),)),
    "event": Event(NOTE, "single"),
    "event_with_data": Event(NOTE, "double", {1: 3, 2: "left", 3: None}),
    "result_done": Result(1, CommandStatus.DONE),
    "result_refused": Result(2, CommandStatus.REFUSED, "interlocked"),
    "result_expired": Result(0xFFFF_FFFF, CommandStatus.EXPIRED),
    "stored": Stored(bytes(range(32, 64))),
    "log": Log(3, "wifi", "Connected"),
    "rotate": Rotate(),
    "pong": Pong(bytes(range(8))),
    "goodbye_unknown": Goodbye(0),
    "goodbye_asleep": Goodbye(86400),
    "states_complete": StatesComplete(),
}

HUB_MESSAGES: dict[str, HubMessage] = {
    "welcome": Welcome(False, 1_795_000_000_123),
    "welcome_wants_description": Welcome(True, 1_795_000_000_123),
    "welcome_with_ticket": Welcome(False, 1_795_000_000_123, bytes(range(48))),
    "welcome_with_longest_ticket": Welcome(False, 0, bytes(range(64))),
    "command_switch": Command(1, 5000, PUMP, {1: True}),
    "command_button": Command(2, 5000, RESTART, {}),
    "command_number": Command(3, 5000, LEVEL, {1: 21.5}),
    "command_number_decimal": Command(3, 5000, LEVEL, {1: 0.7}),
    "command_select": Command(4, 5000, MODE, {1: "full"}),
    "command_select_255_characters": Command(4, 5000, MODE, {1: "😀" * 255}),
    "command_light_off": Command(5, 5000, LAMP, light_command(on=False)),
    "command_light_everything": Command(
        0xFFFF_FFFF,
        0xFFFF_FFFF,
        LAMP,
        light_command(
            on=True,
            brightness=0.5,
            color_mode=35,
            rgb=(1.0, 0.25, 0.0),
            white=0.0,
            color_temperature=250.0,
            cold_white=0.125,
            warm_white=0.75,
            effect="None",
            color_brightness=1.0,
            transition=1.5,
            flash=10.0,
        ),
    ),
    "issue_token": IssueToken(1, bytes(range(64, 96))),
    "revoked": Revoked(),
    "new_hub_key": NewHubKey(1, bytes(range(96, 128))),
    "subscribe_logs": SubscribeLogs(5),
    "subscribe_logs_off": SubscribeLogs(0),
    "time": Time(1_795_000_000_123),
    "ping": Ping(bytes(range(8))),
}


@dataclass(frozen=True)
class Invalid:
    """A message that its receiver must refuse."""

    name: str
    sender: Literal["device", "hub"]
    hex: str
    reason: str


# Written by hand, byte for byte: our own encoder cannot make them.
INVALID: tuple[Invalid, ...] = (
    Invalid("empty", "hub", "", "no item at all"),
    Invalid("empty_array", "hub", "80", "no message type"),
    Invalid("not_an_array", "hub", "1844", "not an array"),
    Invalid("type_is_text", "hub", "816144", "the type is not an integer"),
    Invalid("unknown_type", "hub", "811849", "type 73 does not exist"),
    Invalid("own_direction_hub", "hub", "8108", "rotate comes from devices only"),
    Invalid("own_direction_device", "device", "811844", "revoked comes from hubs only"),
    Invalid("trailing_byte", "hub", "81184400", "a byte behind the message"),
    Invalid("truncated", "hub", "82184648", "ends within the array"),
    Invalid("too_few_items", "hub", "811841", "welcome without its fields"),
    Invalid("too_many_items", "hub", "82184400", "revoked with a field"),
    Invalid("type_not_shortest", "hub", "81190044", "68 in two bytes"),
    Invalid("length_not_shortest", "hub", "98011844", "array length in an extra byte"),
    Invalid("indefinite_array", "hub", "9f1844ff", "indefinite length"),
    Invalid("indefinite_bytes", "hub", "8218485f440001020344040506 07ff", "indefinite"),
    Invalid("tagged", "hub", "c1811844", "tag"),
    Invalid("tagged_inside", "hub", "82184 6c100", "tag"),
    Invalid("undefined", "hub", "821846f7", "undefined is not a level"),
    Invalid("simple_value", "hub", "821846f0", "unassigned simple value"),
    Invalid("boolean_for_integer", "hub", "821846f5", "true is not a level"),
    Invalid("integer_for_boolean", "hub", "84184101 0040", "1 is not a boolean"),
    Invalid("ticket_65", "hub", "841841f4 005841" + "00" * 65, "65 bytes"),
    Invalid("ticket_text", "hub", "841841f4 0060", "text, not bytes"),
    Invalid("ticket_missing", "hub", "831841f4 00", "an empty one is there, too"),
    Invalid("negative", "hub", "82184620", "a level of -1"),
    Invalid("level_too_high", "hub", "82184608", "a level of 8"),
    Invalid("nonce_short", "hub", "82184847 00010203040506", "a nonce of 7 bytes"),
    Invalid("nonce_text", "hub", "8218486830303030 30303030", "text, not bytes"),
    Invalid("generation_zero", "hub", "831843 005820" + "00" * 32, "generation 0"),
    Invalid("token_short", "hub", "83184301581f" + "00" * 31, "a token of 31 bytes"),
    Invalid("command_id_zero", "hub", "87184200 01040000a101f5", "command id 0"),
    Invalid(
        "command_id_33_bits", "hub", "8718421b00000001 0000000001040000a101f5", "id"
    ),
    Invalid("command_no_args", "hub", "8618420101040000", "no arguments"),
    Invalid("command_to_sensor", "hub", "8718420101020000a0", "sensors take none"),
    Invalid("command_domain_99", "hub", "871842010118630000a0", "unknown domain"),
    Invalid("command_missing_arg", "hub", "8718420101040000a0", "switch needs 1"),
    Invalid("command_extra_arg", "hub", "8718420101040000a201f502f5", "no key 2"),
    Invalid(
        "command_map_unsorted", "hub", "8718420101080000a202f9380001f5", "2 before 1"
    ),
    Invalid("command_map_doubled", "hub", "8718420101080000a201f501f4", "key 1 twice"),
    Invalid("command_map_text_key", "hub", "8718420101080000a16131f5", "a text as key"),
    Invalid(
        "float_not_shortest", "hub", "8718420101060000a101fa41ac0000", "21.5 in 32"
    ),
    Invalid("float_nan", "hub", "8718420101060000a101f97e00", "not a number"),
    Invalid("float_infinity", "hub", "8718420101060000a101f97c00", "infinite"),
    Invalid("integer_for_float", "hub", "8718420101060000a10115", "21, not 21.0"),
    Invalid("brightness_above_1", "hub", "8718420101080000a102f93e00", "1.5"),
    Invalid(
        "text_256_characters", "hub", "8718420101070000a101790200" + "c3a4" * 256, "256"
    ),
    Invalid("text_not_utf8", "hub", "8718420101070000a10161ff", "not UTF-8"),
    Invalid("nested_deeply", "hub", "82184681818181818100", "six containers deep"),
    Invalid("hash_short", "device", "8206581f" + "00" * 31, "a hash of 31 bytes"),
    Invalid("states_empty", "device", "820380", "no state at all"),
    Invalid("state_of_button", "device", "82038184050003f5", "buttons have no state"),
    Invalid(
        "state_float_for_bool", "device", "82038184040000f93c00", "1.0 for a switch"
    ),
    Invalid("switch_missing", "device", "82038184040000f6", "switches are on or off"),
    Invalid("describe_too_much", "device", "8402001a000200014180", "131,073 bytes"),
    Invalid("describe_offset", "device", "840202014180", "from byte 2 of 1"),
    Invalid("describe_beyond", "device", "840201014180", "a byte behind the end"),
    Invalid("describe_empty", "device", "8402000140", "a part without bytes"),
    Invalid("describe_text", "device", "840200016180", "a text, not bytes"),
    Invalid("result_status_256", "device", "84050119010060", "status 256"),
    Invalid("result_reason_65", "device", "840501017841" + "61" * 65, "65 bytes"),
    Invalid("facts_missing", "device", "83015820" + "00" * 32 + "a0", "no facts"),
)


@dataclass(frozen=True)
class Tolerated:
    """A message of a newer device; the hub takes `meaning` and skips the rest."""

    name: str
    hex: str
    meaning: DeviceMessage | Unknown


TOLERATED: tuple[Tolerated, ...] = (
    Tolerated("unknown_type", "82183fa10102", Unknown(63)),
    Tolerated(
        "unknown_fact",
        # An eighth fact behind the seven of the map.
        encode_message(DEVICE_MESSAGES["ready"]).hex().replace("a7016b", "a8016b")
        + "0b820102",
        DEVICE_MESSAGES["ready"],
    ),
    Tolerated(
        "states_unknown_domain",
        "820382 8418c8000 1a10102 84040 0 01f5",
        States((EntityState(EntityAddress(Domain.SWITCH, 0, 1), True),)),
    ),
    Tolerated("states_only_unknown", "8203818418c80001a10102", States(())),
    Tolerated(
        "light_unknown_part",
        "820381 84080006 a201f5 1863820102",
        States((EntityState(LAMP, LightState(on=True)),)),
    ),
    Tolerated("event_unknown_domain", "850418c800016570726573 73", Unknown(4)),
    Tolerated(
        "result_unknown_status",
        "840501036462757379",
        Result(1, CommandStatus.REFUSED, "busy"),
    ),
)


def sample_bytes(sample: Invalid | Tolerated) -> bytes:
    """Return the bytes of a sample."""
    return bytes.fromhex(sample.hex.replace(" ", ""))
