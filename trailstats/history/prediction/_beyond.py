"""What a prediction extrapolates, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from trailstats.arrays import Floats
from trailstats.history.prediction._model import (
    FEWEST_RUNS,
    LEAST_KNOWN,
    Day,
    Pieces,
    trail_by_climbing,
)
from trailstats.history.prediction._runs import Runs

STEEP_DISTANCE = 500.0
"""Length of a grade that a runner must have been on before [m] (our choice)."""

BANDS = (-0.30, -0.20, -0.10, 0.10, 0.20, 0.30)
"""Grades from which a slope is asked for [1]."""


def beyond_experience(
    runs: Runs, pieces: Pieces, time: Floats, day: Day
) -> tuple[str, ...]:
    """Return what these runs can't tell of a way, the most important first."""
    return (
        *_few(runs),
        *_longer(runs, pieces, time),
        *_steeper(runs, pieces),
        *_unknown(runs, pieces),
        *_harder(runs, day),
    )


def _few(runs: Runs) -> Iterator[str]:
    if len(runs) < FEWEST_RUNS:
        yield (
            f"Only {len(runs)} runs are known: the curves are the population's, and the range "
            "rests on them."
        )


def _longer(runs: Runs, pieces: Pieces, time: Floats) -> Iterator[str]:
    length = float(pieces.distance.sum())
    longest = float(np.nanmax(runs.column("distance")))
    if length > 1.1 * longest:
        yield (
            f"It is {length / 1000:.0f} km; your longest run was {longest / 1000:.0f} km."
        )
    hours, most = float(time.sum()), float(np.nanmax(runs.column("moving_time")))
    if hours > 1.25 * most:
        yield (
            f"It takes about {hours / 3600:.1f} h; your longest run took {most / 3600:.1f} h."
        )
    for name, verb, of_way in (
        ("descent", "descended", pieces.descent),
        ("ascent", "climbed", pieces.ascent),
    ):
        metres = float(of_way.sum())
        most = float(np.nanmax(np.nan_to_num(runs.column(name))))
        if metres > max(1.1 * most, 100.0):
            yield (
                f"You have never {verb} {metres:,.0f} m in a run; the most was {most:,.0f} m."
            )


def _steeper(runs: Runs, pieces: Pieces) -> Iterator[str]:
    grade, distance = runs.stretches["grade"], runs.stretches["distance"]
    way = np.nan_to_num(pieces.grade)
    for low, high, word in ((0.10, 9.0, "up"), (-9.0, -0.10, "down")):
        for edge in BANDS:
            if (edge > 0) != (word == "up"):
                continue
            begin, end = (edge, high) if edge > 0 else (low, edge)
            asked = pieces.distance[(way >= begin) & (way <= end)].sum()
            known = distance[(grade >= begin) & (grade <= end)].sum()
            if asked >= STEEP_DISTANCE and known < STEEP_DISTANCE:
                yield (
                    f"{asked / 1000:.1f} km of it go {word} at {100 * abs(edge):.0f} % or more; "
                    f"you have run {known / 1000:.1f} km of that."
                )
                break


def _unknown(runs: Runs, pieces: Pieces) -> Iterator[str]:
    if np.isnan(pieces.grade).all():
        yield "The course has no elevation: it is taken to be level."
    unknown = float(pieces.distance[np.isnan(pieces.p_trail)].sum())
    if pieces.trail_known() < LEAST_KNOWN:
        yield _unknown_ground(pieces, unknown)
        return
    if unknown > 0.1 * pieces.distance.sum():
        yield f"The ground of {unknown / 1000:.0f} km of it is not known."
    trail = float(np.nan_to_num(pieces.p_trail) @ pieces.distance)
    known = float(np.nan_to_num(runs.facts.trail) @ runs.facts.distance)
    if trail > 0.5 * pieces.distance.sum() and known < trail:
        yield (
            f"About {trail / 1000:.0f} km of it are trail; all your runs together have "
            f"{known / 1000:.0f} km."
        )


def _unknown_ground(pieces: Pieces, unknown: float) -> str:
    """Return what the ground is taken to be where hardly any of it is known, and how long a way
    that is [m].
    """
    whole = unknown >= pieces.distance.sum()
    part = "the course" if whole else f"{unknown / 1000:.0f} km of it"
    begin = f"The ground of {part} is not known: it is taken to be "
    if np.isnan(pieces.grade).all():
        return f"{begin}like that of your runs."
    length, ascent = float(pieces.distance.sum()), float(pieces.ascent.sum())
    trail = trail_by_climbing(length, ascent)
    climb = f"{1000.0 * ascent / max(length, 1.0):.0f} m a kilometre"
    if 0.2 < trail < 0.8:
        return f"{begin}as likely road as trail, as it climbs {climb}."
    guess = "trail" if trail > 0.5 else "road"
    return f"{begin}{guess}, as new ways that climb {climb} mostly are."


def _harder(runs: Runs, day: Day) -> Iterator[str]:
    if not np.isnan(day.heart_rate):
        rates = runs.column("mean_heart_rate")
        low, high = np.nanmin(rates), np.nanmax(rates)
        if not low <= day.heart_rate <= high:
            yield (
                f"Your runs had mean heart rates of {low:.0f} to {high:.0f}, none of "
                f"{day.heart_rate:.0f}."
            )
    if not np.isnan(day.temperature):
        known = runs.stretches["temperature"]
        if np.isnan(known).all():
            yield "Your runs have no temperature: the effect of warmth is the population's."
        elif day.temperature > np.nanmax(known) + 2.0:
            yield f"Your warmest run was at {np.nanmax(known):.0f} degrees at the wrist."
