"""What all tests share."""

# Imported before Home Assistant's test plugin mounts its own package of this name:
# the first one stays, and the loader finds custom integrations through it.
import custom_components  # noqa: F401
