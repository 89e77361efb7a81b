"""Local time where a recording doesn't tell it: the time zone of a place, and its offset."""

from __future__ import annotations

import re
import tomllib
import zoneinfo
from functools import cache
from importlib import resources

import numpy as np
import pandas as pd

from trailstats.arrays import Floats

__all__ = ["is_zone", "offset_at", "zone_at"]


def is_zone(name: str) -> bool:
    """Return whether a name is that of a time zone, such as ``"Europe/Vienna"``.

    Parameters
    ----------
    name : str
        A name of the IANA time-zone database [IANATimeZones]_.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_zone("Europe/Vienna"), is_zone("Mountain time")
    (True, False)
    """
    try:
        zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return False
    return bool(name)


def zone_at(latitude: float, longitude: float) -> str:
    """Return the time zone of a place.

    Parameters
    ----------
    latitude, longitude : float
        WGS 84 [deg].

    Returns
    -------
    str
        The zone whose principal place lies nearest, by the table of the IANA time-zone database
        [IANATimeZones]_ and further towns of the large ones; empty where a number is NaN. Near a
        border it may be the neighbour's, at sea that of the nearest coast.

    Examples
    --------
    >>> zone_at(48.21, 16.37), zone_at(35.68, 139.77)
    ('Europe/Vienna', 'Asia/Tokyo')
    """
    if not np.isfinite([latitude, longitude]).all():
        return ""
    names, places = _places()
    lat, lon = np.radians([latitude, longitude])
    here = [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)]
    return names[int(np.argmax(places @ np.array(here)))]


def offset_at(zone: str, time: pd.Timestamp | None) -> float:
    """Return local time minus UTC in a time zone.

    Parameters
    ----------
    zone : str
        A name of the IANA time-zone database.
    time : pandas.Timestamp or None
        In UTC.

    Returns
    -------
    float
        [s]; NaN without a zone or a time.

    Raises
    ------
    zoneinfo.ZoneInfoNotFoundError
        When there is no zone of that name.

    Examples
    --------
    >>> offset_at("Europe/Vienna", pd.Timestamp("2026-07-01T08:00:00Z"))
    7200.0
    """
    if not zone or time is None or pd.isna(time):
        return float("nan")
    offset = time.to_pydatetime(warn=False).astimezone(_zone(zone)).utcoffset()
    return float("nan") if offset is None else offset.total_seconds()


@cache
def _zone(name: str) -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(name)


@cache
def _places() -> tuple[list[str], Floats]:
    """Return the names of the zones, and their principal places as vectors of length 1, shape
    (n, 3).
    """
    file = resources.files("tzdata.zoneinfo").joinpath("zone.tab")
    rows = [
        line.split("\t")
        for line in file.read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    names = [name for _, _, name, *_ in rows]
    angles = [_angles(place) for _, place, *_ in rows]
    own = resources.files("trailstats.model").joinpath("zones.toml")
    for name, places in tomllib.loads(own.read_text("utf-8")).items():
        names += [name] * len(places)
        angles += places
    lat, lon = np.radians(angles).T
    vectors = np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)
    return names, np.stack(vectors, axis=1)


def _angles(place: str) -> tuple[float, float]:
    """Return latitude and longitude [deg] of a place such as ``+4813+01620``, ISO 6709."""
    found = re.fullmatch(
        r"([+-])(\d\d)(\d\d)(\d\d)?([+-])(\d{3})(\d\d)(\d\d)?", place
    )
    if found is None:
        raise ValueError(f"no place of a time zone: {place!r}")
    parts = found.groups("0")
    north, east = (
        int(d) + int(m) / 60 + int(s) / 3600
        for d, m, s in (parts[1:4], parts[5:8])
    )
    return float(f"{parts[0]}{north}"), float(f"{parts[4]}{east}")
