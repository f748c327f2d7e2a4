"""Values and rules: no I/O, no clock, no print; imports the standard library alone."""
