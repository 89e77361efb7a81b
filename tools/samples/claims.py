"""What an honest method may say of each claim about the simulated runner, and why."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from . import effects, season
from .effects import Outing
from .runner import Physiology, Run


def _descent(run: Run) -> float:
    return float(-np.minimum(np.diff(run.course.z), 0.0).sum())


def calendar(runs: list[Outing]) -> list[dict[str, Any]]:
    """Per week of the archive (Monday to Sunday, local time): runs, trail runs, metres."""
    weeks = []
    for week in range(1, max(s.week for s, _ in runs) + 1):
        mine = [(s, r) for s, r in runs if s.week == week]
        monday = season.START + timedelta(days=7 * (week - 1))
        weeks.append(
            {
                "week": week,
                "monday": f"{monday:%Y-%m-%d}",
                "n_total": len(mine),
                "n_trail": sum(s.on_trail for s, _ in mine),
                "distance": round(sum(float(r.distance[-1]) for _, r in mine), 0),
                "descent": round(sum(_descent(r) for _, r in mine), 0),
            }
        )
    return weeks


def _status(good: bool) -> str:
    return "pass" if good else "fail"


def _rules(before: list[tuple[int, bool, float, float]]) -> dict[str, Any]:
    """Check the last month's rules from (days before, on trail, distance, descent) of the earlier
    runs.
    """
    near = sum(trail for day, trail, _, _ in before if 1 <= day <= 14)
    far = sum(trail for day, trail, _, _ in before if 15 <= day <= 28)
    last = sum(m for day, _, m, _ in before if 1 <= day <= 14) / 2.0
    base = sum(m for day, _, m, _ in before if 15 <= day <= 42) / 4.0
    cut = 1.0 - last / base
    late = max(
        (fall for day, _, _, fall in before if 1 <= day <= 14), default=0.0
    )
    earlier = max(
        (fall for day, _, _, fall in before if 15 <= day <= 56), default=0.0
    )
    weeks = [
        sum(m for day, _, m, _ in before if 7 * k < day <= 7 * k + 7)
        for k in (3, 2, 1, 0)
    ]
    falling = all(b < a for a, b in pairwise(weeks))
    return {
        "R2": {
            "trail_runs_days_28_to_15": far,
            "trail_runs_days_14_to_1": near,
            "status": _status(max(far, near) <= 1),
        },
        "R2b": {
            "volume_reduction": round(cut, 3),
            "status": _status(0.41 <= cut <= 0.60),
        },
        "R2c": {
            "distance_last_four_weeks": [round(w) for w in weeks],
            "status": _status(falling),
        },
        "R2d": {
            "largest_descent_last_14_days": round(late),
            "largest_descent_6_weeks_before": round(earlier),
            "status": _status(late <= earlier),
        },
    }


def races(runs: list[Outing]) -> list[dict[str, Any]]:
    """List the road races and the rules of the last month before each."""
    out = []
    for s, r in runs:
        if s.intent != "race":
            continue
        day = (s.start + season.UTC_OFFSET).date()
        before = [
            (
                (day - (o.start + season.UTC_OFFSET).date()).days,
                o.on_trail,
                float(run.distance[-1]),
                _descent(run),
            )
            for o, run in runs
        ]
        out.append(
            {
                "date": f"{day:%Y-%m-%d}",
                "file": f"archive/{s.file}",
                "distance": round(float(r.distance[-1]), 1),
                "time": float(r.time[-1]),
                "trail_runs_days_before": sorted(
                    d for d, trail, _, _ in before if trail and 1 <= d <= 42
                ),
                "rules": _rules(before),
            }
        )
    return out


def _verdict(expected: str, allowed: list[str], reason: str) -> dict[str, Any]:
    return {
        "expected": expected,
        "allowed": [*allowed, "not enough data"],
        "reason": reason,
    }


def _impact_parts(impact: dict[str, Any]) -> dict[str, Any]:
    parts = {}
    for name, row in impact.items():
        share = row["share_of_draws_lower"]
        verdict = (
            "supported"
            if share > 0.95
            else "contradicted"
            if share < 0.05
            else "inconclusive"
        )
        parts[name] = _verdict(
            verdict,
            sorted({verdict, "inconclusive"}),
            f"trail over road {row['ratio']:.2f}; lower in {share:.0%} of draws",
        )
    return parts


def verdicts(effect: dict[str, Any]) -> dict[str, Any]:
    """Give the expected verdict for each claim, and every verdict an honest method may give."""
    easy, dose, feel, same = (
        effect[k] for k in ("easy_days", "doses", "enjoyment", "same_effort")
    )
    above, speed, gap = (
        easy[k] for k in ("above_easy_ceiling", "speed", "grade_adjusted_speed")
    )
    climb, rough, steps = (
        dose[k]
        for k in ("climb_per_km", "technical_minutes", "cadence_variation")
    )
    pace, surge = dose["adjusted_speed_variation"], dose["final_kilometre_surge"]
    dosed = ["supported", "inconclusive", "not measurable"]
    parts = _impact_parts(effect["impact"])
    return {
        "strength": _verdict(
            "supported",
            dosed,
            f"climb {climb['trail']:.1f} m/km on trail runs, {climb['road']:.1f} on road runs; "
            "stance-time balance does not differ; a larger dose, not strength itself",
        ),
        "easy_days": _verdict(
            "supported",
            ["supported"],
            f"time above the easy ceiling {above['trail']:.1%} on trail, {above['road']:.1%} on "
            "road; "
            f"speed {speed['difference']:+.2f} m/s, grade-adjusted {gap['difference']:+.2f} m/s",
        ),
        "balance": _verdict(
            "supported",
            dosed,
            f"technical ground {rough['trail']:.1f} min a trail run, {rough['road']:.1f} a road "
            "run; "
            f"cadence variation {steps['trail']:.3f} against {steps['road']:.3f}: a dose, not "
            "ability",
        ),
        "stress": _verdict(
            "supported",
            dosed,
            f"variation of grade-adjusted speed {pace['trail']:.3f} against {pace['road']:.3f}; a "
            "surge at "
            f"the end of {surge['trail']:.0%} of unhurried trail runs, {surge['road']:.0%} on road",
        ),
        "impact": {
            **_verdict(
                "inconclusive",
                ["inconclusive"],
                "more steps a kilometre but slower ones: a minute on trail loads less, a kilometre "
                "does not; "
                "the tissues differ, and the published surface interval contains 1",
            ),
            "parts": parts,
        },
        "volume": _verdict(
            "inconclusive",
            ["inconclusive"],
            "weekly distance was planned without regard to trail share",
        ),
        "enjoyment": _verdict(
            "supported",
            ["supported"],
            f"rated feel {feel['trail']:.0f} on trail, {feel['road']:.0f} on road; the model adds "
            f"{feel['model_difference']:.0f}",
        ),
        "variety": _verdict(
            "supported",
            ["supported", "inconclusive"],
            "steep and technical ground and hiking come only with trails; road runs are even "
            "street",
        ),
        "road_improvement": _verdict(
            "inconclusive",
            ["inconclusive", "supported"],
            "speed at a given heart rate rises 3 % over the 12 weeks after trails begin, volume "
            "unchanged; "
            "with 3 bpm of daily noise, heat in the same weeks and a trend to allow for, it may "
            "not show",
        ),
        "same_effort": _verdict(
            "contradicted",
            ["contradicted"],
            f"heart rate at equal grade-adjusted speed is {same['model']:+.1f} bpm on trail by the "
            "model, "
            f"{same['by_stretch']:+.1f} by 90 s stretches: for this runner trail is harder",
        ),
        "training_rules": _verdict(
            "inconclusive",
            ["inconclusive", "not measurable"],
            "one race after three late trail runs, one after a taper: two races decide nothing "
            "about the "
            "advice; whether each rule was kept stands under races and weeks",
        ),
    }


def runner(runs: list[Outing], body: Physiology) -> dict[str, Any]:
    """Everything true of the runner as a whole; the claims only where both grounds were run."""
    first = season.START + timedelta(days=7 * (season.TRAIL_FROM_WEEK - 1))
    effect: dict[str, Any] = {
        "easy_days": effects.easy_days(runs, body),
        "same_effort": effects.same_effort(runs, body),
        "impact": effects.impact(runs),
        "enjoyment": effects.enjoyment(runs),
        "doses": effects.doses(runs),
        "road_improvement": {
            "change": season.FITNESS_RISE,
            "from": f"{first:%Y-%m-%d}",
            "over_weeks": season.FITNESS_WEEKS,
            "first_trail_week": season.TRAIL_FROM_WEEK,
        },
    }
    whole = (
        effect["same_effort"]
        and effect["impact"]
        and effect["easy_days"]["speed"]["n_trail"]
    )
    return {
        "physiology": vars(body),
        "effects": effect,
        "claims": verdicts(effect) if whole else {},
        "races": races(runs),
        "weeks": calendar(runs),
    }
