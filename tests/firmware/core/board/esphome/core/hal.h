#pragma once

namespace esphome {

/// The watchdog; the test defines it.
void arch_feed_wdt();

}  // namespace esphome
