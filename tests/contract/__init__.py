"""The public face played by a stranger: an oracle of plain dicts and loops, odd worlds, and what must not leak."""
