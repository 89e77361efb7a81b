"""Where the program keeps its caches."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """Return where the program keeps its caches: ``TRAILSTATS_CACHE``, else the platform's folder
    for caches.
    """
    stated = os.environ.get("TRAILSTATS_CACHE")
    if stated:
        return Path(stated)
    home = Path.home()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or home / ".cache"
    return Path(base) / "trailstats"
