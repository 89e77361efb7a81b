"""The answer of a trial, read back from the recordings once it is over."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from trailstats import schema
from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import decide, rests_on_margin
from trailstats.claims._weeks import local_days
from trailstats.claims.trial._plan import QUESTIONS, Trial
from trailstats.claims.trial._test import (
    randomisation_interval,
    randomisation_test,
)
from trailstats.claims.trial._weather import CLOSED
from trailstats.claims.wording import claim_wording
from trailstats.errors import ConfigError
from trailstats.history import History
from trailstats.schema import Verdict
from trailstats.schema.documents import plain

NAN = float("nan")


@dataclass(frozen=True)
class TrialAnswer:
    """What a trial found.

    Attributes
    ----------
    question, measured, unit : str
    verdict : Verdict or None
        Of the measured statement.
    difference, low, high : float
        Of the runs meant for trail less those meant for road, whether or not the plan was followed,
        with the 95 % interval that the test doesn't refuse [unit].
    p_value : float
        Of the randomisation test.
    followed : float
        The same for all trail against all road: over the share of the plan that was followed; NaN
        where hardly any was.
    planned, run, kept : int
        Runs of the plan, those found in the recordings, and those on the ground that the coin said.
    carry_over : float
        Difference between runs that follow one on trail and those that follow one on road [unit].
    carry_over_p : float
        Of its own randomisation test.
    caveats : tuple of str

    Examples
    --------
    >>> from trailstats.claims.trial import TrialAnswer
    >>> TrialAnswer("feel", "Better.", "1", None).to_dict()["planned"]
    0
    """

    question: str
    measured: str
    unit: str
    verdict: Verdict | None
    difference: float = NAN
    low: float = NAN
    high: float = NAN
    p_value: float = NAN
    followed: float = NAN
    planned: int = 0
    run: int = 0
    kept: int = 0
    carry_over: float = NAN
    carry_over_p: float = NAN
    caveats: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain values."""
        own = {
            f.name: plain(getattr(self, f.name))
            for f in fields(self)
            if f.name != "caveats"
        }
        return {
            "format_version": schema.FORMAT_VERSION,
            **own,
            "caveats": list(self.caveats),
        }


def answer_trial(
    trial: Trial, history: History, *, today: dt.date | None = None
) -> TrialAnswer:
    """Answer a trial that is over.

    Parameters
    ----------
    trial : Trial
    history : History
        With the recordings of its days.
    today : datetime.date, optional
        Without it that of this machine, in UTC.

    Returns
    -------
    TrialAnswer
        The test is over what the coin said for each run, not over what was run, so who takes the
        road on a muddy day fools no one. Runs that were not made at all are left out; where more
        are missing of one arm than chance would have it, the answer says so.

    Raises
    ------
    ConfigError
        When the trial isn't over: an answer looked at on the way ends trials where chance looks
        like an effect.

    Examples
    --------
    >>> import datetime as dt
    >>> import trailstats as ts
    >>> from trailstats.claims.trial import answer_trial, plan_trial
    >>> history = ts.analyze_folder("data/samples/archive", athlete="data/samples/athlete.toml")
    >>> plan = plan_trial(
    ...     history, "easy_heart_rate", start=dt.date(2025, 2, 3), effect=4.0, seed=1
    ... )
    >>> try:
    ...     answer_trial(plan, history, today=plan.days[1])
    ... except ts.ConfigError as error:
    ...     print(str(error).partition("; ")[2])
    it is not looked at before
    """
    if (today or dt.datetime.now(tz=dt.UTC).date()) <= trial.ends:
        raise ConfigError(
            f"the trial ends on {trial.ends}; it is not looked at before"
        )
    data = Evidence(history)
    row = _rows_of_days(data, trial)
    counted = np.array(trial.counted)
    found = (row >= 0) & counted
    measure = QUESTIONS[trial.question](data).to_numpy(dtype=np.float64)
    share = data.runs["share"].to_numpy(dtype=np.float64)
    values = np.where(found, measure[row] if len(measure) else NAN, NAN)
    ground = np.where(found, share[row] if len(share) else NAN, NAN)
    coin, block = np.array(trial.trail), np.array(trial.blocks)
    difference, p_value = randomisation_test(values, coin, block)
    low, high = randomisation_interval(values, coin, block)
    kept = int(np.sum(found & ((ground >= 0.5) == coin) & np.isfinite(ground)))
    words = claim_wording().parts[trial.question]
    verdict = decide((low, high), p_value, words, abs(trial.effect))
    known = np.isfinite(values) & np.isfinite(ground)
    apart, _ = randomisation_test(np.where(known, ground, NAN), coin, block)
    caveats = [
        f"{kept} of {int(found.sum())} runs kept to the plan of {len(coin)}.",
        *_left_out(trial),
        trial.promise(),
    ]
    if rests_on_margin(verdict, words):
        caveats.append(
            f"The interval lies within {trial.effect:.3g}, what the plan set out to find."
        )
    # What came before counts where it was tossed as well: all runs but the first.
    after = np.where(counted[:-1], values[1:], NAN)
    carried, carried_p = randomisation_test(after, coin[:-1], block[:-1])
    if carried_p < 0.05:
        caveats.append(
            "The run before seems to carry over; the difference may be too small or too large."
        )
    # Days that weather took out were so before the coin was told: they are missing of neither arm.
    missing = np.where(counted, np.isnan(values), NAN)
    if 0 < np.nansum(missing) < counted.sum():
        _, missing_p = randomisation_test(missing, coin, block)
        if missing_p < 0.05:
            caveats.append(
                "More runs are missing of one arm than of the other, so the coin no longer "
                "makes them alike."
            )
    return TrialAnswer(
        question=trial.question,
        measured=words.statement,
        unit=words.unit,
        verdict=verdict,
        difference=difference,
        low=low,
        high=high,
        p_value=p_value,
        followed=difference / apart if abs(apart) > 0.2 else NAN,
        planned=len(coin),
        run=int(found.sum()),
        kept=kept,
        carry_over=carried,
        carry_over_p=carried_p,
        caveats=tuple(caveats),
    )


def _left_out(trial: Trial) -> list[str]:
    """Return in words which days of a plan fell out for their weather."""
    if not trial.closed:
        return []
    closed = sum(said == CLOSED for said in trial.weather)
    silent = sum(not said for said in trial.weather)
    return [
        f"{closed} days are left out of both arms as weather forbade one ground, and {silent} as "
        "nothing was said of it before the run: their coins were never told."
    ]


def _rows_of_days(data: Evidence, trial: Trial) -> np.ndarray:
    """Return the run of each day of the plan, the longest outdoors of several; -1 without one."""
    days = [day.date() for day in local_days(data)]
    time = data.runs["moving_time"].fillna(0.0).to_numpy()
    outdoors = data.runs["outdoors"].to_numpy()
    longest: dict[dt.date, int] = {}
    for row, day in enumerate(days):
        best = longest.get(day)
        if outdoors[row] and (best is None or time[row] > time[best]):
            longest[day] = row
    return np.array([longest.get(day, -1) for day in trial.days], dtype=np.intp)
