"""A media player that plays nothing: it obeys, says so in the log and shows its state."""
