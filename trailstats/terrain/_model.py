"""The coefficient table of the surface model, as it stands in ``surface_model.json``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from trailstats.errors import SchemaError

__all__ = ["LinearModel", "SurfaceModel", "split_log_odds", "surface_model"]

Floats = NDArray[np.float64]

FORMAT = 1
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
        return np.asarray(np.clip(standard, -self.limit, self.limit) * self.coefficient)

    def log_odds(self, values: Floats) -> Floats:
        """Return the log-odds, shape (...)."""
        return np.asarray(self.contributions(values).sum(axis=-1) + self.intercept)

    @classmethod
    def from_dict(cls, table: dict[str, object]) -> LinearModel:
        """Return the model that a table of the file describes."""
        rows = table["features"]
        assert isinstance(rows, list)
        numbers = {k: np.array([float(row[k]) for row in rows]) for k in ("centre", "scale", "coefficient")}
        return cls(
            names=tuple(str(row["name"]) for row in rows),
            intercept=float(str(table["intercept"])),
            limit=float(str(table["limit"])),
            **numbers,
        )


@dataclass(frozen=True, eq=False)
class SurfaceModel:
    """The whole model.

    Attributes
    ----------
    with_elevation, without_elevation : LinearModel
        Of a whole run, by the channels that are there.
    windows : LinearModel
        Of a window along a run.
    mixed_weight, mixed_limit, sure_weight, sure_limit : float
        What the log-odds of the whole run weigh in those of a window: the part up to the first limit, as mixed runs
        have them, and the part from there up to the second, as runs have them that are all trail or all road.
    temper : float
        What is left of a window's log-odds in the sequence: neighbouring windows overlap and share what is
        peculiar to a place, so each counts for less than one independent observation.
    slope, offset : float
        Calibration of the smoothed log-odds.
    """

    with_elevation: LinearModel
    without_elevation: LinearModel
    windows: LinearModel
    mixed_weight: float
    mixed_limit: float
    sure_weight: float
    sure_limit: float
    temper: float
    slope: float
    offset: float

    def whole_run(self, log_odds: float) -> float:
        """Return what the log-odds of the whole run add to those of each window."""
        mixed, sure = split_log_odds(log_odds, self.mixed_limit, self.sure_limit)
        return self.mixed_weight * mixed + self.sure_weight * sure

    @classmethod
    def from_dict(cls, document: dict[str, dict[str, object]]) -> SurfaceModel:
        """Return the model that the file describes."""
        whole, windows = document["activity"], document["windows"]
        with_elevation, without_elevation = whole["with_elevation"], whole["without_elevation"]
        assert isinstance(with_elevation, dict) and isinstance(without_elevation, dict)
        keys = ("mixed_weight", "mixed_limit", "sure_weight", "sure_limit", "temper", "slope", "offset")
        return cls(
            LinearModel.from_dict(with_elevation),
            LinearModel.from_dict(without_elevation),
            LinearModel.from_dict(windows),
            **{key: float(str(windows[key])) for key in keys},
        )


def split_log_odds(log_odds: float, mixed_limit: float, sure_limit: float) -> tuple[float, float]:
    """Return log-odds cut off at the first limit, and what the second limit leaves of the rest."""
    mixed = min(max(log_odds, -mixed_limit), mixed_limit)
    return mixed, min(max(log_odds, -sure_limit), sure_limit) - mixed


@cache
def surface_model() -> SurfaceModel:
    """Return the model that comes with the package.

    Raises
    ------
    SchemaError
        When the file has another structure than this version reads.
    """
    text = resources.files("trailstats.terrain").joinpath("surface_model.json").read_text(encoding="utf-8")
    document = json.loads(text)
    if document.get("format") != FORMAT:
        raise SchemaError(f"surface_model.json has the format {document.get('format')}, not {FORMAT}")
    return SurfaceModel.from_dict(document)
