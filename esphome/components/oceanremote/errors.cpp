#include "errors.h"

namespace esphome::oceanremote {

const char *error_text(Error error) {
  switch (error) {
    case Error::NONE:
      return "none";
    case Error::FRAME_TOO_LARGE:
      return "frame too large";
    case Error::FRAME_MALFORMED:
      return "malformed frame";
    case Error::FRAME_UNEXPECTED:
      return "unexpected frame";
    case Error::VERSION_UNSUPPORTED:
      return "unsupported protocol version";
    case Error::CBOR_MALFORMED:
      return "malformed message";
    case Error::CBOR_NOT_DETERMINISTIC:
      return "message encoding not deterministic";
    case Error::CBOR_TOO_DEEP:
      return "message nested too deep";
    case Error::MESSAGE_MALFORMED:
      return "message with wrong fields";
    case Error::MESSAGE_UNEXPECTED:
      return "unexpected message";
    case Error::AUTHENTICATION_FAILED:
      return "authentication failed";
    case Error::WEAK_PUBLIC_KEY:
      return "weak public key";
    case Error::ENTROPY_FAILED:
      return "no entropy";
    case Error::COUNTER_EXHAUSTED:
      return "counter exhausted";
    case Error::EPOCH_UNKNOWN:
      return "unknown epoch";
    case Error::SESSION_EXPIRED:
      return "session expired";
    case Error::LIMIT_UNACCEPTABLE:
      return "unacceptable limits";
    case Error::TIMEOUT:
      return "timed out";
    case Error::PEER_SILENT:
      return "hub is silent";
    case Error::REJECTED:
      return "rejected by hub";
    case Error::REVOKED:
      return "revoked by hub";
    case Error::RECORD_EMPTY:
      return "no identity record";
    case Error::RECORD_DAMAGED:
      return "damaged identity record";
    case Error::RECORD_VERSION:
      return "identity record of newer firmware";
    case Error::STORE_FAILED:
      return "identity record cannot be read or stored";
    case Error::TOKEN_MALFORMED:
      return "malformed token or key";
    case Error::TOKEN_CHECKSUM:
      return "wrong checksum of token or key";
    case Error::HTTP_MALFORMED:
      return "malformed http";
    case Error::HTTP_STATUS:
      return "http status is not 101";
    case Error::HTTP_NOT_WEBSOCKET:
      return "no websocket there";
    case Error::WEBSOCKET_MALFORMED:
      return "malformed websocket frame";
    case Error::WEBSOCKET_TEXT:
      return "websocket text message";
    case Error::WEBSOCKET_TOO_LARGE:
      return "websocket message too large";
    case Error::WEBSOCKET_CLOSED:
      return "closed by hub";
    case Error::BUFFER_TOO_SMALL:
      return "buffer too small";
    case Error::WRONG_STATE:
      return "wrong state";
  }
  return "unknown";
}

}  // namespace esphome::oceanremote
