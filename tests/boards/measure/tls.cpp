// What a TLS handshake takes by the implementations that BearSSL chooses for this instruction set and the firmware
// takes: one signature verified, and the longest of its pieces; one key agreed. Printed as cost.h does it.

#include "measure/cost.h"
#include "signature_pieces.h"
#include "support/vectors.h"

namespace esphome::oceanremote::testing {

/// A row of signature_rows.py.
struct Signed {
  Bytes key;  ///< a point, or a modulus
  Bytes hash;
  Bytes signature;

  [[nodiscard]] bool verify_ecdsa(int curve) {
    const br_ec_public_key ec{curve, this->key.data(), this->key.size()};
    const br_ec_impl curves = SignaturePieces::curves();
    return SignaturePieces::verify_ecdsa(&curves, this->hash.data(), this->hash.size(), &ec, this->signature.data(),
                                         this->signature.size()) == 1;
  }
  [[nodiscard]] bool verify_rsa() {
    static uint8_t exponent[] = {1, 0, 1};
    const br_rsa_public_key rsa{this->key.data(), this->key.size(), exponent, sizeof(exponent)};
    Bytes found(this->hash.size());
    return SignaturePieces::verify_rsa(this->signature.data(), this->signature.size(), BR_HASH_OID_SHA256, found.size(),
                                       &rsa, found.data()) == 1 &&
           found == this->hash;
  }
};

static uint64_t piece_begun = 0;
static uint64_t longest_piece = 0;
static void begin_piece() {
  const uint64_t now = instructions();
  longest_piece = std::max<uint64_t>(longest_piece, now - piece_begun);
  piece_begun = now;
}

template<typename F> void measure_longest_piece(const std::string &name, F &&verify) {
  piece_begun = instructions();
  longest_piece = 0;
  SignaturePieces::call_between(begin_piece);
  MUST(verify());
  begin_piece();
  Cost cost;
  cost.add(longest_piece, 0);
  cost.print(name.c_str());
}

template<typename F> void measure_verify(const std::string &kind, Signed &example, F &&verify) {
  measure(("verify_" + kind).c_str(), [&] { MUST(verify()); });
  measure_longest_piece("piece_" + kind, verify);
  example.hash[0] ^= 1;
  MUST(!verify());
}

static void measure_signature(const std::vector<std::string> &row) {
  const std::string kind = row[0].substr(sizeof("verify_") - 1);
  Signed example{from_hex(row[1]), from_hex(row[2]), from_hex(row[3])};
  if (kind[0] == 'p') {
    const int curve = kind == "p256" ? BR_EC_secp256r1 : BR_EC_secp384r1;
    measure_verify(kind, example, [&] { return example.verify_ecdsa(curve); });
  } else {
    measure_verify(kind, example, [&] { return example.verify_rsa(); });
  }
}

/// A client's part: the server's point times its own key, and its own point.
static void measure_exchange(const char *name, int curve, size_t key_size) {
  const br_ec_impl *ec = br_ec_get_default();
  Bytes ours(key_size, 0x42);
  Bytes theirs(key_size, 0x17);
  uint8_t point[BR_EC_KBUF_PUB_MAX_SIZE];
  uint8_t answer[BR_EC_KBUF_PUB_MAX_SIZE];
  const size_t size = ec->mulgen(point, theirs.data(), theirs.size(), curve);
  measure(name, [&] {
    MUST(ec->mul(point, size, ours.data(), ours.size(), curve) == 1);
    MUST(ec->mulgen(answer, ours.data(), ours.size(), curve) == size);
  });
  MUST(ec->mul(answer, size, theirs.data(), theirs.size(), curve) == 1);
  MUST(Bytes(answer, answer + size) == Bytes(point, point + size));
}

static void measure_handshake() {
  start_counter();
  for (const std::vector<std::string> &row : table("signatures.csv"))
    measure_signature(row);
  measure_exchange("exchange_p256", BR_EC_secp256r1, 32);
  measure_exchange("exchange_x25519", BR_EC_curve25519, 32);
}

}  // namespace esphome::oceanremote::testing

int main() {
  esphome::oceanremote::testing::measure_handshake();
  std::fflush(stdout);
  std::exit(0);
}
