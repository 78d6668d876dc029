"""A made-up survey that every statistics program can rebuild to the byte.

24 schools, two waves, eight trust items (two reversed) and six efficacy items (one
reversed) on six answer options, a twentieth of the cells empty, and planted oddities:
schools of one and two people, somebody who answered nothing, a straight-liner, an item
that a whole school left out and one that a whole school answered alike.
"""

import csv
import io

SHA256 = "a3b8e5356eca2273f82149517188068c03592ce4a15b63bc3d025f40d4ac51c0"
SEED = 20261123
THRESHOLDS = (-1.9, -1.1, -0.4, 0.4, 1.3)
TRUST = (
    (0.80, 0.0, False),
    (0.75, 0.1, False),
    (0.70, -0.1, False),
    (0.65, 0.2, False),
    (0.60, 0.3, False),
    (0.75, -0.2, False),
    (0.55, 0.0, True),
    (0.50, 0.1, True),
)
EFFICACY = (
    (0.85, 0.2, False),
    (0.80, 0.0, False),
    (0.70, 0.1, False),
    (0.60, -0.1, False),
    (0.75, 0.15, False),
    (0.65, -0.15, True),
)
HEADINGS = ["school", "wave", "staff", *(f"T{n}" for n in range(1, 9))]
HEADINGS += [f"C{n}" for n in range(1, 7)]
FIRST_ITEM = 3


def draw_forever(state):
    """Yield numbers in [0, 1) from a 64-bit linear congruential generator."""
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        yield (state >> 11) * 2.0**-53


def build_rows():
    """Return the rows of the survey, empty cells as empty text."""
    uniform = draw_forever(SEED).__next__

    def normal():
        total = 0.0
        for _ in range(12):
            total += uniform()
        return total - 6.0

    def answer(factor, loading, shift, is_reversed):
        value = loading * factor + (1 - loading**2) ** 0.5 * normal() + shift
        code = 1 + sum(value > threshold for threshold in THRESHOLDS)
        code = 7 - code if is_reversed else code
        return "" if uniform() < 0.05 else code

    def person(trust, efficacy, pair):
        own, other = pair
        trust = trust + own + 0.4 * normal()
        efficacy = efficacy + 0.5 * own + 0.75 * other + 0.4 * normal()
        cells = [answer(trust, *item) for item in TRUST]
        return cells + [answer(efficacy, *item) for item in EFFICACY]

    rows = []
    for school in range(1, 25):
        size = 3 + int(uniform() * 38)
        size = school if school < 3 else size
        trust, efficacy = 0.45 * normal(), 0.35 * normal()
        staff = [(0.9 * normal(), 0.9 * normal()) for _ in range(size)]
        for wave in (1, 2):
            rise = (0.0, 0.0)
            if wave == 2:
                rise = (0.20 + 0.15 * normal(), 0.10 + 0.10 * normal())
            for number, pair in enumerate(staff, start=1):
                if wave == 2 and uniform() < 0.25:
                    continue
                cells = person(trust + rise[0], efficacy + rise[1], pair)
                rows.append([school, wave, f"S{school:02d}-{number:03d}", *cells])
    return rows


def plant_oddities(rows):
    """Return the rows with the planted people at the end and the planted columns changed."""
    rows = [list(row) for row in rows]
    rows.append([3, 1, "S03-900"] + 14 * [""])
    rows.append([3, 1, "S03-901"] + 14 * [4])
    rows.append([3, 1, "S03-902", 5] + 7 * [""] + 3 * [5] + 3 * [""])
    for row in rows:
        if row[:2] == [4, 1]:
            row[FIRST_ITEM + 4] = ""
        if row[:2] == [5, 1] and row[FIRST_ITEM] != "":
            row[FIRST_ITEM] = 5
    return rows


def write_survey():
    """Return the survey as CSV text."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    writer.writerows(plant_oddities(build_rows()))
    return text.getvalue()
