#include "update_receiver.h"

namespace esphome::oceanremote {

UpdateStep UpdateReceiver::offer(const UpdateOffer &offer, uint64_t now_ms) {
  if (this->state_ == State::INSTALLED)
    return UpdateStep::NOTHING;  // it restarts at this moment
  const bool is_same =
      this->is_receiving() && offer.size == this->size_ && std::memcmp(offer.digest, this->digest_, HASH_SIZE) == 0;
  this->update_ = offer.update;
  this->outcome_due_ = this->position_due_ = false;
  this->heard_ms_ = now_ms;
  if (offer.demands) {
    // What is there belongs to another offer; it stays until that one, or its patience, ends it.
    this->outcome_due_ = true;
    this->failure_ = UpdateFailure::NEEDS_MORE;
    return UpdateStep::NOTHING;
  }
  if (is_same) {
    this->position_due_ = true;
    return UpdateStep::GO_ON;
  }
  std::memcpy(this->digest_, offer.digest, HASH_SIZE);
  this->size_ = offer.size;
  this->position_ = 0;
  this->state_ = State::BEGINNING;
  return UpdateStep::BEGIN;
}

void UpdateReceiver::begun(UpdateFailure failure) {
  if (failure != UpdateFailure::NONE)
    return this->fail_(failure);
  uint8_t unused[HASH_SIZE];
  this->hash_.finish(unused);  // it starts over
  this->state_ = State::RECEIVING;
  this->position_due_ = true;
}

UpdateStep UpdateReceiver::chunk(const UpdateChunk &chunk, uint64_t now_ms) {
  // Those on their way when it failed come to nothing.
  if (this->state_ != State::RECEIVING)
    return UpdateStep::NOTHING;
  this->heard_ms_ = now_ms;
  if (chunk.offset != this->position_ || chunk.part.size > this->size_ - this->position_) {
    this->fail_(UpdateFailure::OUT_OF_ORDER);
    return UpdateStep::ABORT;
  }
  return UpdateStep::WRITE;
}

UpdateStep UpdateReceiver::written(const UpdateChunk &chunk, UpdateFailure failure) {
  if (failure != UpdateFailure::NONE) {
    this->fail_(failure);
    return UpdateStep::ABORT;
  }
  this->hash_.update(chunk.part);
  this->position_ += static_cast<uint32_t>(chunk.part.size);
  this->position_due_ = true;
  if (this->position_ != this->size_)
    return UpdateStep::NOTHING;
  uint8_t digest[HASH_SIZE];
  this->hash_.finish(digest);
  if (std::memcmp(digest, this->digest_, HASH_SIZE) != 0) {
    this->fail_(UpdateFailure::WRONG_DIGEST);
    return UpdateStep::ABORT;
  }
  this->state_ = State::COMPLETE;
  return UpdateStep::NOTHING;
}

UpdateStep UpdateReceiver::install(uint32_t update) {
  return this->state_ == State::COMPLETE && update == this->update_ ? UpdateStep::END : UpdateStep::NOTHING;
}

void UpdateReceiver::ended(UpdateFailure failure) {
  if (failure != UpdateFailure::NONE)
    return this->fail_(failure);
  this->state_ = State::INSTALLED;
  this->failure_ = UpdateFailure::NONE;
  this->position_due_ = false;
  this->outcome_due_ = true;
}

UpdateStep UpdateReceiver::abandon() {
  if (!this->is_receiving())
    return UpdateStep::NOTHING;
  this->state_ = State::IDLE;
  this->position_due_ = this->outcome_due_ = false;
  return UpdateStep::ABORT;
}

UpdateStep UpdateReceiver::tick(uint64_t now_ms) {
  if (!this->is_receiving() || now_ms - this->heard_ms_ < UPDATE_PATIENCE_MS)
    return UpdateStep::NOTHING;
  this->fail_(UpdateFailure::GIVEN_UP);
  return UpdateStep::ABORT;
}

void UpdateReceiver::end_link() { this->position_due_ = this->outcome_due_ = false; }

void UpdateReceiver::fail_(UpdateFailure failure) {
  this->state_ = State::IDLE;
  this->failure_ = failure;
  this->position_due_ = false;
  this->outcome_due_ = true;
}

size_t UpdateReceiver::write(uint8_t *payload, size_t capacity) {
  if (!this->outcome_due_ && !this->position_due_)
    return 0;
  CborWriter writer(payload, capacity);
  if (this->outcome_due_) {
    const bool is_installed = this->failure_ == UpdateFailure::NONE;
    write_update_outcome(writer, this->update_, is_installed ? UpdateStatus::INSTALLED : UpdateStatus::FAILED,
                         this->failure_);
    this->outcome_due_ = false;
  } else {
    write_update_position(writer, this->update_, this->position_);
    this->position_due_ = false;
  }
  return writer.size();
}

}  // namespace esphome::oceanremote
