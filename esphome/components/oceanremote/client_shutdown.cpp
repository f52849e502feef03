// How the client leaves: for a restart at once, for sleep when all is told (client_sleep.cpp).

#include "client.h"

namespace esphome::oceanremote {

void Client::on_safe_shutdown() {
  if (this->phase_ != Phase::LINKED)
    return;
  if (this->executing_ != 0) {
    // The command is the reason for the shutdown, so it has been obeyed.
    (void) this->link_.answer(this->executing_, CommandStatus::DONE, "");
    this->executing_ = 0;
  }
#ifdef USE_OCEANREMOTE_SLEEP
  if (this->begin_leaving_())
    return;
#endif
#ifdef USE_OCEANREMOTE_OTA
  const GoodbyeReason why = this->updates_->is_installed() ? GoodbyeReason::UPDATE : GoodbyeReason::RESTART;
#else
  const GoodbyeReason why = GoodbyeReason::RESTART;
#endif
  this->link_.goodbye(why, 0);
  (void) this->send_();
}

bool Client::teardown() {
  if (this->phase_ != Phase::LINKED)
    return true;
  if (this->is_still_leaving_())
    return false;
  this->wire_.close(CloseCode::GOING_AWAY);
  this->link_.close();
  this->phase_ = Phase::STOPPED;
  return true;
}

bool Client::is_still_leaving_() {
#ifdef USE_OCEANREMOTE_SLEEP
  if (this->leaving_ != Leaving::NO)
    return this->go_on_leaving_();
#endif
  if (this->wire_.poll() != Wire::State::OPEN)
    return false;
  // What the network did not take at once.
  (void) this->send_();
  return !this->wire_.can_send();
}

}  // namespace esphome::oceanremote
