"""Fingerprints to candidates, candidates to evidence, evidence to verdicts.

May import core and numpy. Decodes nothing and reads no file: pixels come from a loader.
"""
