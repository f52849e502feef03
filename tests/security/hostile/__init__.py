"""A hub behind a trusted proxy, attacked from many addresses."""
