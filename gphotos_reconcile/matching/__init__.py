"""Fingerprints to evidence to verdicts. Imports core and numpy."""
