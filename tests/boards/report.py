"""The tables of docs/boards.md, one row for each instruction set, and their budgets."""

from collections.abc import Callable
from dataclasses import dataclass

from .measured import Measured, Work
from .toolchains import REPOSITORY

DOCUMENT = REPOSITORY / "docs" / "boards.md"
# Between releases of a compiler, and of a library, figures move this far.
TOLERANCE = 0.05
# An estimate: flash is cached, and branches cost. The emulated RP2040 of rp2040js takes
# 1.42 cycles for each instruction of a curve operation.
CYCLES_PER_INSTRUCTION = 1.5
# Megahertz of each target's slowest board, as ESPHome sets it.
CLOCKS = {"armv6m": 133, "armv8m": 150, "rv32imc": 160, "lx106": 80}

ESP8266_FLASH = 80_000
ESP8266_CONSTANTS = 300
ESP8266_PASS_MS = 50
# Of the 4 kB that Arduino's loop has on an ESP8266.
STACK = 2_500

type Cell = Callable[[Measured], int]


@dataclass(frozen=True)
class Table:
    """A table: what its columns are called and what they hold."""

    name: str
    columns: dict[str, Cell]


def milliseconds(measured: Measured, instructions: int) -> int:
    """Estimate how long a board takes for so many instructions."""
    megahertz = CLOCKS[measured.target.name]
    return round(instructions * CYCLES_PER_INSTRUCTION / megahertz / 1000)


def _work(name: str, take: Callable[[Work], int]) -> Cell:
    return lambda measured: take(measured.works[name])


def _instructions(name: str) -> Cell:
    return _work(name, lambda work: work.instructions)


TABLES = (
    Table(
        "sizes",
        {
            "core: flash": lambda measured: measured.core.flash,
            "of it constants": lambda measured: measured.core.constants,
            "core: RAM": lambda measured: measured.core.variables,
            "library: flash": lambda measured: measured.library.flash,
            "library: RAM": lambda measured: measured.library.variables,
            "deepest stack by the call graph": lambda measured: measured.static_stack,
        },
    ),
    Table(
        "primitives",
        {
            "X25519": _instructions("curve_shared"),
            "X25519 of the base point": _instructions("curve_public"),
            "SHA-256 of 64 B": _instructions("sha256_64"),
            "HKDF, 3 outputs": _instructions("hkdf_3"),
            "AEAD of 64 B": _instructions("seal_64"),
            "AEAD of 1 kB": _instructions("seal_1024"),
        },
    ),
    Table(
        "work",
        {
            "registration": _instructions("registration"),
            "session": _instructions("session"),
            "rotation": _instructions("rotation"),
            "a state": _instructions("state"),
            "a command": _instructions("command"),
            "deepest stack": lambda measured: measured.stack,
        },
    ),
    Table(
        "passes",
        {
            "passes of a session": _work("session", lambda work: work.passes),
            "with a curve operation": _work("session", lambda work: work.curve_passes),
            "the longest, ms": lambda measured: milliseconds(
                measured, measured.works["session"].worst_pass
            ),
            "the longest other, ms": lambda measured: milliseconds(
                measured,
                max(work.worst_other_pass for work in measured.works.values()),
            ),
        },
    ),
)


def row(table: Table, measured: Measured) -> list[str]:
    """Return a target's row of a table."""
    target = measured.target
    cells = [f"{cell(measured):,}" for cell in table.columns.values()]
    return [f"`{target.name}` ({target.boards}; {target.library})", *cells]


def rows_of(table: Table, every: list[Measured]) -> list[list[str]]:
    """Return the rows of the targets that the table is about."""
    runs = table.name != "sizes"
    return [row(table, one) for one in every if one.target.runs or not runs]


def document(every: list[Measured]) -> str:
    """Return the document with every table renewed."""
    text = DOCUMENT.read_text(encoding="utf-8")
    for table in TABLES:
        header = ["instruction set", *table.columns]
        lines = [header, ["---", *("---:" for _ in table.columns)]]
        lines += rows_of(table, every)
        rendered = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
        text = _replaced(text, table.name, rendered)
    compilers = sorted({f"{one.target.prefix}: {one.compiler}" for one in every})
    return _replaced(text, "compilers", "; ".join(compilers).replace("-:", ":"))


def written_row(table: Table, measured: Measured) -> list[str]:
    """Return a target's row as the document has it; empty if it has none."""
    name = row(table, measured)[0]
    for line in _part(table.name).splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        if cells[0] == name:
            return cells
    return []


def written_compilers() -> str:
    """Return with what compilers the document's figures were measured."""
    return _part("compilers")


def _markers(name: str) -> tuple[str, str]:
    return f"<!-- begin: {name} -->\n", f"<!-- end: {name} -->"


def _part(name: str) -> str:
    begin, end = _markers(name)
    text = DOCUMENT.read_text(encoding="utf-8")
    return text.partition(begin)[2].partition(end)[0].strip()


def _replaced(text: str, name: str, part: str) -> str:
    begin, end = _markers(name)
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    assert found and closed, f"{DOCUMENT.name} has no markers for {name}"
    return f"{before}{begin}\n{part}\n\n{end}{after}"
