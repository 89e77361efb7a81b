"""The report as a living page on this computer: it watches a folder, takes files, and keeps what a
person states.

Nothing leaves the machine: the server listens on the loopback address alone, answers only who
knows the random token in its address, and refuses pages of other origins.
"""

from __future__ import annotations

from trailstats.report.living._archive import LiveArchive, Setup
from trailstats.report.living._server import Door, serve

__all__ = ["Door", "LiveArchive", "Setup", "serve"]
