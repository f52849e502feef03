// What a device tells of itself and of the time without a session.

#include "messages.h"

namespace esphome::oceanremote {

void write_readings_head(CborWriter &writer, const ReadingsHead &head, size_t count) {
  write_type(writer, MessageType::READINGS, 8);
  writer.write_uint(head.sub);
  writer.write_uint(head.key);
  writer.write_uint(head.first);
  writer.write_uint(head.left);
  writer.write_uint(head.lost);
  writer.write_bool(false);  // ages, by the clock of this side
  writer.write_array(count);
}

void write_reading(CborWriter &writer, uint32_t age_s, float value) {
  writer.write_array(2);
  writer.write_uint(age_s);
  writer.write_float(value);
}

void write_health(CborWriter &writer, const Health &health) {
  const bool has_signal = health.wifi_signal_dbm != Health::NO_SIGNAL;
  const bool has_heap = health.free_heap != Health::NO_HEAP;
  write_type(writer, MessageType::HEALTH, 2);
  writer.write_map(2 + (has_signal ? 1 : 0) + (has_heap ? 1 : 0));
  writer.write_uint(1);
  writer.write_uint(health.uptime_s);
  if (has_signal) {
    writer.write_uint(2);
    writer.write_int(health.wifi_signal_dbm);
  }
  if (has_heap) {
    writer.write_uint(3);
    writer.write_uint(health.free_heap);
  }
  writer.write_uint(4);
  writer.write_uint(health.longest_loop_ms);
}

void write_last_lines_head(CborWriter &writer, std::string_view reset_reason, size_t lines) {
  write_type(writer, MessageType::LAST_LINES, 3);
  writer.write_text(reset_reason, FACT_TEXT_MAX);
  writer.write_array(lines);
}

void write_last_line(CborWriter &writer, uint8_t level, std::string_view tag, std::string_view text) {
  writer.write_array(3);
  writer.write_uint(level);
  writer.write_text(tag, LOG_TAG_MAX);
  writer.write_text(text, LAST_LINE_TEXT_MAX);
}

}  // namespace esphome::oceanremote
