"""The tables of docs/boards.md, one row for each instruction set, and their budgets."""

from collections.abc import Callable
from dataclasses import dataclass

from .measured import Measured, Work
from .toolchains import REPOSITORY, Target

DOCUMENT = REPOSITORY / "docs" / "boards.md"
# Between releases of a compiler, and of a library, figures move this far.
TOLERANCE = 0.05
# An estimate: flash is cached, and branches cost. The emulated RP2040 of rp2040js takes
# 1.42 cycles for each instruction of a curve operation.
CYCLES_PER_INSTRUCTION = 1.5
# Megahertz of each target's slowest board, as ESPHome sets it.
CLOCKS = {"armv6m": 133, "armv8m": 150, "rv32imc": 160, "lx106": 80}
ESP8266_FAST = 160

ESP8266_FLASH = 80_000
ESP8266_CONSTANTS = 300
ESP8266_PASS_MS = 50
# Of the 4 kB that Arduino's loop has on an ESP8266.
STACK = 2_500
# After which an ESP8266 restarts if nothing has yielded or fed it; and the second stack
# that its Arduino core has for BearSSL.
ESP8266_SOFT_WATCHDOG_MS = 3_200
ESP8266_PIECE_MS = 2_000  # of it, for a piece of a signature: these are estimates
ESP8266_CRYPTO_STACK = 6_200

# The operations that follow upon each other where one record brings all that they need:
# the certificates up to a root of tls_roots.pem; those up to ISRG Root X1, for a
# device that knows it alone; the server's signature of its share of the key.
ECDSA_CHAIN = ("verify_p384", "verify_p384")
ECDSA_CHAIN_TO_X1 = (*ECDSA_CHAIN, "verify_p384", "verify_rsa4096")
RSA_CHAIN = ("verify_rsa2048", "verify_rsa4096")
SERVER_KEY = ("verify_p256",)
CLIENT_KEY = ("exchange_p256",)

type Cell = Callable[[Measured], int]
type About = Callable[[Target], bool]


@dataclass(frozen=True)
class Table:
    """A table: what its columns are called and hold, and whether a target has a row."""

    name: str
    columns: dict[str, Cell]
    is_about: About = lambda target: target.runs


def milliseconds(
    measured: Measured, instructions: int, megahertz: int | None = None
) -> int:
    """Estimate how long a board takes for so many instructions."""
    megahertz = megahertz or CLOCKS[measured.target.name]
    return round(instructions * CYCLES_PER_INSTRUCTION / megahertz / 1000)


def tls_milliseconds(
    measured: Measured, names: tuple[str, ...], megahertz: int | None = None
) -> int:
    """Estimate how long a board takes for operations of a TLS handshake."""
    works = measured.tls_works
    count = sum(works[name].instructions for name in names)
    return milliseconds(measured, count, megahertz)


def _work(name: str, take: Callable[[Work], int]) -> Cell:
    return lambda measured: take(measured.works[name])


def _instructions(name: str) -> Cell:
    return _work(name, lambda work: work.instructions)


def _tls(name: str) -> Cell:
    return lambda measured: measured.tls_works[name].instructions


def _tls_times(megahertz: int | None = None) -> dict[str, Cell]:
    def cell(names: tuple[str, ...]) -> Cell:
        return lambda measured: tls_milliseconds(measured, names, megahertz)

    return {
        "a P-384 signature": cell(("verify_p384",)),
        "its longest piece": cell(("piece_p384",)),
        "chain, ECDSA": cell(ECDSA_CHAIN),
        "chain, ECDSA, to X1": cell(ECDSA_CHAIN_TO_X1),
        "chain, RSA": cell(RSA_CHAIN),
        "server's share": cell(SERVER_KEY),
        "own share": cell(CLIENT_KEY),
    }


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
        is_about=lambda target: True,
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
    Table(
        "tls",
        {
            "P-256 verified": _tls("verify_p256"),
            "P-384 verified": _tls("verify_p384"),
            "its longest piece": _tls("piece_p384"),
            "RSA-2048 verified": _tls("verify_rsa2048"),
            "RSA-4096 verified": _tls("verify_rsa4096"),
            "P-256 agreed": _tls("exchange_p256"),
            "X25519 agreed": _tls("exchange_x25519"),
            "deepest stack": lambda measured: measured.tls_stack,
        },
        is_about=lambda target: target.measures_tls,
    ),
    Table("tls-times", _tls_times(), is_about=lambda target: target.measures_tls),
    Table(
        "tls-times-fast",
        _tls_times(ESP8266_FAST),
        is_about=lambda target: target.name == "lx106",
    ),
)


def row(table: Table, measured: Measured) -> list[str]:
    """Return a target's row of a table."""
    target = measured.target
    cells = [f"{cell(measured):,}" for cell in table.columns.values()]
    return [f"`{target.name}` ({target.boards}; {target.library})", *cells]


def rows_of(table: Table, every: list[Measured]) -> list[list[str]]:
    """Return the rows of the targets that the table is about."""
    return [row(table, one) for one in every if table.is_about(one.target)]


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
