"""A YAML text with the places of its nodes, and changes to it that touch nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode


def compose(text: str) -> Node | None:
    """Return the tree of nodes, None of an empty text; raises YAMLError."""
    yaml = YAML(typ="rt", pure=True)
    yaml.allow_duplicate_keys = True
    root: Node | None = yaml.compose(text)
    return root


def pairs(node: Node | None) -> list[tuple[ScalarNode, Node]]:
    """Return what a map has under plain keys."""
    if not isinstance(node, MappingNode):
        return []
    return [(key, value) for key, value in node.value if isinstance(key, ScalarNode)]


def find(node: Node | None, name: str) -> tuple[ScalarNode, Node] | None:
    """Return key and value of a map, None where it has no such key."""
    return next(((k, v) for k, v in pairs(node) if k.value == name), None)


def line_of(node: Node) -> int:
    """Return the number of the line that a node begins in, from 1."""
    line: int = node.start_mark.line
    return line + 1


def is_nothing(node: Node) -> bool:
    """Whether a value is not written at all; its place is that of the next thing."""
    start: int = node.start_mark.index
    return isinstance(node, ScalarNode) and start == node.end_mark.index


@dataclass
class SourceText:
    """The text, and the changes that will be made to it."""

    text: str
    _changes: dict[tuple[int, int], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find the lines."""
        self.break_ = "\r\n" if "\r\n" in self.text else "\n"
        self.lines = self.text.splitlines(keepends=True)
        self._starts = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line))

    def replace(self, node: Node, new: str) -> None:
        """Put another text in the place of a scalar, its quotes included."""
        self._changes[node.start_mark.index, node.end_mark.index] = new

    def replace_span(self, start: int, end: int, new: str) -> None:
        """Put another text between two places."""
        self._changes[start, end] = new

    def insert(self, place: int, new: str) -> None:
        """Put a text in; several at one place follow each other."""
        self._changes[place, place] = self._changes.get((place, place), "") + new

    def insert_line(self, number: int, new: str) -> None:
        """Put a line in before the one of that number, from 0."""
        place = self._starts[number]
        ended = place == 0 or self.text[place - 1] == "\n"
        self.insert(place, f"{'' if ended else self.break_}{new}{self.break_}")

    def line_start(self, node: Node) -> int:
        """Return the place where the line begins that a node begins in."""
        return self._starts[node.start_mark.line]

    def line_end(self, node: Node) -> int:
        """Return the place behind the line that a node begins in, its break included."""
        return self._starts[node.start_mark.line + 1]

    def lines_of(self, key: ScalarNode, value: Node) -> tuple[int, int]:
        """Return first line and the one behind the last of an entry of a block map.

        What follows it and belongs to nobody (blank lines, comments that stand no
        deeper than the key) is not among them.
        """
        first: int = key.start_mark.line
        last = max(first, _last_line(value))
        column: int = key.start_mark.column
        while last > first and self._is_nobodys(self.lines[last], column):
            last -= 1
        return first, last + 1

    def remove_lines(self, first: int, end: int) -> None:
        """Take whole lines out."""
        self._changes[self._starts[first], self._starts[end]] = ""

    def remove_from_braces(self, options: MappingNode, option: ScalarNode) -> None:
        """Take an entry of a map in braces out, with the comma that parts it."""
        entries = [(key.start_mark.index, value) for key, value in options.value]
        places = [start for start, _ in entries]
        at = places.index(option.start_mark.index)
        if at + 1 < len(entries):
            start, end = places[at], places[at + 1]
        else:
            start = entries[at - 1][1].end_mark.index if at else places[at]
            end = entries[at][1].end_mark.index
        self._changes[start, end] = ""

    def comment_lines(self, first: int, end: int, reason: str) -> None:
        """Make comments of whole lines, with the reason above."""
        lines = self.lines[first:end]
        indent = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
        new = [f"{indent}# {reason}:{self.break_}"]
        new += [self._commented(line, indent) for line in lines]
        self._changes[self._starts[first], self._starts[end]] = "".join(new)

    def between(self, node: Node) -> str:
        """Return the text of a node as it stands."""
        return self.text[node.start_mark.index : node.end_mark.index]

    def changed(self) -> str:
        """Return the text with all changes made.

        A change inside of another one is lost, as what it would change is.
        """
        result: list[str] = []
        done = 0
        for (start, end), new in sorted(self._changes.items(), key=_outermost_first):
            if start < done:
                continue
            result += [self.text[done:start], new]
            done = end
        return "".join([*result, self.text[done:]])

    def _commented(self, line: str, indent: str) -> str:
        if not line.strip():
            return line
        return f"{indent}# {line.removeprefix(indent)}"

    def _is_nobodys(self, line: str, column: int) -> bool:
        bare = line.lstrip()
        return not bare or (bare[0] == "#" and len(line) - len(bare) <= column)


def _outermost_first(change: tuple[tuple[int, int], str]) -> tuple[int, bool, int]:
    (start, end), _ = change
    return start, end > start, -end


def _last_line(node: Node) -> int:
    """Return the last line of a node, from 0; blocks end where the next thing begins.

    -1 of what is not written.
    """
    if is_nothing(node):
        return -1
    if isinstance(node, ScalarNode):
        ends_a_line = node.style in ("|", ">") and node.end_mark.column == 0
    elif node.flow_style or not node.value:
        ends_a_line = False
    else:
        last = node.value[-1]
        if not isinstance(last, tuple):
            return _last_line(last)
        key, value = last
        # What has no value ends with its key.
        return max(key.end_mark.line, _last_line(value))
    line: int = node.end_mark.line
    return line - ends_a_line


def walk(
    node: Node | None, section: str = "", seen: set[int] | None = None
) -> Iterator[tuple[str, Node]]:
    """Yield every node with the nearest key above it; each once, aliases included."""
    seen = set() if seen is None else seen
    if node is None or id(node) in seen:
        return
    seen.add(id(node))
    yield section, node
    if isinstance(node, MappingNode):
        for key, value in node.value:
            name = key.value if isinstance(key, ScalarNode) else ""
            yield from walk(value, name, seen)
    elif isinstance(node.value, list):
        for item in node.value:
            yield from walk(item, section, seen)
