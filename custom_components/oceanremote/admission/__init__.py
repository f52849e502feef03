"""Who may connect now: limits, bans, decoys, and the look-up of peers."""
