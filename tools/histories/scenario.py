"""What is true of a simulated runner: one frozen value, and the list that the method is tried
on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Scenario:
    """One kind of runner. Effects are trail minus road; all zero means that the ground makes no
    difference.

    Attributes
    ----------
    name, group : str
        The group tells how the table counts it: ``none``, ``world`` (no effect either, but
        something that misleads), ``effect``, ``power``, ``sample``, ``curve`` or ``confounded``.
    weeks : int
    easy, long, hard : int
        Runs of each kind a week.
    trail_share : float
        Of the easy and long runs, from ``trail_from`` on.
    trail_from : int
        First week with trails; 0 for always.
    easy_slower : float
        Share by which the effort of easy runs is smaller on trail.
    beats : float
        Heart rate at equal grade-adjusted speed [bpm].
    step_load : float
        Ratio of the load of a step.
    feel : float
        On the rating from 0 to 100, before it is rounded to steps of 25.
    hills : float
        Ratio of the grades' spread.
    uneven : float
        Ratio of the cadence's coefficient of variation.
    spread, surge : float
        Of the pace within a run, and in its last kilometre.
    volume_per_share : float
        Hours a week more after four weeks all on trail.
    gain : float
        Road fitness after weeks all on trail, or after so many weeks from a start of trails.
    gain_weeks : int
    trend : float
        Fitness a year, whatever the ground.
    heat : float
        Beats a minute more for each degree above 15.
    thermometer : bool
        Whether the temperature is recorded.
    new_device : float
        Beats a minute more from a new watch, bought in the week when trails begin, or half-way.
    with_heart_rate, rated : float
        Shares of the runs.
    certainty : float
        How well the recordings tell the ground, in standard deviations between the two; 0 where it
        is known for sure.
    volume_with_trail : float
        Rise of the volume that begins with the trails.
    fitness_from_volume : float
        Fitness per logarithm of the chronic volume.
    slow_form : float
        Standard deviation of the form that fades over a month, whatever is run.
    day_beats : float
        Standard deviation of the heart rate from day to day [bpm].
    heavy : bool
        Whether days have heavy tails (Student's t with three degrees of freedom, as wide).
    lost : float
        Share of the way on trail that the receiver loses.
    own_curve : float
        Standard deviation, over runners, of what a slope costs this one more than others: as
        logarithm of the level speed per grade, uphill and downhill apart.
    race_every : int
        Weeks from one road race to the next; 0 for none.
    races_named : bool
        Whether the races are called so.
    peak : float
        Form that has come on race day, over six weeks, and goes in three.
    base_trails : bool
        Whether trails are kept for the weeks that are far from a race.
    slump : float
        Form that is lost in the ten weeks before trails begin, and comes back by itself.
    mistaken : float
        Share of the runs whose ground is told wrongly, and surely.
    missing : float
        Share of the runs that the archive lacks, half of them in blocks of four weeks.
    """

    name: str
    group: str = "none"
    weeks: int = 52
    easy: int = 2
    long: int = 1
    hard: int = 1
    trail_share: float = 0.4
    trail_from: int = 0
    easy_slower: float = 0.0
    beats: float = 0.0
    step_load: float = 1.0
    feel: float = 0.0
    hills: float = 1.0
    uneven: float = 1.0
    spread: float = 0.0
    surge: float = 0.0
    volume_per_share: float = 0.0
    gain: float = 0.0
    gain_weeks: int = 8
    trend: float = 0.02
    heat: float = 0.30
    thermometer: bool = True
    new_device: float = 0.0
    with_heart_rate: float = 1.0
    rated: float = 0.7
    certainty: float = 0.0
    volume_with_trail: float = 0.0
    fitness_from_volume: float = 0.0
    slow_form: float = 0.02
    day_beats: float = 3.0
    heavy: bool = False
    lost: float = 0.0
    own_curve: float = 0.0
    race_every: int = 0
    races_named: bool = True
    peak: float = 0.0
    base_trails: bool = False
    slump: float = 0.0
    mistaken: float = 0.0
    missing: float = 0.0


NONE = Scenario("no effect, trails all along")
SAMPLE = Scenario(
    "like the sample archive",
    "sample",
    weeks=48,
    trail_share=0.6,
    trail_from=16,
    easy_slower=0.08,
    beats=6.0,
    feel=12.0,
    hills=2.5,
    uneven=2.0,
    spread=0.04,
    surge=-0.015,
    gain=0.03,
    gain_weeks=12,
    trend=0.0,
    certainty=2.5,
)
"""The runner whose files `make_samples` writes, as far as tables can hold him."""
_POWER = {
    "group": "power",
    "weeks": 30,
    "easy": 2,
    "long": 0,
    "hard": 1,
    "trail_share": 0.5,
}

SCENARIOS = (
    NONE,
    replace(NONE, name="no effect, trails from week 24", weeks=60, trail_from=24),
    replace(
        NONE,
        name="no effect, season without thermometer",
        heat=0.75,
        thermometer=False,
        weeks=80,
        trail_from=30,
    ),
    replace(
        NONE,
        name="no effect, steep trend in fitness",
        trend=0.08,
        weeks=60,
        trail_from=24,
    ),
    replace(
        NONE,
        name="no effect, new watch with the trails",
        new_device=4.0,
        weeks=60,
        trail_from=24,
    ),
    replace(
        NONE,
        name="no effect, heart rate in half of the runs",
        with_heart_rate=0.5,
        rated=0.3,
    ),
    replace(NONE, name="no effect, few runs", weeks=16, easy=1),
    replace(
        NONE,
        name="no effect, ground sometimes mistaken",
        certainty=2.5,
        trail_from=12,
    ),
    Scenario(
        "small effects",
        "effect",
        easy_slower=0.03,
        beats=1.5,
        step_load=0.95,
        feel=5.0,
        hills=1.2,
        uneven=1.1,
        spread=0.006,
        surge=-0.01,
        volume_per_share=1.0,
        gain=0.02,
    ),
    Scenario(
        "large effects",
        "effect",
        easy_slower=0.08,
        beats=5.0,
        step_load=0.85,
        feel=15.0,
        hills=2.0,
        uneven=1.5,
        spread=0.03,
        surge=-0.04,
        volume_per_share=3.0,
        gain=0.06,
    ),
    Scenario(
        "road form 3 % up with the trails",
        "effect",
        weeks=60,
        trail_from=24,
        gain=0.03,
    ),
    Scenario("easy days 5 % slower, 30 a side", easy_slower=0.05, **_POWER),
    Scenario("3 beats more, 30 a side", beats=3.0, **_POWER),
    Scenario("steps load 10 % less, 30 a side", step_load=0.9, **_POWER),
    Scenario(
        "3 beats more, 30 a side, ground sometimes mistaken",
        beats=3.0,
        certainty=2.5,
        **_POWER,
    ),
    SAMPLE,
    replace(
        NONE,
        name="volume rises with the trails and makes fitter",
        group="confounded",
        weeks=60,
        trail_from=24,
        volume_with_trail=0.4,
        fitness_from_volume=0.10,
    ),
    replace(
        NONE,
        name="volume rises a little with the trails and makes fitter",
        group="confounded",
        weeks=60,
        trail_from=24,
        volume_with_trail=0.12,
        fitness_from_volume=0.15,
    ),
    replace(
        NONE,
        name="volume and trail share move together, and volume makes fitter",
        group="confounded",
        weeks=80,
        volume_with_trail=0.5,
        fitness_from_volume=0.12,
    ),
)

_WORLD = replace(NONE, group="world")
_THIRTY = replace(_WORLD, weeks=30, long=0, trail_share=0.5, certainty=0.0)
_PEAKS = replace(
    _WORLD, weeks=104, race_every=21, base_trails=True, peak=0.04, trend=0.0
)

WORLDS = (
    replace(_THIRTY, name="no difference at all, 30 a side"),
    replace(_THIRTY, name="3 % of the way lost on trail, flat", lost=0.03),
    replace(
        _WORLD, name="3 % of the way lost on trail, hilly", lost=0.03, hills=2.5
    ),
    replace(
        _WORLD, name="hilly trails, own cost of slopes", hills=2.5, own_curve=0.8
    ),
    replace(_PEAKS, name="trails in the base phase, form peaks at named races"),
    replace(
        _PEAKS,
        name="trails in the base phase, form peaks at races without a name",
        races_named=False,
    ),
    replace(
        _PEAKS, name="the same with half the peak", races_named=False, peak=0.02
    ),
    replace(
        _WORLD,
        name="trails begin after a slump",
        weeks=80,
        trail_from=36,
        slump=0.06,
    ),
    replace(_WORLD, name="days with heavy tails", heavy=True, day_beats=5.0),
    replace(
        _WORLD, name="heart rate moves by 7 beats from day to day", day_beats=7.0
    ),
    replace(
        _WORLD,
        name="one run in eight told wrongly, and surely",
        mistaken=0.12,
        hills=1.0,
    ),
    replace(
        _WORLD,
        name="large effects, one run in eight told wrongly, and surely",
        mistaken=0.12,
        beats=5.0,
        feel=15.0,
        hills=2.0,
    ),
    replace(_WORLD, name="a third of the runs missing", weeks=80, missing=0.33),
)
"""Runners for whom something is so that a method doesn't expect."""

CURVE = tuple(
    replace(
        NONE,
        name=f"{100 * gain:.0f} % in {years} {'year' if years == 1 else 'years'}",
        group="curve",
        weeks=52 * years,
        trail_from=26 * years,
        gain=gain,
        trend=0.0,
    )
    for years in (1, 2, 3)
    for gain in (0.03, 0.05, 0.08, 0.12)
)
"""Gains in road form by the length of the history, trails from half-way on."""

ALL = (*SCENARIOS, *WORLDS, *CURVE)
