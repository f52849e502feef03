"""How benchmarks measure and tell: medians, beside a peer's where there is one."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
import statistics
import time


@dataclass(frozen=True)
class Row:
    """One figure, beside a peer's in the same unit and run where there is a peer."""

    benchmark: str
    unit: str
    ours: float
    peer: float | None = None
    peer_name: str = "none"

    @property
    def ratio(self) -> float | None:
        """How many times the peer's figure ours is; below 1 is better."""
        return None if self.peer is None else self.ours / self.peer

    def as_json(self) -> dict[str, object]:
        """Return the row for `bench/results.json`."""
        ratio = None if self.ratio is None else round(self.ratio, 3)
        return {**asdict(self), "ratio": ratio}

    def as_cells(self) -> list[str]:
        """Return the row for a table that people read."""
        peer = "–" if self.peer is None else f"{self.peer:,.1f} {self.unit}"
        ratio = "–" if self.ratio is None else f"{self.ratio:.2f}"
        ours = f"{self.ours:,.1f} {self.unit}"
        return [self.benchmark, ours, peer, ratio, self.peer_name]


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
    lines += [f"| {' | '.join(row.as_cells())} |" for row in rows]
    return "\n".join(lines)
