"""Coverage-guided fuzzing of one reader with atheris.

python stress/fuzz/deep.py "evidence log" -atheris_runs=1000000
"""

import sys
from pathlib import Path

import atheris

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "tests")]

with atheris.instrument_imports(include=["climatekit"]):
    import fuzzing

    from climatekit.ingest import codebook, evidence_log, intake, roster  # noqa: F401
    from climatekit.knowledge import scales, settings_file  # noqa: F401


def main():
    reader = sys.argv.pop(1)
    with fuzzing.open_folder() as folder:

        def feed(content):
            fuzzing.feed(reader, bytes(content), folder)  # atheris wants nothing returned

        atheris.Setup(sys.argv, feed)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
