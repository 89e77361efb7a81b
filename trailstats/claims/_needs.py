"""What would answer an open claim, computed from the scatter of the runner's own records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from scipy.special import ndtri

from trailstats.claims._evidence import Evidence
from trailstats.claims.result import Mark, Need
from trailstats.claims.stats import Comparison, MatchRules
from trailstats.claims.wording import PartWords

SEEN: Final = float(ndtri(0.975) + ndtri(0.8))
"""Standard errors that a difference must have to be decided four times out of five."""

LONGEST: Final = 5.0
"""More than so many years of running as so far are not asked for [year] (our choice)."""

DAYS: Final = 365.25
WEEKS: Final = DAYS / 7.0

_WITH: Final = {
    "ratings": ", rated",
    "names": ", named or marked as easy",
    "heart rate": " with a heart rate",
    "cadence": " with a cadence",
    "elevation": " with elevation",
    "stance balance": " with a recorded stance balance",
    "running": " with a heart rate, ten minutes of each run and not walked",
    "runs": "",
}
"""What the runs must hold, by what a measure wants."""


def runs_needed(
    variances: tuple[float, float], counts: tuple[int, int], target: float
) -> tuple[float, float]:
    """Return how many more runs each side needs for a standard error of the difference.

    Parameters
    ----------
    variances : (float, float)
        What trail and road add to the squared error [squared unit].
    counts : (int, int)
        Runs of either side.
    target : float
        The error that is wanted [unit].

    Returns
    -------
    (float, float)
        More trail runs alone where those would do; else both sides grow alike. 0 where the error is
        small enough already.

    Examples
    --------
    >>> runs_needed((4.0, 1.0), (10, 40), 1.5)
    (22.0, 0.0)
    """
    wanted = target**2
    trail, road = variances
    if trail + road <= wanted:
        return 0.0, 0.0
    if road < 0.8 * wanted:
        return float(np.ceil(counts[0] * (trail / (wanted - road) - 1.0))), 0.0
    grown = (trail + road) / wanted - 1.0
    more = np.ceil(np.array(counts) * grown)
    return float(more[0]), float(more[1])


def needs_of_runs(
    data: Evidence,
    words: PartWords,
    comparison: Comparison,
    margin: float,
    rules: MatchRules,
) -> tuple[Need, ...]:
    """Return what an open comparison of runs needs, from its own scatter.

    Parameters
    ----------
    data : Evidence
    words : PartWords
        Says what its runs must hold.
    comparison : Comparison
    margin : float
        Smallest difference that matters; NaN for none.
    rules : MatchRules
        Whose floor the sides must reach.
    """
    kind = words.wants
    counts = (comparison.n_trail, comparison.n_road)
    if not comparison.enough:
        missing = [max(rules.fewest - n, 0) for n in counts]
        # Runs enough of the one ground wait for a partner on the other.
        short = [
            m if n < rules.fewest else 0
            for m, n in zip(missing, comparison.usable, strict=True)
        ]
        if any(short):
            need = _more_runs(kind, short, counts)
        elif any(missing):
            need = _together(kind, missing, comparison)
        else:
            need = Need(
                "runs", "runs that keep to one ground", float(rules.fewest)
            )
        known = _map(data, words) if words.cue or not any(missing) else ()
        return (*known, need)
    size = np.nanmax([abs(comparison.difference), margin])
    more = runs_needed(comparison.variances, counts, float(size) / SEEN)
    years = _years(data, more)
    if years > LONGEST:
        return (never(years),)
    # What is decided by the difference as seen may still fail the adjustment for other claims.
    more = (max(more[0], 1.0 if not more[1] else 0.0), more[1])
    return (_more_runs(kind, more, counts),)


def needs_of_weeks(
    weeks: int, error: float, size: float, shown: str
) -> tuple[Need, ...]:
    """Return what an open regression on weeks needs, from the error of its slope.

    Parameters
    ----------
    weeks : int
        Weeks so far.
    error : float
        Standard error, in the unit of ``size``.
    size : float
        The difference that is to be decided: as seen, or the smallest that matters.
    shown : str
        The same in words.
    """
    grown = max((SEEN * error / size) ** 2 - 1.0, 0.0) if size > 0 else np.inf
    more = weeks * grown
    if more / WEEKS > LONGEST:
        return (never(more / WEEKS),)
    count = max(float(np.ceil(more)), 1.0)
    return (
        Need(
            "weeks",
            f"{_counted(count, 'week')} with trails now many, now few, for a difference of {shown}",
            count,
            (Mark("weeks", weeks, weeks + int(count)),),
        ),
    )


def never(years: float = np.inf) -> Need:
    """Return that no length of records would answer it, at the scatter that they have."""
    if not np.isfinite(years):
        return Need(
            "nothing",
            "more running won't tell: these recordings don't hold what it takes",
        )
    how = (
        "more than a life"
        if years > 100.0
        else f"about {years:.0f} more years like these"
    )
    return Need(
        "nothing",
        f"more running won't tell soon: so much do your runs differ that it takes {how}",
    )


def usable_runs(have: int, wanted: int, when: str = "") -> Mark:
    """Return how many road runs with level minutes and a heart rate there are of those wanted."""
    return Mark(f"road runs with a heart rate{when}", have, wanted)


def more_time(*marks: Mark) -> Need:
    """Return that running on gives what an answer lacks, with how far each count has come."""
    lacking = [mark for mark in marks if mark.have < mark.wanted]
    listed = " and ".join(f"{m.wanted - m.have} more {m.what}" for m in lacking)
    missing = float(max(m.wanted - m.have for m in lacking))
    return Need("weeks", listed, missing, tuple(lacking))


def _more_runs(
    kind: str, missing: Sequence[float], counts: tuple[int, int]
) -> Need:
    """Return how many runs are missing on either side, beside those that count."""
    sides = [
        (f"{side} run", more, had)
        for side, more, had in zip(
            ("trail", "road"), missing, counts, strict=True
        )
        if more > 0
    ]
    text = " and ".join(_counted(more, side) for side, more, _ in sides)
    marks = tuple(
        Mark(f"{side}s", had, had + int(more)) for side, more, had in sides
    )
    named = "heart rate" if kind == "running" else kind
    return Need(named, f"{text}{_WITH[kind]}", float(sum(missing)), marks)


def _together(
    kind: str, missing: Sequence[float], comparison: Comparison
) -> Need:
    """Return how many runs are missing on the side that has fewer, in the weeks of the other."""
    fewer = int(np.argmin(comparison.usable))
    more = [0.0, 0.0]
    more[fewer] = float(max(missing))
    need = _more_runs(kind, more, (comparison.n_trail, comparison.n_road))
    other = ("road", "trail")[fewer]
    text = f"{need.text}, in weeks with {other} runs of like length"
    return replace(need, text=text)


def _counted(more: float, noun: str) -> str:
    """Return how many more of something, such as "1 more run"."""
    return f"{more:.0f} more {noun}{'s' * (more != 1)}"


def _map(data: Evidence, words: PartWords) -> tuple[Need, ...]:
    """Return that a map, or labels, would tell the ground of runs that only the signal tells; empty
    where there are none.
    """
    runs = data.runs
    outdoors = int(runs["outdoors"].sum())
    untold = int((runs["outdoors"] & ~runs["told"]).sum())
    of = "" if words.wants == "runs" else _WITH[words.wants]
    if not untold:
        return ()
    need = Need(
        "map",
        "a map of the region, or your own word: how you moved is all that tells the ground of "
        f"{untold} run{'s' * (untold != 1)}{of}",
        float(untold),
        (
            Mark(
                f"{_of(outdoors)} with known ground", outdoors - untold, outdoors
            ),
        ),
    )
    return (need,)


def _of(runs: int) -> str:
    return "run" if runs == 1 else "runs"


def _years(data: Evidence, more: tuple[float, float]) -> float:
    """Return how long so many more runs take at the runner's rate."""
    trail, road = (n * DAYS for n in data.runs_a_day)
    return max(
        more[0] / max(trail, 1e-9) if more[0] else 0.0,
        more[1] / max(road, 1e-9) if more[1] else 0.0,
    )
