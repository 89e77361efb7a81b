"""Thousands of files: speed, memory and faults, as one table.

    python benchmarks/soak.py FOLDER [--files 10000] [--few 100] [--workers 2] [--cold] [--faults]

FOLDER holds recordings, plain or gzipped. They are linked as often as needed; `--no-cache` measures
each link, since a cache knows equal content. Processor time is that of all processes together, and
what to compare on a machine that is in use; wall time beside it. Memory is what this program and
its workers hold at once, shared pages counted once (PSS, Linux), sampled twice a second. Without an
option only the ratio to fitparse is measured.
"""

import argparse
import gzip
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOADING = """
import sys, gpxpy, fitdecode
for name in sys.argv[1:]:
    try:
        import gzip
        data = gzip.open(name).read() if name.endswith(".gz") else open(name, "rb").read()
        if ".fit" in name:
            with fitdecode.FitReader(data) as reader:
                [frame for frame in reader]
        elif ".gpx" in name:
            gpxpy.parse(data.decode("utf-8", "replace"))
    except Exception:
        pass
"""


def row(what: str, found: str) -> None:
    """Print a line of the table."""
    print(f"{what:58} {found}", flush=True)


def pss(root: int) -> float:
    """Return what a process and its children hold [MB], shared pages counted once."""
    total = 0
    pids = [root]
    while pids:
        pid = pids.pop()
        try:
            for task in Path(f"/proc/{pid}/task").iterdir():
                pids += [int(p) for p in (task / "children").read_text().split()]
            for line in (
                Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            ):
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        except OSError:
            continue
    return total / 1024


def timed(
    *command: str, watch: bool = False
) -> tuple[float, float, list[float], int]:
    """Run a program; return wall and processor time [s], samples of memory [MB] and the exit
    code.
    """
    before, begin = (
        resource.getrusage(resource.RUSAGE_CHILDREN),
        time.perf_counter(),
    )
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "OPENBLAS_NUM_THREADS": "1",
    }
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    samples: list[float] = []

    def look() -> None:
        while process.poll() is None:
            samples.append(pss(process.pid))
            time.sleep(0.5)

    if watch:
        threading.Thread(target=look, daemon=True).start()
    code = process.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - begin, cpu, samples, code


def program(*arguments: object) -> tuple[str, ...]:
    """Return the command of the program."""
    return (sys.executable, "-m", "trailstats", *(str(a) for a in arguments))


def linked(files: list[Path], folder: Path, count: int) -> Path:
    """Make a folder with so many links to the files, in turn."""
    for i in range(count):
        source = files[i % len(files)]
        place = folder / f"{i // 1000:03d}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{i:06d}{''.join(source.suffixes[-2:])}").symlink_to(source)
    return folder


def speed(files: list[Path], folder: Path, work: Path, workers: int) -> None:
    """Cold and warm runs, and loops that only load."""
    out, cache = work / "out.csv", work / "cache"
    options = ("batch", folder, "-o", out, "--workers", workers, "--cache", cache)
    wall, cpu, _, code = timed(*program(*options))
    row(
        f"cold, {len(files)} files, {workers} workers",
        f"{wall:7.1f} s wall {cpu:7.1f} s processor, exit {code}",
    )
    for _ in range(2):
        wall, cpu_warm, _, code = timed(*program(*options))
    row("warm", f"{wall:7.1f} s wall {cpu_warm:7.1f} s processor, exit {code}")
    _, load, _, _ = timed(sys.executable, "-c", LOADING, *(str(f) for f in files))
    row(
        "fitdecode and gpxpy, loading only",
        f"{load:7.1f} s processor; ours in all {cpu:.1f}: {load / cpu:.1f} times",
    )


def hour(files: list[Path], work: Path) -> None:
    """One FIT file of about an hour: the whole analysis against fitparse only parsing."""
    import fitparse

    import trailstats as ts

    plain = work / "hour.fit"
    for file in files:
        if ".fit" not in file.name:
            continue
        try:
            run = ts.read(file)
            if not 3500 < run.seconds[-1] < 3900 or len(run.records) < 3300:
                continue
            plain.write_bytes(
                gzip.decompress(file.read_bytes())
                if file.suffix == ".gz"
                else file.read_bytes()
            )
            fitparse.FitFile(str(plain)).parse()
            break
        except (ts.ReadError, fitparse.FitParseError):
            continue
    else:
        row("one hour at 1 Hz", "no such file")
        return
    parse = best(
        lambda: [
            m.get_values() for m in fitparse.FitFile(str(plain)).get_messages()
        ],
        3,
    )
    whole = best(lambda: ts.analyze(plain), 20)
    text = f"{1000 * whole:.0f} ms against {1000 * parse:.0f} ms: {parse / whole:.1f} times"
    row(f"one hour at 1 Hz ({len(run.records)} records), fitparse parsing", text)


def best(work: Callable[[], object], times: int) -> float:
    """Return the smallest processor time of several calls after a first one [s]."""
    work()
    found = []
    for _ in range(times):
        begin = time.process_time()
        work()
        found.append(time.process_time() - begin)
    return min(found)


