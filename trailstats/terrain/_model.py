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

FORMAT = 3
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


@dataclass(frozen=True)
class RunEffect:
    """How the log-odds of a run's stretches follow from its own, for one set of cues.

    The effect of a run is drawn from a normal distribution; a stretch is trail with the log-odds of
    the run's effect plus ``gain`` times those of its window.

    Attributes
    ----------
    intercept, slope : float
        Of the mean of the effect, over the log-odds that the model of whole runs gives.
    own_pace : float
        What the mean gains for each unit of the cue `features.own_pace`; 0 where it is not used.
    gain : float
        What the smoothed log-odds of the windows weigh.
    spread : float
        Standard deviation of the effect: what the cues of a whole run leave open.
    """

    intercept: float
    slope: float
    own_pace: float
    gain: float
    spread: float

    def mean(self, log_odds: float, own_pace: float = 0.0) -> float:
        """Return the mean of a run's effect."""
        return self.intercept + self.slope * log_odds + self.own_pace * own_pace


@dataclass(frozen=True, eq=False)
class SurfaceModel:
    """The whole model.

    Attributes
    ----------
    run : LinearModel
        Log-odds of trail of a whole run.
    windows : LinearModel
        Of a window along a run, against the others of that run.
    effects : dict of str to RunEffect
        By the cues of the whole run, sorted and joined by a plus sign.
    temper : float
        What is left of a window's log-odds in the sequence: neighbouring windows overlap and share
        what is peculiar to a place, so each counts for less than one independent observation.
    tags : dict of str to float
        Log-odds of trail that a file's ``sub_sport`` adds to a run's effect.
    """

    run: LinearModel
    windows: LinearModel
    effects: dict[str, RunEffect]
    temper: float
    tags: dict[str, float]

    def effect(self, channels: Iterable[str]) -> RunEffect:
        """Return how stretches follow from the run, by the cues that are there."""
        return self.effects["+".join(sorted(channels))]

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> SurfaceModel:
        """Return the model that the file describes."""
        windows = document["windows"]
        return cls(
            run=LinearModel.from_dict(document["run"]),
            windows=LinearModel.from_dict(windows),
            effects={
                name: RunEffect(**row)
                for name, row in document["effects"].items()
            },
            temper=windows["temper"],
            tags={
                name: float(row["log_odds"])
                for name, row in document["tags"].items()
            },
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
