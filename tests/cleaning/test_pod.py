"""A foot pod beside a receiver that cuts corners, on simulated ways with a known length."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import trailstats as ts
from tests.builders import codes, make_activity
from trailstats import cleaning
from trailstats.cleaning import _pod, clean
from trailstats.geo import EARTH_RADIUS
from trailstats.model.activity import Activity

SPEED = 3.0
HALF = 1200
"""Seconds of each half: straight road, then a trail that bends."""

BEND, WIDE = 80.0, 8.0
"""Length of a bend and how far it swings to either side [m]."""


def with_pod(
    *,
    scale: float = 1.04,
    noise: float = 0.002,
    cut: float = 0.7,
    straight: int = HALF,
    field: str = "dev_Form Power",
    sport: str = "running",
) -> tuple[Activity, float]:
    """Return a run with a pod whose scale is off, and the true length of its way [m].

    The receiver sees the bends ``cut`` as wide as they are; ``noise`` is that of a kilometre of
    the pod.
    """
    seconds = straight + HALF
    # North of each second: on the bends the way is longer than the progress.
    fine = np.arange(0.0, SPEED * HALF, 0.5)
    side = WIDE * np.sin(2.0 * np.pi * fine / BEND)
    along = np.append(0.0, np.cumsum(np.hypot(np.diff(fine), np.diff(side))))
    bent = np.interp(SPEED * np.arange(1, HALF + 1), along, fine)
    progress = SPEED * np.arange(straight + 1)
    north = np.append(progress, progress[-1] + bent)
    east = np.append(0.0 * progress, cut * np.interp(bent, fine, side))
    steps = np.full(seconds + 1, SPEED)
    steps[0] = 0.0
    kilometre = (np.cumsum(steps) // 1000).astype(int)
    random = np.random.default_rng(4)
    wrong = 1.0 + noise * random.standard_normal(kilometre[-1] + 1)
    counted = np.cumsum(scale * wrong[kilometre] * steps)
    activity = make_activity(
        duration=seconds,
        sport=sport,
        elevation=np.array([500.0, 510.0]),
        latitude=47.0 + np.degrees(north / EARTH_RADIUS),
        longitude=11.0
        + np.degrees(east / EARTH_RADIUS / np.cos(np.radians(47.0))),
    )
    extras = pd.DataFrame(
        {field: 50.0, "dev_Distance": counted}, index=activity.records.index
    )
    return replace(activity, extras=extras), float(steps.sum())


def length(activity: Activity) -> float:
    """Return the cleaned distance [m]."""
    return float(clean(activity).track["distance"].iloc[-1])


@pytest.mark.parametrize("scale", [0.95, 1.04])
def test_a_pod_gives_back_what_the_receiver_lost(scale: float) -> None:
    """Of bends seen 0.7 as wide as they are a receiver loses 4 % and more; a pod whose scale is 4
    or 5 % off, known from the straight half, gives it back to 0.7 %.
    """
    run, true = with_pod(scale=scale, noise=0.002, cut=0.7)
    alone = replace(run, extras=pd.DataFrame(index=run.records.index))
    bent = true / 2
    assert length(alone) < true - 0.04 * bent
    assert length(run) == pytest.approx(true, abs=0.007 * bent)
    assert "distance_by_pod" in codes(clean(run))
    quality = clean(run).distance_quality
    assert quality.by_pod == pytest.approx(0.5, abs=0.03)
    assert quality.error <= 0.0125


def test_bounds_hold_the_true_length() -> None:
    """The bounds of the length and of the speeds follow from the pod's error, and hold the truth;
    without a pod they are those of a receiver.
    """
    run, true = with_pod(noise=0.004)
    found = ts.analyze(run, labels=labels(run, "trail"))
    way = found.metrics["way_length"]
    assert way.low < true < way.high
    assert way.low < way.value
    assert way.method.startswith("foot pod for")
    alone = replace(run, extras=pd.DataFrame(index=run.records.index))
    range_ = ts.analyze(alone, labels=labels(run, "trail")).metrics["way_length"]
    assert range_.low == range_.value
    assert range_.high == pytest.approx(1.05 * range_.value)
    assert range_.method.startswith("as recorded")


def labels(run: Activity, surface: str) -> ts.SurfaceLabels:
    """Return one label for the whole run."""
    text = f"file,from,to,surface\n{run.meta.source},,,{surface}\n"
    return ts.SurfaceLabels.from_text(text)


@pytest.mark.parametrize(
    "options",
    [
        # The pod's kilometres scatter by more than a receiver loses.
        {"noise": 0.04},
        # Too little straight way for a scale.
        {"straight": 400},
        # A distance of something else.
        {"field": "dev_Heading"},
        {"sport": "cycling"},
    ],
)
def test_what_a_pod_cannot_tell_stays_the_receivers(
    options: dict[str, object],
) -> None:
    """Where its own error is larger than the range it would replace, nothing is corrected."""
    run, _ = with_pod(**options)  # type: ignore[arg-type]
    alone = replace(run, extras=pd.DataFrame(index=run.records.index))
    assert length(run) == length(alone)
    assert clean(run).distance_quality.by_pod == 0.0


def test_a_pod_that_is_far_from_the_receiver_is_not_believed() -> None:
    """A pod that counts 1.3 times the steps of some hundred metres of bends leaves the receiver's
    distance there.
    """
    run, true = with_pod(cut=0.7)
    step = np.diff(run.extras["dev_Distance"].to_numpy(), prepend=0.0)
    step[HALF + 400 : HALF + 800] *= 1.3
    run = replace(run, extras=run.extras.assign(dev_Distance=np.cumsum(step)))
    assert 0.97 * true < length(run) < true


def test_memory_follows_the_records_not_a_jump(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A way of a million kilometres between two samples is one piece."""
    run, _ = with_pod()
    seen = []

    def far(draft, duration):
        found = steps(draft, duration)
        found.step[700] = 1e9
        return found

    def kept(draft, found, counted, piece):
        seen.append(int(piece[-1]) + 1)
        return pieces(draft, found, counted, piece)

    steps, pieces = cleaning.steps, _pod._pieces
    monkeypatch.setattr(cleaning, "steps", far)
    monkeypatch.setattr(_pod, "_pieces", kept)
    clean(run)
    assert 30 < seen[0] <= len(run.records)
