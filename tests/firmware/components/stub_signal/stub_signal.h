#pragma once
// Infrared and radio without hardware: what is sent stands in the log, decoded as a transmitter would.

#include <string>
#include <utility>

#include "esphome/components/remote_base/remote_base.h"
#include "esphome/core/defines.h"
#include "esphome/core/log.h"
#ifdef USE_INFRARED
#include "esphome/components/infrared/infrared.h"
#endif
#ifdef USE_RADIO_FREQUENCY
#include "esphome/components/radio_frequency/radio_frequency.h"
#endif

namespace esphome::stub_signal {

/// What was sent last by any of them; every signal has its number.
inline std::string sent;

inline void note_sent(const char *medium, uint32_t frequency, const std::string &rest) {
  static unsigned number = 0;
  ESP_LOGI("stub", "%s at %u, %s", medium, unsigned(frequency), rest.c_str());
  sent = std::to_string(++number) + ": " + medium + " at " + std::to_string(frequency) + ", " + rest;
}

template<typename Call> std::string timings_of(const Call &call) {
  remote_base::RemoteTransmitData data;
  data.set_data_from_packed_sint32(call.get_packed_data(), call.get_packed_length(), call.get_packed_count());
  std::string text = std::to_string(call.get_repeat_count()) + " times:";
  for (const int32_t timing : data.get_data())
    text += " " + std::to_string(timing);
  return text;
}

class StubReceiver : public remote_base::RemoteReceiverBase {
 public:
  StubReceiver() : RemoteReceiverBase(nullptr) {}
  void hear(remote_base::RawTimings timings) {
    this->temp_ = std::move(timings);
    this->call_listeners_dumpers_();
  }
};

#ifdef USE_INFRARED
class StubInfrared : public infrared::Infrared {
 protected:
  bool control(const infrared::InfraredCall &call) override {
    note_sent("Infrared", call.get_carrier_frequency().value_or(0), timings_of(call));
    return call.get_repeat_count() != 0;
  }
};
#endif

#ifdef USE_RADIO_FREQUENCY
class StubRadio : public radio_frequency::RadioFrequency {
 protected:
  bool control(const radio_frequency::RadioFrequencyCall &call) override {
    note_sent("Radio", call.get_frequency().value_or(0), timings_of(call));
    return call.get_repeat_count() != 0;
  }
};
#endif

}  // namespace esphome::stub_signal
