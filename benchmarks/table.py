"""What people wait for, in one table: each figure with what it has to reach, and whether it does.

    python benchmarks/table.py FOLDER [--archive ARCHIVE] [--truth TRUTH] [--growth]

FOLDER holds real recordings. ARCHIVE holds the runs of one runner, of which the last by name is the
new one; without it 200 are simulated, see ``archive.py``. TRUTH is a folder for ``map_cost.py``.
Times are of the processor and figures ratios within one run, so that a busy machine misleads
little. Peers that are not installed are named as not measured: fitparse, fitfast, gpxpy with lxml,
tcxreader, tcxparser; a browser by playwright, named by ``TRAILSTATS_BROWSER``.
"""

from __future__ import annotations

import argparse
import os
import pickle
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import loaders  # noqa: E402
import waiting  # noqa: E402
from loaders import clock  # noqa: E402

import trailstats as ts  # noqa: E402
from trailstats.errors import TrailstatsError  # noqa: E402

SIMULATED = 200
LENGTHS = {"20 min": 1200.0, "1 h": 3600.0, "6 h": 21600.0}
SIZES = (60, 120, 250, 500, 1500)
"""Sizes of files that are compared one by one [kB]."""

BATCH = """
import sys, trailstats as ts
if __name__ == "__main__":
    print(len(ts.analyze_folder(sys.argv[1], cache=sys.argv[2]).activities))
"""

Line = tuple[str, float, str, float, bool]
"""What is measured, the figure, its unit, the bar, and whether more is better."""


def tcxparser_points(path: Path) -> None:
    """Read the points with python-tcxparser."""
    parser = import_module("tcxparser").TCXParser(str(path))
    parser.hr_values()
    parser.position_values()
    parser.time_values()


def against(
    suffix: str, files: list[bytes], peer: Callable[[Path], None]
) -> list[tuple[float, float]]:
    """Return, for each file, its size [kB] and the peer's time over ours; files that the peer
    refuses are left out.
    """
    out = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"file.{suffix}")
        for data in files:
            path.write_bytes(data)
            try:
                ours, theirs = (
                    clock(lambda: ts.read(path), 9),
                    clock(lambda: peer(path), 3),
                )
            except Exception:  # whatever another program raises
                continue
            out.append((len(data) / 1000, theirs / ours))
    return out


def readers(folder: Path) -> Iterator[Line]:
    """Compare the readers with others'."""
    peers = (
        ("fit", "fitparse", ("fitparse",), loaders.fitparse_records, 120.0),
        ("gpx", "gpxpy + lxml", ("gpxpy", "lxml"), None, 30.0),
        ("tcx", "tcxreader", ("tcxreader",), loaders.tcxreader_points, 8.0),
        ("tcx", "python-tcxparser", ("tcxparser", "lxml"), tcxparser_points, 2.5),
        ("fit", "fitfast records", ("fitfast",), loaders.fitfast_records, 0.85),
    )
    for suffix, name, modules, read, bar in peers:
        if not all(find_spec(module) for module in modules):
            print(f"{suffix} against {name}: not installed, not measured")
            continue
        files = loaders.find_files(folder, suffix, 12)
        peer = read or loaders.gpxpy_points("lxml.etree")
        found = against(suffix, files, peer)
        if name == "fitfast records":
            for size in SIZES:
                near = min(found, key=lambda pair: abs(pair[0] - size))
                line = f"FIT of {near[0]:.0f} kB against {name}"
                yield line, near[1], "x", bar if size == SIZES[0] else 1.0, True
        elif found:
            ratio = statistics.median(r for _, r in found)
            yield f"{suffix.upper()} against {name}", ratio, "x", bar, True


def whole(folder: Path) -> Iterator[Line]:
    """Compare whole analyses with fitparse only parsing."""
    bars = dict(zip(LENGTHS, (9.0, 20.0, 40.0), strict=True))
    if not find_spec("fitparse"):
        return
    runs = []
    for path in sorted(p for p in folder.rglob("*") if p.suffix == ".fit"):
        try:
            run = ts.analyze(path)
        except TrailstatsError:
            continue
        if run.meta.sport == "running":
            runs.append((run.totals.elapsed_time, path))
    for name, length in LENGTHS.items():
        if not runs:
            return
        near = sorted(runs, key=lambda pair: abs(pair[0] - length))[:3]
        ratios = []
        for _, path in near:
            ours = clock(lambda path=path: ts.analyze(path), 5)
            theirs = clock(lambda path=path: loaders.fitparse_records(path), 2)
            ratios.append(theirs / ours)
        hours = near[0][0] / 3600.0
        line = (
            f"analysis of about {name} ({hours:.1f} h) against fitparse parsing"
        )
        yield line, statistics.median(ratios), "x", bars[name], True


