"""Score programs on the generated archive: ``python tools/trailbench`` from the checkout.

Every program of `peers.PEERS` that can be imported is asked, and those of other environments by
``--python PATH``; ``--table NAME=runs.csv`` and ``--segments NAME=segments.csv`` score any program
that writes tables as `trailstats batch` does. ``--write docs/trailbench.md`` puts the table there.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import scores  # noqa: E402
from peers import PEERS  # noqa: E402

SAMPLES = HERE.parent.parent / "data" / "samples"
HEADS = (
    "program",
    "read",
    "distance",
    "ascent",
    "moving time",
    "salvage",
    "ground",
    "stretches",
    "time by km-effort",
)
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"


def ask(python: str, peer: str, files: list[str]) -> dict[str, Any] | None:
    """Return a program's version and answers; None where it isn't installed."""
    done = subprocess.run(
        [python, str(HERE / "peers.py"), peer, *files],
        capture_output=True,
        text=True,
        timeout=3600,
    )
    if done.returncode:
        return None
    lines = [
        json.loads(line) for line in done.stdout.splitlines() if line[:1] == "{"
    ]
    told = lines.pop(0)["version"]
    return {"version": told, "answers": {line["file"]: line for line in lines}}


def cells(
    name: str,
    answers: Mapping[str, Any],
    truth: Mapping[str, Any],
    expected: Mapping[str, int],
) -> list[str]:
    """Return a row of the table."""
    sound = {f: a for f, a in answers.items() if "error" not in a}
    asked = [f for f in answers if f in truth]
    read = sum(f in sound for f in asked)
    return [
        name,
        f"{read} of {len(asked)}",
        _percent(scores.relative_error(truth, sound, "distance")),
        _percent(scores.relative_error(truth, sound, "ascent", scores.HILLY)),
        _seconds(scores.time_error(truth, sound)),
        _percent(scores.salvage(answers, expected), digits=0),
        _plain(scores.ground_score(truth, sound)),
        _both(scores.stretch_score(truth, sound)),
        _percent(scores.prediction_error(truth, sound)),
    ]


def _percent(found: tuple[float, int], digits: int = 1) -> str:
    value, count = found
    return (
        f"{100 * value:.{digits}f} % ({count})" if math.isfinite(value) else "-"
    )


def _seconds(found: tuple[float, int]) -> str:
    return f"{found[0]:.0f} s ({found[1]})" if math.isfinite(found[0]) else "-"


def _plain(found: tuple[float, int]) -> str:
    return f"{found[0]:.3f} ({found[1]})" if math.isfinite(found[0]) else "-"


def _both(found: tuple[float, float, int]) -> str:
    right, told, count = found
    if not math.isfinite(right):
        return "-"
    return f"{100 * right:.1f} % of {100 * told:.0f} % ({count})"


def as_markdown(rows: list[list[str]]) -> str:
    """Return the table as Markdown."""
    lines = [HEADS, ("---",) * len(HEADS), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def tables(
    runs: list[str], segments: list[str]
) -> dict[str, dict[str, dict[str, Any]]]:
    """Return what tables say, by the name of the program that wrote them."""
    out: dict[str, dict[str, dict[str, Any]]] = {}
    for given, read in (
        (runs, scores.table_answers),
        (segments, scores.segment_answers),
    ):
        for named in given:
            name, _, file = named.partition("=")
            held = out.setdefault(name, {})
            for place, said in read(Path(file), SAMPLES).items():
                held.setdefault(place, {}).update(said)
    return out


def main(arguments: list[str] | None = None) -> None:
    """Ask, score, and print or write the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--python", action="append", default=[], metavar="PATH")
    parser.add_argument(
        "--table", action="append", default=[], metavar="NAME=FILE"
    )
    parser.add_argument(
        "--segments", action="append", default=[], metavar="NAME=FILE"
    )
    parser.add_argument("--peer", action="append", choices=list(PEERS))
    parser.add_argument("--every", type=int, default=1, metavar="N")
    parser.add_argument("--write", type=Path, metavar="PAGE")
    asked = parser.parse_args(arguments)
    truth = dict(list(scores.truth_of(SAMPLES).items())[:: asked.every])
    rows = []
    with tempfile.TemporaryDirectory() as place:
        expected = scores.damaged(SAMPLES, Path(place), truth, 8)
        files = [*truth, *expected]
        for peer in asked.peer or PEERS:
            for python in (sys.executable, *asked.python):
                found = ask(python, peer, files)
                if found is not None:
                    name = f"{peer} {found['version']}"
                    rows.append(cells(name, found["answers"], truth, expected))
                    break
    for name, held in tables(asked.table, asked.segments).items():
        rows.append(cells(name, held, truth, {}))
    table = as_markdown(rows)
    if asked.write is None:
        print(table)
        return
    page = asked.write.read_text("utf-8")
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    asked.write.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
