"""A day on which a clinic and its office at AdvancedMD change the same appointments, and what both have at its end."""
