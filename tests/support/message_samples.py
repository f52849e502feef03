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
from custom_components.oceanremote.protocol.addresses import Addresses, AddressesStored
from custom_components.oceanremote.protocol.facts import DeviceFacts
from custom_components.oceanremote.protocol.health import (
    Health,
    LastLine,
    LastLines,
    ReportHealth,
)
from custom_components.oceanremote.protocol.hub_keys import (
    HubKeyPhase,
    HubKeyStored,
    NewHubKey,
)
from custom_components.oceanremote.protocol.messages import (
    Command,
    Describe,
    DeviceMessage,
    Event,
    Goodbye,
    GoodbyeReason,
    HubMessage,
    IssueToken,
    Log,
    Ping,
    Pong,
    Ready,
    Result,
    Revoked,
    Rotate,
    States,
    StatesComplete,
    StayAwake,
    Stored,
    SubscribeLogs,
    Time,
    Unknown,
    Welcome,
    encode_message,
)
from custom_components.oceanremote.protocol.pictures import Image
from custom_components.oceanremote.protocol.readings import (
    Reading,
    Readings,
    ReadingsTaken,
)
from custom_components.oceanremote.protocol.requests import (
    Answer,
    AnswerStatus,
    Import,
    Imported,
    ImportStatus,
    Request,
    RequestKind,
    RequestParts,
)
from custom_components.oceanremote.protocol.signals import HeardSignal
from custom_components.oceanremote.protocol.tunnels import (
    TunnelCreditDown,
    TunnelCreditUp,
    TunnelDataDown,
    TunnelDataUp,
    TunnelEnd,
    TunnelEndDown,
    TunnelEndUp,
    TunnelOpen,
    TunnelOpened,
    TunnelService,
    TunnelStatus,
)
from custom_components.oceanremote.protocol.updates import (
    AbandonUpdate,
    InstallUpdate,
    OfferUpdate,
    UpdateChunk,
    UpdateFacts,
    UpdateFailure,
    UpdateOutcome,
    UpdatePosition,
    UpdateStatus,
)
from custom_components.oceanremote.protocol.user_actions import UserActionCall

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
BELL = EntityAddress(Domain.EVENT, 0, 7)
EYE = EntityAddress(Domain.INFRARED, 0, 8)

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
    "ready_keeps_time": Ready(bytes(32), replace(FACTS, keeps_time=True)),
    "ready_sleeps": Ready(bytes(32), replace(FACTS, sleeps=True)),
    "ready_remembers": Ready(bytes(32), replace(FACTS, remembers=True)),
    "ready_reports_health": Ready(bytes(32), replace(FACTS, reports_health=True)),
    "ready_takes_hub_keys": Ready(bytes(32), replace(FACTS, takes_hub_keys=True)),
    "ready_tunnels": Ready(bytes(32), replace(FACTS, tunnels=frozenset(TunnelService))),
    "ready_takes_updates": Ready(
        bytes(32),
        replace(
            FACTS,
            updates=UpdateFacts(chip="ESP8266", build="1a2b3c4d", chunk=960, gzip=True),
        ),
    ),
    "ready_falls_back": Ready(
        bytes(32),
        replace(
            FACTS,
            updates=UpdateFacts(
                chip="ESP32S3", build="1a2b3c4d-1795000000", chunk=1, falls_back=True
            ),
        ),
    ),
    "ready_small_store": Ready(bytes(32), replace(FACTS, small_store=True)),
    "describe_nothing": Describe(0, 0, b""),
    "describe_first_part": Describe(0, 262144, b"\x86"),
    "describe_last_part": Describe(262143, 262144, b"\x80"),
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
    "event": Event(BELL, 0),
    "event_of_the_last_type": Event(BELL, 254),
    "result_done": Result(1, CommandStatus.DONE),
    "result_refused": Result(2, CommandStatus.REFUSED, "interlocked"),
    "result_expired": Result(0xFFFF_FFFF, CommandStatus.EXPIRED),
    "stored": Stored(bytes(range(32, 64))),
    "log": Log(3, "wifi", "Connected"),
    "rotate": Rotate(),
    "pong": Pong(bytes(range(8))),
    "goodbye_restart": Goodbye(0),
    "goodbye_asleep": Goodbye(86400, GoodbyeReason.SLEEP),
    "goodbye_asleep_until_a_pin": Goodbye(0, GoodbyeReason.SLEEP),
    "goodbye_update": Goodbye(0xFFFF_FFFF, GoodbyeReason.UPDATE),
    "goodbye_power_off": Goodbye(0, GoodbyeReason.POWER_OFF),
    "states_complete": StatesComplete(),
    "result_with_response": Result(
        7, CommandStatus.DONE, "", (("level", 21.5), ("mode", "eco"), ("leak", None))
    ),
    "request_action": Request(1, RequestKind.ACTION, "light.turn_on"),
    "request_action_everything": Request(
        2,
        RequestKind.ACTION,
        "weather.get_forecasts",
        RequestParts(
            data=(("entity_id", "weather.home"), ("type", "daily")),
            templates=(("brightness", "{{ level | int }}"),),
            variables=(("level", "21.5"), ("a", "")),
            wants_response=True,
            response_template="{{ response['weather.home'].forecast[0].condition }}",
        ),
    ),
    "request_sixteen_pairs": Request(
        3,
        RequestKind.ACTION,
        "a.b",
        RequestParts(data=tuple((f"key_{index}", "ä" * 12) for index in range(16))),
    ),
    "request_event": Request(
        0xFFFF_FFFF,
        RequestKind.EVENT,
        "esphome.doorbell",
        RequestParts(data=(("button", "left"),)),
    ),
    "request_tag": Request(4, RequestKind.TAG, "04-A1-B2-C3"),
    "heard_signal": HeardSignal(EYE, (9000, -4500, 560, -560, 1, -1)),
    "heard_signal_extremes": HeardSignal(
        EntityAddress(Domain.INFRARED, 0xFFFF_FFFF, 0xFFFF_FFFF), (2**31 - 1, -(2**31))
    ),
    "image_first_part": Image(0, 6, 0, 262144, b"\xff\xd8"),
    "image_last_part": Image(0xFFFF_FFFF, 0xFFFF_FFFF, 262143, 262144, b"\xd9"),
    "image_none": Image(0, 6, 0, 0, b""),
    "readings_one": Readings(0, 0xFFFF_FFFF, 0, 0, 0, False, (Reading(0, 21.5),)),
    "readings_dated": Readings(
        7, 1, 4096, 3, 12, True, (Reading(1_795_000_000, 0.1), Reading(0, -1e-05))
    ),
    "readings_most": Readings(
        0xFFFF_FFFF,
        0xFFFF_FFFF,
        0xFFFF_FFFF - 128,
        0xFFFF_FFFF,
        0xFFFF_FFFF,
        False,
        tuple(Reading(0xFFFF_FFFF, index + 0.1) for index in range(128)),
    ),
    "last_lines_none": LastLines("Power lost"),
    "last_lines": LastLines(
        "Exception", (LastLine(2, "wifi", "Weak signal"), LastLine(1, "", "ä" * 127))
    ),
    "health_uptime": Health(uptime=0),
    "health_everything": Health(
        uptime=86400, wifi_signal=-67, free_heap=0xFFFF_FFFE, longest_loop=412
    ),
    "health_without_wifi": Health(uptime=1, free_heap=23456, longest_loop=0),
    "tunnel_opened": TunnelOpened(1, TunnelStatus.OPENED, 2048),
    "tunnel_opened_widest": TunnelOpened(0xFFFF_FFFF, TunnelStatus.OPENED, 0xFFFF),
    "tunnel_too_many": TunnelOpened(3, TunnelStatus.TOO_MANY),
    "tunnel_no_such_service": TunnelOpened(4, TunnelStatus.NO_SUCH_SERVICE),
    "tunnel_not_listening": TunnelOpened(5, TunnelStatus.NOT_LISTENING),
    "tunnel_data_up": TunnelDataUp(1, b"HTTP/1.1 200 OK"),
    "tunnel_credit_up": TunnelCreditUp(1, 1024),
    "tunnel_finished_up": TunnelEndUp(1, TunnelEnd.FINISHED),
    "tunnel_reset_up": TunnelEndUp(0xFFFF_FFFF, TunnelEnd.RESET),
    "update_position": UpdatePosition(1, 0),
    "update_position_last": UpdatePosition(0xFFFF_FFFF, 64 * 1024 * 1024),
    "update_installed": UpdateOutcome(1, UpdateStatus.INSTALLED),
    "update_failed": UpdateOutcome(2, UpdateStatus.FAILED, UpdateFailure.GIVEN_UP),
    "import_state": Import(0, "sensor.outdoor_temperature"),
    "import_attribute": Import(63, "climate.living_room", "current_temperature"),
    "addresses_none_stored": AddressesStored(0),
    "addresses_stored": AddressesStored(0xFFFF_FFFF, 0b1000, 0b0111),
    "hub_key_stored": HubKeyStored(bytes(range(4))),
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
    "call_nothing": UserActionCall(6, 5000, 0x811C9DC5),
    "call_every_type": UserActionCall(
        7,
        5000,
        0xFFFF_FFFF,
        (
            True,
            -(2**31),
            0.1,
            "x",
            [False, True],
            [1, 2**31 - 1],
            [0.5, 1e-05],
            ["", "ä"],
            [],
        ),
        wants_response=True,
    ),
    "issue_token": IssueToken(1, bytes(range(64, 96))),
    "revoked": Revoked(),
    "new_hub_key_to_come": NewHubKey(HubKeyPhase.TO_COME, bytes(range(96, 128))),
    "new_hub_key_in_force": NewHubKey(HubKeyPhase.IN_FORCE, bytes(range(96, 128))),
    "subscribe_logs": SubscribeLogs(5),
    "subscribe_logs_off": SubscribeLogs(0),
    "time": Time(1_795_000_000_123),
    "time_with_zone": Time(1_795_000_000_123, "CET-1CEST,M3.5.0,M10.5.0/3"),
    "ping": Ping(bytes(range(8))),
    "stay_awake": StayAwake(True),
    "stay_awake_no_longer": StayAwake(False),
    "report_health": ReportHealth(60),
    "report_health_never": ReportHealth(0),
    "tunnel_open_api": TunnelOpen(1, TunnelService.API, 16384),
    "tunnel_open_web_server": TunnelOpen(2, TunnelService.WEB_SERVER, 0xFFFF),
    "tunnel_open_unknown": TunnelOpen(0xFFFF_FFFF, 255, 1),
    "tunnel_data_down": TunnelDataDown(1, b"GET / HTTP/1.1"),
    "tunnel_credit_down": TunnelCreditDown(1, 0xFFFF),
    "tunnel_finished_down": TunnelEndDown(1, TunnelEnd.FINISHED),
    "tunnel_reset_down": TunnelEndDown(0xFFFF_FFFF, TunnelEnd.RESET),
    "update_offer": OfferUpdate(1, 1, bytes(range(32))),
    "update_offer_largest": OfferUpdate(0xFFFF_FFFF, 64 * 1024 * 1024, bytes(32)),
    "update_chunk": UpdateChunk(0, b"\xe9"),
    "update_chunk_last": UpdateChunk(64 * 1024 * 1024 - 1, b"\x00"),
    "update_abandon": AbandonUpdate(),
    "update_install": InstallUpdate(1),
    "answer_done": Answer(1, AnswerStatus.DONE),
    "answer_with_response": Answer(2, AnswerStatus.DONE, "", '{"temperature":21.5}'),
    "answer_with_empty_response": Answer(2, AnswerStatus.DONE, "", ""),
    "answer_not_allowed": Answer(3, AnswerStatus.NOT_ALLOWED, "not allowed"),
    "answer_failed": Answer(0xFFFF_FFFF, AnswerStatus.FAILED, "no answer in 30 s"),
    "answer_unknown": Answer(4, AnswerStatus.UNKNOWN, "no such action"),
    "readings_taken": ReadingsTaken(0, 0xFFFF_FFFF, 1),
    "readings_taken_most": ReadingsTaken(*(0xFFFF_FFFF,) * 3),
    "imported_value": Imported(0, ImportStatus.VALUE, "21.5"),
    "imported_empty_value": Imported(0, ImportStatus.VALUE, ""),
    "imported_longest_value": Imported(63, ImportStatus.VALUE, "😀" * 255),
    "imported_absent": Imported(1, ImportStatus.ABSENT),
    "imported_not_allowed": Imported(2, ImportStatus.NOT_ALLOWED),
    "addresses": Addresses(
        0xFFFF_FFFF, ("ws://192.168.1.10:8123", "wss://home.example.com/proxy")
    ),
    "addresses_most": Addresses(
        1, tuple(f"wss://{digit * 111}.de" for digit in "1234")
    ),
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
    Invalid("unknown_type", "hub", "81186f", "type 111 does not exist"),
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
    Invalid("describe_too_much", "device", "8402001a000400014180", "262,145 bytes"),
    Invalid("describe_offset", "device", "840202014180", "from byte 2 of 1"),
    Invalid("describe_beyond", "device", "840201014180", "a byte behind the end"),
    Invalid("describe_empty", "device", "8402000140", "a part without bytes"),
    Invalid("describe_text", "device", "840200016180", "a text, not bytes"),
    Invalid("result_status_256", "device", "84050119010060", "status 256"),
    Invalid("request_id_zero", "device", "850c000061 61a0", "id 0"),
    Invalid("request_kind_3", "device", "850c010361 61a0", "no kind 3"),
    Invalid("request_without_name", "device", "850c010060a0", "an empty name"),
    Invalid("request_name_121", "device", "850c01007879" + "61" * 121 + "a0", "121 B"),
    Invalid("request_without_parts", "device", "840c01006161", "no parts"),
    Invalid("request_part_6", "device", "850c0100 6161a106f5", "no part 6"),
    Invalid("request_no_pairs", "device", "850c01006161a10180", "empty: left out"),
    Invalid("request_pair_of_3", "device", "850c01006161a1018183616161626163", "3"),
    Invalid("request_name_twice", "device", "850c01006161a1018282616160826161 60", "a"),
    Invalid("request_number", "device", "850c01006161a10181826161 01", "not a text"),
    Invalid(
        "request_pairs_17", "device", "850c01006161a10191" + "8261616161" * 17, "17"
    ),
    Invalid(
        "request_text_1025",
        "device",
        "850c01006161a1018182616179 0401" + "61" * 1025,
        "1,025 bytes",
    ),
    Invalid("request_map", "device", "850c01006161a101a1616161 62", "a map of texts"),
    Invalid("request_template_alone", "device", "850c01006161a10560", "no response"),
    Invalid("signal_empty", "device", "85181e1818000840", "no timing at all"),
    Invalid("signal_cut", "device", "85181e181800084180", "ends within a timing"),
    Invalid("signal_long_form", "device", "85181e18180008428000", "0 in two bytes"),
    Invalid("import_slot_64", "device", "840d18406161 60", "64 slots, from 0"),
    Invalid("import_nothing", "device", "840d006060", "an empty entity id"),
    Invalid("import_no_attribute", "device", "830d006161", "empty for the state"),
    Invalid("readings_none", "device", "880f0001000000f480", "no reading at all"),
    Invalid(
        "readings_129", "device", "880f0001000000f49881" + "8200f90000" * 129, "129"
    ),
    Invalid("readings_flag", "device", "880f000100000000818200f90000", "0 for false"),
    Invalid("readings_no_flag", "device", "870f0001000000818200f90000", "a field less"),
    Invalid("readings_integer", "device", "880f0001000000f481820015", "21, not 21.0"),
    Invalid("readings_missing", "device", "880f0001000000f4818200f6", "null"),
    Invalid("readings_age", "device", "880f0001000000f4818220f90000", "-1 second"),
    Invalid("readings_alone", "device", "880f0001000000f48100", "an age, no value"),
    Invalid(
        "readings_number",
        "device",
        "880f00011affffffff0000f4818200f90000",
        "a number behind the last",
    ),
    Invalid("taken_33_bits", "hub", "84184c00011b0000000100000000", "2^32"),
    Invalid("taken_too_few", "hub", "83184c0001", "without its number"),
    Invalid("result_response_nested", "device", "85050100608182616180", "an array"),
    Invalid("result_response_empty", "device", "850501006080", "left out"),
    Invalid("time_zone_empty", "hub", "8318470060", "left out"),
    Invalid("time_zone_65", "hub", "831847007841" + "61" * 65, "65 bytes"),
    Invalid("goodbye_33_bits", "device", "830a1b000000010000000001", "33 bits"),
    Invalid("goodbye_why_256", "device", "830a00190100", "256"),
    Invalid("goodbye_without_seconds", "device", "810a", "no seconds"),
    Invalid("stay_awake_1", "hub", "82184d01", "1 is not a boolean"),
    Invalid("stay_awake_nothing", "hub", "81184d", "nothing is said"),
    Invalid("answer_status_4", "hub", "851849010460f6", "no status 4"),
    Invalid("answer_id_zero", "hub", "851849000060f6", "id 0"),
    Invalid("answer_number", "hub", "85184901006001", "a response of 1"),
    Invalid("answer_2049", "hub", "8518490100607908 01" + "61" * 2049, "2,049 bytes"),
    Invalid("imported_status_3", "hub", "84184a000360", "no status 3"),
    Invalid("imported_absent_value", "hub", "84184a00016161", "a value of nothing"),
    Invalid("imported_slot_64", "hub", "84184a18400060", "64 slots, from 0"),
    Invalid("addresses_none", "hub", "83184b0180", "no address"),
    Invalid("addresses_five", "hub", "83184b018561616161616161616161", "five"),
    Invalid("addresses_empty", "hub", "83184b018160", "an empty address"),
    Invalid("addresses_121", "hub", "83184b01817879" + "61" * 121, "121 bytes"),
    Invalid("addresses_version_0", "hub", "83184b00816161", "0 stands for none"),
    Invalid("stored_place_5", "device", "8410011000", "a fifth place"),
    Invalid("stored_proved_5", "device", "8410010010", "a fifth place"),
    Invalid("call_sub_1", "hub", "8718420105181a0101a10180", "sub-device 1"),
    Invalid("call_no_values", "hub", "8718420105181a0001a0", "key 1 is missing"),
    Invalid("call_key_3", "hub", "8718420105181a0001a2018003f5", "no key 3"),
    Invalid("call_33_bits", "hub", "8718420105181a0001a101811a80000000", "2^31"),
    Invalid("call_null", "hub", "8718420105181a0001a10181f6", "null"),
    Invalid("call_mixed", "hub", "8718420105181a0001a101818201f5", "int and bool"),
    Invalid("call_nested", "hub", "8718420105181a0001a101818180", "list in a list"),
    Invalid(
        "call_17_values", "hub", "8718420105181a0001a10191" + "01" * 17, "17 values"
    ),
    Invalid("result_reason_65", "device", "840501017841" + "61" * 65, "65 bytes"),
    Invalid("health_33_bits", "hub", "82184e1b0000000100000000", "seconds"),
    Invalid("health_negative", "hub", "82184e20", "every -1 s"),
    Invalid("health_nothing", "hub", "81184e", "no seconds"),
    Invalid("health_no_uptime", "device", "8212a0", "no uptime"),
    Invalid("health_list", "device", "821280", "not a map"),
    Invalid("health_signal", "device", "8212a20100023880", "-129 dBm"),
    Invalid("health_float", "device", "8212a20100 03f90000", "0.0 bytes of heap"),
    Invalid("tunnel_stream_0", "hub", "8418530001190800", "streams begin with 1"),
    Invalid("tunnel_service_0", "hub", "8418530100190800", "services begin with 1"),
    Invalid("tunnel_service_256", "hub", "84185301190100190800", "service 256"),
    Invalid("tunnel_window_0", "hub", "841853010100", "no window"),
    Invalid("tunnel_window_65536", "hub", "84185301011a00010000", "65,536 bytes"),
    Invalid("tunnel_open_short", "hub", "8318530101", "no window at all"),
    Invalid("tunnel_data_empty", "hub", "8318540140", "no bytes"),
    Invalid("tunnel_data_text", "hub", "831854016161", "a text"),
    Invalid("tunnel_credit_0", "hub", "8318550100", "no bytes"),
    Invalid("tunnel_credit_65536", "hub", "831855011a00010000", "65,536 bytes"),
    Invalid("tunnel_end_2", "hub", "8318560102", "no end 2"),
    Invalid("tunnel_end_long", "hub", "841856010000", "a reason"),
    Invalid("tunnel_opened_shut", "device", "8417010000", "opened without a window"),
    Invalid("tunnel_refused_open", "device", "8417010101", "refused with a window"),
    Invalid("tunnel_data_up_empty", "device", "8318180140", "no bytes"),
    Invalid("tunnel_credit_up_0", "device", "8318190100", "no bytes"),
    Invalid("tunnel_end_up_2", "device", "83181a0102", "no end 2"),
    Invalid("tunnel_stream_up_0", "device", "83181a0000", "streams begin with 1"),
    Invalid("last_lines_65", "device", "83116098 41" + "83006060" * 65, "65 lines"),
    Invalid("last_lines_level_8", "device", "83116081 83086060", "level 8"),
    Invalid("last_lines_pair", "device", "83116081 820060", "no text"),
    Invalid(
        "last_lines_256", "device", "83116081 8300 60790100" + "61" * 256, "256 bytes"
    ),
    Invalid("offer_nothing", "hub", "85184f0100 5820" + "00" * 32 + "a0", "0 bytes"),
    Invalid("offer_id_zero", "hub", "85184f0001 5820" + "00" * 32 + "a0", "id 0"),
    Invalid(
        "offer_too_large",
        "hub",
        "85184f011a04000001 5820" + "00" * 32 + "a0",
        "64 MiB and 1 byte",
    ),
    Invalid("offer_digest_31", "hub", "85184f0101 581f" + "00" * 31 + "a0", "31 bytes"),
    Invalid("offer_demands_list", "hub", "85184f0101 5820" + "00" * 32 + "80", "list"),
    Invalid("offer_no_demands", "hub", "84184f0101 5820" + "00" * 32, "no demands"),
    Invalid("chunk_empty", "hub", "831850 0040", "no bytes"),
    Invalid("chunk_text", "hub", "831850 006161", "text"),
    Invalid("chunk_beyond", "hub", "831850 1a04000000 41e9", "behind the largest"),
    Invalid("chunk_offset_negative", "hub", "831850 2041e9", "offset -1"),
    Invalid("abandon_field", "hub", "82185101", "a field"),
    Invalid("install_zero", "hub", "82185200", "id 0"),
    Invalid("position_id_zero", "device", "83130000", "id 0"),
    Invalid("position_beyond", "device", "8313011a04000001", "64 MiB and 1 byte"),
    Invalid("outcome_id_zero", "device", "841400 0000", "id 0"),
    Invalid("outcome_both", "device", "841401 0001", "installed, and a failure"),
    Invalid("outcome_status_256", "device", "841401 19010001", "more than a byte"),
    Invalid("outcome_text", "device", "841401 016161", "text"),
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
        + "183f820102",
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
    Tolerated("goodbye_without_why", "820a183c", Goodbye(60)),
    Tolerated("goodbye_unknown_why", "830a183c04", Goodbye(60)),
    Tolerated("event_unknown_domain", "850418c8000100", Unknown(4)),
    Tolerated("health_unknown_key", "8212a20101183ff5", Health(uptime=1)),
    Tolerated(
        "tunnel_unknown_status",
        "841701182a00",
        TunnelOpened(1, TunnelStatus.NOT_LISTENING),
    ),
    Tolerated(
        "tunnels_unknown_service",
        encode_message(DEVICE_MESSAGES["ready_tunnels"]).hex()[:-2] + "07",
        DEVICE_MESSAGES["ready_tunnels"],
    ),
    Tolerated(
        "outcome_unknown_status",
        "841401 0301",
        UpdateOutcome(1, UpdateStatus.FAILED, UpdateFailure.OTHER),
    ),
    Tolerated(
        "outcome_unknown_reason",
        "841401 0118ff",
        UpdateOutcome(1, UpdateStatus.FAILED, UpdateFailure.OTHER),
    ),
    Tolerated("signal_unknown_domain", "85181e18c800014102", Unknown(30)),
    Tolerated(
        "result_unknown_status",
        "840501036462757379",
        Result(1, CommandStatus.REFUSED, "busy"),
    ),
)


def sample_bytes(sample: Invalid | Tolerated) -> bytes:
    """Return the bytes of a sample."""
    return bytes.fromhex(sample.hex.replace(" ", ""))
