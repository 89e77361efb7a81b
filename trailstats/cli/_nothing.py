"""What lies in folders in which there is no recording."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from trailstats.boundary import reason_of, shown
from trailstats.errors import TrailstatsError
from trailstats.io.formats import read
from trailstats.report import text

MOST_NAMED = 5
"""Files that are named; the others are counted (our choice)."""

MOST_COUNTED = 1000
"""Files after which no more are looked for (our choice)."""

_WANTED = "no FIT, GPX, TCX or KML file, nor a zip that holds one"


def nothing_there(sources: Iterable[str]) -> str:
    """Return a sentence that says what lies there instead of recordings.

    Parameters
    ----------
    sources : iterable of str
        Files and folders as the user named them.

    Returns
    -------
    str
    """
    files = list(islice(_files(sources), MOST_COUNTED))
    if not files:
        return "no activity could be read: no file lies there"
    named = "; ".join(
        f"{shown(path.name)}: {_kind(path)}" for path in files[:MOST_NAMED]
    )
    rest = len(files) - MOST_NAMED
    more = f"; and {rest} more" if rest > 0 else ""
    lie = "lies" if len(files) == 1 else "lie"
    counted = text.counted(len(files), "file")
    return f"no activity could be read: {_WANTED}. {counted} {lie} there: {named}{more}"


def _files(sources: Iterable[str]) -> Iterator[Path]:
    """Yield the files of folders, those that are named first."""
    for source in sources:
        place = Path(source)
        if place.is_file():
            yield place
        for folder, folders, names in os.walk(place):
            folders.sort()
            for name in sorted(names):
                yield Path(folder, name)


def _kind(path: Path) -> str:
    """Return what a file is."""
    try:
        read(path)
    except TrailstatsError as error:
        said = str(getattr(error, "message", error))
        return said.rpartition(", but ")[2]
    except OSError as error:
        return reason_of(error)
    return "a recording"
