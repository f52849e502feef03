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

void CrashPoints::at(std::string_view step) { crash_at(step); }

static bool registering(const Link &link) {
  return link.session().active() && link.session().purpose() == Purpose::REGISTRATION;
}

void CrashPoints::stepped(const Link &link) {
  // The first step of the first link makes the key and stores it.
  if (!link.registered() && !link.session().active())
    crash_at("key_saved");
  if (link.want() == LinkWant::STEP)
    return;
  if (this->new_token_)
    crash_at("new_token_saved");
  if (this->new_hub_key_)
    crash_at("new_hub_key_saved");
  if (link.has_moved())
    crash_at("hub_key_moved");
}

void CrashPoints::sent(const Link &link, FrameType type) {
  if (type == FrameType::INIT && link.plan() == Plan::REGISTER)
    crash_at("init_sent");
  if (type == FrameType::DATA && registering(link))
    crash_at(this->stored_ ? "stored_sent" : "ready_sent");
  if (type == FrameType::DATA && this->new_token_) {
    this->new_token_ = false;
    crash_at("new_token_stored_sent");
  }
  if (type == FrameType::DATA && this->new_hub_key_) {
    this->new_hub_key_ = false;
    crash_at("new_hub_key_stored_sent");
  }
}

void CrashPoints::received(const Link &link) {
  if (registering(link) && link.want() == LinkWant::STEP)
    crash_at("token_received");
  if (!registering(link) && link.want() == LinkWant::STEP && link.message().type == MessageType::ISSUE_TOKEN) {
    this->new_token_ = true;
    crash_at("new_token_received");
  }
  if (link.message().type == MessageType::NEW_HUB_KEY) {
    this->new_hub_key_ = true;
    if (link.want() == LinkWant::STEP)
      crash_at("new_hub_key_received");
  }
  if (link.message().type == MessageType::WELCOME && link.want() == LinkWant::STEP && link.is_moving())
    crash_at("hub_key_proved");
}

void CrashPoints::registered() {
  this->stored_ = true;
  crash_at("token_saved");
}

}  // namespace esphome::oceanremote

#endif
