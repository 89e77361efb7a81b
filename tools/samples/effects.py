"""The true effects for the runner, measured on the noise-free seconds of all runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter1d

from trailstats.arrays import Flags, Floats

from . import season
from .runner import Physiology, Run
from .season import Session

Outing = tuple[Session, Run]
EASY = ("easy", "recovery")
_STEPS_PER_KM = 933.64
_DRAWS = 400


def mean(values: list[float]) -> float | None:
    """Return the mean, or None of nothing."""
    return float(np.mean(values)) if values else None


def compare(
    trail: list[float], road: list[float], digits: int = 4
) -> dict[str, Any]:
    """Both sides, their difference and its sampling error; None where a side is empty."""
    a, b = mean(trail), mean(road)
    out: dict[str, Any] = {
        "trail": a,
        "road": b,
        "difference": None,
        "sampling_error": None,
    }
    if a is not None and b is not None:
        out["difference"] = a - b
    if min(len(trail), len(road)) > 1:
        out["sampling_error"] = float(
            np.sqrt(
                np.var(trail, ddof=1) / len(trail)
                + np.var(road, ddof=1) / len(road)
            )
        )
    rounded = {k: None if v is None else round(v, digits) for k, v in out.items()}
    return {**rounded, "n_trail": len(trail), "n_road": len(road)}


def _split(
    runs: list[Outing], measure: Callable[[Session, Run], float]
) -> dict[str, Any]:
    return compare(
        [measure(s, r) for s, r in runs if s.on_trail],
        [measure(s, r) for s, r in runs if not s.on_trail],
    )


def easy_days(runs: list[Outing], body: Physiology) -> dict[str, Any]:
    """Easy-intended runs: pace, adjusted pace, heart rate, share of moving time above the
    ceiling.
    """

    def above(r: Run, since: float) -> float:
        return float(
            (
                r.heart_rate[r.moving & (r.time >= since)] > body.easy_ceiling
            ).mean()
        )

    easy = [item for item in runs if item[0].intent in EASY]
    return {
        "speed": _split(easy, lambda _, r: float(r.speed[r.moving].mean())),
        "grade_adjusted_speed": _split(
            easy, lambda _, r: float(r.adjusted_speed[r.moving].mean())
        ),
        "heart_rate": _split(
            easy, lambda _, r: float(r.heart_rate[r.moving].mean())
        ),
        "above_easy_ceiling": _split(easy, lambda _, r: above(r, 0.0)),
        "above_easy_ceiling_after_600_s": _split(
            easy, lambda _, r: above(r, 600.0)
        ),
        "shown_by_name_or_calendar": {
            "n_trail": sum(s.on_trail for s, _ in easy if s.intent_shown_by),
            "n_road": sum(not s.on_trail for s, _ in easy if s.intent_shown_by),
            "above_easy_ceiling": _split(
                [i for i in easy if i[0].intent_shown_by],
                lambda _, r: above(r, 0.0),
            ),
        },
    }


def enjoyment(runs: list[Outing]) -> dict[str, Any]:
    """Rated feel, 0 to 100, and what the model adds on trail."""
    rated = [item for item in runs if item[0].feel is not None]
    return {
        "model_difference": season.FEEL_ON_TRAIL,
        **_split(rated, lambda s, _: float(s.feel or 0)),
    }


def doses(runs: list[Outing]) -> dict[str, Any]:
    """Climb, technical ground and unsteadiness, trail runs against road runs."""

    def climb(_: Session, r: Run) -> float:
        return float(
            np.maximum(np.diff(r.course.z), 0.0).sum() / r.distance[-1] * 1000.0
        )

    def running(r: Run) -> Flags:
        return np.asarray(r.moving & (r.gait == 0) & (r.time > 60.0))

    def unsteady_cadence(_: Session, r: Run) -> float:
        return float(r.cadence[running(r)].std() / r.cadence[running(r)].mean())

    def unsteady_pace(_: Session, r: Run) -> float:
        return float(
            r.adjusted_speed[running(r)].std()
            / r.adjusted_speed[running(r)].mean()
        )

    calm = [item for item in runs if item[0].intent in season.UNHURRIED]
    return {
        "climb_per_km": _split(runs, climb),
        "technical_minutes": _split(
            runs, lambda _, r: float((r.technical & r.moving).sum()) / 60.0
        ),
        "cadence_variation": _split(calm, unsteady_cadence),
        "adjusted_speed_variation": _split(calm, unsteady_pace),
        "final_kilometre_surge": _split(
            calm, lambda s, _: float(s.form.surge > 0.0)
        ),
    }


def same_effort(runs: list[Outing], body: Physiology) -> dict[str, Any]:
    """Trail minus road heart rate at equal grade-adjusted speed.

    ``model``: what the ground adds at the runner's own speeds. ``by_stretch``: 90 s stretches of
    unhurried running, a line of heart rate on speed with a step for trail; ``with_day`` leaves the
    day's offset and the heat in, as a reader of the files has to.
    """
    cost: list[float] = []
    rows: list[tuple[float, float, float, float]] = []
    for session, run in runs:
        if session.intent not in season.UNHURRIED:
            continue
        where = run.trail & run.moving & (run.gait == 0)
        if where.any():
            extra = (run.of("cost") - 1.0)[where] * run.adjusted_speed[where]
            cost.append(
                float(
                    body.heart_rate_per_effort
                    * extra.mean()
                    / session.form.fitness
                )
            )
        heat = max(session.form.temperature - body.heat_from, 0.0)
        day = session.form.heart_rate_offset + body.heat_per_degree * heat
        adjusted = gaussian_filter1d(run.adjusted_speed, 20.0)
        flat = gaussian_filter1d(run.grade, 20.0) > -0.05
        calm = (
            np.convolve((run.gait != 0).astype(float), np.ones(121), mode="same")
            == 0
        )
        for a in range(600, len(run.time) - 90, 90):
            part = slice(a, a + 90)
            trail = run.trail[part]
            if not (
                calm[part].all()
                and flat[part].all()
                and trail.all() == trail.any()
            ):
                continue
            beats = (
                float(run.heart_rate[part].mean())
                - body.drift_per_hour * (a - 600.0) / 3600.0
            )
            rows.append(
                (
                    float(adjusted[part].mean()) / session.form.fitness,
                    float(trail[0]),
                    beats,
                    day,
                )
            )
    if not cost or len(rows) < 20:
        return {}
    gap, trail_side, beats_all, days = (
        np.array(column) for column in zip(*rows, strict=True)
    )
    design = np.column_stack([np.ones(len(gap)), gap, trail_side])
    plain = np.linalg.lstsq(design, beats_all - days, rcond=None)[0]
    shown = np.linalg.lstsq(design, beats_all, rcond=None)[0]
    return {
        "model": round(float(np.mean(cost)), 2),
        "by_stretch": round(float(plain[2]), 2),
        "with_day": round(float(shown[2]), 2),
        "n_stretches_trail": int(trail_side.sum()),
        "n_stretches_road": int((1 - trail_side).sum()),
    }


def _components(
    speed: Floats,
    grade: Floats,
    cadence: Floats,
    hike: Flags,
    slope: float,
    tibial: float,
) -> dict[str, Floats]:
    """Load of each second's steps relative to a level road step at 3 m/s."""
    contact = 0.278 * (2.65 / speed) ** 0.6
    peak = np.pi / 2 * 60.0 / (np.maximum(cadence, 60.0) * contact)
    active = np.where(hike, 1.2, np.maximum(peak, 1.2)) / 2.173
    theta = np.degrees(np.arctan(grade))
    down = np.minimum(1.0 + slope * -theta, 1.0 + 9.0 * slope)
    factor = np.where(theta < 0, down, np.maximum(0.0, 1.0 - theta / 9.0))
    external = np.where(
        hike, 0.0, np.maximum(1.0 + 0.21 * (speed - 3.0), 0.0) * factor
    )
    bone = np.where(hike, 0.5, 1.0 + 0.09 * (speed - 3.0)) * np.where(
        np.abs(grade) >= 0.10, tibial, 1.0
    )
    return {"active": active, "impact": external, "tibial": bone}


