"""The made-up district: its schools, answers, exports, roster and evidence log."""
