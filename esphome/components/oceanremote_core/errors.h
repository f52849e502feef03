#pragma once
// The one list of what can go wrong. The detail stays on the device: the wire says nothing.

#include <cstdint>

#include "flash_text.h"

namespace esphome::oceanremote {

enum class Error : uint8_t {
  NONE = 0,
  // Frames and messages from the hub
  FRAME_TOO_LARGE,
  FRAME_MALFORMED,
  FRAME_UNEXPECTED,
  VERSION_UNSUPPORTED,
  CBOR_MALFORMED,
  CBOR_NOT_DETERMINISTIC,
  CBOR_TOO_DEEP,
  MESSAGE_MALFORMED,
  MESSAGE_UNEXPECTED,
  // Cryptography
  AUTHENTICATION_FAILED,
  WEAK_PUBLIC_KEY,
  ENTROPY_FAILED,
  COUNTER_EXHAUSTED,
  // Session
  EPOCH_UNKNOWN,
  SESSION_EXPIRED,
  LIMIT_UNACCEPTABLE,
  TIMEOUT,
  PEER_SILENT,
  REJECTED,
  REVOKED,
  // Identity record
  RECORD_EMPTY,
  RECORD_DAMAGED,
  RECORD_OUTDATED,
  RECORD_VERSION,
  STORE_FAILED,
  // Text forms
  TOKEN_MALFORMED,
  TOKEN_CHECKSUM,
  // WebSocket
  HTTP_MALFORMED,
  HTTP_STATUS,
  HTTP_NOT_WEBSOCKET,
  WEBSOCKET_MALFORMED,
  WEBSOCKET_TEXT,
  WEBSOCKET_TOO_LARGE,
  WEBSOCKET_CLOSED,
  // TLS
  TLS_ABSENT,
  TLS_PLAIN_HTTP,
  TLS_VERSION,
  TLS_RECORD_TOO_LARGE,
  TLS_CUT,
  TLS_FAILED,
  TLS_REFUSED,
  CERTIFICATE_MALFORMED,
  CERTIFICATE_EXPIRED,
  CERTIFICATE_NOT_YET_VALID,
  CERTIFICATE_UNTRUSTED,
  CERTIFICATE_WRONG_NAME,
  CERTIFICATE_WRONG_PIN,
  // The stream
  CONNECTION_CLOSED,
  OUT_OF_MEMORY,
  // The caller
  BUFFER_TOO_SMALL,
  WRONG_STATE,
};

/// A short lower-case text for logs and the last-error sensor; static storage.
[[nodiscard]] const LogString *error_text(Error error);

}  // namespace esphome::oceanremote
