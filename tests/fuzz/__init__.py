"""Mutated files for every reader: `make fuzz MINUTES=10` throws as many as the time allows and prints a tally."""
