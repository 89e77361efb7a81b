"""The simulated runner behind ``data/samples``: ground, runner, season, sensors, encoders,
truth.
"""
