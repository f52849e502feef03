"""How every benchmark measures: medians of interleaved rounds, told as a ratio."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
import statistics
import time


@dataclass(frozen=True)
class Row:
    """One comparison; both sides in the same unit, measured in the same run."""

    benchmark: str
    unit: str
    ours: float
    peer: float
    peer_name: str

    @property
    def ratio(self) -> float:
        """How many times the peer's figure ours is; below 1 is better."""
        return self.ours / self.peer

    def as_json(self) -> dict[str, object]:
        """Return the row for `bench/results.json`."""
        return {**asdict(self), "ratio": round(self.ratio, 3)}


def interleaved(
    ours: Callable[[], object], peer: Callable[[], object], rounds: int
) -> tuple[float, float]:
    """Run both in turn; return the median CPU time of each, in microseconds.

    Turns keep whatever else the machine does from falling on one side only.
    """
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for side, run in enumerate((ours, peer)):
            began = time.process_time_ns()
            run()
            times[side].append((time.process_time_ns() - began) / 1000)
    return statistics.median(times[0]), statistics.median(times[1])


def table(rows: list[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = [
        "| benchmark | ours | peer | ratio | peer is |",
        "|---|---:|---:|---:|---|",
    ]
    lines += [
        f"| {row.benchmark} | {row.ours:,.1f} {row.unit} | {row.peer:,.1f} {row.unit} "
        f"| {row.ratio:.2f} | {row.peer_name} |"
        for row in rows
    ]
    return "\n".join(lines)
