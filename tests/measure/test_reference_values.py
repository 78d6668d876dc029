"""Every number of tests/reference is agreed with, or named with the reason why it is not."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from reference_values import LEFT_OUT, find_record

RECORDS = {
    f"{path.stem} {name}": (name, values)
    for path in sorted((Path(__file__).parents[1] / "reference").glob("*.json"))
    for name, values in json.loads(path.read_text("utf-8"))["values"].items()
}
# What is searched for, not worked out, agrees to the tolerance of the search; the first wins.
TOLERANCES = {
    r"invariance.*:(fit|diff)/.*/d?(chisq|logl|bic)$|cfa1_(ml|fiml).*:fit/chisq": 1e-4,
    r"latent_mean": 1e-5,
    r"/ordinal:(rho|tau)": 1e-4,
    r":(loadings|theta)": 1e-5,
    r"/(ordinal|omega_total_1factor_minres):": 1e-5,
    r"invariance|cfa1_|omega_delta_ci": 1e-6,
    r"/eb_means:|REML|performance_icc": 1e-6,
    r"lambda6|/mahad:|:G6": 1e-8,
}


def list_leaves(values, path=""):
    """Return the numbers, and lists of numbers, of a record by their paths."""
    if isinstance(values, dict):
        items = values.items()
    elif isinstance(values, list) and any(isinstance(one, dict) for one in values):
        items = enumerate(values)
    else:
        return {path.removeprefix("/"): values}
    return {
        key: leaf for name, one in items for key, leaf in list_leaves(one, f"{path}/{name}").items()
    }


@pytest.mark.parametrize("record", RECORDS)
def test_every_reference_value_is_agreed_with_or_left_out_for_a_reason(record):
    name, expected = RECORDS[record]
    found = list_leaves(find_record(name, expected))
    wanted = list_leaves(expected)
    apart = []

    for path, value in wanted.items():
        key = f"{name}:{path}"
        reasons = [reason for pattern, reason in LEFT_OUT.items() if re.search(pattern, key)]
        if path not in found:
            assert reasons, f"{key} is neither compared nor left out"
            continue
        assert not reasons, f"{key} is compared and left out"
        close = next((t for p, t in TOLERANCES.items() if re.search(p, key)), 1e-10)
        if not agrees(found[path], value, close):
            apart.append((key, found[path], value))

    assert not apart
    assert found.keys() <= wanted.keys()


def agrees(ours, theirs, close):
    if isinstance(theirs, str) or (isinstance(theirs, list) and isinstance(theirs[0], str)):
        return theirs == ours
    ours, theirs = (np.array(one, dtype=float) for one in (ours, theirs))
    sizes = np.abs(theirs[~np.isnan(theirs) & (theirs != 0)])
    # The reference has twelve digits. What is tiny, as a chance, is compared by its digits.
    floor = close if sizes.min(initial=1.0) > 1e-6 else 0.0
    return ours.shape == theirs.shape and np.allclose(
        ours, theirs, rtol=max(close, 1e-9), atol=floor, equal_nan=True
    )


def test_every_reason_is_still_needed():
    keys = [f"{name}:{path}" for name, values in RECORDS.values() for path in list_leaves(values)]

    idle = [pattern for pattern in LEFT_OUT if not any(re.search(pattern, key) for key in keys)]

    assert not idle
