"""Reading and writing: bytes in, `Activity` out, and back.

`formats` knows the formats and reads one source, `containers` walks folders and archives, `export`
writes. The modules `fit`, `gpx` and `tcx` hold one ``parse`` each.
"""

from __future__ import annotations

from trailstats.io.containers import Failure, iter_activities
from trailstats.io.export import convert
from trailstats.io.formats import Format, ReadLimits, read
from trailstats.io.geographic import to_geopandas

__all__ = [
    "Failure",
    "Format",
    "ReadLimits",
    "convert",
    "iter_activities",
    "read",
    "to_geopandas",
]
