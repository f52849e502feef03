#pragma once
// Looks at the records that come from a server (RFC 8446, section 5.1) for what a TLS library does not say in words:
// that no TLS is spoken there at all, and which alert ended a handshake.

#include "bytes.h"
#include "errors.h"

namespace esphome::oceanremote {

class TlsRecords {
 public:
  /// TLS_ABSENT, TLS_PLAIN_HTTP: the first bytes are no TLS. After that all passes.
  [[nodiscard]] Error take(ByteView bytes);
  /// The last alert that came in the clear, 0 if none (close_notify is 0 as well).
  [[nodiscard]] uint8_t alert() const { return this->alert_; }

 protected:
  [[nodiscard]] Error take_header_();

  uint8_t header_[5]{};
  uint8_t header_size_{0};
  uint8_t alert_{0};
  bool is_alert_{false};
  uint16_t left_{0};  ///< bytes of the present record
};

/// An alert (RFC 8446, section 6) as the reason of a failure; static storage.
[[nodiscard]] const LogString *tls_alert_text(uint8_t alert);

}  // namespace esphome::oceanremote
