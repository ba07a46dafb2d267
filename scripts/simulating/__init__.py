"""Clinic days that were never lived: who comes when, how long each visit takes, and what the line could know of it."""
