"""Where the program keeps its files, by the customs of the platform."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """Return where the program keeps its caches: ``TRAILSTATS_CACHE``, else the platform's folder
    for caches.
    """
    return _folder("TRAILSTATS_CACHE", "Caches", ("XDG_CACHE_HOME", ".cache"))


def data_folder() -> Path:
    """Return where the program keeps what can't be computed again, such as maps that were fetched:
    ``TRAILSTATS_DATA``, else the platform's folder for a program's data.
    """
    linux = ("XDG_DATA_HOME", ".local/share")
    return _folder("TRAILSTATS_DATA", "Application Support", linux)


def _folder(stated: str, mac: str, linux: tuple[str, str]) -> Path:
    if os.environ.get(stated):
        return Path(os.environ[stated])
    home = Path.home()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = home / "Library" / mac
    else:
        base = os.environ.get(linux[0]) or home / linux[1]
    return Path(base) / "trailstats"
