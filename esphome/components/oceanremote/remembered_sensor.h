#pragma once
// A sensor whose readings are kept while there is no session, and told to the hub when there is one again.

#include "esphome/core/defines.h"

#ifdef USE_OCEANREMOTE_BACKFILL

#include "esphome/components/oceanremote_core/kept_readings.h"
#include "esphome/components/sensor/sensor.h"

namespace esphome::oceanremote {

class Client;

/// Where the clock of readings begins: what an earlier life of the board has read is older than its start.
inline constexpr uint32_t READING_CLOCK_START_S = 1UL << 30;

class RememberedSensor {
 public:
  RememberedSensor(sensor::Sensor *sensor, StoredReading *buffer, uint16_t capacity, uint32_t interval_s)
      : log_(buffer, capacity, interval_s), sensor_(sensor) {}
  RememberedSensor(const RememberedSensor &) = delete;
  RememberedSensor &operator=(const RememberedSensor &) = delete;

  /// Follows the sensor from here on.
  void setup(Client *client);
  [[nodiscard]] bool is(uint32_t sub, uint32_t key) const { return sub == this->sub_() && key == this->key_(); }
  /// See ReadingLog::write.
  [[nodiscard]] size_t write(uint8_t *out, size_t capacity, uint32_t now_s) {
    return this->log_.write(out, capacity, this->sub_(), this->key_(), now_s);
  }
  /// See KeptReadingsWriter::add and KeptReadings::restore.
  void keep(KeptReadingsWriter &writer, size_t sensors_left) const {
    writer.add(this->log_, this->sub_(), this->key_(), sensors_left);
  }
  size_t restore(const KeptReadings &kept) { return kept.restore(this->log_, this->sub_(), this->key_()); }
  [[nodiscard]] const sensor::Sensor &sensor() const { return *this->sensor_; }
  [[nodiscard]] ReadingLog &log() { return this->log_; }

  RememberedSensor *next{nullptr};

 protected:
  [[nodiscard]] uint32_t sub_() const {
#ifdef USE_DEVICES
    return this->sensor_->get_device_id();
#else
    return 0;
#endif
  }
  [[nodiscard]] uint32_t key_() const { return this->sensor_->get_object_id_hash(); }

  ReadingLog log_;
  sensor::Sensor *sensor_;
};

/// Its memory with it: N readings.
template<size_t N> class RememberedSensorOf final : public RememberedSensor {
 public:
  RememberedSensorOf(sensor::Sensor *sensor, uint32_t interval_s)
      : RememberedSensor(sensor, this->buffer_, N, interval_s) {}

 protected:
  StoredReading buffer_[N];
};

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_BACKFILL
