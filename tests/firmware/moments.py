"""Dates, times, points in time and updates: as they should be, unset, and too long."""

# Longer than a message of a small board.
LONG_SUMMARY = "Ein ausführlicher Satz. " * 200
# The host's clock, in a zone behind UTC: there 1970 begins in 1969.
MOMENTS = """\
time: [{platform: host, id: wall_clock, timezone: "<-03>3"}]
datetime:
  - platform: template
    id: day
    name: Day
    type: date
    optimistic: true
    initial_value: "2026-11-26"
    restore_value: true
    on_value: [{logger.log: "Day: changed"}]
  - {platform: template, name: Unset day, type: date, set_action: [{logger.log: "Unset day: asked"}]}
  - platform: template
    name: Told day
    type: date
    set_action: []
    update_interval: 100ms
    lambda: |-
      ESPTime told{};
      told.year = 3000;
      told.month = 12;
      told.day_of_month = 31;
      return told;
  - platform: template
    name: Hour
    type: time
    optimistic: true
    initial_value: "07:08:09"
    restore_value: true
    on_time: [{logger.log: "Hour: struck"}]
  - platform: template
    name: Moment
    type: datetime
    optimistic: true
    initial_value: "2026-11-26 12:00:00"
    restore_value: true
    on_time: [{logger.log: "Moment: come"}]
  - {platform: template, name: Unset moment, type: datetime, set_action: []}
"""
UPDATES = f"""\
update:
  - platform: stub_update
    name: Firmware
    device_class: firmware
    current_version: 2026.10.0_c51f7548
    latest_version: 2026.11.0
    title: Pump
    summary: "{LONG_SUMMARY}"
    release_url: https://example.com/2026.11.0
    progress: 42.5
  - {{platform: stub_update, name: Silent, known: false, current_version: "1"}}
  - platform: stub_update
    name: Hasty
    current_version: "1"
    latest_version: {"ü" * 40}
    title: {"ä" * 100}
    release_url: {"https://" + "x" * 300}
"""
