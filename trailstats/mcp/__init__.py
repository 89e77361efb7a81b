"""Answers for agents: a server of the Model Context Protocol over standard input and output.

Read-only tools over one folder. Every answer is structured after the JSON Schemas of the package,
fits into 2 kB unless more is asked for, carries units, intervals and what it can't say, and marks
what came from files as data.
"""

from __future__ import annotations

from trailstats.mcp._archive import Archive
from trailstats.mcp._calls import TOOLS, Answer, call
from trailstats.mcp._server import serve

__all__ = ["TOOLS", "Answer", "Archive", "call", "serve"]
