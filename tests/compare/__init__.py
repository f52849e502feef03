"""Our integration against core's own: one board, one Home Assistant, two roads."""
