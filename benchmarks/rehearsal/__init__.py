"""The real case, rehearsed: an export and a library of any size, whose truth is known.

`case` says what each item is, `pictures` makes what is seen on it, `maker` writes the export and
the library, `runner` runs the program on them as a user would, `judge` compares what it says with
the truth, `person` decides what was left for the eye. At the end the copy list is carried out, and
every item has to be safe.
"""
