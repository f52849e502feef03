"""Makes this folder a regular package, so that the tests load the integration from here."""
