"""A host program that sleeps: a second awake, then five minutes."""

from pathlib import Path

# ESPHome's own deep sleep, for this machine.
STAND_INS = Path(__file__).parent / "stand_ins"

SLEEPING = f"""
packages:
  stand_ins:
    external_components:
      - source: {STAND_INS}

deep_sleep:
  id: rest
  run_duration: 1s
  sleep_duration: 5min

sensor:
  - {{platform: template, id: water, name: Water, lambda: return 12;}}
  - {{platform: template, name: Air, lambda: return 21.5f;}}
  - {{platform: template, name: Battery, lambda: return 3.9f;}}

switch:
  - platform: template
    name: Maintenance
    optimistic: true
    turn_on_action:
      - deep_sleep.prevent: rest
    turn_off_action:
      - deep_sleep.allow: rest

button:
  - {{platform: restart, name: Restart}}
  - platform: template
    name: Sleep at once
    on_press:
      # Two changes in one batch window, of which the second would wait for its end.
      - sensor.template.publish: {{id: water, state: 13}}
      - sensor.template.publish: {{id: water, state: 14}}
      - deep_sleep.enter: {{id: rest, sleep_duration: !lambda return 89001;}}
  - platform: template
    name: Sleep soon
    on_press:
      - oceanremote.sleep: 20min
"""
