"""Water heaters with whatever ESPHome's base class knows, for tests on this machine."""
