import hashlib

from synthetic import SHA256, write_survey


def test_the_synthetic_survey_is_the_one_that_the_reference_numbers_were_made_from():
    text = write_survey().encode("ascii")

    assert hashlib.sha256(text).hexdigest() == SHA256
