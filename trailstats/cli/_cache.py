"""The commands `cache info` and `cache clear`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import typer

from trailstats.cache import NAME, Cache
from trailstats.cli import _options as o
from trailstats.cli import _tables as tables
from trailstats.cli._app import app, begin, command, print_json
from trailstats.cli._exit import ExitCode
from trailstats.schema import FORMAT_VERSION

_group = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Show or forget what earlier runs computed.",
)
app.add_typer(_group, name="cache")


def info(
    cache: o.CacheFolder = None, as_json: o.Json = False, debug: o.Debug = False
) -> ExitCode:
    """Show where the cache lies and how much it holds.

    Example: trailstats cache info
    """
    begin(as_json, debug)
    found = _open(cache)
    held = (
        {"path": str(_file(cache)), "bytes": 0, "sources": 0, "activities": 0}
        if found is None
        else found.info()
    )
    for key in ("oldest", "newest"):
        used = held.get(key)
        held[key] = (
            dt.datetime.fromtimestamp(used, dt.UTC).date().isoformat()
            if isinstance(used, int)
            else None
        )
    if as_json:
        print_json({"format_version": FORMAT_VERSION, "cache": held})
    else:
        size = float(str(held["bytes"])) / 1e6
        tables.note(
            f"{held['path']}: {held['activities']} activities of {held['sources']} sources, "
            f"{size:.1f} MB"
        )
        if held["newest"]:
            tables.note(f"last used: from {held['oldest']} to {held['newest']}")
    return ExitCode.OK


def clear(
    cache: o.CacheFolder = None, as_json: o.Json = False, debug: o.Debug = False
) -> ExitCode:
    """Forget everything in the cache.

    Example: trailstats cache clear
    """
    begin(as_json, debug)
    found = _open(cache)
    count = 0
    if found is not None:
        count = int(str(found.info()["activities"]))
        found.clear()
    if as_json:
        print_json({"format_version": FORMAT_VERSION, "cleared": count})
    else:
        tables.note(f"{_file(cache)}: {count} activities forgotten")
    return ExitCode.OK


def _file(folder: Path | None) -> Path:
    return (o.cache_of(folder, False) or Path()) / NAME


def _open(folder: Path | None) -> Cache | None:
    """Return the cache, or None where there is none: looking makes no folder."""
    return Cache(_file(folder).parent) if _file(folder).exists() else None


command(info, _group)
command(clear, _group)
