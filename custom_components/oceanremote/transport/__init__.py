"""One WebSocket, from its upgrade to its end."""
