"""The plan of a trial: which everyday runs are on trail, how many, and what they will decide."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd

from trailstats import schema
from trailstats.claims._everyday import easy_weights
from trailstats.claims._evidence import Evidence
from trailstats.claims.trial._power import power, runs_for, smallest_effect
from trailstats.claims.trial._weather import (
    CLOSED,
    OPEN,
    covered,
    kept_information,
    uncovered,
)
from trailstats.claims.wording import claim_wording
from trailstats.errors import ConfigError
from trailstats.history import History
from trailstats.schema.documents import plain

SECRET: Final = "trailstats trial"


def _above(data: Evidence) -> pd.Series:
    runs = data.runs
    judged = runs["time_easy_judged"]
    return runs["time_above_easy"] / judged.where(judged >= 600.0)


QUESTIONS: Final[Mapping[str, Callable[[Evidence], pd.Series]]] = (
    MappingProxyType(
        {
            "feel": lambda data: data.runs["feel"],
            "easy_heart_rate": lambda data: data.runs["mean_heart_rate"],
            "above_easy_ceiling": _above,
            "easy_speed": lambda data: data.runs["mean_speed"],
            "days_to_next_run": lambda data: (
                data.runs["day"].shift(-1) - data.runs["day"]
            ),
        }
    )
)
"""What a trial can ask, each the measure of one run; words, unit and margin as of the claims."""


@dataclass(frozen=True, kw_only=True)
class TrialRules:
    """How a trial is planned. All values are our choice.

    Attributes
    ----------
    block : int
        Runs whose coins are tossed together, half of them trail: so season and form, and a week of
        bad weather, fall on both arms alike.
    power : float
        How often the effect shall be found.
    adherence : float
        Share of the runs that are expected to follow the coin.
    most : int
        Longest trial [runs].
    fewest_known : int
        Everyday runs with the measure that its scatter is learnt from.
    """

    block: int = 4
    power: float = 0.8
    adherence: float = 0.9
    most: int = 120
    fewest_known: int = 12


@dataclass(frozen=True)
class Trial:
    """A plan, fixed before the first run.

    Attributes
    ----------
    question : str
        One of `QUESTIONS`.
    effect, scatter : float
        What shall be found, and the standard deviation of single runs, in the measure's unit.
    days : tuple of datetime.date
        Days of the everyday runs.
    trail : tuple of bool
        What the coin says for each.
    blocks : tuple of int
        Coins that were tossed together.
    power : float
        How often the plan finds the effect; its promise.
    adherence : float
        Share of the runs that this counts with.
    closed : float
        Share of the days on which weather is expected to forbid one ground. Above 0, coins are
        covered until it was said of a day whether both can be run.
    weather : tuple of str
        What was said of each day: both, one, or nothing so far. Empty where coins aren't covered.

    Examples
    --------
    >>> import datetime as dt
    >>> from trailstats.claims.trial import Trial
    >>> days = (dt.date(2026, 5, 1), dt.date(2026, 5, 3))
    >>> trial = Trial("feel", 5.0, 12.0, days, (True, False), (0, 0), 0.1, 0.9)
    >>> Trial.from_json(trial.to_json()) == trial
    True
    """

    question: str
    effect: float
    scatter: float
    days: tuple[dt.date, ...]
    trail: tuple[bool, ...]
    blocks: tuple[int, ...]
    power: float
    adherence: float
    closed: float = 0.0
    weather: tuple[str, ...] = ()

    @property
    def counted(self) -> tuple[bool, ...]:
        """Whether each day counts: one whose coin was told, as both grounds could be run."""
        if not self.closed:
            return (True,) * len(self.days)
        return tuple(said == OPEN for said in self.weather)

    def with_weather(self, day: dt.date, *, both: bool) -> Trial:
        """Return the plan with what the weather of a day allows, said before its coin is seen.

        Parameters
        ----------
        day : datetime.date
        both : bool
            Whether both grounds can be run. If not, the day is left out of both arms, and its coin
            stays covered: so no coin can sway what is said.

        Raises
        ------
        ConfigError
            When the plan's coins aren't covered, or the day isn't one of its days, or it was said
            before: it can't be taken back once the coin is seen.

        Examples
        --------
        >>> import datetime as dt
        >>> from trailstats.claims.trial import Trial
        >>> days = (dt.date(2026, 5, 1), dt.date(2026, 5, 3))
        >>> trial = Trial(
        ...     "feel", 5.0, 12.0, days, (True, False), (0, 0), 0.1, 0.9, 0.2, ("", "")
        ... )
        >>> trial.with_weather(days[0], both=True).ground_on(days[0])
        'trail'
        """
        if not self.closed:
            raise ConfigError("this plan asks for no weather: its coins are told")
        if day not in self.days:
            raise ConfigError(f"{day} is no day of this plan")
        place = self.days.index(day)
        if self.weather[place]:
            raise ConfigError(
                f"the weather of {day} was said already, and is not said anew"
            )
        weather = list(self.weather)
        weather[place] = OPEN if both else CLOSED
        return replace(self, weather=tuple(weather))

    def ground_on(self, day: dt.date) -> str:
        """Return the ground of a day; empty where its coin is covered, or it is none of the
        plan's.
        """
        for one, trail, told in zip(
            self.days, self.trail, self.counted, strict=True
        ):
            if one == day and told:
                return _ground(trail)
        return ""

    @property
    def ends(self) -> dt.date:
        """The last day; before it is over the trial gives no answer."""
        return self.days[-1]

    @property
    def unit(self) -> str:
        """Unit of the measure."""
        return claim_wording().parts[self.question].unit

    def promise(self) -> str:
        """Return what the plan decides, in a sentence."""
        words = claim_wording().parts[self.question]
        unit = "" if words.unit == "1" else f" {words.unit}"
        kept = kept_information(self.closed, TrialRules.block)
        found = smallest_effect(
            self.scatter, round(kept * len(self.days)), adherence=self.adherence
        )
        spared = (
            f", if weather forbids one ground on {100 * self.closed:.0f} % of the days"
            if self.closed
            else ""
        )
        return (
            f"{len(self.days)} runs, half of them on trail{spared}, find a difference of "
            f"{self.effect:.3g}{unit} in {100 * self.power:.0f} of 100 trials, and one of "
            f"{found:.3g}{unit} in 80, if your runs scatter by {self.scatter:.3g}{unit} as so far "
            f"and {100 * self.adherence:.0f} % of them follow the plan."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as plain values, with a seal that shows a later change."""
        runs: list[dict[str, Any]] = [
            {
                "date": day.isoformat(),
                "ground": self.ground_on(day) or None,
                "block": block,
            }
            for day, block in zip(self.days, self.blocks, strict=True)
        ]
        for run, said in zip(runs, self.weather, strict=bool(self.closed)):
            run["weather"] = said or None
        own = {
            "format_version": schema.FORMAT_VERSION,
            "question": self.question,
            "effect": plain(self.effect),
            "scatter": plain(self.scatter),
            "power": plain(self.power),
            "adherence": plain(self.adherence),
            "runs": runs,
        }
        if self.closed:
            own["closed"] = self.closed
            own["covered"] = covered(self.trail, _key(self.days))
        return own | {"seal": _seal(own)}

    def to_json(self) -> str:
        """Return the plan as the text of its file."""
        return json.dumps(self.to_dict(), indent=1, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Trial:
        """Read a plan.

        Raises
        ------
        ConfigError
            When it is no plan, or was changed after it was made.
        """
        try:
            table = json.loads(text)
            seal = table.pop("seal")
            runs = table["runs"]
            days = tuple(dt.date.fromisoformat(run["date"]) for run in runs)
            closed = float(table.get("closed", 0.0))
            coins = tuple(run["ground"] == "trail" for run in runs)
            weather: tuple[str, ...] = ()
            if closed:
                coins = uncovered(str(table["covered"]), _key(days))
                weather = tuple(str(run["weather"] or "") for run in runs)
            trial = cls(
                question=str(table["question"]),
                effect=float(table["effect"]),
                scatter=float(table["scatter"]),
                days=days,
                trail=coins,
                blocks=tuple(int(run["block"]) for run in runs),
                power=float(table["power"]),
                adherence=float(table["adherence"]),
                closed=closed,
                weather=weather,
            )
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ConfigError(f"no plan of a trial: {error}") from error
        if trial.question not in QUESTIONS or not trial.days:
            raise ConfigError("no plan of a trial: it asks nothing that is known")
        if seal != _seal(table):
            raise ConfigError(
                "the plan was changed after it was made, so it can't be answered any more"
            )
        return trial

    def to_calendar(self) -> str:
        """Return the plan as a calendar (iCalendar, RFC 5545): a whole day for each run."""
        lines = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//trailstats//trial//EN",
        ]
        for k, day in enumerate(self.days):
            ground = (
                f"on {told}" if (told := self.ground_on(day)) else "of the trial"
            )
            after = day + dt.timedelta(days=1)
            lines += [
                "BEGIN:VEVENT",
                f"UID:{_seal(self.to_dict())[:16]}-{k}@trailstats",
                f"DTSTAMP:{self.days[0]:%Y%m%d}T000000Z",
                f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
                f"DTEND;VALUE=DATE:{after:%Y%m%d}",
                f"SUMMARY:Everyday run {ground} ({k + 1} of {len(self.days)})",
                "TRANSP:TRANSPARENT",
                "END:VEVENT",
            ]
        return "\r\n".join([*lines, "END:VCALENDAR", ""])


