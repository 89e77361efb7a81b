"""What people wait for: the start, the first run over an archive, and the day after with one new
file.

    python benchmarks/waiting.py [FOLDER]

Without a folder 200 recordings are simulated, see ``archive.py``. Times are of the processor, of
all processes; each line is a process of its own. The last file by name is the new one. Ratios are
to the analysis of that file alone, so that they say the same on a slower machine.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SIMULATED = 200
KINDS = {".fit", ".gpx", ".tcx"}

WORKER = """
import json, resource, sys, time
out = {}

def used():
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime

def tick(name, since):
    out[name] = used() - since
    return used()

import trailstats as ts
folder, cache, new, page = sys.argv[1:]
last = used()
history = ts.analyze_folder(folder, cache=cache, athlete={"heart_rate_max": 187.0})
len(history.activities)
last = tick("history", last)
claims = ts.evaluate_claims(history)
last = tick("claims", last)
ts.write_report(history, page, claims=claims)
tick("page", last)
out["all"] = used()
out["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
try:
    # On Linux the figure above is no less than that of the process which started this one.
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    out["peak"] = int(status["VmHWM"].split()[0]) / 1024
except (OSError, KeyError):
    pass
if new:
    ts.analyze(new)
    last = used()
    for _ in range(10):
        ts.analyze(new)
    out["alone"] = (used() - last) / 10
print(json.dumps(out))
"""

START = """
import resource, subprocess, sys
subprocess.run([sys.executable, *sys.argv[1:]], capture_output=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime)
"""

BARE = "import typer; app = typer.Typer(); app.command()(lambda: None); app()"


def seconds(*arguments: str) -> float:
    """Return the processor time of a start, the least of five [s]."""
    return min(
        float(subprocess.check_output([sys.executable, "-c", START, *arguments]))
        for _ in range(5)
    )


def worked(name: str, *arguments: str) -> dict[str, float]:
    """Do the work once and print what it took."""
    answer = subprocess.check_output([sys.executable, "-c", WORKER, *arguments])
    found: dict[str, float] = json.loads(answer)
    print(
        f"{name:24} {found['all']:7.2f} s: history {found['history']:.2f}, claims "
        f"{found['claims']:.2f}, page {found['page']:.2f}; peak {found['peak']:.0f} MB",
        flush=True,
    )
    return found


def main() -> None:
    """Print a line for each."""
    ours = seconds("-m", "trailstats", "--help")
    bare = seconds("-c", BARE, "--help")
    print(
        f"{'trailstats --help':24} {ours:7.2f} s, {ours / bare:.2f} of a bare typer program"
    )
    with tempfile.TemporaryDirectory() as work:
        runs, cache = Path(work, "runs"), str(Path(work, "cache"))
        if len(sys.argv) > 1:
            shutil.copytree(sys.argv[1], runs)
        else:
            command = [sys.executable, str(HERE / "archive.py"), str(runs)]
            subprocess.run([*command, str(SIMULATED)], check=True)
        files = [p for p in runs.rglob("*") if KINDS & set(p.suffixes)]
        new = max(files, key=lambda path: path.name)
        aside, page = shutil.move(new, work), str(Path(work, "report.html"))
        count = len(files) - 1
        worked(f"{count} activities, cold", str(runs), cache, "", page)
        worked("the same again", str(runs), cache, "", page)
        back = shutil.move(aside, new.parent)
        found = worked("with one new file", str(runs), cache, str(back), page)
        print(
            f"{'':24} {found['all'] / found['alone']:7.0f} times the analysis of the new file; "
            f"claims {found['claims'] / found['history']:.1f} of the history"
        )


if __name__ == "__main__":
    main()
