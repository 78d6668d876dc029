"""``python -m climatekit``."""

from climatekit.cli import main

main()
