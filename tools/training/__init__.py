"""Training of the surface model: recordings to features, fitting, scores, model card."""
