"""A scale of three items and a writer of exports, for the tests of this folder."""

from climatekit.ingest.intake import read_export
from climatekit.knowledge.scales import Item, ResponseSet, Scale, ScoreRule
from climatekit.knowledge.settings import ReadingSettings, Settings

LABELS = {1: "Strongly disagree", 2: "Disagree", 3: "Neutral", 4: "Agree", 5: "Strongly agree"}
ITEMS = ("tst_1", "tst_2", "tst_3")


def make_scale(
    name="tst", abbreviation="TST", *, labels=("Warm welcome", "Cold halls", "Fair say")
):
    items = {
        f"{name}_{number}": Item(
            id=f"{name}_{number}", number=number, label=label, response_set="agree5"
        )
        for number, label in enumerate(labels, start=1)
    }
    signs = {item: -1 if item == f"{name}_2" else 1 for item in items}
    return Scale(
        id=name,
        version="1.0.0",
        title=f"Scale {abbreviation}",
        abbreviation=abbreviation,
        status="checked",
        constructs=("trust",),
        response_sets={
            "agree5": ResponseSet(
                id="agree5",
                kind="agreement",
                low=1,
                high=5,
                labels=LABELS,
                synonyms={"neither agree nor disagree": 3},
                not_answers=("no opinion",),
            )
        },
        items=items,
        scores={f"{name}.total": ScoreRule(id=f"{name}.total", title="Total", items=signs)},
        level="school",
        rights={},
        citations=(),
    )


def write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
    return path


def rows(*records, heading="School,tst_1,tst_2,tst_3", end="\n"):
    return end.join([heading, *records]) + end


def read(path, *, settings=None, codebook=None, roster=None, wave="fall", scales=None, **reading):
    chosen = settings or Settings(reading=ReadingSettings(**reading))
    return read_export(
        path,
        scales=scales or (make_scale(),),
        wave=wave,
        settings=chosen,
        codebook=codebook,
        roster=roster,
    )


def answers(export, items=ITEMS):
    """Return each person's answers as a list, None where there is none."""
    frame = export.frame
    columns = [frame[item].astype(object).where(frame[item].notna(), None) for item in items]
    return [list(person) for person in zip(*columns, strict=True)]
