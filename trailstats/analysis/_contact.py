"""Contact, flight, force and stiffness of running on level ground."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trailstats.analysis._samples import MotionSamples
from trailstats.analysis._wrapping import found, missing
from trailstats.arrays import Floats
from trailstats.metrics import impact
from trailstats.metrics.sampling import time_mean
from trailstats.model.athlete import Athlete
from trailstats.model.results import Metric
from trailstats.schema import EvidenceStrength

SPRING = (
    "contact_time",
    "flight_time",
    "peak_force",
    "vertical_stiffness",
    "leg_stiffness",
    "contact_level",
)
LEVEL = 0.02
"""Steeper ground than this is left out of what holds on the level only [1] (our choice)."""


def step_source(modelled_share: float, model: impact.CadenceModel) -> str:
    """Return where steps come from, by the share of them that was modelled."""
    modelled = (
        "modelled, this athlete" if model.personal else "modelled, population"
    )
    if modelled_share < 0.005:
        return "measured"
    return (
        modelled
        if modelled_share > 0.995
        else f"measured, but for {100 * modelled_share:.0f} % of them {modelled}"
    )


def spring_metrics(samples: MotionSamples, athlete: Athlete) -> dict[str, Metric]:
    """Return contact, flight, force and stiffness of running on level ground."""
    s = samples
    level = (
        ~s.walking
        & (np.abs(np.nan_to_num(s.grade)) < LEVEL)
        & (s.speed >= 2.0)
        & (s.speed <= 6.0)
        & (s.time > 0)
    )
    if s.time[level].sum() < 60.0:
        return missing("less than a minute of running on level ground", *SPRING)
    time, speed = s.time[level], s.speed[level]
    recorded = s.records["stance_time"][level]
    measured = bool(time[recorded > 0].sum() > 0.5 * time.sum())
    contact = (
        np.where(recorded > 0, recorded, np.nan)
        if measured
        else impact.contact_time(speed)
    )
    rate, modelled = impact.step_rate(
        speed, s.cadence[level], model=s.cadence_model
    )
    flight = impact.flight_time(60.0 * rate, contact)
    whence = (
        "contact time measured by the device"
        if measured
        else "contact time modelled from speed alone"
    )
    stepped = rate * time
    source = (
        f"{whence}; steps "
        f"{step_source(float(stepped[modelled].sum() / stepped.sum()), s.cadence_model)}"
    )
    coverage = float(time[~np.isnan(contact)].sum()) / float(s.time.sum())

    def on_level(name: str, values: Floats, method: str) -> dict[str, Metric]:
        out = found(
            name,
            time_mean(values, time),
            f"{method}; running on level ground",
            coverage,
        )
        # From a modelled contact all of it is a function of speed alone.
        return (
            out
            if measured
            else {name: replace(out[name], evidence=EvidenceStrength.WEAK)}
        )

    out = on_level("contact_time", contact, whence)
    out["contact_time"] = _with_range(out["contact_time"], measured=measured)
    out |= _own_contact(contact, speed, time, coverage if measured else 0.0)
    out |= on_level("flight_time", flight, f"step time less contact; {source}")
    out |= on_level(
        "peak_force",
        impact.peak_force(contact, flight),
        f"modelled: sine-wave force; {source}",
    )
    if athlete.mass is None:
        return out | missing(
            "no body mass in the athlete's profile", *SPRING[3:5]
        )
    method = f"modelled: spring and mass; {source}"
    out |= on_level(
        "vertical_stiffness",
        impact.vertical_stiffness(contact, flight, mass=athlete.mass),
        method,
    )
    if athlete.height is None:
        return out | missing(
            "no body height in the athlete's profile", "leg_stiffness"
        )
    leg = impact.leg_stiffness(
        contact, flight, speed, mass=athlete.mass, stature=athlete.height
    )
    return out | on_level("leg_stiffness", leg, method)


def _with_range(contact: Metric, *, measured: bool) -> Metric:
    """Return a contact time with what the device, or runners, may differ by."""
    if measured:
        off = impact.WATCH_ERROR * contact.value
        low, high = contact.value - off, contact.value + off
        words = "bounds: mean error of a watch"
    else:
        usual = float(impact.contact_time(2.65))
        low, high = (contact.value * own / usual for own in impact.CONTACT_LEVELS)
        words = "bounds: what runners differ by"
    return replace(
        contact, low=low, high=high, method=f"{contact.method}; {words}"
    )


def _own_contact(
    contact: Floats, speed: Floats, time: Floats, coverage: float
) -> dict[str, Metric]:
    """Return the runner's own contact at 2.65 m/s, where it was recorded."""
    if not coverage > 0:
        return missing("no contact time recorded", "contact_level")
    level = impact.contact_level(speed, contact, time)
    return found(
        "contact_level",
        level,
        "recorded contact times moved to 2.65 m/s along the power law; running on level ground",
        coverage,
    )
