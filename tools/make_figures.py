"""Draw the figures of the pages on metrics from the formulas themselves.

python tools/make_figures.py
"""

from __future__ import annotations

from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd

from trailstats.metrics import effort, impact, load

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "metrics"
WIDTH, HEIGHT = 520, 280


def _lines(
    data: pd.DataFrame, x: str, y: str, colour: str, **scales: alt.Scale
) -> alt.Chart:
    return (
        alt.Chart(data, width=WIDTH, height=HEIGHT)
        .mark_line()
        .encode(
            x=alt.X(f"{x}:Q", title=x, scale=scales.get("x", alt.Scale())),
            y=alt.Y(f"{y}:Q", title=y, scale=scales.get("y", alt.Scale())),
            color=alt.Color(
                f"{colour}:N", title=None, legend=alt.Legend(orient="top")
            ),
            strokeDash=alt.StrokeDash(f"{colour}:N", title=None),
        )
    )


def grade_curves() -> alt.Chart:
    """Draw the three models of equal effort, each over its own range."""
    parts = []
    for curve in effort.EffortCurve:
        low, high = effort.GRADE_RANGE[curve]
        grade = np.linspace(low, high, 121)
        factor = effort.effort_factor(grade, curve=curve)
        parts.append(
            pd.DataFrame(
                {
                    "grade [%]": 100.0 * grade,
                    "factor": factor,
                    "model": curve.value,
                }
            )
        )
    return _lines(pd.concat(parts), "grade [%]", "factor", "model")


def impact_components() -> alt.Chart:
    """Draw the components of one step at 3 m/s over grade."""
    grade = np.linspace(-0.25, 0.25, 201)
    values = {
        "active": np.broadcast_to(impact.active_component(3.0), grade.shape),
        "impact": impact.impact_component(3.0, grade),
        "tibial": impact.tibial_component(3.0, grade),
    }
    parts = [
        pd.DataFrame({"grade [%]": 100.0 * grade, "relative": v, "component": k})
        for k, v in values.items()
    ]
    return _lines(pd.concat(parts), "grade [%]", "relative", "component")


def steps_by_speed() -> alt.HConcatChart:
    """Draw steps per kilometre and contact time over speed."""
    speed = np.linspace(1.7, 4.6, 101)
    steps = 1000.0 / impact.step_length(speed, impact.modelled_cadence(speed))
    contact = impact.contact_time(speed)
    charts = []
    for values, title in ((steps, "steps per km"), (contact, "contact time [s]")):
        data = pd.DataFrame({"speed [m/s]": speed, title: values})
        charts.append(
            alt.Chart(data, width=WIDTH // 2 - 20, height=HEIGHT)
            .mark_line()
            .encode(
                x=alt.X("speed [m/s]:Q", scale=alt.Scale(zero=False)),
                y=alt.Y(f"{title}:Q", scale=alt.Scale(zero=False)),
            )
        )
    return alt.hconcat(*charts)


def weighted_means() -> alt.Chart:
    """Draw fitness, fatigue and form over a block of training and the rest after it."""
    daily = np.r_[np.full(84, 60.0), np.zeros(42)]
    fitness, fatigue = (
        load.exponential_load(daily, 42.0),
        load.exponential_load(daily, 7.0),
    )
    values = {
        "fitness": fitness,
        "fatigue": fatigue,
        "form": load.training_stress_balance(fitness, fatigue),
    }
    days = np.arange(len(daily))
    parts = [
        pd.DataFrame({"day": days, "load a day": v, "average": k})
        for k, v in values.items()
    ]
    return _lines(pd.concat(parts).dropna(), "day", "load a day", "average")


def main() -> None:
    """Write the figures."""
    FOLDER.mkdir(exist_ok=True)
    for name, chart in (
        ("grade-curves", grade_curves()),
        ("impact-components", impact_components()),
        ("steps-by-speed", steps_by_speed()),
        ("weighted-means", weighted_means()),
    ):
        chart.save(FOLDER / f"{name}.svg")


if __name__ == "__main__":
    main()
