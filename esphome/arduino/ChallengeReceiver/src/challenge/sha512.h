#pragma once

#include "digest.h"

namespace challenge {

// Each constant as its upper and lower half: flash is read by 32 bits at a time.
static const uint32_t SHA512_K[160] CHALLENGE_FLASH = {
    0x428A2F98U, 0xD728AE22U, 0x71374491U, 0x23EF65CDU, 0xB5C0FBCFU, 0xEC4D3B2FU, 0xE9B5DBA5U, 0x8189DBBCU, 0x3956C25BU,
    0xF348B538U, 0x59F111F1U, 0xB605D019U, 0x923F82A4U, 0xAF194F9BU, 0xAB1C5ED5U, 0xDA6D8118U, 0xD807AA98U, 0xA3030242U,
    0x12835B01U, 0x45706FBEU, 0x243185BEU, 0x4EE4B28CU, 0x550C7DC3U, 0xD5FFB4E2U, 0x72BE5D74U, 0xF27B896FU, 0x80DEB1FEU,
    0x3B1696B1U, 0x9BDC06A7U, 0x25C71235U, 0xC19BF174U, 0xCF692694U, 0xE49B69C1U, 0x9EF14AD2U, 0xEFBE4786U, 0x384F25E3U,
    0x0FC19DC6U, 0x8B8CD5B5U, 0x240CA1CCU, 0x77AC9C65U, 0x2DE92C6FU, 0x592B0275U, 0x4A7484AAU, 0x6EA6E483U, 0x5CB0A9DCU,
    0xBD41FBD4U, 0x76F988DAU, 0x831153B5U, 0x983E5152U, 0xEE66DFABU, 0xA831C66DU, 0x2DB43210U, 0xB00327C8U, 0x98FB213FU,
    0xBF597FC7U, 0xBEEF0EE4U, 0xC6E00BF3U, 0x3DA88FC2U, 0xD5A79147U, 0x930AA725U, 0x06CA6351U, 0xE003826FU, 0x14292967U,
    0x0A0E6E70U, 0x27B70A85U, 0x46D22FFCU, 0x2E1B2138U, 0x5C26C926U, 0x4D2C6DFCU, 0x5AC42AEDU, 0x53380D13U, 0x9D95B3DFU,
    0x650A7354U, 0x8BAF63DEU, 0x766A0ABBU, 0x3C77B2A8U, 0x81C2C92EU, 0x47EDAEE6U, 0x92722C85U, 0x1482353BU, 0xA2BFE8A1U,
    0x4CF10364U, 0xA81A664BU, 0xBC423001U, 0xC24B8B70U, 0xD0F89791U, 0xC76C51A3U, 0x0654BE30U, 0xD192E819U, 0xD6EF5218U,
    0xD6990624U, 0x5565A910U, 0xF40E3585U, 0x5771202AU, 0x106AA070U, 0x32BBD1B8U, 0x19A4C116U, 0xB8D2D0C8U, 0x1E376C08U,
    0x5141AB53U, 0x2748774CU, 0xDF8EEB99U, 0x34B0BCB5U, 0xE19B48A8U, 0x391C0CB3U, 0xC5C95A63U, 0x4ED8AA4AU, 0xE3418ACBU,
    0x5B9CCA4FU, 0x7763E373U, 0x682E6FF3U, 0xD6B2B8A3U, 0x748F82EEU, 0x5DEFB2FCU, 0x78A5636FU, 0x43172F60U, 0x84C87814U,
    0xA1F0AB72U, 0x8CC70208U, 0x1A6439ECU, 0x90BEFFFAU, 0x23631E28U, 0xA4506CEBU, 0xDE82BDE9U, 0xBEF9A3F7U, 0xB2C67915U,
    0xC67178F2U, 0xE372532BU, 0xCA273ECEU, 0xEA26619CU, 0xD186B8C7U, 0x21C0C207U, 0xEADA7DD6U, 0xCDE0EB1EU, 0xF57D4F7FU,
    0xEE6ED178U, 0x06F067AAU, 0x72176FBAU, 0x0A637DC5U, 0xA2C898A6U, 0x113F9804U, 0xBEF90DAEU, 0x1B710B35U, 0x131C471BU,
    0x28DB77F5U, 0x23047D84U, 0x32CAAB7BU, 0x40C72493U, 0x3C9EBE0AU, 0x15C9BEBCU, 0x431D67C4U, 0x9C100D4CU, 0x4CC5D4BEU,
    0xCB3E42B6U, 0x597F299CU, 0xFC657E2AU, 0x5FCB6FABU, 0x3AD6FAECU, 0x6C44198CU, 0x4A475817U,
};

/// SHA-512 (FIPS 180-4, section 6.4) for Digest. Too slow and too large for an ATmega.
struct Sha512 {
  using Word = uint64_t;
  struct State {
    uint64_t h[8];
  };
  static constexpr uint8_t SIZE = 64;
  static constexpr uint8_t BLOCK = 128;

  static void start(State &state) {
    static const uint64_t H[8] = {
        0x6A09E667F3BCC908ULL, 0xBB67AE8584CAA73BULL, 0x3C6EF372FE94F82BULL, 0xA54FF53A5F1D36F1ULL,
        0x510E527FADE682D1ULL, 0x9B05688C2B3E6C1FULL, 0x1F83D9ABFB41BD6BULL, 0x5BE0CD19137E2179ULL,
    };
    memcpy(state.h, H, sizeof(H));
  }

  static void compress(State &state, uint64_t *w) {
    uint64_t v[8];
    memcpy(v, state.h, sizeof(v));
    for (uint8_t t = 0; t < 80; t++) {
      if (t >= 16)
        extend_(w, t);
      const uint64_t e = v[4];
      const uint64_t a = v[0];
      const uint64_t t1 = v[7] + (rotate_right<14>(e) ^ rotate_right<18>(e) ^ rotate_right<41>(e)) +
                          ((e & v[5]) ^ (~e & v[6])) + constant_(t) + w[t & 15];
      const uint64_t t2 =
          (rotate_right<28>(a) ^ rotate_right<34>(a) ^ rotate_right<39>(a)) + ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));
      memmove(&v[1], &v[0], 7 * sizeof(v[0]));
      v[4] += t1;
      v[0] = t1 + t2;
    }
    for (uint8_t i = 0; i < 8; i++)
      state.h[i] += v[i];
    wipe(v, sizeof(v));
  }

 protected:
  static uint64_t constant_(uint8_t t) {
    return (static_cast<uint64_t>(flash_word(&SHA512_K[2 * t])) << 32) | flash_word(&SHA512_K[2 * t + 1]);
  }
  static void extend_(uint64_t *w, uint8_t t) {
    const uint64_t x = w[(t + 1) & 15];
    const uint64_t y = w[(t + 14) & 15];
    w[t & 15] += (rotate_right<1>(x) ^ rotate_right<8>(x) ^ (x >> 7)) + w[(t + 9) & 15] +
                 (rotate_right<19>(y) ^ rotate_right<61>(y) ^ (y >> 6));
  }
};

}  // namespace challenge
