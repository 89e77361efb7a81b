"""What is believed of the ground of a run and of its stretches, by one model.

A run has an effect: how far its stretches are trail rather than road, as log-odds. The cues of the
whole run say about where it lies, and leave a spread. Each stretch has log-odds of its own against
the others of that run. Where a label or a map knows a stretch, the effect of the run follows, and
with it what is believed of the stretches that they don't know. The expected share of trail, how
sure it is, and the probability of every stretch come from the same distribution, so they agree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from trailstats.arrays import Flags, Floats
from trailstats.schema import RunSurface
from trailstats.terrain._sequence import sigmoid
from trailstats.terrain.rules import TerrainRules

__all__ = [
    "GroundBelief",
    "believe",
    "density",
    "mostly_trail",
    "surface_of_run",
]

NODES = np.linspace(-10.0, 10.0, 81)
"""Effects over which the distribution is summed, as log-odds. Steps of a quarter of a standard
deviation sum a normal distribution to eight digits.
"""

LAPSE = 0.015
"""Share of runs whose cues mislead: a smooth flat trail that is run like a road. None of 62 trail
runs in training looked surely like one; this is as if one had (our choice).
"""

LAPSE_SPREAD = 3.0
"""Standard deviation of the effect of such a run, about 0 (our choice)."""

STRETCH = 500.0
"""Stretches of this length count as independent of each other [m]: the mean length of one surface
that the smoothing along a run expects.
"""

INTERVAL = 0.90
"""Probability that the interval of the share holds."""

_SHARES = np.linspace(0.0, 1.0, 201)


@dataclass(frozen=True, eq=False)
class GroundBelief:
    """The ground of a run and of its windows.

    Attributes
    ----------
    p_trail : numpy.ndarray, shape (w,)
        Probability of trail at each window.
    weight : numpy.ndarray, shape (k,)
        Of each value of the run's effect; they sum to 1.
    share : numpy.ndarray, shape (k,)
        Share of trail that is expected at each value.
    centre, scatter : numpy.ndarray, shape (k,)
        Mean and standard deviation of the share at each value, as stretches are trail or road,
        before a tag is heard.
    odds : float
        By how much a tag multiplies the odds that the share is more than one half.
    """

    p_trail: Floats
    weight: Floats
    share: Floats
    centre: Floats
    scatter: Floats
    odds: float = 1.0

    @property
    def expected(self) -> float:
        """Expected share of the way that is trail: the mean of ``p_trail``."""
        return float(self.weight @ self.share)

    @property
    def interval(self) -> tuple[float, float]:
        """Between what bounds the share lies with a probability of `INTERVAL`."""
        below = 1.0 - self.beyond(_SHARES)
        tail = (1.0 - INTERVAL) / 2.0
        low, high = (
            float(np.interp(q, below, _SHARES)) for q in (tail, 1.0 - tail)
        )
        return min(low, self.expected), max(high, self.expected)

    def beyond(self, share: Floats | float) -> Floats:
        """Return the probability that the share of trail is larger than some share."""
        shape = (-1, *[1] * np.ndim(share))
        scatter = self.scatter.reshape(shape)
        above = scipy.special.ndtr(
            np.subtract.outer(self.centre, share) / scatter
        )
        more = mostly_trail(self.centre, self.scatter).reshape(shape)
        heard = (self.odds - 1.0) * np.minimum(above, more)
        return np.asarray(
            self.weight @ ((above + heard) / (1.0 + (self.odds - 1.0) * more))
        )


def believe(
    mean: float,
    spread: float,
    relative: Floats,
    known: Floats,
    spacing: float,
    odds: float = 1.0,
) -> GroundBelief:
    """Return what is believed of a run and of its windows.

    Parameters
    ----------
    mean, spread : float
        Of the effect of the run, as log-odds.
    relative : numpy.ndarray, shape (w,)
        Log-odds of each window against the run.
    known : numpy.ndarray, shape (w,)
        Probability of trail where a label or a map tells it; NaN elsewhere.
    spacing : float
        Length of a window [m].
    odds : float
        By how much a file's tag multiplies the odds that most of the way is trail.

    Returns
    -------
    GroundBelief
    """
    effect = NODES if spread > 0.0 else np.array([mean])
    log_odds = effect[:, None] + relative
    p = sigmoid(log_odds)
    weight = density(effect, mean, spread)
    told = np.isfinite(known)
    if told.any():
        said, each = known[told], log_odds[:, told]
        trail = -np.logaddexp(0.0, -each)
        road = trail - each
        # Neighbouring windows say the same: those of one STRETCH count once.
        seen = (said * trail + (1.0 - said) * road).sum(axis=1)
        seen *= min(spacing / STRETCH, 1.0)
        weight = weight * np.exp(seen - seen.max())
        p[:, told] = said
    centre = p.mean(axis=1)
    count = max(p.shape[1] * spacing / STRETCH, 1.0)
    scatter = np.maximum(np.sqrt((p * (1.0 - p)).mean(axis=1) / count), 1e-6)
    if odds != 1.0:
        weight = weight * (1.0 + (odds - 1.0) * mostly_trail(centre, scatter))
        p = _tilted(p, told, _pull(centre, scatter, odds))
    weight = weight / weight.sum()
    return GroundBelief(
        np.asarray(weight @ p), weight, p.mean(axis=1), centre, scatter, odds
    )


def _pull(centre: Floats, scatter: Floats, odds: float) -> Floats:
    """Return by how much a tag raises the mean of a normal share, of which it makes the part above
    one half so much likelier.
    """
    apart = (centre - 0.5) / scatter
    more = scipy.special.ndtr(apart)
    normal = np.exp(-apart * apart / 2.0) / np.sqrt(2.0 * np.pi)
    above = centre * more + scatter * normal
    mean = (centre + (odds - 1.0) * above) / (1.0 + (odds - 1.0) * more)
    return np.asarray(mean - centre)


def _tilted(p: Floats, told: Flags, pull: Floats) -> Floats:
    """Return probabilities of which the mean is raised by ``pull``: each by its variance, as a
    common shift of the log-odds does; what is told stays.
    """
    free = p * (1.0 - p) * ~told
    most = np.maximum(free.mean(axis=1), 1e-12)
    tilted = p + free * (pull / most)[:, None]
    return np.asarray(np.clip(tilted, 0.0, 1.0))


def density(effect: Floats, mean: float | Floats, spread: float) -> Floats:
    """Return how likely effects are, by the mean and the spread that the cues of a run give, which
    mislead in `LAPSE` of the runs; a spread of 0 leaves no doubt.
    """
    if not spread > 0.0:
        return np.ones_like(effect)
    near = np.exp(-(((effect - mean) / spread) ** 2) / 2.0) / spread
    far = np.exp(-((effect / LAPSE_SPREAD) ** 2) / 2.0) / LAPSE_SPREAD
    return np.asarray((1.0 - LAPSE) * near + LAPSE * far)


def mostly_trail(share: Floats, scatter: Floats) -> Floats:
    """Return the probability that more than half of the way is trail, by the share that is expected
    and its standard deviation.
    """
    return np.asarray(scipy.special.ndtr((share - 0.5) / scatter))


def surface_of_run(
    expected: tuple[float, float, float],
    most_is_trail: float,
    shares: tuple[float, float],
    rules: TerrainRules,
) -> RunSurface:
    """Return what the ground of a run is called as a whole.

    Parameters
    ----------
    expected : tuple of float
        Expected share of trail and the bounds of its interval, NaN where nothing is known.
    most_is_trail : float
        Probability that most of the way is trail.
    shares : tuple of float
        Of its way, what its stretches call trail, and road.
    rules : TerrainRules
        ``sure``, ``mostly`` and ``some`` are used.

    Returns
    -------
    RunSurface
        Trail, or road, when most of the way surely is and its stretches don't deny it; mixed when
        it surely holds some of both; else unknown.
    """
    share, low, high = expected
    trail, road = shares
    # Comparisons with NaN are false: unknown.
    trail_run = most_is_trail >= rules.sure and share >= rules.mostly
    road_run = most_is_trail <= 1.0 - rules.sure and share <= 1.0 - rules.mostly
    if trail_run or road_run:
        denied = road > trail if trail_run else trail > road
        called = RunSurface.TRAIL if trail_run else RunSurface.ROAD
        return RunSurface.UNKNOWN if denied else called
    both = low >= rules.some and high <= 1.0 - rules.some
    return RunSurface.MIXED if both else RunSurface.UNKNOWN
