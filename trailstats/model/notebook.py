"""How values show themselves in a notebook: short tables of HTML, everything in them escaped."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

__all__ = ["clock_text", "html_card"]


def html_card(title: str, rows: Mapping[str, object]) -> str:
    """Return a table of two columns under a title."""
    lines = [
        f"<tr><th>{escape(str(name))}</th><td>{escape(str(value))}</td></tr>"
        for name, value in rows.items()
    ]
    return f"<table><caption>{escape(title)}</caption>{''.join(lines)}</table>"


def clock_text(seconds: float) -> str:
    """Return a duration as hours, minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return (
        f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
    )
