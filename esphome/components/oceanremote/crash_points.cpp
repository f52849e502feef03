#include "esphome/core/defines.h"
#if defined(USE_HOST) && defined(USE_OCEANREMOTE_CRASH_POINTS)

#include "crash_points.h"

#include <cstdlib>
#include <unistd.h>

namespace esphome::oceanremote {

static void crash_at(std::string_view step) {
  const char *wanted = ::getenv("OCEANREMOTE_CRASH_AT");
  if (wanted != nullptr && step == wanted)
    ::_exit(137);
}

static bool registering(const Link &link) {
  return link.session().active() && link.session().purpose() == Purpose::REGISTRATION;
}

void CrashPoints::stepped(const Link &link) {
  // The first step of the first link makes the key and stores it.
  if (!link.registered() && !link.session().active())
    crash_at("key_saved");
}

void CrashPoints::sent(const Link &link, FrameType type) {
  if (type == FrameType::INIT && link.plan() == Plan::REGISTER)
    crash_at("init_sent");
  if (type == FrameType::DATA && registering(link))
    crash_at(this->stored_ ? "stored_sent" : "ready_sent");
}

void CrashPoints::received(const Link &link) {
  if (registering(link) && link.want() == LinkWant::STEP)
    crash_at("token_received");
}

void CrashPoints::registered() {
  this->stored_ = true;
  crash_at("token_saved");
}

}  // namespace esphome::oceanremote

#endif
