#pragma once
// New firmware as it comes over the session, without the flash: what is to be done next, and what is to be told.
//
//   offer -> BEGIN, or GO_ON where a part of the image is there -> position
//   chunk -> WRITE -> written() -> position                        ... until all of it is there and its digest is right
//   install -> END -> ended() -> outcome, told -> the caller restarts
//
// What is there of an image outlives the link: the next offer of the same image goes on behind it.

#include "crypto.h"
#include "messages.h"

namespace esphome::oceanremote {

/// After so long without a chunk the flash is given back: a board whose update waits keeps no preferences.
inline constexpr uint32_t UPDATE_PATIENCE_MS = 15 * 60 * 1000;

enum class UpdateStep : uint8_t {
  NOTHING,
  BEGIN,  ///< forget what is there, prepare the flash for size() bytes and say begun()
  GO_ON,
  WRITE,  ///< write the chunk and say written()
  END,    ///< make the image the one to start and say ended()
  ABORT,  ///< forget what is there
};

class UpdateReceiver {
 public:
  [[nodiscard]] UpdateStep offer(const UpdateOffer &offer, uint64_t now_ms);
  [[nodiscard]] UpdateStep chunk(const UpdateChunk &chunk, uint64_t now_ms);
  [[nodiscard]] UpdateStep install(uint32_t update);
  [[nodiscard]] UpdateStep abandon();
  /// ABORT when nothing has come for too long.
  [[nodiscard]] UpdateStep tick(uint64_t now_ms);

  /// NONE: the flash is prepared.
  void begun(UpdateFailure failure);
  /// NONE: the chunk is in flash. ABORT when it was the last one and the digest is wrong.
  [[nodiscard]] UpdateStep written(const UpdateChunk &chunk, UpdateFailure failure);
  /// NONE: the next start is that of the new image.
  void ended(UpdateFailure failure);

  /// The link is gone, and what was to be told over it.
  void end_link();
  /// Writes what is to be told; 0: nothing is.
  [[nodiscard]] size_t write(uint8_t *payload, size_t capacity);

  [[nodiscard]] uint32_t size() const { return this->size_; }
  [[nodiscard]] uint32_t position() const { return this->position_; }
  [[nodiscard]] bool is_receiving() const {
    return this->state_ == State::RECEIVING || this->state_ == State::COMPLETE;
  }
  /// Nothing is left but to restart: the outcome has been told, or cannot be.
  [[nodiscard]] bool is_over() const { return this->state_ == State::INSTALLED && !this->outcome_due_; }
  [[nodiscard]] bool is_installed() const { return this->state_ == State::INSTALLED; }

 protected:
  enum class State : uint8_t { IDLE, BEGINNING, RECEIVING, COMPLETE, INSTALLED };

  void fail_(UpdateFailure failure);

  Sha256 hash_;
  uint64_t heard_ms_{0};
  uint8_t digest_[HASH_SIZE]{};
  uint32_t update_{0};
  uint32_t size_{0};
  uint32_t position_{0};
  State state_{State::IDLE};
  UpdateFailure failure_{UpdateFailure::NONE};
  bool position_due_{false};
  bool outcome_due_{false};
};

}  // namespace esphome::oceanremote
