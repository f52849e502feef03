"""Real Home Assistant, real firmware, real sockets."""
