"""How it is said: a brief, its charts, its page and its PDF."""
