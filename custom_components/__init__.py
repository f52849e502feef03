"""A regular package, so that tests and linters know the integration by its full name."""
