#pragma once
// What the device itself reads of an X.509 certificate (RFC 5280, section 4.1): dates, names, key. Signatures and
// chains are the TLS library's business.

#include "bytes.h"
#include "errors.h"

namespace esphome::oceanremote {

/// Views into the certificate's own bytes.
struct Certificate {
  ByteView issuer;         ///< Name, with its header
  ByteView subject;        ///< Name, with its header
  ByteView public_key;     ///< SubjectPublicKeyInfo, with its header: what a pin is the SHA-256 of
  ByteView alt_names;      ///< content of subjectAltName's GeneralNames; empty without one
  uint64_t not_before{0};  ///< Unix seconds
  uint64_t not_after{0};   ///< Unix seconds
};

/// CERTIFICATE_MALFORMED unless it is one whole certificate in DER.
[[nodiscard]] Error read_certificate(ByteView der, Certificate &out);

/// As read_certificate(), of a certificate whose end is still missing: all but alt_names. BUFFER_TOO_SMALL: the bytes
/// end before the public key does.
[[nodiscard]] Error read_certificate_head(ByteView der, Certificate &out);

/// Whether the certificate is for this host: a DNS name (RFC 6125: `*` stands for one whole label, the leftmost) or an
/// IP address in digits. A common name does not count.
[[nodiscard]] bool is_for_host(const Certificate &certificate, std::string_view host);

enum class KeyKind : uint8_t { RSA, EC };

/// The parts of a SubjectPublicKeyInfo.
struct PublicKeyParts {
  KeyKind kind{KeyKind::RSA};
  ByteView modulus;   ///< RSA, without leading zeros
  ByteView exponent;  ///< RSA, without leading zeros
  ByteView curve;     ///< EC: content of the curve's OBJECT IDENTIFIER
  ByteView point;     ///< EC, uncompressed
};

/// CERTIFICATE_MALFORMED for anything but an RSA key and an EC key on a named curve.
[[nodiscard]] Error read_public_key(ByteView info, PublicKeyParts &out);

}  // namespace esphome::oceanremote
