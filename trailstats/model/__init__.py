"""The values that the rest works on: a recording, an athlete, heart-rate limits and results, all
frozen.

Nothing is imported here: reading a file needs the recording alone, and not the formulas that
limits and results are made with.
"""
