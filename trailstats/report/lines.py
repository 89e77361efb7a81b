"""The lines of all tracks of a page: their places in whole metres, and the ground at each point.
They stand together, since the map of all routes needs them before any activity is opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trailstats.arrays import Floats, Ints
from trailstats.report.drawn import embed, with_starts
from trailstats.report.tracks import Plane, spread_points

_TOGETHER = 50_000
"""Numbers that are written together (our choice), so that those of thousands fill no memory."""


@dataclass(frozen=True, eq=False)
class Line:
    """One track as a line on the plane of its region.

    Attributes
    ----------
    plane : Plane
    starts : numpy.ndarray of int
        Points where the line starts anew.
    ground : str
        A letter for each point; see `ground_letters`.
    """

    plane: Plane
    starts: Ints
    ground: str

    def of(self, most: int) -> Line:
        """Return the line through so many of its points, and those at which it breaks."""
        plane = self.plane
        chosen, starts = spread_points(len(plane.x), most, self.starts)
        places = Plane(plane.x[chosen], plane.y[chosen], plane.region)
        letters = self.ground.lower()
        return Line(
            places,
            starts,
            with_starts("".join(letters[i] for i in chosen), starts),
        )


def lines_json(lines: Sequence[Line]) -> str:
    """Return lines one after the other as JSON: how many points each has, the steps from point to
    point [m], and the letters of the ground.
    """
    counts = [len(line.plane.x) for line in lines]
    x, y = (
        _steps([getattr(line.plane, axis) for line in lines]) for axis in "xy"
    )
    ground = "".join(line.ground for line in lines)
    return f'{{"counts":{counts},"x":[{x}],"y":[{y}],"ground":"{ground}"}}'


def _steps(columns: Sequence[Floats]) -> str:
    """Return whole numbers, each as the difference from the last known one of its column."""
    whole = np.round(np.concatenate([np.zeros(0), *columns]))
    known = np.flatnonzero(np.isfinite(whole))
    owner = np.repeat(np.arange(len(columns)), list(map(len, columns)))[known]
    values = whole[known]
    steps = np.diff(values, prepend=0.0)
    first = np.diff(owner, prepend=-1) > 0
    steps[first] = values[first]
    whole[known] = steps
    parts = (
        _text(whole[begin : begin + _TOGETHER])
        for begin in range(0, len(whole), _TOGETHER)
    )
    return ",".join(parts)


def _text(steps: Floats) -> str:
    """Return whole numbers with commas between them, null for NaN."""
    missing = np.flatnonzero(np.isnan(steps))
    listed: list[int | None] = np.nan_to_num(steps).astype(np.int64).tolist()
    for place in missing.tolist():
        listed[place] = None
    return embed(listed)[1:-1]
