"""A device that reads sensors faster than it tells them, and remembers some."""

KEPT = 5
READINGS = f"""\
  backfill:
    - sensor_id: fast
      max_readings: {KEPT}
    - sensor_id: slow
      interval: 1s
    - still
sensor:
  - {{platform: template, id: hasty, name: Hasty, update_interval: never}}
  - {{platform: template, id: fast, name: Fast, update_interval: never}}
  - {{platform: template, id: slow, name: Slow, update_interval: never}}
  - {{platform: template, id: still, name: Still, update_interval: never}}
switch:
  - {{platform: template, name: Relay, optimistic: true}}
interval:
  - interval: 10ms
    then:
      - sensor.template.publish:
          id: hasty
          state: !lambda "static float n = 0; return n++;"
  - interval: 50ms
    then:
      - lambda: |-
          static float n = 0;
          id(fast).publish_state(++n);
          id(slow).publish_state(n);
          id(still).publish_state(7.5);
"""
