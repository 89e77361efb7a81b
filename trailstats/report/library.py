"""The chart library that a page embeds: one script, which a wheel brings. In a checkout vl-convert
makes it, and it is kept, since making it takes seconds.
"""

from __future__ import annotations

import functools
from contextlib import suppress
from importlib import resources
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
        As it stands in an installed wheel. In a checkout it is kept in the user's folder for caches
        (``TRAILSTATS_CACHE`` names another) under vl-convert's version; where nothing can be kept
        it is made anew in each process.

    Raises
    ------
    MissingExtraError
        In a checkout without vl-convert-python.
    """
    packaged = resources.files("trailstats.report").joinpath("vega.js")
    if packaged.is_file():
        return packaged.read_text(encoding="utf-8")
    try:
        import vl_convert
    except ImportError as error:
        raise MissingExtraError("vl-convert-python", "png") from error
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
