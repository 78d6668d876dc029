"""Is it used: the indicators of data use, their rating and the next steps."""
