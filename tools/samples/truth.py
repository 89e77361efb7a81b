"""What is true of the simulated runs, measured on the noise-free seconds."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter1d

from trailstats.arrays import Floats

from .runner import GAITS, Physiology, Run
from .season import Session

SEGMENT_COLUMNS = [
    "start_time", "end_time", "start_distance", "end_distance", "surface", "technical",
    "mean_grade", "gait",
]  # fmt: skip
_SLOPES = np.array([-0.15, -0.10, -0.05, -0.02, 0.02, 0.05, 0.10, 0.15])
_SHORTEST = 60.0


def segments(run: Run) -> list[list[Any]]:
    """Cut at changes of ground, gait and slope class; seconds from the start and true metres."""
    wide = gaussian_filter1d(run.course.grade, 14.0, mode="nearest")
    slope = np.searchsorted(
        _SLOPES, np.interp(run.distance, run.course.distance, wide)
    )
    code = run.trail * 1 + run.technical * 2 + np.asarray(run.gait, dtype=int) * 4
    slope = _steady(slope.astype(int), code.astype(int), run.distance)
    key = code * 16 + slope
    cuts = np.concatenate([[0], np.flatnonzero(np.diff(key)) + 1, [len(key)]])
    out: list[list[Any]] = []
    last = len(run.time) - 1
    for a, b in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
        end = min(b, last)
        if end <= a:
            continue
        length = float(run.distance[end] - run.distance[a])
        rise = float(run.z[end] - run.z[a])
        out.append(
            [
                a,
                end,
                round(float(run.distance[a]), 1),
                round(float(run.distance[end]), 1),
                "trail" if run.trail[a] else "road",
                bool(run.technical[a]),
                round(rise / length, 3) if length > 1.0 else 0.0,
                GAITS[int(run.gait[a])],
            ]
        )
    return out


def _steady(slope: np.ndarray, code: np.ndarray, distance: Floats) -> np.ndarray:
    """Give slope classes shorter than ``_SHORTEST`` metres to the class before them."""
    slope = slope.copy()
    key = code * 16 + slope
    cuts = np.concatenate([[0], np.flatnonzero(np.diff(key)) + 1, [len(key)]])
    for a, b in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
        short = distance[min(b, len(distance) - 1)] - distance[a] < _SHORTEST
        if short and a > 0 and code[a] == code[a - 1]:
            slope[a:b] = slope[a - 1]
    return slope


def ascent_descent(run: Run) -> tuple[float, float]:
    """Count true climb and fall in metres, turns under 1 m left out."""
    from .fitfile import ascent_descent as count

    up, down = count(run.course.z[: int(run.distance[-1] / 2.0) + 1], hold=1.0)
    return round(up, 1), round(down, 1)


def activity(session: Session, run: Run, body: Physiology) -> dict[str, Any]:
    """One activity's entry in ``truth.json``."""
    moving = run.moving
    up, down = ascent_descent(run)
    late = moving & (run.time >= 600.0)
    above = run.heart_rate > body.easy_ceiling
    step = np.gradient(run.distance)
    return {
        "file": f"archive/{session.file}",
        "start_time": f"{session.start:%Y-%m-%dT%H:%M:%SZ}",
        "week": session.week,
        "intent": session.intent,
        "name": session.name,
        "easy_intent_shown_by": session.intent_shown_by,
        "course": session.course,
        "sport": "running",
        "sub_sport": session.sub_sport if session.kind == "fit" else None,
        "distance": round(float(run.distance[-1]), 1),
        "ascent": up,
        "descent": down,
        "moving_time": round(float(moving.sum() - 1), 1),
        "elapsed_time": round(float(run.time[-1]), 1),
        "trail_share": round(float(step[run.trail].sum() / step.sum()), 4),
        "technical_share": round(
            float(step[run.technical].sum() / step.sum()), 4
        ),
        "hike_share": round(float((run.gait[moving] == 1).mean()), 4),
        "mean_speed": round(float(run.speed[moving].mean()), 4),
        "grade_adjusted_speed": round(
            float(run.adjusted_speed[moving].mean()), 4
        ),
        "mean_heart_rate": round(float(run.heart_rate[moving].mean()), 1),
        "above_easy_ceiling": round(float(above[moving].mean()), 4),
        "above_easy_ceiling_after_600_s": round(float(above[late].mean()), 4),
        "heart_rate_offset": round(session.form.heart_rate_offset, 2),
        "temperature": round(session.form.temperature, 1),
        "fitness": round(session.form.fitness, 4),
        "workout_feel": session.feel,
        "workout_rpe": session.rpe,
        "smart_recording": session.watch.smart,
        "barometer": session.watch.barometer,
        "heart_rate_recorded": session.watch.heart_rate,
        "heart_rate_locked_to_cadence": session.watch.cadence_lock,
        "final_kilometre_surge": session.form.surge > 0.0,
        "segments": segments(run),
    }
