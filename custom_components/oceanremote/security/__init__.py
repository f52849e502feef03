"""Security of one hub at work: `policy` decides, this does it in Home Assistant."""
