"""The commands `cache info` and `cache clear`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import typer

from trailstats.cache import NAME, Cache, cache_folder
from trailstats.cli import _options as o
from trailstats.cli._app import app, command, listed
from trailstats.cli._console import note, print_json
from trailstats.cli._exit import ExitCode
from trailstats.report import text
from trailstats.schema import FORMAT_VERSION

_group = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=listed()["cache"]["help"],
)
app.add_typer(_group, name="cache")


def info(cache: o.CacheFolder = None, as_json: o.Json = False) -> ExitCode:
    """Show where the cache lies and how much it holds.

    Example: trailstats cache info
    """
    found = _open_cache(cache)
    held: dict[str, Any] = {
        "path": str(_file(cache)),
        "bytes": 0,
        "sources": 0,
        "activities": 0,
    }
    if found is not None:
        held = found.info()
    for key in ("oldest", "newest"):
        used = held.get(key)
        held[key] = (
            used and dt.datetime.fromtimestamp(used, dt.UTC).date().isoformat()
        )
    if as_json:
        print_json({"format_version": FORMAT_VERSION, "cache": held})
        return ExitCode.OK
    note(
        f"{held['path']}: {held['activities']} activities of {held['sources']} sources, "
        f"{held['bytes'] / 1e6:.1f} MB"
    )
    if held["newest"]:
        note(f"last used: from {held['oldest']} to {held['newest']}")
    return ExitCode.OK


def clear(cache: o.CacheFolder = None, as_json: o.Json = False) -> ExitCode:
    """Forget everything in the cache.

    Example: trailstats cache clear
    """
    found = _open_cache(cache)
    count = 0
    if found is not None:
        count = int(str(found.info()["activities"]))
        found.clear()
    if as_json:
        print_json({"format_version": FORMAT_VERSION, "cleared": count})
    else:
        note(
            f"{_file(cache)}: {text.counted(count, 'activity', 'activities')} forgotten"
        )
    return ExitCode.OK


def _file(folder: Path | None) -> Path:
    return (folder or cache_folder()) / NAME


def _open_cache(folder: Path | None) -> Cache | None:
    """Return the cache, or None where there is none: looking makes no folder."""
    path = _file(folder)
    return Cache(path.parent) if path.exists() else None


command(info, _group)
command(clear, _group)
