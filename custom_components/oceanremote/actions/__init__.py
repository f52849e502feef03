"""The actions that automations and people call."""
