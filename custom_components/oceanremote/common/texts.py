"""Texts that somebody else wrote, made safe to show or log."""

import re
from typing import Final

# C0 and C1 controls, line and paragraph separators, and what turns the direction of the
# text around it: such a character can forge a line of a log, or show one name for another.
_CONTROLS: Final = "\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069"
_CONTROL: Final = re.compile(f"[{_CONTROLS}]")
_CONTROL_IN_PROSE: Final = re.compile(f"(?![\t\n])[{_CONTROLS}]")
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"


def has_control(text: str) -> bool:
    """Whether a text holds a control character."""
    return _CONTROL.search(text) is not None


def clean_line(text: str) -> str:
    """Return one line, with U+FFFD for every control character."""
    return _CONTROL.sub(_REPLACEMENT, text)


def clean_prose(text: str) -> str:
    """Return a text that may have lines and columns, otherwise as `clean_line`."""
    return _CONTROL_IN_PROSE.sub(_REPLACEMENT, text)


def escaped(text: str) -> str:
    """Return a text that Markdown and HTML show as it is, whatever is in it."""
    return "".join(
        character if character.isalnum() or character == " " else f"&#{ord(character)};"
        for character in text
    )
