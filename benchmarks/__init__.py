"""Figures: a generator of case tables of any size, and what is measured on them (`make bench`)."""
