"""Formulas on arrays and floats; no function here knows a file, an activity or a table.

Modules
-------
effort
    Energy and equal-effort curves over grade, grade-adjusted speed with its spread over models,
    energy.
impact
    Steps, step forces, load in equivalent level-road kilometres with its sensitivity, climb and
    descent doses.
intensity
    Heart-rate anchors and zones, time in zone, easy discipline, signal quality, thresholds from
    beat intervals.
load
    Session load by several definitions and a fallback chain; running averages, monotony, strain,
    ratios.
performance
    Best efforts, critical speed, race equivalents, efficiency, decoupling, speed at a heart rate.
variability
    Step variability, sample entropy, path shape, stance balance, heart-rate variability, technical
    exposure.
variety
    Terrain entropy, route cells and repetition, effort kilometres, climb scores, session kinds.
sampling
    Coverage, means, quantiles and moving means over time, on which the rest is built.

Conventions
-----------
Units are SI: metres, seconds, m/s, kilograms; heart rate in beats and cadence in steps of both feet
per minute; grade is a fraction. Missing is NaN: it stays NaN per sample, and an aggregate skips it;
`sampling.recorded_share` tells how much was there. `dt` is the number of seconds that a sample
stands for, 0 in a pause. Arrays of one call must broadcast against each other. No function changes
its input. Keys such as [Minetti2002]_ stand in ``docs/references.md``, each with how it was
checked; [Judgement]_ marks a value chosen here.
"""

from __future__ import annotations

from trailstats.metrics import (
    effort,
    impact,
    intensity,
    load,
    performance,
    sampling,
    variability,
    variety,
)

__all__ = [
    "effort",
    "impact",
    "intensity",
    "load",
    "performance",
    "sampling",
    "variability",
    "variety",
]
