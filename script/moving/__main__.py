"""The command: reads a file, asks for what it is not told, writes another file."""

import argparse
from collections.abc import Callable, Sequence
import getpass
import json
import os
from pathlib import Path
import re
import shutil
import sys
import tempfile
from typing import Final

from ruamel.yaml.error import MarkedYAMLError, YAMLError

from .rewrite import CannotConvertError, Connection, Outcome, convert

REPO: Final = Path(__file__).parents[2]
MANIFEST: Final = REPO / "custom_components/oceanremote/manifest.json"

# Whether they are right is for `esphome config` to say; this is about mixing them up.
# Each may be written as ESPHome's `!secret name` or `${substitution}`.
_ELSEWHERE: Final = r"!secret [\w.-]+|\$\{[^}]+\}"
_URL: Final = re.compile(rf"(?:ws|wss|http|https)://[^\s#'\"]+|{_ELSEWHERE}")
_HUB_KEY: Final = re.compile(rf"oc_hub_[\w-]+|{_ELSEWHERE}")
_TOKEN: Final = re.compile(rf"oc_reg_[\w-]+|{_ELSEWHERE}")


class Trouble(Exception):
    """What a person is told before the command ends with 2."""


def main(arguments: Sequence[str]) -> int:
    """Convert one file; 0 if the new one is there, 1 if it was not to be written."""
    options = _parser().parse_args(arguments)
    try:
        text = _read(options.file)
        outcome = _converted(options, text)
        _say_notes(options.file, outcome)
        return _write(options, text, outcome)
    except Trouble as trouble:
        print(f"{options.file}: {trouble}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="script/convert",
        description="Write an ESPHome YAML with 'api:' anew, with 'oceanremote:'.",
        epilog="Url, key and token are those that 'Add device' in Home Assistant shows; "
        "what is not given is asked for.",
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument(
        "--output",
        type=Path,
        metavar="NEW",
        help="where to write (FILE-oceanremote.yaml beside it); - for here",
    )
    parser.add_argument(
        "--in-place", action="store_true", help="write into FILE itself"
    )
    parser.add_argument(
        "--force", action="store_true", help="write over NEW without asking"
    )
    parser.add_argument("--url", action="append", metavar="URL", help="of the hub")
    parser.add_argument("--hub-key", metavar="KEY", help="begins with oc_hub_")
    parser.add_argument("--token", metavar="TOKEN", help="begins with oc_reg_")
    parser.add_argument(
        "--source", metavar="SOURCE", help="of the component; that of this release"
    )
    return parser


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as err:
        raise Trouble("this is no text in UTF-8") from err
    except OSError as err:
        raise Trouble(err.strerror or str(err)) from err


def _converted(options: argparse.Namespace, text: str) -> Outcome:
    try:
        return convert(text, lambda: _connection(options))
    except MarkedYAMLError as err:
        mark = err.problem_mark
        where = "" if mark is None else f"line {mark.line + 1}: "
        raise Trouble(f"{where}{err.problem or 'this is no YAML'}") from err
    except YAMLError as err:
        raise Trouble(f"this is no YAML: {err}") from err
    except CannotConvertError as err:
        raise Trouble(str(err)) from err


def _connection(options: argparse.Namespace) -> Connection:
    urls = options.url or [
        _ask("The hub's address, for example wss://home.example.com", input, "--url")
    ]
    key = options.hub_key or _ask("The hub key, oc_hub_…", input, "--hub-key")
    token = options.token or _ask(
        "The registration token, oc_reg_… (not shown)", getpass.getpass, "--token"
    )
    for url in urls:
        _check(_URL, url, "an address begins with wss:// or ws://")
    _check(_HUB_KEY, key, "a hub key begins with oc_hub_")
    _check(_TOKEN, token, "a registration token begins with oc_reg_")
    return Connection(tuple(urls), key, token, options.source or _release())


def _ask(question: str, answer: Callable[[str], str], option: str) -> str:
    if not sys.stdin.isatty():
        raise Trouble(f"nobody is there to ask: give {option}")
    try:
        return answer(f"{question}: ").strip()
    except (EOFError, KeyboardInterrupt) as err:
        raise Trouble("nothing was written") from err


def _check(form: re.Pattern[str], value: str, says: str) -> None:
    # Not the value: one that was mixed up may be a secret.
    if not form.fullmatch(value):
        raise Trouble(says)


def _release() -> str:
    version = json.loads(MANIFEST.read_text(encoding="utf-8"))["version"]
    return f"github://oceanremote/oceanremote@v{version}"


def _say_notes(file: Path, outcome: Outcome) -> None:
    for note in outcome.notes:
        print(f"{file}:{note.line}: {note.text}", file=sys.stderr)
    if outcome.asks:
        print(
            f"{file}: what this device reads of Home Assistant, and does there, must be "
            "allowed there (docs/moving.md)",
            file=sys.stderr,
        )


def _write(options: argparse.Namespace, text: str, outcome: Outcome) -> int:
    new = _target(options)
    if new == Path("-"):
        sys.stdout.write(outcome.text)
        return 0
    if outcome.text == text:
        print(f"{options.file}: nothing to convert", file=sys.stderr)
        return 0
    if not options.in_place and new.exists():
        if new.is_file() and new.read_bytes() == outcome.text.encode():
            print(f"{new}: is so already", file=sys.stderr)
            return 0
        if not options.force and not _may_write_over(new):
            print(f"{new}: is there already and was left as it is", file=sys.stderr)
            return 1
    _put(new, outcome.text, like=options.file)
    print(f"{new}: written; now run 'esphome config {new}'", file=sys.stderr)
    return 0


def _target(options: argparse.Namespace) -> Path:
    file: Path = options.file
    if options.in_place:
        return file
    if options.output is not None:
        chosen: Path = options.output
        return chosen
    return file.with_name(f"{file.stem}-oceanremote{file.suffix}")


def _may_write_over(new: Path) -> bool:
    if not sys.stdin.isatty():
        return False
    return input(f"{new} is there already. Write over it? [y/N] ").lower() == "y"


def _put(new: Path, text: str, like: Path) -> None:
    """Write the whole file or none of it; only who may read the old one may read it."""
    new = new.resolve()
    try:
        handle, name = tempfile.mkstemp(dir=new.parent, prefix=f".{new.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode())
            shutil.copymode(like, name)
            Path(name).replace(new)
        except BaseException:
            Path(name).unlink()
            raise
    except OSError as err:
        raise Trouble(f"{new}: {err.strerror or err}") from err


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
