"""Cases of a parametrised test that only the thorough run takes."""

from __future__ import annotations

import pytest


def more(*values: object) -> list[pytest.ParameterSet]:
    """These values of a parameter; of several parameters each value is a tuple."""
    return [
        pytest.param(*(value if isinstance(value, tuple) else (value,)), marks=pytest.mark.thorough) for value in values
    ]
