"""Time and peak memory of the main jobs: the report of the sample archive, and `batch` over a
folder.

    python benchmarks/whole_way.py [FOLDER]

Prints one line a job: wall time, processor time of all processes, peak memory of the largest
process and the sum of this process and its largest worker.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def measure(name: str, *arguments: str) -> None:
    """Run the program once and print what it took."""
    code = (
        "import resource, sys; from trailstats.cli import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "finally:\n"
        "    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)\n"
        "    own, workers = (resource.getrusage(kind).ru_maxrss for kind in kinds)\n"
        "    sys.stderr.write(f'MEMORY {own} {workers}\\n')\n"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True
    )
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    line = next(
        line for line in done.stderr.splitlines() if line.startswith("MEMORY")
    )
    own, workers = (int(part) / 1024 for part in line.split()[1:])
    print(
        f"{name:28} exit {done.returncode}  {wall:6.1f} s wall  {cpu:6.1f} s processor  "
        f"{own:5.0f} MB own peak  {workers:5.0f} MB largest worker"
    )


def main() -> None:
    """Run the jobs."""
    with tempfile.TemporaryDirectory() as folder:
        samples = ROOT / "data" / "samples"
        profile = str(samples / "athlete.toml")
        page = str(Path(folder) / "report.html")
        measure(
            "report data/samples",
            "report",
            str(samples / "archive"),
            "--athlete",
            profile,
            "-o",
            page,
        )
        for source in sys.argv[1:]:
            measure(
                f"batch {Path(source).name}",
                "batch",
                source,
                "-o",
                str(Path(folder) / "out.csv"),
            )


if __name__ == "__main__":
    main()
