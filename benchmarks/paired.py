"""Compare the speed of this checkout with another one's, job by job, in alternation.

    python benchmarks/paired.py OTHER_CHECKOUT [FOLDER] [--rounds 9]

Both run the same jobs on the same recordings (the samples, unless a folder is named), one after the
other by turns, so that a machine that gets slower meanwhile slows both. Times are of the processor,
child processes included. A ratio is this checkout's time over the other's: of the smallest times,
and the median of the rounds' ratios. Only what both checkouts offer under the same name is called.
"""

import argparse
import math
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHORTEST = 0.2  # a job is repeated until one turn takes about this long [s]
JOBS = ("read fit", "read gpx", "read tcx", "analyze", "batch", "claims")

WORKER = """
import copy, resource, sys, time, warnings
from pathlib import Path
import trailstats as ts

warnings.simplefilter("ignore")
folder, most = Path(sys.argv[1]), int(sys.argv[2])

def readable(path):
    try:
        ts.read(path)
    except ts.TrailstatsError:
        return False
    return True

def some(files, count):
    return files[:: max(1, len(files) // count)][:count]

every = sorted(p for p in folder.rglob("*") if p.is_file())
of = {
    kind: some([p for p in every if f".{kind}" in p.suffixes and readable(p)], most)
    for kind in ("fit", "gpx", "tcx")
}
mixed = [p for files in of.values() for p in files]
athlete = ts.Athlete(heart_rate_max=190.0, heart_rate_rest=50.0, mass=70.0)
history = ts.analyze_folder(some(every, 4 * most), athlete=athlete, workers=1)

def work(job):
    if job.startswith("read"):
        for path in of[job.split()[1]]:
            ts.read(path)
    elif job == "analyze":
        for path in mixed:
            ts.analyze(path, athlete=athlete)
    elif job == "batch":
        ts.analyze_folder(mixed, athlete=athlete, workers=1)
    elif job == "claims":
        ts.evaluate_claims(copy.copy(history))

def processor_time():
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime

print("ready", flush=True)
for line in sys.stdin:
    times, job = line.strip().split(" ", 1)
    before = processor_time()
    for _ in range(int(times)):
        work(job)
    print((processor_time() - before) / int(times), flush=True)
"""


class Checkout:
    """A process that runs jobs with one checkout's code."""

    def __init__(self, root: Path, folder: Path, files: int) -> None:
        environment = os.environ | {
            "PYTHONPATH": str(root),
            "OPENBLAS_NUM_THREADS": "1",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(folder), str(files)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=root,
            env=environment,
        )
        self._answer()

    def _answer(self) -> str:
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(
                "a checkout could not run the job; its words stand above"
            )
        return answer

    def seconds(self, job: str, times: int = 1) -> float:
        """Run a job so many times and return the processor time of one [s]."""
        self.process.stdin.write(f"{times} {job}\n")
        self.process.stdin.flush()
        return float(self._answer())

    def close(self) -> None:
        """End the process."""
        self.process.stdin.close()
        self.process.wait()


def main() -> int:
    """Print a line for each job."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("other", type=Path, help="the checkout to compare with")
    parser.add_argument(
        "folder",
        type=Path,
        nargs="?",
        default=ROOT / "data" / "samples" / "archive",
    )
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--files", type=int, default=8, help="files a format")
    chosen = parser.parse_args()
    folder = chosen.folder.resolve()
    other = Checkout(chosen.other.resolve(), folder, chosen.files)
    this = Checkout(ROOT, folder, chosen.files)
    print(f"{'':10}{'other':>10}{'this':>10}  ratio of smallest, median")
    for job in JOBS:
        other.seconds(job)
        times = math.ceil(SHORTEST / max(this.seconds(job), 1e-3))
        pairs = []
        for turn in range(chosen.rounds):
            order = (this, other) if turn % 2 else (other, this)
            taken = {checkout: checkout.seconds(job, times) for checkout in order}
            pairs.append((taken[other], taken[this]))
        smallest = [min(column) for column in zip(*pairs, strict=True)]
        median = statistics.median(ours / theirs for theirs, ours in pairs)
        print(
            f"{job:10}{1000 * smallest[0]:7.1f} ms{1000 * smallest[1]:7.1f} ms"
            f"  {smallest[1] / smallest[0]:.3f}, {median:.3f}",
            flush=True,
        )
    for checkout in (this, other):
        checkout.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