def cold(folder: Path) -> Iterator[Line]:
    """Measure a batch without a cache, of all processes."""
    with tempfile.TemporaryDirectory() as cache:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-c", BATCH, str(folder), cache]
        count = int(subprocess.check_output(command))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    yield f"cold batch, a file of {count}", 1000 * used / count, "ms", 70.0, False


def daily(archive: Path | None) -> Iterator[Line]:
    """Measure a report after one new file, and the page in a browser."""
    with tempfile.TemporaryDirectory() as work:
        runs, cache = Path(work, "runs"), str(Path(work, "cache"))
        if archive is None:
            command = [sys.executable, str(HERE / "archive.py"), str(runs)]
            subprocess.run([*command, str(SIMULATED)], check=True)
        else:
            shutil.copytree(archive, runs)
        files = [p for p in runs.rglob("*") if waiting.KINDS & set(p.suffixes)]
        new, page = max(files, key=lambda p: p.name), str(Path(work, "page.html"))
        aside = shutil.move(new, work)
        waiting.worked("cold", str(runs), cache, "", page)
        warm = waiting.worked("warm", str(runs), cache, "", page)
        back = shutil.move(aside, new.parent)
        took = waiting.worked("new file", str(runs), cache, str(back), page)
        name = f"report of {len(files)} after one new file"
        ratio = took["all"] / took["alone"]
        yield f"{name}, analyses of that file", ratio, "x", 60.0, False
        yield f"{name}, processor", took["all"], "s", 2.5, False
        yield f"{name}, memory", took["peak"], "MB", 350.0, False
        ratio = warm["claims"] / warm["history"]
        yield "claims against the warm history", ratio, "x", 2.0, False
        yield "claims", warm["claims"], "s", 1.0, False
        if find_spec("playwright") and os.environ.get("TRAILSTATS_BROWSER"):
            seconds = usable(Path(page))
            yield (
                f"page of {len(files)} usable in a browser",
                seconds,
                "s",
                1.0,
                False,
            )


def usable(page: Path) -> float:
    """Return the time until a page can be used, the median of five visits [s]."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["TRAILSTATS_BROWSER"],
            args=["--no-sandbox", "--disable-gpu"],
        )
        times = []
        for _ in range(5):
            tab = browser.new_page(viewport={"width": 1280, "height": 900})
            tab.goto(page.as_uri(), wait_until="load")
            times.append(
                tab.evaluate(
                    "performance.getEntriesByType('navigation')[0].domInteractive"
                )
            )
            tab.close()
        browser.close()
    return statistics.median(times) / 1000.0


def start() -> Iterator[Line]:
    """Measure the start of the program."""
    ours = waiting.seconds("-m", "trailstats", "--help")
    bare = waiting.seconds("-c", waiting.BARE, "--help")
    yield (
        "trailstats --help against a bare typer program",
        ours / bare,
        "x",
        3.0,
        False,
    )


def client() -> Iterator[Line]:
    """Measure what crosses between a client and a worker for one athlete."""
    samples = HERE.parent / "data" / "samples" / "odd"
    with tempfile.TemporaryDirectory() as out:
        receipt = ts.analyze_partition(samples, "runner", out)
    size = len(pickle.dumps(receipt))
    yield "bytes through the client an athlete", float(size), "B", 1000.0, False


def shown(lines: Iterator[Line]) -> None:
    """Print lines as they are measured."""
    for name, value, unit, bar, more in lines:
        holds = value >= bar if more else value <= bar
        print(
            f"{name:64} {value:9.2f} {unit:3} bar {bar:g}: "
            f"{'holds' if holds else 'MISSED'}",
            flush=True,
        )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--archive", type=Path)
    parser.add_argument("--truth", type=Path)
    parser.add_argument("--growth", action="store_true")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    shown(start())
    shown(client())
    shown(readers(chosen.folder))
    shown(whole(chosen.folder))
    shown(daily(chosen.archive))
    shown(cold(chosen.folder))
    more = [("map_cost.py", str(chosen.truth))] if chosen.truth else []
    more += [("growth.py",)] if chosen.growth else []
    for name, *rest in more:
        subprocess.run([sys.executable, str(HERE / name), *rest], check=True)


if __name__ == "__main__":
    main()
