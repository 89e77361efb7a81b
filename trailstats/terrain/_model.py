"""The coefficient table of the surface model, as it stands in ``surface_model.json``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from trailstats.arrays import Floats
from trailstats.errors import SchemaError

FORMAT = 2
"""Version of the file's structure."""


@dataclass(frozen=True, eq=False)
class LinearModel:
    """A logistic model: log-odds as a weighted sum of standardised, clipped features.

    Attributes
    ----------
    names : tuple of str
    centre, scale, coefficient : numpy.ndarray, shape (k,)
        Each feature less its centre over its scale, clipped to ``limit``, times its coefficient.
    intercept, limit : float
    """

    names: tuple[str, ...]
    centre: Floats
    scale: Floats
    coefficient: Floats
    intercept: float
    limit: float

    def contributions(self, values: Floats) -> Floats:
        """Return what each feature adds to the log-odds.

        Parameters
        ----------
        values : numpy.ndarray, shape (..., k)

        Returns
        -------
        numpy.ndarray, shape (..., k)
        """
        standard = (values - self.centre) / self.scale
        return np.asarray(
            np.clip(standard, -self.limit, self.limit) * self.coefficient
        )

    def log_odds(self, values: Floats) -> Floats:
        """Return the log-odds, shape (...)."""
        return np.asarray(
            self.contributions(values).sum(axis=-1) + self.intercept
        )

    @classmethod
    def from_dict(cls, table: dict[str, Any]) -> LinearModel:
        """Return the model that a table of the file describes."""
        rows = table["features"]
        numbers = {
            k: np.array([float(row[k]) for row in rows])
            for k in ("centre", "scale", "coefficient")
        }
        return cls(
            names=tuple(row["name"] for row in rows),
            intercept=table["intercept"],
            limit=table["limit"],
            **numbers,
        )


@dataclass(frozen=True, eq=False)
class WholeRun:
    """What a window takes from the run as a whole, for one set of channels.

    Attributes
    ----------
    gain : float
        What the window's own features weigh.
    weights : dict of str to float
        What each cue of the whole run weighs: ``activity``, the log-odds of the model ``mixed``,
        and where there is the channel ``steepness`` and ``own_pace``.
    intercept : float
    slope, offset : float
        Calibration of the smoothed log-odds.
    """

    gain: float
    weights: dict[str, float]
    intercept: float
    slope: float
    offset: float


@dataclass(frozen=True, eq=False)
class SurfaceModel:
    """The whole model.

    Attributes
    ----------
    with_elevation, without_elevation : LinearModel
        Of a whole run, by the channels that are there.
    mixed : LinearModel
        Of a whole run, for its windows: of features that also tell mixed runs apart, without
        elevation, as hills say little about what lies under a stretch.
    windows : LinearModel
        Of a window along a run.
    mixed_limit : float
        Where the log-odds of the model ``mixed`` are cut off.
    whole : dict of str to WholeRun
        By the channels that are there, sorted and joined by a plus sign.
    temper : float
        What is left of a window's log-odds in the sequence: neighbouring windows overlap and share
        what is peculiar to a place, so each counts for less than one independent observation.
    """

    with_elevation: LinearModel
    without_elevation: LinearModel
    mixed: LinearModel
    windows: LinearModel
    mixed_limit: float
    whole: dict[str, WholeRun]
    temper: float

    def whole_run(self, channels: Iterable[str]) -> WholeRun:
        """Return what windows take from the run as a whole, by the channels that are there."""
        return self.whole["+".join(sorted(channels))]

    def activity_cue(self, log_odds: float) -> float:
        """Return the cue ``activity`` of log-odds of the whole run."""
        return min(max(log_odds, -self.mixed_limit), self.mixed_limit)

    @classmethod
    def from_dict(cls, document: dict[str, dict[str, Any]]) -> SurfaceModel:
        """Return the model that the file describes."""
        whole, windows = document["activity"], document["windows"]
        return cls(
            with_elevation=LinearModel.from_dict(whole["with_elevation"]),
            without_elevation=LinearModel.from_dict(whole["without_elevation"]),
            mixed=LinearModel.from_dict(whole["mixed"]),
            windows=LinearModel.from_dict(windows),
            mixed_limit=windows["mixed_limit"],
            whole={
                name: WholeRun(**row) for name, row in windows["whole"].items()
            },
            temper=windows["temper"],
        )


@cache
def surface_model() -> SurfaceModel:
    """Return the model that comes with the package.

    Raises
    ------
    SchemaError
        When the file has another structure than this version reads.
    """
    file = resources.files("trailstats.terrain") / "surface_model.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    if document.get("format") != FORMAT:
        raise SchemaError(
            f"surface_model.json has the format {document.get('format')}, not {FORMAT}"
        )
    return SurfaceModel.from_dict(document)
