"""Very many reminders due at once, sent by several workers under faults, and what became of each."""
