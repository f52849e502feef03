#pragma once
// TLS over another stream: what all libraries have in common. Each drives its library without blocking; in one pass of
// loop() at most one step of a handshake is done, on a bounded number of bytes.
//
// Heap is taken from open() to close() only.

#include <cstring>

#include "kept_tls_session.h"
#include "esphome/components/oceanremote_core/crc32.h"
#include "esphome/components/oceanremote_core/entropy.h"
#include "esphome/components/oceanremote_core/stream.h"
#include "esphome/components/oceanremote_core/tls_records.h"
#include "esphome/components/oceanremote_core/tls_trust.h"

namespace esphome::oceanremote {

/// Bytes of a handshake that are taken in one pass.
inline constexpr size_t HANDSHAKE_BYTES_PER_PASS = 2048;

class TlsStream : public Stream {
 public:
  TlsStream(Stream &carrier, RandomSource &random, const TlsJudge &judge)
      : carrier_(carrier), random_(random), judge_(judge) {}
  TlsStream(const TlsStream &) = delete;
  TlsStream &operator=(const TlsStream &) = delete;

  void open(size_t index, const HubAddress &address) override;
  [[nodiscard]] State poll() override;
  [[nodiscard]] ssize_t read(uint8_t *out, size_t size) override;
  [[nodiscard]] ssize_t write(const uint8_t *data, size_t size) override;
  void close() override;
  [[nodiscard]] const LogString *failure() const override { return this->failure_; }
  /// An index may stand for another host from now on: what the library keeps for one is for none of them.
  void renumber() { this->numbering_++; }

 protected:
  enum class Progress : uint8_t { MORE, DONE, FAILED };

  // The library's part. Whoever returns FAILED or -1 has called one of the fail_ functions.

  /// Makes a connection of the library; false without the memory for it.
  [[nodiscard]] virtual bool begin() = 0;
  [[nodiscard]] virtual Progress shake_hands() = 0;
  [[nodiscard]] virtual ssize_t take(uint8_t *out, size_t size) = 0;
  [[nodiscard]] virtual ssize_t give(const uint8_t *data, size_t size) = 0;
  /// Says goodbye if the connection was open, and frees all; safe at any time.
  virtual void end(bool was_open) = 0;

  // For the library's part. As Stream's; what is no TLS is found here.
  [[nodiscard]] ssize_t carrier_read_(uint8_t *out, size_t size);
  [[nodiscard]] ssize_t carrier_write_(const uint8_t *data, size_t size);
  /// The first reason of a connection stays.
  void fail_(Error error);
  void fail_with_alert_(uint8_t alert);
  /// code: the library's, where nothing better is known.
  void fail_with_code_(long code);
  [[nodiscard]] bool failing_() const { return this->failure_ != nullptr; }
  [[nodiscard]] bool shaking_hands_() const { return this->state_ == State::OPENING; }

#ifdef OCEANREMOTE_KEEPS_TLS_SESSION
  /// Whose a kept session is: this firmware's, with this host. What the places of addresses mean may change.
  [[nodiscard]] uint64_t owner_() const {
    const char *authority = this->address_->authority;
    const ByteView name{reinterpret_cast<const uint8_t *>(authority), std::strlen(authority)};
    return uint64_t(this->judge_.trust().build_s) << 32 | crc32(name);
  }

  KeptTlsSession kept_;
#endif
  Stream &carrier_;
  RandomSource &random_;
  const TlsJudge &judge_;
  const HubAddress *address_{nullptr};
  size_t index_{0};  ///< of a numbering; for comparison only

 private:
  State give_up_();

  TlsRecords records_;
  const LogString *failure_{nullptr};
  char failure_text_[32];
  size_t budget_{0};  ///< bytes that the handshake may still take in this pass
  State state_{State::CLOSED};
  uint8_t numbering_{0};
  bool begun_{false};
};

}  // namespace esphome::oceanremote
