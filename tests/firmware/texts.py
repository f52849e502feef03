"""Texts of every kind."""

SECRET = "Grosse-Geheimnis-42"
SAID = "every word is visible"
TEXTS = f"""\
text:
  - platform: template
    name: Motto
    mode: text
    optimistic: true
    initial_value: calm
    restore_value: true
    on_value: [{{logger.log: "Motto: changed"}}]
  - platform: template
    name: Code
    mode: password
    min_length: 4
    max_length: 20
    pattern: "[A-Za-z0-9-]+"
    optimistic: true
    set_action: [{{logger.log: "Code: set"}}]
  - platform: template
    name: Told
    mode: text
    set_action: []
    lambda: 'return {{"{SAID}"}};'
    update_interval: 100ms
  - {{platform: template, name: Patterned, mode: text, optimistic: true, pattern: "{"ü" * 255}"}}
"""
