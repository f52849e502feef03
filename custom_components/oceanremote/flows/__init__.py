"""The dialogs of the config entry and its devices."""
