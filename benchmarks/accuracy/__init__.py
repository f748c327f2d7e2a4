"""How often a verdict is right: labelled pairs made of any photos, judged by the real code."""
