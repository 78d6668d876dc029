"""What we know: scales, rubric, settings, wording, and what each problem means."""
