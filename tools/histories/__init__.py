"""Histories of simulated runners at the level of the tables, with effects that are known."""
