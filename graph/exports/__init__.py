"""What leaves the workspace as files: all claims (`claims`), views for researchers (`views`, `sidecars`).

The same data give the same bytes: everything is written in a declared order, and nothing of the machine, its user
or the clock is in it.
"""
