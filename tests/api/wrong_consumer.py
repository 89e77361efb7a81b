"""Mistakes that a type checker has to see."""

import trailstats as ts

ts.analyze("run.fit", athlete=5)
ts.read("run.fit", 5)
ts.analyze_folder("runs", on_error=1)
ts.analyze("run.fit", cleaning=ts.TerrainRules())
ts.analyze("run.fit", rules=ts.CleanRules())
ts.classify_terrain(ts.read("run.fit"), None, map=7)
