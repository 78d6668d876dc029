"""A scale file that uses the whole format, and others built on it."""

FULL = """\
format_version = 1
id = "whole"
version = "2.1.0"
title = "Whole Scale"
abbreviation = "WH"
aliases = ["The Whole"]
file_licence = "CC0-1.0"
status = "draft"
constructs = ["trust", "related"]
criterion = "https://example.org/criterion"
item_count = 7
reversed_count = 2
response_set = "agree5"

[level]
unit = "team"
referent = "the grade team"
respondents = "teachers"
report_at = ["team", "school"]
min_respondents = 12
min_response_rate = 0.5
split_sample = true

[rights]
kind = "register first"
statement = "Free after registration."
evidence = "https://example.org/rights"
checked = 2026-01-31
allowed = ["ask", "score"]
wording_included = false

[[citations]]
role = "development"
text = "Author (2001). The whole."
doi = "10.1000/whole"

[[citations]]
role = "norms"
text = "Author (2003). Norms."

[[cautions]]
when = "always"
text = "Read it with care."

[[cautions]]
when = "adapted"
text = "It was asked about something else."

[[cautions]]
when = "small"
below = 15
text = "Few people: read it wide."

[[cautions]]
when = "reversed_apart"
text = "Reversed items stand apart."

[[cautions]]
when = "norms"
text = "The norm schools were of one state."

[evidence]
key = { confidence = "medium", source = "a table", checked = 2026-01-31 }
reversals = { confidence = "high", source = "the same" }
scoring = { confidence = "high", source = "the same" }
norms = { confidence = "high", source = "a second table" }

[response_sets.agree5]
kind = "agreement"
low = 1
high = 5
favourable = [4, 5]
not_answers = ["Not applicable"]
missing_codes = [-99]
labels = { 1 = "Strongly disagree", 3 = "In between", 5 = "Strongly agree" }
synonyms = { 4 = ["Agree"] }
languages = { es = { 5 = ["Muy de acuerdo"], 1 = ["Muy en desacuerdo"] } }
platforms = { qualtrics = { 2 = ["Rather not"] } }

[response_sets.agree7]
kind = "agreement"
low = 1
high = 7
favourable = [5, 6, 7]
labels = { 1 = "Strongly disagree", 7 = "Strongly agree" }

[response_sets.often4]
kind = "frequency"
low = 0
high = 3
favourable = [2, 3]
labels = { 0 = "Never", 3 = "Always" }

[items]
1 = { label = "First topic", tags = ["core", "positive"], aliases = ["Q7"] }
2 = { label = "Second topic", tags = ["negative"] }
3 = { label = "Third topic", respondents = "leaders" }
4 = { label = "Fourth topic" }
5 = { label = "Fifth topic", response_set = "often4" }
6 = { label = "Sixth topic", edited = true }
7 = { label = "Lead question", unscored = true }

[scores.main]
title = "Main"
construct = "trust"
items = [1, -2, 3, -4]
min_answered_share = 0.75
order = "items_first"
direction = "neutral"
reliability = "omega"
bands_on = "standard"
bands_basis = "published"
bands = [
  { name = "low", label = "Low", high = 500.0 },
  { name = "upper", label = "Upper", low = 500.0 },
]

[scores.again]
title = "As answered"
construct = "related"
items = [2, 4]
own_signs = true
method = "sum"
prorate = false
in_brief = false

[scores.heavy]
title = "Heavy"
construct = "related"
items = [1, 3]
method = "weighted_mean"
weights = { 1 = 3.0, 3 = 1.0 }

[scores.heavy_sum]
title = "Heavy sum"
construct = "related"
items = [1, 3]
method = "weighted_sum"
weights = { 1 = 3.0, 3 = 1.0 }
in_brief = false

[scores.mixed]
title = "Mixed"
construct = "related"
items = [1, 3, 5]
rescale = "percent_of_maximum"

[scores.moved]
title = "Moved"
construct = "related"
items = [1]
transform = [{ subtract = 1.0 }, { divide = 4.0 }, { multiply = 10.0 }, { add = 2.0 }]
in_brief = false

[scores.percent]
title = "Percent"
construct = "related"
items = [6]
direction = "lower_better"
person_weights = "allowed"
transform = [{ percent_of_maximum = true }]
in_brief = false

[scores.both]
title = "Both"
construct = "related"
method = "mean_of_scores"
inputs = ["heavy", "mixed"]
in_brief = false

[scores.standards]
title = "Standards"
construct = "related"
method = "mean_of_standard_scores"
inputs = ["main", "heavy"]
in_brief = false

[forms.seven]
title = "Seven points, short, in another order"
items = [3, 1]
response_set = "agree7"
years = [2024, 2025]
confidence = "high"
source = "the form of 2024"

[links.other]
relation = "short form of"
version = "1.0.0"
items = { 1 = 9, 2 = 3 }
reworded = [2]
confidence = "medium"
source = "a table"

[[headings]]
platform = "qualtrics"
wave = "2026-spring"
pattern = "QID12_{n}"

[[headings]]
form = "seven"
pattern = "S{n}"

[wording_hashes]
salt = "pepper-and-salt"
items = { 1 = ["0000000000000000", "HASH"] }

[[norms]]
score = "main"
school_level = "elementary"
country = "US"
years = "1998"
mean = 3.0
sd = 0.5
schools = 97
confidence = "high"
source = "Author (2003), table 2"

[[norms]]
score = "main"
school_level = "high"
country = "US"
years = "1999"
mean = 2.8
sd = 0.4
schools = 60
confidence = "high"
source = "Author (2003), table 3"

[[published]]
statistic = "icc1"
score = "main"
low = 0.12
high = 0.2
level = "school"
sample = "97 schools"
confidence = "high"
source = "Author (2001)"

[structures.one]
kind = "published"
confidence = "high"
source = "Author (2001)"
factors = { whole = [1, 2, 3, 4] }

[structures.wording]
kind = "wording"
confidence = "medium"
source = "Other (2005)"
factors = { plus = [1, 3], minus = [2, 4] }

[agreement]
null = "slight skew"
options = 5

[comparability]
group = "whole_adults"
versions = ["2.0.0", "2.1.0"]
forms = ["seven"]
error_of_measurement = 0.3
persons_sd = 0.5
source = "Author (2001)"

[languages.es]
title = "Escala Entera"
scores = { main = "Principal" }
items = { 1 = "Primer tema" }
bands = { low = "Bajo" }
cautions = { 1 = "Con cuidado." }

# (5 + 5 + 3 + 3) / 4 with items 2 and 4 reversed; 5 and 3 of 1 to 5, 0 of 0 to 3 are 150 / 3.
[[test_vectors]]
name = "reversed items, mixed ranges and weights"
[[test_vectors.persons]]
every = 3
but = { 1 = 5, 2 = 1, 5 = 0 }
[test_vectors.persons.expect]
main = 4.0
again = 4.0
heavy = 4.5
heavy_sum = 18.0
mixed = 50.0
moved = 12.0
percent = 50.0
both = 68.75

[[test_vectors]]
name = "a sum without prorating needs every answer; three quarters of four are three"
persons = [
  { every = 2, missing = [2], expect = { main = 2.6666666666666665, again = "none" } },
]

# 7 reversed nothing: items 3 and 1 on seven points, both 7.
[[test_vectors]]
name = "the short form has its own answers"
form = "seven"
persons = [{ every = 7, expect = { heavy = 7.0 } }]

[[standard_vectors]]
score = "main"
school_level = "elementary"
native = 3.2
expect = 540.0
band = "upper"

[[standard_vectors]]
score = "main"
school_level = "middle"
native = 3.2


"""
