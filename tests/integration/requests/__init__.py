"""What devices ask of Home Assistant, on a real one."""
