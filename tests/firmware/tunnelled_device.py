"""A host program whose native API and stand-in for a web server tunnels lead to."""

from pathlib import Path

# A web server on this machine.
STAND_INS = Path(__file__).parent / "stand_ins"


def tunnelled(api_port: int, web_port: int) -> str:
    """Return the rest of a small YAML with these ports."""
    return f"""
  tunnels: [api, web_server]

packages:
  stand_ins:
    external_components:
      - source: {STAND_INS}

api:
  port: {api_port}
  reboot_timeout: 0s
web_server:
  port: {web_port}
  auth: {{username: admin, password: secret}}

switch:
  - {{platform: template, name: Pump, optimistic: true}}
button:
  - {{platform: restart, name: Restart}}
"""
