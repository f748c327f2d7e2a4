"""A stand-in for Google Photos on loopback, for trying the Google commands without an account.

It keeps the truth, enforces Google's documented restrictions with Google's error texts, and can be
given a schedule of faults. `python -m gphotos_reconcile.google.fake --help` starts it.
"""
