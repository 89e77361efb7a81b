"""How the cost grows with records, climbs, laps, pauses and runs: exponents of time, and memory.

    python benchmarks/growth.py [records] [pieces] [runs]

Without a name all are measured. 1 is linear; a doubling of the work for each doubling of the input.
Times are of the processor, the least of some turns. Many runs are the sample archive again and
again, each time moved by whole multiples of its length; each size is a process of its own, whose
largest memory stands behind.
"""

import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

import trailstats as ts  # noqa: E402
from metrics import recording as hour_of  # noqa: E402
from trailstats import schema  # noqa: E402
from trailstats.cache import Cache  # noqa: E402
from trailstats.history._history import combine  # noqa: E402
from trailstats.history._pack import KEPT_AT_HAND, pack  # noqa: E402
from trailstats.history._stored import Slot, Stored, StoredAnalyses  # noqa: E402
from trailstats.model.activity import Activity  # noqa: E402
from trailstats.model.results import Analysis  # noqa: E402

RECORDS = (10_000, 100_000, 1_000_000)
RUNS = (1000, 5000)
APART = pd.Timedelta(days=336)
"""Whole weeks, and longer than the season of the samples."""


def clock(work: Callable[[], object], turns: int = 1) -> float:
    """Return the least processor time of some work [s]."""
    best = math.inf
    for _ in range(turns):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def line(name: str, sizes: tuple[int, ...], times: list[float]) -> None:
    """Print times of growing sizes, and the exponent of each step."""
    steps = [
        math.log(times[k + 1] / times[k]) / math.log(sizes[k + 1] / sizes[k])
        for k in range(len(sizes) - 1)
    ]
    shown = ", ".join(
        f"{size:,}: {seconds:.3f} s"
        for size, seconds in zip(sizes, times, strict=True)
    )
    print(
        f"{name:28} {shown}; exponents {', '.join(f'{e:.2f}' for e in steps)}; "
        f"last ratio {times[-1] / times[-2]:.1f}",
        flush=True,
    )


def recording(seconds: int, period: float = 600.0) -> Activity:
    """Return a run on a winding way over hills, slower the steeper, each met once."""
    run = hour_of(seconds)
    turn = 2.0 * np.pi * np.arange(seconds) / period
    rise = 40.0 * 2.0 * np.pi / period * np.cos(turn)
    speed = 3.0 - 4.0 * rise
    distance = np.cumsum(speed)
    columns = {
        "elevation": 500.0 + np.round(200.0 * np.sin(turn)) / 5.0,
        "speed": speed,
        "distance": distance,
        "latitude": 46.0 + 8e-6 * distance % 40.0,
        "longitude": 10.0 + 0.002 * np.sin(distance / 500.0),
    }
    return replace(run, records=run.records.assign(**columns))


def records() -> None:
    """Measure a recording of more and more seconds over rolling ground."""
    times = []
    for size in RECORDS:
        run = recording(size)
        times.append(clock(lambda run=run: ts.analyze(run), 3))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{'':28} {size:,} records: peak {peak:.0f} MB", flush=True)
    line("records", RECORDS, times)


def zigzag(hills: int) -> Activity:
    """Return a run over so many hills of ten minutes."""
    return recording(600 * hills)


def with_laps(count: int) -> Activity:
    """Return a run of four hours with so many laps."""
    run = recording(14_400)
    edges = run.records.index[np.linspace(0, 14_399, count + 1).astype(int)]
    laps = {"start_time": edges[:-1], "end_time": edges[1:]}
    return replace(run, laps=schema.LAPS.frame(laps))


def with_pauses(count: int) -> Activity:
    """Return a run of four hours in which the watch stood so many times for a minute."""
    run = recording(14_400)
    rest = np.cumsum(np.arange(14_400) % (14_400 // count) == 0) * 60
    index = run.records.index + pd.to_timedelta(rest, unit="s")
    return replace(run, records=run.records.set_axis(index.rename("time")))


def pieces() -> None:
    """Measure climbs, laps and pauses, and segments with them."""
    for name, make, sizes in (
        ("hills of a run", zigzag, (50, 200, 800)),
        ("laps of four hours", with_laps, (100, 1000, 5000)),
        ("pauses of four hours", with_pauses, (100, 1000)),
    ):
        times = []
        for size in sizes:
            run = make(size)
            times.append(clock(lambda run=run: ts.analyze(run), 3))
        line(name, sizes, times)
    times = []
    for size in (50, 200, 800):
        run = ts.clean(zigzag(size))
        times.append(clock(lambda run=run: ts.find_climbs(run), 3))
    line("climbs alone", (50, 200, 800), times)


def later(run: Analysis, turn: int) -> Analysis:
    """Return the same run some seasons later."""
    moved = turn * APART

    def at(table: pd.DataFrame) -> pd.DataFrame:
        times = [n for n in table if "time" in n and table[n].dtype.kind == "M"]
        return table.assign(**{name: table[name] + moved for name in times})

    start = run.meta.start_time
    meta = replace(
        run.meta,
        start_time=None if start is None else start + moved,
        source=f"{turn:03d}/{Path(run.meta.source).name}",
        content_hash=f"{turn}-{run.meta.content_hash}",
    )
    return replace(
        run,
        meta=meta,
        segments=at(run.segments).assign(file=meta.source),
        climbs=at(run.climbs),
        profile=at(run.profile),
    )


def many(count: int, cache: str) -> None:
    """Measure claims and the page of so many runs, and print what they took as JSON."""
    samples = ROOT / "data" / "samples"
    who = samples / "athlete.toml"
    known = list(ts.analyze_folder(samples / "archive", athlete=who).analyses)
    store, entries = Cache(cache), []
    for number in range(count):
        turn, index = divmod(number, len(known))
        run = later(known[index], turn)
        parts = pack(run, "")
        key = f"{number:032d}".encode()
        store.put(key, [parts])
        at_hand = {k: parts[k] for k in KEPT_AT_HAND if k in parts}
        entries.append(Stored.of(None, Slot(store, key, 0), at_hand))
    athlete = ts.Athlete.from_toml(who)

    def history() -> ts.History:
        return combine(StoredAnalyses(entries), (), athlete)

    page = str(Path(cache, "page.html"))
    first = history()
    # Rows, the fit, what claims want of tracks and the parts of the page are kept from here on.
    ts.evaluate_claims(first)
    ts.write_report(first, page, claims=[], rules=[])
    took = {"history": clock(history, 3)}
    own = history()
    took["claims"] = clock(lambda: ts.evaluate_claims(own))
    took["training"] = clock(own.training)
    took["page"] = clock(lambda: ts.write_report(own, page, claims=[], rules=[]))
    took["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(took))


def runs() -> None:
    """Measure histories of more and more runs."""
    found = []
    for count in RUNS:
        with tempfile.TemporaryDirectory() as cache:
            command = [sys.executable, __file__, "many", str(count), cache]
            found.append(json.loads(subprocess.check_output(command)))
    for name in ("history", "claims", "training", "page"):
        line(f"{name}, runs", RUNS, [took[name] for took in found])
    peaks = [f"{took['peak']:.0f} MB" for took in found]
    print(f"{'largest memory, runs':28} {', '.join(peaks)}")


def main() -> None:
    """Print what was asked for."""
    parts = {"records": records, "pieces": pieces, "runs": runs}
    if sys.argv[1:2] == ["many"]:
        many(int(sys.argv[2]), sys.argv[3])
        return
    for name in sys.argv[1:] or parts:
        parts[name]()


if __name__ == "__main__":
    main()
