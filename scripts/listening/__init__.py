"""Displays by the hundred, the changes that they are told of, and how soon that is."""
