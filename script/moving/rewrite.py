"""The rewriting itself: a text in, a text and what its owner must know out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
import re
from typing import Final

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from . import words
from .source_text import SourceText, compose, find, is_nothing, line_of, pairs, walk

_IN_LAMBDAS: Final = re.compile("|".join(words.IN_LAMBDAS))
_CLIENT_VARIABLES: Final = re.compile(rf"\b(?:{'|'.join(words.CLIENT_VARIABLES)})\b")
_INDENT: Final = "  "


class CannotConvertError(Exception):
    """A file that no rewriting makes sense of; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Connection:
    """What the new `oceanremote:` says, as it is to stand in the YAML."""

    urls: tuple[str, ...]
    hub_key: str
    token: str
    source: str


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """Something that a person must know or do, with its line in the old file."""

    line: int
    text: str


@dataclass
class Outcome:
    """The new text, the notes by their lines, and whether the device asks anything."""

    text: str
    notes: list[Note] = field(default_factory=list)
    asks: bool = False


def has_native_api(text: str) -> bool:
    """Whether a file has `api:`, so that its new one must be told of the hub."""
    return find(compose(text), "api") is not None


def convert(text: str, connection: Callable[[], Connection]) -> Outcome:
    """Rewrite a file; `connection` is asked only where there is an `api:`.

    Raises YAMLError, and CannotConvertError for what would have two meanings.
    """
    return _Conversion(text, connection).outcome()


