"""Runners whose terms are known: stretches as a history would hold them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trailstats import schema
from trailstats.history.prediction._fit import Noise, Prior
from trailstats.history.prediction._runs import Runs, gather_runs
from trailstats.history.prediction._terms import Conditions

LEVEL = 1.0
"""Log speed on the level: 2.7 m/s."""


def hills(rng: np.random.Generator, size: int) -> np.ndarray:
    """Return grades as of a hilly run: slopes of some stretches, up and down."""
    steep = rng.normal(0.0, 0.12, size // 6 + 1)
    return np.clip(np.repeat(steep, 6)[:size], -0.4, 0.4)


def noise_of_runs(
    rng: np.random.Generator, noise: Noise, n_runs: int, size: int
) -> np.ndarray:
    """Return the errors of stretches: an intercept for each run, and an autoregression in it."""
    errors = np.empty((n_runs, size))
    errors[:, 0] = rng.normal(0.0, noise.spread, n_runs)
    own = noise.spread * np.sqrt(1.0 - noise.correlation**2)
    for k in range(1, size):
        fresh = rng.normal(0.0, own, n_runs)
        errors[:, k] = noise.correlation * errors[:, k - 1] + fresh
    return errors + rng.normal(0.0, noise.between, (n_runs, 1))


def runner(
    rng: np.random.Generator,
    truth: Prior,
    noise: Noise,
    *,
    n_runs: int = 40,
    size: int = 100,
) -> Runs:
    """Return a runner whose terms are the means of ``truth``."""
    starts = pd.date_range("2026-01-01", periods=n_runs, freq="3D", tz="UTC")
    errors = noise_of_runs(rng, noise, n_runs, size)
    tables, rows = [], []
    for k in range(n_runs):
        grade = hills(rng, size)
        wild = rng.uniform() < 0.5
        found = {
            "grade": grade,
            "p_trail": np.full(size, 0.9 if wild else 0.1),
            "p_technical": rng.uniform(0.0, 0.6 if wild else 0.1, size),
            "moving_before": 45.0 * np.arange(size),
            "temperature": np.full(size, rng.uniform(5.0, 28.0)),
            "heart_rate": np.full(size, 145.0),
            "walking": np.zeros(size),
        }
        fall = np.maximum(-grade, 0.0) * 45.0 * np.exp(LEVEL)
        found["descent_before"] = np.cumsum(fall) - fall
        columns = Conditions(
            grade=grade,
            p_trail=found["p_trail"],
            p_technical=found["p_technical"],
            hours=found["moving_before"] / 3600.0,
            descent=found["descent_before"],
            temperature=found["temperature"],
            heart_rate=found["heart_rate"],
        ).columns(truth.names)
        speed = np.exp(LEVEL + columns @ truth.mean + errors[k])
        found |= {"duration": np.full(size, 45.0), "speed": speed}
        found |= {"distance": 45.0 * speed}
        tables.append(schema.STRETCHES.frame(found))
        rows.append(
            {
                "file": f"{k}.fit",
                "start_time": starts[k],
                "sub_sport": "",
                "device": "watch",
                "distance": found["distance"].sum(),
                "moving_time": 45.0 * size,
                "ascent": float(fall.sum()),
                "descent": float(fall.sum()),
                "mean_heart_rate": 145.0,
                "intent": "",
            }
        )
    return gather_runs(pd.DataFrame(rows), tables)
