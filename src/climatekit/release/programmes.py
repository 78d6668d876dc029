"""Programmes: linear rows over whole numbers, and all that was found to satisfy them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

Row = tuple[Mapping[int, float], float, float]
Solution = npt.NDArray[np.float64]


class Programme:
    """One integer programme that is solved for many costs.

    Parameters
    ----------
    rows : sequence of (coefficients, low, high)
        Coefficients by column; the row's sum lies between `low` and `high`.
    bounds : sequence of (low, high)
        One for each column.
    whole : sequence of int
        1 for a column of whole numbers, else 0.

    Attributes
    ----------
    found : list of ndarray
        Every solution so far.
    """

    def __init__(
        self, rows: Sequence[Row], bounds: Sequence[tuple[float, float]], whole: Sequence[int]
    ) -> None:
        self.size = len(bounds)
        counts = np.cumsum([0, *(len(row) for row, _, _ in rows)])
        columns = [column for row, _, _ in rows for column in row]
        values = [value for row, _, _ in rows for value in row.values()]
        matrix = csr_array(
            # HiGHS of scipy 1.14 takes 32-bit places only.
            (values, np.array(columns, dtype=np.int32), counts.astype(np.int32)),
            shape=(len(rows), self.size),
        )
        self._rows = (
            LinearConstraint(matrix, [low for _, low, _ in rows], [high for _, _, high in rows])
            if rows
            else ()
        )
        ends = np.array(bounds, dtype=np.float64).reshape(-1, 2)
        self._bounds = Bounds(ends[:, 0], ends[:, 1])
        self._whole = np.array(whole, dtype=np.int64)
        self.found: list[Solution] = []

    def solve(self, cost: Mapping[int, float]) -> Solution | None:
        """Return what costs least, given the cost of each column; None where nothing fits."""
        weights = np.zeros(self.size)
        weights[list(cost)] = list(cost.values())
        solved = milp(
            weights,
            integrality=self._whole,
            bounds=self._bounds,
            constraints=self._rows,
            # Presolve may print lines of its own to standard output, and gains nothing here.
            options={"mip_rel_gap": 0.0, "presolve": False},
        )
        if solved.x is None:
            return None
        self.found.append(np.asarray(solved.x))
        return self.found[-1]
