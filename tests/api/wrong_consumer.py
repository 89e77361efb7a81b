"""Mistakes that a type checker has to see."""

import trailstats as ts

ts.analyze("run.fit", athlete="me")
ts.read("run.fit", 5)
ts.no_such_name("run.fit")
ts.analyze_folder("runs", on_error="raise")
