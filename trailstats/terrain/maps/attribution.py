"""What the licence of OpenStreetMap asks to stand wherever its data are shown."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["attribution_of", "joined_attributions"]

_HOLDER = "© OpenStreetMap contributors, ODbL"


def attribution_of(extracts: Iterable[tuple[str, str]]) -> str:
    """Return the attribution of data from some extracts.

    Parameters
    ----------
    extracts : iterable of (str, str)
        Name of each, and the day that its data are of, ``YYYY-MM-DD``; empty where it is not
        stated.

    Returns
    -------
    str
        Empty without an extract.

    Examples
    --------
    >>> attribution_of([("sweden", "2026-02-01")])
    '© OpenStreetMap contributors, ODbL (sweden, 2026-02-01)'
    """
    return _with_parts(
        f"{name}, {day or 'day not stated'}" for name, day in extracts
    )


def joined_attributions(texts: Iterable[str]) -> str:
    """Return one attribution for what several stand for; empty ones count nothing.

    Examples
    --------
    >>> parts = [attribution_of([(name, "2026-02-01")]) for name in ("sweden", "norway")]
    >>> joined_attributions([*parts, "", parts[0]])
    '© OpenStreetMap contributors, ODbL (norway, 2026-02-01; sweden, 2026-02-01)'
    """
    parts = {
        part
        for text in texts
        if text
        for part in text.removeprefix(f"{_HOLDER} (")[:-1].split("; ")
    }
    return _with_parts(sorted(parts))


def _with_parts(parts: Iterable[str]) -> str:
    inside = "; ".join(parts)
    return f"{_HOLDER} ({inside})" if inside else ""
