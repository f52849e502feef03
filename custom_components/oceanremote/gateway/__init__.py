"""aiohttp and Home Assistant's HTTP server, up to the protocol's edge."""