def plan_trial(
    history: History,
    question: str,
    *,
    start: dt.date,
    weekdays: tuple[int, ...] = (1, 3, 5),
    effect: float | None = None,
    runs: int | None = None,
    closed: float = 0.0,
    seed: int | None = None,
    rules: TrialRules | None = None,
) -> Trial:
    """Plan a trial from a runner's own scatter.

    Parameters
    ----------
    history : History
    question : str
        One of `QUESTIONS`.
    start : datetime.date
        First day that may hold a run of the trial.
    weekdays : tuple of int
        Days of the week of everyday runs, Monday is 0.
    effect : float, optional
        What shall be found, in the measure's unit; without it the smallest difference that matters.
    runs : int, optional
        Runs; without it as many as find the effect.
    closed : float
        Share of the days on which weather is expected to forbid one of the grounds. Above 0, the
        plan covers its coins, and the weather of each day is said before its coin is told.
    seed : int, optional
        Of the coin; without it chance of the machine.
    rules : TrialRules, optional

    Raises
    ------
    ConfigError
        When there is no such question, too few everyday runs tell the scatter, or no trial of an
        endurable length finds the effect; it then says what the longest would find.

    Examples
    --------
    >>> import datetime as dt
    >>> import trailstats as ts
    >>> from trailstats.claims.trial import plan_trial
    >>> history = ts.analyze_folder("data/samples/archive", athlete="data/samples/athlete.toml")
    >>> trial = plan_trial(
    ...     history, "easy_heart_rate", start=dt.date(2025, 2, 3), effect=4.0, seed=1
    ... )
    >>> sum(trial.trail) * 2 == len(trial.days)
    True
    """
    rules = rules or TrialRules()
    if question not in QUESTIONS:
        raise ConfigError(
            f"a trial can't ask {question!r}; it can ask {', '.join(QUESTIONS)}"
        )
    if not weekdays or not set(weekdays) <= set(range(7)):
        raise ConfigError("weekdays are 0 (Monday) to 6, at least one of them")
    data = Evidence(history)
    values = QUESTIONS[question](data)[easy_weights(data) > 0].dropna()
    if len(values) < rules.fewest_known:
        raise ConfigError(
            f"{len(values)} everyday runs tell {question}; {rules.fewest_known} are needed to know "
            "how much it scatters"
        )
    scatter = run_scatter(values.to_numpy())
    if effect is None:
        effect, _ = data.margin(question, float(values.mean()))
    wanted, share = rules.power, rules.adherence
    told = kept_information(closed, rules.block)
    count = runs or _days_for(effect, scatter, told, rules)
    if count is None:
        longest = smallest_effect(
            scatter, round(told * rules.most), wanted=wanted, adherence=share
        )
        raise ConfigError(
            f"{question} scatters by {scatter:.3g} from run to run: no trial of up to {rules.most} "
            f"runs finds {effect:.3g}; {rules.most} runs find {longest:.3g}"
        )
    count = max(count - count % rules.block, rules.block)
    rng = np.random.default_rng(seed)
    half = np.arange(rules.block) < rules.block // 2
    coins = [rng.permutation(half) for _ in range(count // rules.block)]
    days = _days(start, weekdays, count)
    return Trial(
        question=question,
        effect=float(effect),
        scatter=scatter,
        days=days,
        trail=tuple(np.concatenate(coins).tolist()),
        blocks=tuple(k // rules.block for k in range(count)),
        power=power(effect, scatter, round(told * count), adherence=share),
        adherence=share,
        closed=closed,
        weather=("",) * count if closed else (),
    )


def _days_for(
    effect: float, scatter: float, told: float, rules: TrialRules
) -> int | None:
    """Return the days that find an effect where only a part of what they tell is left."""
    count = runs_for(
        effect,
        scatter,
        wanted=rules.power,
        adherence=rules.adherence,
        most=round(told * rules.most),
    )
    if count is None:
        return None
    whole = int(np.ceil(count / told))
    return whole + (-whole) % rules.block


def run_scatter(values: np.ndarray) -> float:
    """Return the standard deviation of single runs about what changes slowly, from the differences
    of neighbours [vonNeumann1941]_, in the values' unit.
    """
    return float(np.sqrt(np.mean(np.diff(values) ** 2) / 2.0))


def _days(
    start: dt.date, weekdays: tuple[int, ...], count: int
) -> tuple[dt.date, ...]:
    days: list[dt.date] = []
    day = start
    while len(days) < count:
        if day.weekday() in weekdays:
            days.append(day)
        day += dt.timedelta(days=1)
    return tuple(days)


def _ground(trail: bool) -> str:
    return "trail" if trail else "road"


def _key(days: tuple[dt.date, ...]) -> str:
    return f"{SECRET} {' '.join(day.isoformat() for day in days)}"


def _seal(own: Mapping[str, Any]) -> str:
    kept = {k: v for k, v in own.items() if k != "seal"}
    text = f"{SECRET} {json.dumps(kept, sort_keys=True)}"
    return hashlib.sha256(text.encode()).hexdigest()
