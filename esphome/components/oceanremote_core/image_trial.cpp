#include "image_trial.h"

namespace esphome::oceanremote {

void ImageTrial::begin(bool is_new, uint32_t time_ms, uint32_t good_after_ms) {
  this->state_ = is_new ? State::NEW : State::BOOTED;
  this->time_ms_ = is_new ? time_ms : good_after_ms;
  this->is_started_ = false;
}

TrialStep ImageTrial::session_proved() {
  if (this->state_ == State::NONE)
    return TrialStep::NOTHING;
  this->state_ = State::NONE;
  return TrialStep::CONFIRM;
}

TrialStep ImageTrial::tick(uint64_t now_ms) {
  if (this->state_ == State::NONE)
    return TrialStep::NOTHING;
  if (!this->is_started_) {
    this->is_started_ = true;
    this->started_ms_ = now_ms;
  }
  if (now_ms - this->started_ms_ < this->time_ms_)
    return TrialStep::NOTHING;
  const bool is_new = this->state_ == State::NEW;
  this->state_ = State::NONE;
  return is_new ? TrialStep::FALL_BACK : TrialStep::CONFIRM;
}

}  // namespace esphome::oceanremote
