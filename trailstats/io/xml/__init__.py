"""GPX and TCX: plain files are read in bulk, all others element by element; both give the same."""
