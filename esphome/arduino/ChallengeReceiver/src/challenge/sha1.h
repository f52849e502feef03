#pragma once

#include "digest.h"

namespace challenge {

/// SHA-1 (FIPS 180-4, section 6.1) for Digest. Broken for signatures, not inside HMAC;
/// for devices that have no other.
struct Sha1 {
  using Word = uint32_t;
  struct State {
    uint32_t h[5];
  };
  static constexpr uint8_t SIZE = 20;
  static constexpr uint8_t BLOCK = 64;

  static void start(State &state) {
    state.h[0] = 0x67452301U;
    state.h[1] = 0xEFCDAB89U;
    state.h[2] = 0x98BADCFEU;
    state.h[3] = 0x10325476U;
    state.h[4] = 0xC3D2E1F0U;
  }

  static void compress(State &state, uint32_t *w) {
    uint32_t v[5];
    memcpy(v, state.h, sizeof(v));
    for (uint8_t t = 0; t < 80; t++) {
      if (t >= 16)
        w[t & 15] = rotate_left_once(w[(t + 13) & 15] ^ w[(t + 8) & 15] ^ w[(t + 2) & 15] ^ w[t & 15]);
      const uint32_t next = rotate_right<27>(v[0]) + mix_(v, t) + v[4] + w[t & 15];
      memmove(&v[1], &v[0], 4 * sizeof(v[0]));
      v[2] = rotate_right<2>(v[2]);
      v[0] = next;
    }
    for (uint8_t i = 0; i < 5; i++)
      state.h[i] += v[i];
    wipe(v, sizeof(v));
  }

 protected:
  static uint32_t mix_(const uint32_t *v, uint8_t t) {
    if (t < 20)
      return ((v[1] & v[2]) | (~v[1] & v[3])) + 0x5A827999U;
    if (t < 40)
      return (v[1] ^ v[2] ^ v[3]) + 0x6ED9EBA1U;
    if (t < 60)
      return ((v[1] & v[2]) | (v[1] & v[3]) | (v[2] & v[3])) + 0x8F1BBCDCU;
    return (v[1] ^ v[2] ^ v[3]) + 0xCA62C1D6U;
  }
};

}  // namespace challenge
