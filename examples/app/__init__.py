"""A service on top of trailstats: upload recordings, get the analysis as JSON or the report as a
page.

From the folder `examples`::

    python -m app --port 8000
"""
