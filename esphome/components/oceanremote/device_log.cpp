#include "device_log.h"

#ifdef USE_OCEANREMOTE_LOGS

#include <cinttypes>
#include <cstdio>

#include "esphome/components/logger/logger.h"

#include "esphome/components/oceanremote_core/messages.h"
#include "esphome/components/oceanremote_core/utf8.h"

namespace esphome::oceanremote {

static constexpr std::string_view TAG_VIEW = "oceanremote";
// Around the tag and the text: the message's type, the level, and the heads of both.
static constexpr size_t LOG_OVERHEAD = 12;
static constexpr uint8_t LEVEL_WARN = 2;

void DeviceLog::setup() {
  if (logger::global_logger == nullptr)
    return;
  logger::global_logger->add_log_callback(
      this, [](void *self, uint8_t level, const char * /*tag*/, const char *message, size_t size) {
        static_cast<DeviceLog *>(self)->take_(level, {message, size});
      });
}

void DeviceLog::set_level(uint8_t level) {
  this->level_ = level;
  if (level == 0)
    this->ring_.clear();
}

void DeviceLog::take_(uint8_t level, std::string_view line) {
#ifdef USE_OCEANREMOTE_LAST_LINES
  this->kept_.push(parse_log_line(level, line));
#endif
  // What sending a line logs would be sent, and logged, for ever.
  if (level <= this->level_ && !this->sending_)
    this->ring_.push(parse_log_line(level, line));
}

size_t DeviceLog::write(uint8_t *payload, size_t capacity, uint64_t now_ms) {
  if (this->ring_.empty() || now_ms < this->next_ms_)
    return 0;
  CborWriter writer(payload, capacity);
  if (this->ring_.front_is_line()) {
    const LogLine line = this->ring_.front();
    const size_t room = capacity - LOG_OVERHEAD - line.tag.size();
    write_log(writer, line.level, line.tag, {line.text.data(), utf8_prefix(line.text, room)});
    this->ring_.pop();
  } else {
    char text[40];
    const int size = snprintf(text, sizeof(text), "%" PRIu32 " lines left out", this->ring_.take_lost());
    write_log(writer, LEVEL_WARN, TAG_VIEW, {text, static_cast<size_t>(size)});
  }
  this->sending_ = true;
  this->next_ms_ = now_ms + writer.size() * 1000 / LOG_BYTES_PER_SECOND;
  return writer.size();
}

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_LOGS
