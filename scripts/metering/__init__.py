"""Counts what requests ask of the table, and what that costs."""
