#pragma once

namespace esphome {
struct LogString;
}  // namespace esphome

#define LOG_STR(text) reinterpret_cast<const esphome::LogString *>(text)
