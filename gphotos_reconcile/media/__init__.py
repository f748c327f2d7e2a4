"""Bytes to fingerprints: the only place that decodes. Imports core."""
