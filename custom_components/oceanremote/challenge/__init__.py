"""Challenge devices: boards too small for a session."""
