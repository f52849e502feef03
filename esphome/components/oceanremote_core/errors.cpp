#include "errors.h"

namespace esphome::oceanremote {

WITHOUT_TABLES const LogString *error_text(Error error) {
  switch (error) {
    case Error::NONE:
      return FLASH_TEXT("none");
    case Error::FRAME_TOO_LARGE:
      return FLASH_TEXT("frame too large");
    case Error::FRAME_MALFORMED:
      return FLASH_TEXT("malformed frame");
    case Error::FRAME_UNEXPECTED:
      return FLASH_TEXT("unexpected frame");
    case Error::VERSION_UNSUPPORTED:
      return FLASH_TEXT("unsupported protocol version");
    case Error::CBOR_MALFORMED:
      return FLASH_TEXT("malformed message");
    case Error::CBOR_NOT_DETERMINISTIC:
      return FLASH_TEXT("message encoding not deterministic");
    case Error::CBOR_TOO_DEEP:
      return FLASH_TEXT("message nested too deep");
    case Error::MESSAGE_MALFORMED:
      return FLASH_TEXT("message with wrong fields");
    case Error::MESSAGE_UNEXPECTED:
      return FLASH_TEXT("unexpected message");
    case Error::AUTHENTICATION_FAILED:
      return FLASH_TEXT("authentication failed");
    case Error::WEAK_PUBLIC_KEY:
      return FLASH_TEXT("weak public key");
    case Error::ENTROPY_FAILED:
      return FLASH_TEXT("no entropy");
    case Error::COUNTER_EXHAUSTED:
      return FLASH_TEXT("counter exhausted");
    case Error::EPOCH_UNKNOWN:
      return FLASH_TEXT("unknown epoch");
    case Error::SESSION_EXPIRED:
      return FLASH_TEXT("session expired");
    case Error::LIMIT_UNACCEPTABLE:
      return FLASH_TEXT("unacceptable limits");
    case Error::TIMEOUT:
      return FLASH_TEXT("timed out");
    case Error::PEER_SILENT:
      return FLASH_TEXT("hub is silent");
    case Error::REJECTED:
      return FLASH_TEXT("rejected by hub");
    case Error::REVOKED:
      return FLASH_TEXT("revoked by hub");
    case Error::RECORD_EMPTY:
      return FLASH_TEXT("no identity record");
    case Error::RECORD_DAMAGED:
      return FLASH_TEXT("damaged identity record");
    case Error::RECORD_OUTDATED:
      return FLASH_TEXT("identity record of older firmware");
    case Error::RECORD_VERSION:
      return FLASH_TEXT("identity record of newer firmware");
    case Error::STORE_FAILED:
      return FLASH_TEXT("identity record cannot be read or stored");
    case Error::TOKEN_MALFORMED:
      return FLASH_TEXT("malformed token or key");
    case Error::TOKEN_CHECKSUM:
      return FLASH_TEXT("wrong checksum of token or key");
    case Error::HTTP_MALFORMED:
      return FLASH_TEXT("malformed http");
    case Error::HTTP_STATUS:
      return FLASH_TEXT("http status is not 101");
    case Error::HTTP_NOT_WEBSOCKET:
      return FLASH_TEXT("no websocket there");
    case Error::WEBSOCKET_MALFORMED:
      return FLASH_TEXT("malformed websocket frame");
    case Error::WEBSOCKET_TEXT:
      return FLASH_TEXT("websocket text message");
    case Error::WEBSOCKET_TOO_LARGE:
      return FLASH_TEXT("websocket message too large");
    case Error::WEBSOCKET_CLOSED:
      return FLASH_TEXT("closed by hub");
    case Error::TLS_ABSENT:
      return FLASH_TEXT("no TLS on that port");
    case Error::TLS_PLAIN_HTTP:
      return FLASH_TEXT("plain HTTP where TLS should be: write ws:// or dial the port of https");
    case Error::TLS_VERSION:
      return FLASH_TEXT("no TLS version in common");
    case Error::TLS_RECORD_TOO_LARGE:
      return FLASH_TEXT("TLS record larger than this board's buffer: raise 'tls: buffer:'");
    case Error::TLS_CUT:
      return FLASH_TEXT("connection ended during the TLS handshake");
    case Error::TLS_FAILED:
      return FLASH_TEXT("TLS failed");
    case Error::TLS_REFUSED:
      return FLASH_TEXT("TLS refused by the server");
    case Error::CERTIFICATE_MALFORMED:
      return FLASH_TEXT("malformed certificate");
    case Error::CERTIFICATE_EXPIRED:
      return FLASH_TEXT("certificate has expired");
    case Error::CERTIFICATE_NOT_YET_VALID:
      return FLASH_TEXT("certificate is not valid yet");
    case Error::CERTIFICATE_UNTRUSTED:
      return FLASH_TEXT("certificate of an unknown authority, or self-signed: see 'tls:' for 'ca' and 'pin'");
    case Error::CERTIFICATE_WRONG_NAME:
      return FLASH_TEXT("certificate is for another name");
    case Error::CERTIFICATE_WRONG_PIN:
      return FLASH_TEXT("certificate's key is none of those pinned");
    case Error::CONNECTION_CLOSED:
      return FLASH_TEXT("closed by the peer");
    case Error::OUT_OF_MEMORY:
      return FLASH_TEXT("out of memory");
    case Error::BUFFER_TOO_SMALL:
      return FLASH_TEXT("buffer too small");
    case Error::WRONG_STATE:
      return FLASH_TEXT("wrong state");
  }
  return FLASH_TEXT("unknown");
}

}  // namespace esphome::oceanremote
