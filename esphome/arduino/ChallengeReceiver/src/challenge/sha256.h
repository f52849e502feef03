#pragma once

#include "digest.h"

namespace challenge {

static const uint32_t SHA256_K[64] CHALLENGE_FLASH = {
    0x428A2F98U, 0x71374491U, 0xB5C0FBCFU, 0xE9B5DBA5U, 0x3956C25BU, 0x59F111F1U, 0x923F82A4U, 0xAB1C5ED5U,
    0xD807AA98U, 0x12835B01U, 0x243185BEU, 0x550C7DC3U, 0x72BE5D74U, 0x80DEB1FEU, 0x9BDC06A7U, 0xC19BF174U,
    0xE49B69C1U, 0xEFBE4786U, 0x0FC19DC6U, 0x240CA1CCU, 0x2DE92C6FU, 0x4A7484AAU, 0x5CB0A9DCU, 0x76F988DAU,
    0x983E5152U, 0xA831C66DU, 0xB00327C8U, 0xBF597FC7U, 0xC6E00BF3U, 0xD5A79147U, 0x06CA6351U, 0x14292967U,
    0x27B70A85U, 0x2E1B2138U, 0x4D2C6DFCU, 0x53380D13U, 0x650A7354U, 0x766A0ABBU, 0x81C2C92EU, 0x92722C85U,
    0xA2BFE8A1U, 0xA81A664BU, 0xC24B8B70U, 0xC76C51A3U, 0xD192E819U, 0xD6990624U, 0xF40E3585U, 0x106AA070U,
    0x19A4C116U, 0x1E376C08U, 0x2748774CU, 0x34B0BCB5U, 0x391C0CB3U, 0x4ED8AA4AU, 0x5B9CCA4FU, 0x682E6FF3U,
    0x748F82EEU, 0x78A5636FU, 0x84C87814U, 0x8CC70208U, 0x90BEFFFAU, 0xA4506CEBU, 0xBEF9A3F7U, 0xC67178F2U,
};

static const uint32_t SHA256_START[8] CHALLENGE_FLASH = {
    0x6A09E667U, 0xBB67AE85U, 0x3C6EF372U, 0xA54FF53AU, 0x510E527FU, 0x9B05688CU, 0x1F83D9ABU, 0x5BE0CD19U,
};

/// SHA-256 (FIPS 180-4, section 6.2) for Digest.
struct Sha256 {
  using Word = uint32_t;
  struct State {
    uint32_t h[8];
  };
  static constexpr uint8_t SIZE = 32;
  static constexpr uint8_t BLOCK = 64;

  static void start(State &state) {
    for (uint8_t i = 0; i < 8; i++)
      state.h[i] = flash_word(&SHA256_START[i]);
  }

  CHALLENGE_NOINLINE static void compress(State &state, uint32_t *w) {
    uint32_t v[8];
    memcpy(v, state.h, sizeof(v));
    for (uint8_t t = 0; t < 64; t++) {
      v[7] += schedule_(w, t);
      v[7] += upper1_(v[4]);
      v[7] += choose_(&v[4]);
      v[3] += v[7];
      v[7] += upper0_(v[0]);
      v[7] += majority_(v);
      rotate_(v);
    }
    for (uint8_t i = 0; i < 8; i++)
      state.h[i] += v[i];
    wipe(v, sizeof(v));
  }

 protected:
  // Functions of their own, so that their temporaries are never on the stack together.
  CHALLENGE_NOINLINE static uint32_t schedule_(uint32_t *w, uint8_t t) {
    uint32_t *word = &w[t & 15];
    if (t >= 16) {
      *word += w[(t + 9) & 15];
      *word += lower0_(w[(t + 1) & 15]);
      *word += lower1_(w[(t + 14) & 15]);
    }
    return *word + flash_word(&SHA256_K[t]);
  }
  CHALLENGE_NOINLINE static uint32_t choose_(const uint32_t *v) { return v[2] ^ (v[0] & (v[1] ^ v[2])); }
  CHALLENGE_NOINLINE static uint32_t majority_(const uint32_t *v) { return (v[0] & v[1]) | (v[2] & (v[0] | v[1])); }
  static void rotate_(uint32_t *v) {
    const uint32_t last = v[7];
    memmove(&v[1], &v[0], 7 * sizeof(v[0]));
    v[0] = last;
  }
  CHALLENGE_NOINLINE static uint32_t upper0_(uint32_t x) {
    return rotate_right<2>(x ^ rotate_right<11>(x) ^ rotate_right<20>(x));
  }
  CHALLENGE_NOINLINE static uint32_t upper1_(uint32_t x) {
    return rotate_right<6>(x ^ rotate_right<5>(x) ^ rotate_right<19>(x));
  }
  CHALLENGE_NOINLINE static uint32_t lower0_(uint32_t x) { return rotate_right<7>(x ^ rotate_right<11>(x)) ^ (x >> 3); }
  CHALLENGE_NOINLINE static uint32_t lower1_(uint32_t x) {
    return rotate_right<17>(x ^ rotate_right<2>(x)) ^ (x >> 10);
  }
};

}  // namespace challenge
