import math

from measure_builders import make_people, make_scale

from climatekit.measure import second_opinion
from climatekit.measure.scoring import score
from climatekit.measure.second_opinion import SecondOpinion, ask_second_opinion


def test_pingouin_agrees_on_the_synthetic_survey(survey):
    responses, scales = survey

    opinion = ask_second_opinion(responses, score(responses, scales), scales, pairs=[("w1", "w2")])

    # Two scales, two waves: an alpha each; and t, df, p and g for each scale.
    assert opinion.compared == 4 + 8
    assert opinion.largest < 1e-8
    assert opinion.warning is None
    assert opinion.version


def test_a_difference_that_is_too_large_is_a_warning_that_names_the_number(survey, monkeypatch):
    responses, scales = survey
    real = second_opinion.standardize

    def wrong(*samples, **options):
        g, unit = real(*samples, **options)
        return g + 1e-6, unit

    monkeypatch.setattr(second_opinion, "standardize", wrong)

    opinion = ask_second_opinion(responses, score(responses, scales), scales, pairs=[("w1", "w2")])

    assert opinion.warning.code == "CK990"
    assert opinion.warning.severity == "warning"
    assert opinion.name.startswith("Hedges g of ")
    assert opinion.name in opinion.warning.message


def test_a_number_that_is_missing_on_one_side_only_is_a_warning():
    opinion = SecondOpinion(largest=math.nan, name="alpha of x.s, w1", compared=1, version="0")

    assert opinion.warning is not None


def test_too_little_data_leaves_nothing_to_compare():
    scale = make_scale(signs={"a": 1, "b": 1})
    responses = make_people(
        ("w1", "A", 3, 3), ("w2", "A", 3, 3), items=("a", "b"), waves=("w1", "w2")
    )

    opinion = ask_second_opinion(
        responses, score(responses, [scale]), [scale], pairs=[("w1", "w2"), ("w1", "w9")]
    )

    assert (opinion.compared, opinion.largest, opinion.warning) == (0, 0.0, None)
