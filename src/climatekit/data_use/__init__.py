"""data_use."""