def impact(runs: list[Outing]) -> dict[str, Any]:
    """Trail ground over road ground in unhurried runs: central ratio, and the share of draws below
    1.

    Draws vary the surface factor (0.83 to 1.10 on trail), the downhill slope of the external
    component (0.04 to 0.08 a degree) and the tibial factor on steep grades (0.85 to 1.15), all
    steps counted alike; the central ratio has firm ground.
    """
    cells: list[list[Floats]] = [[], [], [], [], []]
    for session, run in runs:
        if session.intent in season.UNHURRIED:
            use = np.flatnonzero(run.moving & (run.speed > 0.5))[::15]
            hike = (run.gait[use] == 1).astype(float)
            for cell, column in zip(
                cells,
                (run.speed, run.grade, run.cadence, None, run.trail),
                strict=True,
            ):
                cell.append(hike if column is None else column[use].astype(float))
    speed, grade, cadence, hike, trail = (np.concatenate(cell) for cell in cells)
    side = trail > 0.5
    if not side.any():
        return {}

    def ratios(
        surface: float, slope: float, tibial: float, exponent: float
    ) -> dict[str, float]:
        out = {}
        for name, value in _components(
            speed, grade, cadence, hike > 0.5, slope, tibial
        ).items():
            scaled = (
                np.where(
                    side, value * (surface if name == "impact" else 1.0), value
                )
                ** exponent
            )
            load = scaled * cadence / 60.0
            per_minute = load[side].mean() / load[~side].mean()
            out[f"{name}_per_minute"] = float(per_minute)
            out[f"{name}_per_km"] = float(
                per_minute * speed[~side].mean() / speed[side].mean()
            )
        return out

    central = ratios(1.0, 0.06, 1.0, 1.0)
    rng = np.random.RandomState([season.SEED, 9000])
    lower = dict.fromkeys(central, 0)
    for _ in range(_DRAWS):
        draw = ratios(
            rng.uniform(0.83, 1.10),
            rng.uniform(0.04, 0.08),
            rng.uniform(0.85, 1.15),
            1.0,
        )
        for name, value in draw.items():
            lower[name] += value < 1.0
    return {
        name: {
            "ratio": round(central[name], 4),
            "share_of_draws_lower": round(lower[name] / _DRAWS, 3),
        }
        for name in central
    }
