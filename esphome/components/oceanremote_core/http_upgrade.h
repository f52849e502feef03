#pragma once
// The opening handshake of RFC 6455 (section 4.1): the request, and the response byte by byte, however many headers a
// proxy adds.

#include "bytes.h"
#include "errors.h"

namespace esphome::oceanremote {

inline constexpr size_t HTTP_RESPONSE_MAX = 16384;
inline constexpr size_t HTTP_NAME_MAX = 32;
inline constexpr size_t HTTP_VALUE_MAX = 64;
inline constexpr size_t WS_ACCEPT_SIZE = 28;

/// Where the upgrade goes, and what it shows. The views must live until start() returns.
struct UpgradeRequest {
  std::string_view host;  ///< what goes into Host, with the port unless it is the scheme's own
  std::string_view path;
  ByteView ticket;  ///< of the last session, at most TICKET_MAX bytes; empty: none
};

class HttpUpgrade {
 public:
  enum class Progress : uint8_t { MORE, DONE, FAILED };

  /// key: 16 random bytes. BUFFER_TOO_SMALL, HTTP_MALFORMED (a control character or space in host or path).
  [[nodiscard]] Error start(const uint8_t key[16], const UpgradeRequest &request, uint8_t *out, size_t capacity,
                            size_t &size);
  [[nodiscard]] Progress take(uint8_t byte);

  [[nodiscard]] Error error() const { return this->error_; }
  [[nodiscard]] uint16_t status() const { return this->status_; }
  /// Retry-After in seconds, 0 when there was none; clamped to RETRY_AFTER_MAX_S.
  [[nodiscard]] uint16_t retry_after_s() const { return this->retry_after_s_; }

 protected:
  enum class Part : uint8_t { STATUS_LINE, NAME, VALUE, FINISHED };

  [[nodiscard]] Progress fail_(Error error);
  [[nodiscard]] Progress end_line_();
  [[nodiscard]] Error end_status_line_();
  [[nodiscard]] Error end_header_();
  [[nodiscard]] Progress end_response_();

  char expected_accept_[WS_ACCEPT_SIZE]{};
  char name_[HTTP_NAME_MAX]{};
  char value_[HTTP_VALUE_MAX]{};
  size_t name_size_{0};
  size_t value_size_{0};
  size_t total_{0};
  uint16_t status_{0};
  uint16_t retry_after_s_{0};
  Part part_{Part::STATUS_LINE};
  Error error_{Error::NONE};
  bool is_http_1_0_{false};
  bool saw_upgrade_{false};
  bool saw_connection_{false};
  bool saw_accept_{false};
  bool cut_{false};
};

}  // namespace esphome::oceanremote
