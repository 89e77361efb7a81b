"""The samples of one cleaned activity as arrays: what sums and metrics are computed from, unpacked
once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from trailstats.arrays import Flags, Floats
from trailstats.metrics import effort
from trailstats.metrics.impact import POPULATION_CADENCE, CadenceModel
from trailstats.model.activity import CleanActivity
from trailstats.schema import is_on_foot
from trailstats.terrain.gait import level_speed_of


@dataclass(frozen=True, eq=False)
class MotionSamples:
    """What is computed from that rests on the runner's own measures: mass, height, easy ceiling,
    cadence. It is kept, so that other measures need no file.

    Attributes
    ----------
    records : mapping of str to numpy.ndarray
        Columns of the table ``schema.RECORDS``, ``temperature`` and ``stance_time`` at least.
    time : numpy.ndarray
        Moving time that each sample stands for [s].
    speed, level_speed : numpy.ndarray
        Along the ground and grade-adjusted [m/s].
    grade, cadence, heart_rate : numpy.ndarray
        [1], [1/min], [bpm]
    walking : numpy.ndarray of bool
    cadence_model : CadenceModel
        Of the steps where no cadence was recorded.
    on_foot : bool
    has_distance, has_elevation : bool
    """

    records: Mapping[str, Floats]
    time: Floats
    speed: Floats
    level_speed: Floats
    grade: Floats
    cadence: Floats
    heart_rate: Floats
    walking: Flags
    cadence_model: CadenceModel
    on_foot: bool
    has_distance: bool
    has_elevation: bool

    def share(self, *values: Floats) -> float:
        """Return the share of the moving time in which all values are known; NaN without moving
        time.
        """
        total = float(self.time.sum())
        unknown = np.logical_or.reduce([np.isnan(series) for series in values])
        return (
            (total - float(self.time[unknown].sum())) / total
            if total > 0
            else float("nan")
        )


@dataclass(frozen=True, eq=False)
class Samples(MotionSamples):
    """A cleaned activity as arrays of one length.

    Attributes
    ----------
    activity : CleanActivity
    track : mapping of str to numpy.ndarray
        The columns of the table ``schema.TRACK``.
    clock : numpy.ndarray
        Time since the start, pauses included [s].
    distance, elevation : numpy.ndarray
        [m]
    """

    activity: CleanActivity
    track: Mapping[str, Floats]
    clock: Floats
    distance: Floats
    elevation: Floats

    @classmethod
    def of(
        cls,
        activity: CleanActivity,
        *,
        cadence_model: CadenceModel = POPULATION_CADENCE,
    ) -> Samples:
        """Take the arrays out of a cleaned activity."""
        records = activity.columns
        track = activity.track_columns
        speed, grade, distance = track["speed"], track["grade"], track["distance"]
        return cls(
            activity=activity,
            records=records,
            track=track,
            clock=activity.seconds,
            time=activity.moving_seconds,
            distance=distance,
            elevation=track["elevation"],
            speed=speed,
            level_speed=level_speed_of(activity),
            grade=grade,
            cadence=records["cadence"],
            heart_rate=records["heart_rate"],
            cadence_model=cadence_model,
            walking=effort.is_walking(speed, records["cadence"], grade),
            on_foot=is_on_foot(activity.meta.sport, activity.meta.sub_sport),
            has_distance=bool(distance[-1] > 0),
            has_elevation=not np.isnan(grade).all(),
        )
