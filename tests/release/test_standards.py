"""A printed score on a norm's metric and in its band: values by the formula, by hand."""

from dataclasses import replace

import pytest

from climatekit.knowledge.scale_model import Band, Norm
from climatekit.knowledge.scales import load_scale
from climatekit.release.assembly import ReleasedScore, SchoolRelease
from climatekit.release.released import Released
from climatekit.release.rules import withhold
from climatekit.release.standards import combine_standards, find_standard, list_standards


def norm(score, level="elementary", mean=3.5, sd=0.5, country="US"):
    return Norm(
        score=score, school_level=level, country=country, years="1999", mean=mean, sd=sd, source="-"
    )


# Six options, 1 to 6: 80 points are 5.0.
PLAIN = load_scale("ces_sf")
SCALE = replace(PLAIN, norms=(norm("ces_sf.total"), norm("ces_sf.gc", "middle")))
RULE = PLAIN.scores["ces_sf.total"]


def points(value, **more):
    return Released(value=value, text=str(value), unit="points", **more)


def standard(shown, level="elementary", scale=SCALE, **more):
    return find_standard(scale, RULE, shown, school_level=level, **more)


def test_a_standard_score_is_100_for_each_deviation_from_a_norm_of_500():
    shown = standard(points(80, low=72, high=84)).shown

    # (5 - 3.5) / 0.5; 4.6 and 5.2 at the ends.
    assert (shown.value, shown.text) == (800, "800")
    assert (shown.low, shown.high) == (720, 840)
    bare = standard(points(80)).shown
    assert (bare.value, bare.low, bare.high) == (800, None, None)


def test_a_capped_score_is_capped_as_a_standard_score_too_and_in_no_band():
    banded = replace(RULE, bands=(Band(name="all", label="All", low=None, high=None),))

    for capped, value, text in (("high", 95, "950 or more"), ("low", 5, "50 or less")):
        told = find_standard(SCALE, banded, points(value, capped=capped), school_level="elementary")
        assert (told.shown.text, told.shown.capped, told.band) == (text, capped, "")
    assert find_standard(SCALE, banded, points(60), school_level="elementary").band == "All"


def test_a_withheld_score_has_neither():
    hidden = withhold("protected")

    assert standard(hidden).shown is hidden
    assert standard(hidden).band == ""


def test_a_norm_is_of_the_score_and_the_level_and_the_country():
    assert standard(points(75), "high").shown.rule == "no-norm"
    assert standard(points(75), "middle").shown.rule == "no-norm"  # that one is another score's
    assert standard(points(75), scale=PLAIN).shown is None
    assert standard(points(75), country="TR").shown.rule == "no-norm"
    assert standard(points(75), country="US").norm == SCALE.norms[0]


@pytest.mark.parametrize(
    ("value", "band"),
    [(49, "Least favorable"), (50, "Favorable"), (74, "Favorable"), (75, "Most favorable")],
)
def test_a_band_is_of_the_score_in_scale_points(value, band):
    # 100 to 500: 50 points are 300, and 75 are 400.
    scale = load_scale("edscls")

    rule = scale.scores["edscls.relationships"]

    assert find_standard(scale, rule, points(value), school_level="").band == band


def test_a_band_of_standard_scores_goes_by_them():
    bands = (Band(name="over", label="Over", low=800.0, high=None),)
    rule = replace(RULE, bands=bands, bands_on="standard")

    for value, band in ((80, "Over"), (79, "")):
        told = find_standard(SCALE, rule, points(value), school_level="elementary")
        assert told.band == band
        assert find_standard(PLAIN, rule, points(value), school_level="elementary").band == ""


def native(value, **more):
    return Released(value=value, text=str(value), unit="native", **more)


def test_a_composite_is_the_mean_of_its_standard_scores_or_nothing():
    told = combine_standards([native(500), native(501), native(503)])

    assert (told.value, told.text, told.unit) == (501, "501", "native")
    assert combine_standards([native(500), None]).rule == "no-norm"
    assert combine_standards([withhold("level"), native(500)]).rule == "level"
    assert combine_standards([native(500), native(900, capped="high")]).rule == "protected"


def test_a_school_has_a_standard_for_each_score_with_a_norm_or_bands_and_each_composite():
    parts = ("ces_sf.total", "ots.tcl", "oci.emphasis")
    scales = [load_scale(name.partition(".")[0]) for name in parts]
    scales = [
        replace(scale, norms=(norm(name, mean=2.0, sd=1.0),))
        for scale, name in zip(scales, parts, strict=True)
    ]
    scales[0] = replace(scales[0], norms=(*scales[0].norms, norm("ces_sf.gc")))
    every = {rule.id for scale in scales for rule in scale.scores.values()}
    school = SchoolRelease(
        school="s",
        waves={"w": None},
        scores={
            name: ReleasedScore(score=name, points={"w": points(0)}, native={}) for name in every
        },
    )

    def listed(countries):
        return list_standards(
            school,
            (load_scale("saos"), *scales),
            school_level="elementary",
            countries=countries,
        )

    told = listed({})
    composite = ("w", "saos.total")
    lowest = [
        scale.range_of(scale.scores[name])[0] for scale, name in zip(scales, parts, strict=True)
    ]
    each = [100 * (low - 2) + 500 for low in lowest]
    assert set(told) == {composite, ("w", "ces_sf.gc"), *(("w", name) for name in parts)}
    assert [told["w", name].shown.value for name in parts] == each
    assert told[composite].shown.value == round(sum(each) / 3)
    # A district elsewhere has no norm, and so no composite.
    assert listed({"ots": "TR"})[composite].shown.rule == "no-norm"
