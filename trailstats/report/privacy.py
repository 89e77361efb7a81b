"""Private places as a report leaves them out: by circles that don't lie around them.

A circle that lies around home shows by its edge where home is: the tracks of a few runs end on
it. So what is left out is a larger circle that holds the private one somewhere inside. Which one
follows from the zone and a secret: reports of other days leave out the same, so nothing is learnt
from several, and nobody can try which zone would give it.
"""

from __future__ import annotations

import hmac
import json
import math
import os
import secrets
import tempfile
import warnings
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pandas as pd

from trailstats.cache import data_folder
from trailstats.geo import EARTH_RADIUS
from trailstats.model.athlete import Athlete
from trailstats.report.tracks import TrackView

Zones = Sequence[tuple[float, float, float]]

AWAY = (1.4, 1.7)
"""How far the centre is moved, in radii of the private circle (our choice): further than half of
the radius of the circle that is left out, so that its middle says nothing.
"""
WIDER = (0.0, 0.1)
"""Added to the radius beyond what holds the private circle, in its radii (our choice)."""

SECRET = "privacy-secret"
"""Name of the file that holds the secret where a profile has none."""

_LARGEST = 2**64


def zones_left_out(athlete: Athlete) -> Zones:
    """Return the circles that a report leaves out for an athlete's privacy zones.

    Parameters
    ----------
    athlete : Athlete

    Returns
    -------
    sequence of (latitude, longitude, radius)
        [deg, deg, m]. Each holds the zone as it stands in the profile, around another centre; the
        same for the same zones and secret.
    """
    if not athlete.privacy_zones:
        return []
    secret = athlete.privacy_secret or _kept_secret(data_folder() / SECRET)
    return [_moved(zone, secret) for zone in athlete.privacy_zones]


@cache
def _kept_secret(path: Path) -> str:
    """Return the secret of this computer's user, made the first time."""
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            # Only whole, and only for its owner.
            part, name = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(part, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(32))
            Path(name).replace(path)
        return path.read_text(encoding="ascii")
    except (OSError, ValueError) as error:
        warnings.warn(
            f"no secret can be kept in {path} ({error}): who knows the profile could find its "
            "privacy zones; give it a privacy_secret",
            stacklevel=2,
        )
        return ""


def _moved(
    zone: tuple[float, float, float], secret: str
) -> tuple[float, float, float]:
    about = json.dumps([*map(repr, zone)]).encode()
    digest = hmac.digest(secret.encode(), about, "sha256")
    turn, away, wider = (
        int.from_bytes(digest[8 * i : 8 * i + 8], "big") / _LARGEST
        for i in range(3)
    )
    lat, lon, radius = zone
    distance = radius * (AWAY[0] + away * (AWAY[1] - AWAY[0]))
    more = radius * (WIDER[0] + wider * (WIDER[1] - WIDER[0]))
    north = distance * math.cos(2 * math.pi * turn)
    east = distance * math.sin(2 * math.pi * turn)
    narrow = max(math.cos(math.radians(lat)), 1e-6)
    return (
        min(max(lat + math.degrees(north / EARTH_RADIUS), -90.0), 90.0),
        lon + math.degrees(east / EARTH_RADIUS / narrow),
        radius + distance + more,
    )


def seen(table: pd.DataFrame, track: TrackView) -> pd.DataFrame:
    """Return the stretches of a run of which something is shown, measured from where it begins to
    be.

    Parameters
    ----------
    table : pandas.DataFrame
        ``schema.SEGMENTS`` or ``schema.CLIMBS``.
    track : TrackView

    Returns
    -------
    pandas.DataFrame
        As it is where nothing is hidden at the ends. Else distances count from the first point
        outside; a stretch that begins or ends inside has the length and time of its part outside.
    """
    if not track.is_cut:
        return table
    first, last = track.edge, track.edge + track.until
    start = table["start_distance"].clip(lower=first)
    end = table["end_distance"].clip(upper=last)
    out = table.assign(
        start_distance=start - track.edge, end_distance=end - track.edge
    )
    whole = table["end_distance"] - table["start_distance"]
    share = ((end - start) / whole.where(whole > 0)).clip(0.0, 1.0).fillna(1.0)
    for name in ("distance", "duration", "moving_time", "ascent", "descent"):
        if name in out:
            out[name] = out[name] * share
    return out[(end > start) | (whole <= 0)]


def seen_parts(parts: pd.DataFrame, track: TrackView) -> pd.DataFrame:
    """Return the kilometres, miles and laps of a run that are shown from end to end, counted from
    the first of them.

    Parameters
    ----------
    parts : pandas.DataFrame
        ``schema.PARTS``.
    track : TrackView

    Returns
    -------
    pandas.DataFrame
        As it is where nothing is hidden at the ends.
    """
    if not track.is_cut:
        return parts
    start = parts["start_distance"]
    inside = start >= track.edge
    inside &= start + parts["distance"] <= track.edge + track.until
    shown = parts[inside]
    return shown.assign(index=shown.groupby("kind").cumcount())
