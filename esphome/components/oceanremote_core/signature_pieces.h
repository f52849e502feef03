#pragma once
// Verifies signatures with BearSSL in pieces, none of which takes an ESP8266 at 80 MHz as long as its watchdog waits.
//
// BearSSL verifies up to two signatures in one certificate, and one of P-384 takes most of those 3.2 s. Its functions
// are given to it by pointers without a context: so is what feeds the watchdog between them.

// A build without BearSSL includes this all the same: ESPHome's esphome.h names every header.

#if __has_include(<bearssl/bearssl.h>) && !defined(USE_HOST)
#include <bearssl/bearssl.h>
#define OCEANREMOTE_HAS_BEARSSL
#elif __has_include(<bearssl.h>)
#include <bearssl.h>
#define OCEANREMOTE_HAS_BEARSSL
#endif

#ifdef OCEANREMOTE_HAS_BEARSSL

namespace esphome::oceanremote {

class SignaturePieces {
 public:
  /// `between` is called before each piece of work; it must not use BearSSL.
  static void call_between(void (*between)()) { between_ = between; }

  /// BearSSL's curves, for br_x509_minimal_set_ecdsa() and br_ssl_engine_set_ec(); to be kept as long as they are used.
  [[nodiscard]] static br_ec_impl curves() {
    br_ec_impl curves = *br_ec_get_default();
    curves.muladd = &add_products;
    return curves;
  }
  static uint32_t verify_ecdsa(const br_ec_impl *curves, const void *hash, size_t hash_size,
                               const br_ec_public_key *key, const void *signature, size_t size) {
    between_();
    return br_ecdsa_vrfy_asn1_get_default()(curves, hash, hash_size, key, signature, size);
  }
  static uint32_t verify_rsa(const unsigned char *signature, size_t size, const unsigned char *hash_oid,
                             size_t hash_size, const br_rsa_public_key *key, unsigned char *hash) {
    between_();
    return br_rsa_pkcs1_vrfy_get_default()(signature, size, hash_oid, hash_size, key, hash);
  }

 private:
  /// x a + y b, as br_ec_impl has it: each product for itself, and then one times each. Where b is the generator, which
  /// is how a signature is verified; and not on P-256, where all takes less than a product here.
  static uint32_t add_products(unsigned char *a, const unsigned char *b, size_t size, const unsigned char *x,
                               size_t x_size, const unsigned char *y, size_t y_size, int curve) {
    static constexpr unsigned char ONE[] = {1};
    const br_ec_impl *whole = br_ec_get_default();
    if (b != nullptr || curve == BR_EC_secp256r1)
      return whole->muladd(a, b, size, x, x_size, y, y_size, curve);
    unsigned char other[BR_EC_KBUF_PUB_MAX_SIZE];
    if (whole->mul(a, size, x, x_size, curve) != 1)
      return 0;
    between_();
    if (whole->mulgen(other, y, y_size, curve) != size)
      return 0;
    return whole->muladd(a, other, size, ONE, sizeof(ONE), ONE, sizeof(ONE), curve);
  }

  static inline void (*between_)() = [] {};
};

}  // namespace esphome::oceanremote

#endif  // OCEANREMOTE_HAS_BEARSSL
