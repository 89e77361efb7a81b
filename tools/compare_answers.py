"""Compare what two checkouts answer from the same recordings: tables, documents and claims.

Each checkout's own command line measures the recordings afresh; then everything it wrote is
compared, value by value, and each difference is listed that is not stated beforehand::

    python tools/compare_answers.py OLD NEW data/samples/archive
    python tools/compare_answers.py OLD NEW FOLDER --stated differences.toml --analyses 20

The file of what is stated says which names are new, and which values may differ and why::

    [renamed]
    gain = "ascent"                     # wherever this name stands
    "efforts.start" = "start_time"      # in one table or list only

    [stated]
    "claims[].caveats[]" = "sentences are worded anew"
    "activities[].impact_*" = "loads count the ground of each step"

Exits with 1 where anything differs that isn't stated, or a statement matches nothing.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

KEYS = ("file", "claim", "rule", "metric", "name", "code")
"""By the first of these that all rows of a list have, its rows are matched."""

MOST_EXAMPLES = 3


@dataclass(frozen=True)
class Difference:
    """One value that is not the same in both: its place, and what stands there."""

    place: str
    old: object
    new: object

    @property
    def kind(self) -> str:
        """Return the place without saying in which row."""
        return re.sub(r"\[[^\]]*\]", "[]", self.place)

    @property
    def size(self) -> float:
        """Return the difference of two numbers, relative to the larger; infinite for others."""
        if not (_is_number(self.old) and _is_number(self.new)):
            return math.inf
        return relative(float(str(self.old)), float(str(self.new)))


@dataclass
class Stated:
    """What is known to differ: new names, and patterns of places with the reason."""

    renamed: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_toml(cls, path: Path) -> Stated:
        """Read the statements of a file."""
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        return cls(document.get("renamed", {}), document.get("stated", {}))

    def name(self, table: str, old: str) -> str:
        """Return what a name of a table is called by now."""
        return self.renamed.get(f"{table}.{old}", self.renamed.get(old, old))

    def pattern(self, kind: str) -> str | None:
        """Return the first statement that a place falls under."""
        for pattern in self.reasons:
            # Brackets would be a set of characters to fnmatch.
            literal = pattern.replace("[]", "()")
            if fnmatchcase(kind.replace("[]", "()"), literal):
                return pattern
        return None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def relative(a: float, b: float) -> float:
    """Return the difference of two numbers, relative to the larger."""
    if a == b or (math.isnan(a) and math.isnan(b)):
        return 0.0
    return abs(a - b) / max(abs(a), abs(b))


def _keys_of(rows: list[Any]) -> list[str]:
    """Return what tells the rows of a list apart: a key of theirs, with a count where it repeats,
    or their position.
    """
    if not rows or not all(isinstance(row, dict) for row in rows):
        return [str(index) for index in range(len(rows))]
    by = next((key for key in KEYS if all(key in row for row in rows)), None)
    if by is None:
        return [str(index) for index in range(len(rows))]
    seen: dict[str, int] = {}
    keys = []
    for row in rows:
        name = str(row[by])
        seen[name] = seen.get(name, -1) + 1
        keys.append(f"{name}#{seen[name]}" if seen[name] else name)
    return keys


def flatten(
    value: object, place: str, names: Stated, table: str = ""
) -> Iterator[tuple[str, object]]:
    """Yield each single value of a document with its place."""
    if isinstance(value, dict):
        for key, inner in value.items():
            name = names.name(table, key)
            yield from flatten(
                inner, f"{place}.{name}" if place else name, names, name
            )
    elif isinstance(value, list):
        for key, inner in zip(_keys_of(value), value, strict=True):
            yield from flatten(inner, f"{place}[{key}]", names, table)
    else:
        yield place, value


def compare(
    old: object, new: object, names: Stated, tolerance: float, place: str = ""
) -> list[Difference]:
    """Return the differences of two documents beyond a relative tolerance of numbers."""
    before = dict(flatten(old, place, names))
    after = dict(flatten(new, place, Stated()))
    found = []
    for where in dict.fromkeys((*before, *after)):
        a, b = before.get(where, "absent"), after.get(where, "absent")
        difference = Difference(where, a, b)
        if a != b and difference.size > tolerance:
            found.append(difference)
    return found


def _run(
    tree: Path,
    arguments: list[str],
    folder: Path,
    allowed: tuple[int, ...] = (0, 3),
) -> str:
    """Run a checkout's own command line and return what it printed."""
    environment = os.environ | {
        "PYTHONPATH": str(tree),
        "TRAILSTATS_CACHE": str(folder),
    }
    done = subprocess.run(
        [sys.executable, "-m", "trailstats", *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
    )
    if done.returncode not in allowed:
        raise SystemExit(
            f"{tree}: trailstats {arguments[0]} failed\n{done.stderr}"
        )
    return done.stdout


def answers(
    tree: Path, sources: list[str], options: list[str], analyses: list[Path]
) -> dict[str, Any]:
    """Return all that a checkout answers: tables of the batch, claims, and some analyses whole."""
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tables = {
            table: folder / f"{table}.json" for table in ("segments", "weekly")
        }
        written = [
            item for t, path in tables.items() for item in (f"--{t}", str(path))
        ]
        main = folder / "history.json"
        _run(
            tree, ["batch", *sources, "-o", str(main), *written, *options], folder
        )
        found["history"] = json.loads(main.read_text(encoding="utf-8"))
        for table, path in tables.items():
            found[table] = json.loads(path.read_text(encoding="utf-8"))[table]
        found |= json.loads(
            _run(tree, ["claims", *sources, "--json", *options], folder)
        )
        found["analyses"] = []
        for path in analyses:
            text = _run(
                tree,
                ["analyze", str(path), "--json", *options],
                folder,
                (0, 1, 3),
            )
            document = json.loads(text) if text else {}
            found["analyses"].append({"file": path.name, **document})
    return found


def evenly(sources: list[Path], count: int) -> list[Path]:
    """Return so many of all files, spread evenly over them."""
    files = []
    for source in sources:
        inside = sorted(p for p in source.rglob("*") if p.is_file())
        files += inside if source.is_dir() else [source]
    step = max(1, len(files) // count) if count else len(files) + 1
    return files[::step][:count]


def report(
    differences: list[Difference], stated: Stated
) -> tuple[list[str], bool]:
    """Return the lines that list the differences by kind, and whether all of them are stated."""
    kinds: dict[str, list[Difference]] = {}
    for difference in differences:
        kinds.setdefault(difference.kind, []).append(difference)
    lines, used, fine = [], set(), True
    for kind, members in sorted(kinds.items()):
        pattern = stated.pattern(kind)
        used.add(pattern)
        fine = fine and pattern is not None
        sizes = [d.size for d in members if math.isfinite(d.size)]
        largest = f", at most {100 * max(sizes):.3g} %" if sizes else ""
        reason = f" (stated: {stated.reasons[pattern]})" if pattern else ""
        lines.append(f"{kind}: {len(members)} differ{largest}{reason}")
        for d in members[: 0 if pattern else MOST_EXAMPLES]:
            lines.append(f"    {d.place}: {d.old!r} -> {d.new!r}")
    for pattern in sorted(stated.reasons.keys() - used):
        fine = False
        lines.append(f"stated, but not found: {pattern}")
    return lines, fine


def main(arguments: list[str] | None = None) -> int:
    """Run the comparison of two checkouts."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("old", type=Path, help="a checkout")
    parser.add_argument("new", type=Path, help="another checkout")
    parser.add_argument(
        "sources", type=Path, nargs="+", help="recordings or folders"
    )
    parser.add_argument(
        "--stated", type=Path, help="a TOML file of what may differ"
    )
    parser.add_argument("--tolerance", type=float, default=1e-9, help="relative")
    parser.add_argument("--athlete", type=Path, help="a profile for both")
    parser.add_argument(
        "--analyses", type=int, default=12, help="files compared whole"
    )
    chosen = parser.parse_args(arguments)
    stated = Stated.from_toml(chosen.stated) if chosen.stated else Stated()
    sources = [path.resolve() for path in chosen.sources]
    options = ["--no-cache"]
    if chosen.athlete:
        options += ["--athlete", str(chosen.athlete.resolve())]
    whole = evenly(sources, chosen.analyses)
    both: list[Mapping[str, Any]] = [
        answers(tree.resolve(), [str(s) for s in sources], options, whole)
        for tree in (chosen.old, chosen.new)
    ]
    count = sum(1 for _ in flatten(both[0], "", stated))
    differences = compare(both[0], both[1], stated, chosen.tolerance)
    lines, fine = report(differences, stated)
    print("\n".join(lines))
    print(f"{len(differences)} of {count} values differ")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
