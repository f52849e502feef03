// How the client leaves for sleep: what waits is told, then the goodbye, and the board stays until the hub has it.

#include "client.h"
#ifdef USE_OCEANREMOTE_SLEEP

namespace esphome::oceanremote {

/// ESPHome gives a teardown five seconds before sleep; other components have theirs at the same time.
static constexpr uint32_t LEAVING_MAX_MS = 3000;

bool Client::begin_leaving_() {
  if (this->sleep_guard_ == nullptr || !this->sleep_guard_->is_falling_asleep())
    return false;
  // The command that puts the board to sleep may still hold the buffer.
  this->wire_.release();
  this->entities_.release_states();
  this->phase_until_ms_ = this->now_() + LEAVING_MAX_MS;
  this->leaving_ = Leaving::TELLING;
  return true;
}

/// False when there is nothing left to do, or nobody to do it for.
bool Client::go_on_leaving_() {
  const uint64_t now = this->now_();
  if (now >= this->phase_until_ms_ || this->wire_.poll() != Wire::State::OPEN)
    return false;
  if (this->leaving_ == Leaving::CLOSING) {
    // What has been answered with a close has been read up to there. Whatever else comes is for nobody.
    while (this->wire_.receive())
      this->wire_.release();
    return this->wire_.poll() == Wire::State::OPEN;
  }
  // A rotation that is under way goes first, or nothing of the link's own goes out.
  if (this->link_.want() == LinkWant::STEP && this->link_.step(now) != LinkEvent::NONE)
    return false;
  (void) this->send_();
  if (!this->link_.session_open())
    return false;
  if (!this->wire_.can_send() || this->link_.want() != LinkWant::NOTHING)
    return true;
  if (this->leaving_ == Leaving::TELLING) {
    if (this->describing_ || this->completing_ || this->entities_.any_due(now))
      return true;
    this->link_.goodbye(GoodbyeReason::SLEEP, this->sleep_guard_->wakes_in_s());
    this->leaving_ = Leaving::SAYING_GOODBYE;
    return true;
  }
  this->wire_.start_closing(CloseCode::GOING_AWAY);
  this->leaving_ = Leaving::CLOSING;
  return true;
}

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_SLEEP
