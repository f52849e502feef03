"""What automations and people call."""
