"""The report: `view` turns results into words and numbers, `charts` draws, `html` writes one self-contained file."""

from trailstats.report.html import write_report

__all__ = ["write_report"]
