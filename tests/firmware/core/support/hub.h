#pragma once
// A hub for tests: the responder's side of the handshake and of the transport, written straight from the pattern, with
// every value open to tampering.

#include "frames.h"
#include "messages.h"
#include "support/vectors.h"
#include "symmetric_state.h"

namespace esphome::oceanremote::testing {

struct HubTerms {
  uint32_t lifetime_s{3600};
  uint64_t hub_time_ms{1700000000000};
  uint16_t rx_limit{8192};
  uint16_t ping_interval_s{25};
};

class Hub {
 public:
  explicit Hub(uint8_t key = 0x40);

  /// A fresh HELLO.
  Bytes hello();
  /// Judges an INIT against the last HELLO; what it claims is in `claims`. False if anything is wrong with it.
  bool read_init(const Bytes &frame);
  /// ACCEPT under a token; the keys are then ready.
  Bytes accept(const Bytes &token);
  /// Seals a hub message under the newest epoch, or under an older one.
  Bytes seal(const Bytes &plaintext, int epochs_back = 0);
  /// Opens a frame of the device; empty if it does not open.
  Bytes open(const Bytes &frame);

  /// From the next HELLO on it answers under the key pair that another hub began with.
  void use_key_of(const Hub &other) {
    this->private_key_.assign(other.private_key_);
    std::memcpy(this->public_key, other.public_key, KEY_SIZE);
  }

  uint8_t public_key[KEY_SIZE];
  Bytes mac;  ///< as the device says
  Purpose purpose{Purpose::SESSION};
  uint32_t generation{0};
  uint64_t counter{0};
  Bytes handle;
  std::string board;
  std::string version;
  Bytes device_public;
  uint16_t device_rx_limit{0};
  HubTerms terms;

 protected:
  struct Epoch {
    Key to_device;
    Key from_device;
    uint64_t sent{0};
    uint64_t received{0};
    Bytes session_id;
    Bytes hash;
    uint32_t number{0};
  };

  [[nodiscard]] Bytes associated_data_(const Epoch &epoch) const;
  [[nodiscard]] bool read_payload_(const Bytes &payload);

  Key private_key_;
  Key ephemeral_;
  Bytes hello_;
  Bytes device_ephemeral_;
  SymmetricState symmetric_;
  Epoch epochs_[16];
  uint32_t epoch_{0};
  uint8_t seed_{0};
};

// Messages of the hub
Bytes welcome(bool want_description = false);
Bytes issue_token(const Bytes &token, uint32_t generation = 1);
Bytes new_hub_key(uint8_t phase, const uint8_t key[KEY_SIZE]);
Bytes command_switch(uint32_t id, bool on, uint32_t deadline_ms = 10000, uint32_t key = 7);
Bytes ping(uint8_t nonce);
Bytes revoked();

}  // namespace esphome::oceanremote::testing
