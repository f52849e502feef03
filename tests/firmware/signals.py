"""Senders and receivers of infrared and radio, and a button that lets them hear."""

SIGNALS = """\
stub_signal: [{id: receiver}, {id: inner_receiver}]
infrared:
  - {platform: stub_signal, name: Sender}
  - platform: stub_signal
    name: Eye
    sends: false
    remote_receiver_id: receiver
    receiver_frequency: 38000
  - {platform: stub_signal, id: inner_eye, internal: true, remote_receiver_id: inner_receiver}
button:
  - platform: template
    name: Remote control
    on_press:
      - lambda: |-
          id(inner_receiver)->hear({1, -2});
          id(receiver)->hear({9000, -4500, 560, -1000000, 1, -1});
          id(receiver)->hear({});
          id(receiver)->hear({INT32_MAX, INT32_MIN});
          id(receiver)->hear(std::vector<int32_t>(5000, 100));
          id(receiver)->hear({7});
radio_frequency:
  - {platform: stub_signal, name: Mast, min: 433050000, max: 434790000, modulations: 1}
  - {platform: stub_signal, name: Any}
  - {platform: stub_signal, name: Ear, sends: false, receives: true}
  - {platform: stub_signal, name: Other, modulations: 2}
"""