class _Conversion:
    """One file."""

    def __init__(self, text: str, connection: Callable[[], Connection]) -> None:
        self._source = SourceText(text)
        self._root = compose(text)
        self._connection = connection
        self._notes: set[Note] = set()
        # Whether the device asks Home Assistant for anything but the time.
        self._asks = False

    def outcome(self) -> Outcome:
        if isinstance(self._root, ScalarNode):
            raise CannotConvertError("this is no ESPHome configuration")
        if isinstance(self._root, SequenceNode):
            self._rewrite_services(
                [each for each in self._root.value if find(each, "then")]
            )
        api = find(self._root, "api")
        ours = find(self._root, "oceanremote")
        if api and ours:
            raise CannotConvertError(
                f"line {line_of(api[0])} has 'api:' and line {line_of(ours[0])} "
                "'oceanremote:': take out the one that you do not want"
            )
        for section, node in walk(self._root):
            self._rewrite_node(section, node)
        for key, value in pairs(self._root):
            self._leave_behind(key, value)
        if api:
            self._replace_api(*api)
        return Outcome(self._source.changed(), sorted(self._notes), self._asks)

    # -- words, wherever they stand -------------------------------------------

    def _rewrite_node(self, section: str, node: Node) -> None:
        if _tag(node).startswith("!include"):
            self._note_include(node)
        if isinstance(node, MappingNode):
            for key, value in pairs(node):
                self._rewrite_entry(section, key, value)
        elif isinstance(node, SequenceNode):
            for item in node.value:
                self._rewrite_bare(item)
        elif isinstance(node, ScalarNode):
            self._look_into(node)

    def _rewrite_entry(self, section: str, key: ScalarNode, value: Node) -> None:
        if key.value == "platform" and value.value == words.PLATFORM:
            self._rewrite_platform(section, value)
        if section == "substitutions" and value.value == words.PLATFORM:
            self._note(
                value,
                f"'{key.value}': if this is a platform, write '{words.OUR_PLATFORM}'",
            )
        if (new := words.ACTIONS.get(key.value)) is None:
            self._rewrite_bare(value)
            return
        self._source.replace(key, new)
        self._asks |= key.value.startswith(f"{words.PLATFORM}.")
        if key.value in words.CALLS:
            self._rewrite_call(value)
        if key.value in words.BARE:
            self._drop_options(value)
        elif server := find(value, "id"):
            self._drop(value, *server, "there is one OceanRemote")

    def _rewrite_call(self, value: Node) -> None:
        if service := find(value, "service"):
            self._source.replace(service[0], "action")
        for name in ("action", "service"):
            called = find(value, name)
            if called and str(called[1].value).startswith(f"{words.PLATFORM}."):
                self._note(
                    called[1],
                    f"no device may call '{called[1].value}': write the action of the "
                    "entity's own domain, such as light.turn_on",
                )

    def _drop_options(self, value: Node) -> None:
        """Take the options of a condition out, none of which has a counterpart."""
        for option, content in pairs(value):
            self._note(option, f"'{option.value}:' is left out: it has no counterpart")
            if not value.flow_style:
                self._source.remove_lines(*self._source.lines_of(option, content))
        if isinstance(value, MappingNode) and value.flow_style:
            self._source.replace(value, "{}")

    def _drop(self, options: Node, option: ScalarNode, content: Node, why: str) -> None:
        self._note(option, f"'{option.value}:' is left out: {why}")
        if options.flow_style:
            self._source.remove_from_braces(options, option)
        else:
            self._source.remove_lines(*self._source.lines_of(option, content))

    def _rewrite_bare(self, node: Node) -> None:
        """Rewrite a condition that stands there as a word."""
        if isinstance(node, ScalarNode) and node.style is None:
            if node.value in words.BARE:
                self._source.replace(node, words.ACTIONS[node.value])

    def _rewrite_platform(self, section: str, value: Node) -> None:
        # A list without a section is a part that others include below theirs.
        if section in words.PLATFORMS or not section:
            self._source.replace(value, words.OUR_PLATFORM)
            self._asks |= section != "time"
            return
        advice = words.OTHER_PLATFORMS.get(section, "there is no counterpart")
        self._note(value, f"'{section}: platform: {words.PLATFORM}': {advice}")

    def _note_include(self, node: Node) -> None:
        entry = find(node, "file")
        file = entry[1].value if entry else node.value
        self._note(node, f"'{file}' is a file of its own: convert it, too")

    def _look_into(self, node: ScalarNode) -> None:
        text = self._source.between(node)
        for number, line in enumerate(text.splitlines()):
            if found := _IN_LAMBDAS.search(line):
                self._notes.add(
                    Note(
                        line_of(node) + number,
                        f"'{found[0]}' is C++ of the native API: write it anew",
                    )
                )

    # -- what cannot travel ---------------------------------------------------

    def _leave_behind(self, key: ScalarNode, value: Node) -> None:
        reason = words.STAYS_BEHIND.get(key.value)
        if key.value == "packages":
            self._look_at_packages(value)
        if reason is None:
            return
        self._source.comment_lines(
            *self._source.lines_of(key, value), f"Not with OceanRemote: {reason}"
        )
        self._note(key, f"'{key.value}:' cannot travel and is a comment now: {reason}")
        for _, node in walk(self._root):
            for action, _ in pairs(node):
                if action.value.startswith(f"{key.value}."):
                    self._note(action, f"'{action.value}:' goes with '{key.value}:'")

    def _look_at_packages(self, value: Node) -> None:
        for _, node in walk(value):
            if isinstance(node, ScalarNode) and "://" in node.value:
                self._note(
                    node,
                    "if this package has 'api:', write 'api: !remove' here, and "
                    "convert what it asks of Home Assistant",
                )

    # -- api: -----------------------------------------------------------------

    def _replace_api(self, key: ScalarNode, value: Node) -> None:
        said = self._connection()
        self._add_source(key, said.source)
        is_block = isinstance(value, MappingNode) and not value.flow_style
        indent = " " * value.value[0][0].start_mark.column if is_block else _INDENT
        lines = [*_connection_lines(said), *(() if is_block else self._flow(value))]
        block = "".join(f"{indent}{line}{self._source.break_}" for line in lines)
        if is_block:
            self._source.replace(key, "oceanremote")
            self._begin_block(key, block)
            for option, content in pairs(value):
                self._rewrite_option(option, content)
        else:
            # Null, in braces, or another file: one line becomes several.
            first, end = self._source.lines_of(key, value)
            self._source.remove_lines(first, end)
            self._source.insert(
                self._source.line_start(key),
                f"oceanremote:{self._comment_behind(key, value)}{self._source.break_}{block}",
            )

    def _begin_block(self, key: ScalarNode, block: str) -> None:
        place = self._source.line_end(key)
        self._source.insert(place, block)

    def _comment_behind(self, key: ScalarNode, value: Node) -> str:
        """Return the comment on the last line of a value, with the spaces before it."""
        mark = key.end_mark if is_nothing(value) else value.end_mark
        rest = self._source.lines[mark.line][mark.column :].rstrip()
        rest = rest.removeprefix(":")
        return rest if rest.lstrip().startswith("#") else ""

    def _flow(self, value: Node) -> Iterator[str]:
        """Yield what stays of options in braces."""
        if _tag(value).startswith("!include"):
            self._note(value, "what stood in this file of 'api:' must be moved by hand")
        for option, content in pairs(value):
            if option.value in words.KEPT:
                text = self._source.between(content)
                yield f"{words.KEPT[option.value]}: {text}"
                self._look_at_trigger(option, content)
            else:
                self._say_that_it_goes(option, content)

    def _rewrite_option(self, option: ScalarNode, content: Node) -> None:
        if option.value not in words.KEPT:
            self._say_that_it_goes(option, content)
            self._source.remove_lines(*self._source.lines_of(option, content))
            return
        self._source.replace(option, words.KEPT[option.value])
        if words.KEPT[option.value] == "actions" and isinstance(content, SequenceNode):
            self._rewrite_services(content.value)
        self._look_at_trigger(option, content)

    def _rewrite_services(self, actions: list[Node]) -> None:
        for action in actions:
            if service := find(action, "service"):
                self._source.replace(service[0], "action")

    def _say_that_it_goes(self, option: ScalarNode, content: Node) -> None:
        if option.value == "id":
            self._look_for_server(str(content.value))
        why = words.GOES.get(option.value, "OceanRemote has no use for it")
        self._note(option, f"'{option.value}:' is left out: {why}")

    def _look_for_server(self, server: str) -> None:
        """Note the lambdas that name the native API's server."""
        uses = re.compile(rf"\bid\(\s*{re.escape(server)}\s*\)")
        for _, node in walk(self._root):
            if isinstance(node, ScalarNode) and (found := uses.search(node.value)):
                self._note(node, f"'{found[0]}' is the native API's: write it anew")

    def _look_at_trigger(self, option: ScalarNode, content: Node) -> None:
        if words.KEPT[option.value] == "actions":
            return
        for _, node in walk(content):
            if isinstance(node, ScalarNode) and (
                found := _CLIENT_VARIABLES.search(node.value)
            ):
                new = words.KEPT[option.value]
                self._note(node, f"'{found[0]}' does not exist in '{new}:'")

    def _add_source(self, api: ScalarNode, source: str) -> None:
        entry = find(self._root, "external_components")
        break_ = self._source.break_
        if entry is None:
            block = f"external_components:{break_}{_INDENT}- source: {source}{break_}"
            self._source.insert(self._source.line_start(api), f"{block}{break_}")
            return
        key, value = entry
        if "oceanremote" in self._source.between(value):
            return
        if not isinstance(value, SequenceNode) or value.flow_style or not value.value:
            self._note(key, f"add '- source: {source}' to 'external_components:'")
            return
        indent = " " * value.start_mark.column
        _, end = self._source.lines_of(key, value)
        self._source.insert_line(end, f"{indent}- source: {source}")

    def _note(self, node: Node, text: str) -> None:
        self._notes.add(Note(line_of(node), text))


def _tag(node: Node) -> str:
    return str(node.tag or "")


def _connection_lines(said: Connection) -> Iterator[str]:
    if len(said.urls) == 1:
        yield f"urls: {said.urls[0]}"
    else:
        yield "urls:"
        yield from (f"{_INDENT}- {url}" for url in said.urls)
    yield f"hub_key: {said.hub_key}"
    yield f"registration_token: {said.token}"
