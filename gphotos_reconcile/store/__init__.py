"""The catalogue: the only place that speaks SQL. Imports core."""
