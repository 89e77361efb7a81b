"""What stands for the code that measures, so that a cache holds no results of another version."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from trailstats._version import __version__
from trailstats.model.plugins import plugin_fingerprint

MEASURING = (
    "analysis",
    "arrays.py",
    "boundary.py",
    "cleaning",
    "elevation",
    "errors.py",
    "geo.py",
    "history/_cadence.py",
    "history/_chunks.py",
    "history/_code.py",
    "history/_copies.py",
    "history/_motion.py",
    "history/_pack.py",
    "history/_rows.py",
    "history/_stored.py",
    "history/_ways.py",
    "history/_workers.py",
    "io",
    "metrics",
    "model",
    "schema",
    "terrain",
)
"""Rooms and modules that what a cache holds follows from: a change in them may change it."""

AFTER = (
    "__init__.py",
    "__main__.py",
    "_version.py",
    "cache",
    "claims",
    "cli",
    "history/__init__.py",
    "history/_executors.py",
    "history/_gather.py",
    "history/_history.py",
    "history/_intent.py",
    "history/_kept_effort.py",
    "history/_made.py",
    "history/_partition.py",
    "history/_pool.py",
    "history/_progress.py",
    "history/_run_stretches.py",
    "history/_sources.py",
    "history/_worth.py",
    "history/_yielded.py",
    "history/days.py",
    "history/effort.py",
    "history/map_need.py",
    "history/prediction",
    "history/profile.py",
    "history/training.py",
    "mcp",
    "plots.py",
    "report",
    "testing.py",
)
"""Those that work on results, or carry them: a change in them leaves what was measured as it is."""

_SUFFIXES = (".py", ".json", ".csv", ".toml")


@cache
def code_fingerprint(rooms: tuple[str, ...] = MEASURING) -> str:
    """Return what stands for the version of some code, by default that which measures: that of the
    package, the code where it lies in files, and the installed plug-ins.
    """
    digest = sha256(__version__.encode())
    digest.update(plugin_fingerprint().encode())
    package = Path(__file__).parent.parent
    for name in rooms:
        place = package / name
        files = sorted(place.rglob("*")) if place.is_dir() else [place]
        for file in files:
            if file.suffix in _SUFFIXES and file.is_file():
                digest.update(file.relative_to(package).as_posix().encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()
