"""The chart library that a page embeds: one script, made by vl-convert and kept, since making it
takes seconds.
"""

from __future__ import annotations

import functools
from contextlib import suppress
from importlib.metadata import version

from trailstats.cache import cache_folder
from trailstats.errors import MissingExtraError, WriteError
from trailstats.io.tables import write_atomically

_ENTRY = "window.vegaEmbed = vegaEmbed;"
_LAST = 80  # characters at the end, where that line stands under shorter names


@functools.cache
def chart_library() -> str:
    """Return the script that draws Vega-Lite charts, with all it needs.

    Returns
    -------
    str
        Kept in the user's folder for caches (``TRAILSTATS_CACHE`` names another) under vl-convert's
        version. Where nothing can be kept it is made anew in each process.

    Raises
    ------
    MissingExtraError
        Without vl-convert-python.
    """
    try:
        import vl_convert
    except ImportError as error:
        raise MissingExtraError("vl-convert-python", "report") from error
    kept = cache_folder() / f"vega-{version('vl-convert-python')}.js"
    with suppress(OSError, UnicodeDecodeError):
        found = kept.read_text(encoding="utf-8")
        if "window.vegaEmbed=" in found[-_LAST:]:
            return found
    made = str(vl_convert.javascript_bundle(_ENTRY))
    with suppress(OSError, WriteError):
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomically(kept, made.encode())
    return made
