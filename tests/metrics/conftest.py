"""Properties are checked without a stopwatch: a busy machine is no fault of a formula."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