def growth(
    files: list[Path], work: Path, few: int, many: int, workers: int
) -> None:
    """Cost per file and memory of few and many files."""
    costs = []
    for count in (few, many):
        folder = linked(files, work / f"linked{count}", count)
        options = (
            "batch",
            folder,
            "-o",
            work / "out.csv",
            "--workers",
            workers,
            "--no-cache",
        )
        wall, cpu, memory, code = timed(*program(*options), watch=True)
        costs.append(cpu / count)
        half = memory[len(memory) // 2 :]
        text = (
            f"{1000 * cpu / count:6.1f} ms processor a file, {wall:.0f} s wall, exit {code}; "
            "memory at most "
        )
        row(
            f"{count} files",
            text
            + f"{max(memory):.0f} MB, second half {min(half):.0f} to {max(half):.0f}",
        )
    row(
        "cost per file, many against few",
        f"{100 * (costs[1] / costs[0] - 1):+.1f} %",
    )


def faults(files: list[Path], work: Path, workers: int) -> None:
    """Let things go wrong on the way; show whether all other rows are right, and those of the next
    run.
    """
    import pandas as pd

    folder = linked(files[:: max(len(files) // 200, 1)], work / "faults", 200)
    names = sorted(p for p in folder.rglob("*") if p.is_symlink())
    for i, path in enumerate(names[::100]):  # 1 % poisoned
        path.unlink()
        path.write_bytes(
            b"\x0e\x10\x00\x00" + os.urandom(5000)
            if i % 2
            else b"<gpx><trk><trkseg><trkpt lat='x'"
        )
    (folder / "000" / "gone.fit").symlink_to("/nowhere.fit")

    def batch(out: str, *more: object) -> pd.DataFrame:
        timed(
            *program(
                "batch", folder, "-o", work / out, "--workers", workers, *more
            )
        )
        return pd.read_csv(work / out, dtype=str, keep_default_na=False).drop(
            columns=["error"]
        )

    plain = batch("plain.csv", "--no-cache")
    failed = int((plain["status"] == "failed").sum())
    row(
        "1 % poisoned, one not to be opened",
        f"{len(plain)} rows, {failed} failed",
    )
    for what, whom in (("parent", 0), ("worker", 1)):
        cache = work / f"cache-{what}"
        environment = os.environ | {
            "PYTHONPATH": str(ROOT),
            "OPENBLAS_NUM_THREADS": "1",
        }
        command = program(
            "batch",
            folder,
            "-o",
            work / "killed.csv",
            "--workers",
            workers,
            "--cache",
            cache,
        )
        process = subprocess.Popen(
            command,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        victim = process.pid
        for _ in range(600):
            time.sleep(0.1)
            children = (
                Path(f"/proc/{process.pid}/task/{process.pid}/children")
                .read_text()
                .split()
            )
            held = (
                sum(p.stat().st_size for p in cache.glob("*"))
                if cache.exists()
                else 0
            )
            if children and held > 300_000:
                victim = int(children[0]) if whom else process.pid
                break
        os.kill(victim, signal.SIGKILL)
        process.wait()
        lost = "no table" if not (work / "killed.csv").exists() else ""
        if not lost:
            table = pd.read_csv(work / "killed.csv")
            lost = (
                f"{len(table)} rows, "
                f"{int(table['error'].astype(str).str.startswith('worker_killed').sum())} lost"
            )
            (work / "killed.csv").unlink()
        same = batch("again.csv", "--cache", cache).equals(plain)
        row(
            f"kill -9 of the {what}",
            f"{lost}; after a rerun {'all rows right' if same else 'ROWS DIFFER'}",
        )
    small = work / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(small)]
    if (
        shutil.which("mount")
        and subprocess.run(
            mount, stderr=subprocess.DEVNULL, check=False
        ).returncode
        == 0
    ):
        try:
            same = batch("full.csv", "--cache", small / "cache").equals(plain)
            row(
                "cache on a full disk",
                "all rows right" if same else "ROWS DIFFER",
            )
            again = batch("full.csv", "--cache", small / "cache").equals(plain)
            row("the same again", "all rows right" if again else "ROWS DIFFER")
        finally:
            subprocess.run(["umount", str(small)], check=False)
    else:
        row(
            "cache on a full disk",
            "not run: no right to mount a small tmpfs; tests/test_workers.py has a limit",
        )


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--files", type=int, default=0, help="also so many links, against --few"
    )
    parser.add_argument("--few", type=int, default=100)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--cold", action="store_true", help="cold, warm, and loops that only load"
    )
    parser.add_argument("--faults", action="store_true")
    chosen = parser.parse_args()
    files = sorted(
        p.resolve()
        for p in chosen.folder.rglob("*")
        if {".fit", ".gpx", ".tcx"} & set(p.suffixes)
    )
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        hour(files, work)
        if chosen.cold:
            speed(files, chosen.folder, work, chosen.workers)
        if chosen.files:
            growth(files, work, chosen.few, chosen.files, chosen.workers)
        if chosen.faults:
            faults(files, work, chosen.workers)


if __name__ == "__main__":
    main()
