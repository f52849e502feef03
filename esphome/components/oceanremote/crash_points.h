#pragma once
// Where a test lets the power fail: at the step that OCEANREMOTE_CRASH_AT names. Host only, and
// compiled only with -DUSE_OCEANREMOTE_CRASH_POINTS.

#include "esphome/components/oceanremote_core/link.h"

namespace esphome::oceanremote {

#if defined(USE_HOST) && defined(USE_OCEANREMOTE_CRASH_POINTS)
class CrashPoints {
 public:
  void stepped(const Link &link);
  void sent(const Link &link, FrameType type);
  void received(const Link &link);
  void registered();
  void at(std::string_view step);

 protected:
  bool stored_{false};
  // In a session; it has not been answered yet.
  bool new_token_{false};
  bool new_hub_key_{false};
};
#else
class CrashPoints {
 public:
  void stepped(const Link & /*link*/) {}
  void sent(const Link & /*link*/, FrameType /*type*/) {}
  void received(const Link & /*link*/) {}
  void registered() {}
  void at(std::string_view /*step*/) {}
};
#endif

}  // namespace esphome::oceanremote
