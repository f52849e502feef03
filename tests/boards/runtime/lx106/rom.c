// What an ESP8266 has in its mask ROM, and Debian's libgcc for it leaves out.
#include <stdint.h>
static inline uint64_t umul(uint32_t a, uint32_t b) {
  uint32_t al = a & 0xFFFF, ah = a >> 16, bl = b & 0xFFFF, bh = b >> 16;
  uint32_t ll = al * bl, lh = al * bh, hl = ah * bl, hh = ah * bh;
  uint32_t mid = lh + hl;
  uint32_t carry = mid < lh;
  uint32_t lo = ll + (mid << 16);
  uint32_t hi = hh + (mid >> 16) + (carry << 16) + (lo < ll);
  return ((uint64_t) hi << 32) | lo;
}
uint64_t __muldi3(uint64_t a, uint64_t b) {
  uint32_t al = a, ah = a >> 32, bl = b, bh = b >> 32;
  uint64_t r = umul(al, bl);
  uint32_t hi = (uint32_t) (r >> 32) + al * bh + ah * bl;
  return ((uint64_t) hi << 32) | (uint32_t) r;
}
uint32_t __udivsi3(uint32_t n, uint32_t d) {
  uint32_t q = 0, r = 0;
  for (int i = 31; i >= 0; i--) {
    r = (r << 1) | ((n >> i) & 1);
    if (r >= d) {
      r -= d;
      q |= 1u << i;
    }
  }
  return q;
}
uint32_t __umodsi3(uint32_t n, uint32_t d) {
  uint32_t r = 0;
  for (int i = 31; i >= 0; i--) {
    r = (r << 1) | ((n >> i) & 1);
    if (r >= d)
      r -= d;
  }
  return r;
}
int32_t __divsi3(int32_t a, int32_t b) {
  uint32_t q = __udivsi3(a < 0 ? -(uint32_t) a : a, b < 0 ? -(uint32_t) b : b);
  return (a < 0) != (b < 0) ? -q : q;
}
uint64_t __udivdi3(uint64_t n, uint64_t d) {
  uint64_t q = 0, r = 0;
  for (int i = 63; i >= 0; i--) {
    r = (r << 1) | ((n >> i) & 1);
    if (r >= d) {
      r -= d;
      q |= 1ull << i;
    }
  }
  return q;
}
uint64_t __umoddi3(uint64_t n, uint64_t d) {
  uint64_t r = 0;
  for (int i = 63; i >= 0; i--) {
    r = (r << 1) | ((n >> i) & 1);
    if (r >= d)
      r -= d;
  }
  return r;
}
double __extendsfdf2(float f) {
  union {
    float f;
    uint32_t u;
  } a = {f};
  union {
    double d;
    uint64_t u;
  } r;
  uint32_t e = (a.u >> 23) & 0xFF, m = a.u & 0x7FFFFF;
  uint64_t s = (uint64_t) (a.u >> 31) << 63;
  if (e == 0xFF)
    r.u = s | (0x7FFull << 52) | ((uint64_t) m << 29);
  else if (e)
    r.u = s | ((uint64_t) (e + 896) << 52) | ((uint64_t) m << 29);
  else if (!m)
    r.u = s;
  else {
    int k = 0;
    while (!(m & 0x800000)) {
      m <<= 1;
      k++;
    }
    r.u = s | ((uint64_t) (897 - k) << 52) | ((uint64_t) (m & 0x7FFFFF) << 29);
  }
  return r.d;
}
float __truncdfsf2(double d) {
  union {
    double d;
    uint64_t u;
  } a = {d};
  union {
    float f;
    uint32_t u;
  } r;
  uint32_t s = (uint32_t) (a.u >> 63) << 31;
  int e = (int) ((a.u >> 52) & 0x7FF);
  uint64_t m = a.u & 0xFFFFFFFFFFFFFull;
  if (e == 0x7FF) {
    r.u = s | 0x7F800000 | (m ? 0x400000 : 0);
    return r.f;
  }
  int x = e - 896;
  if (x >= 255) {
    r.u = s | 0x7F800000;
    return r.f;
  }
  if (x <= 0) {
    if (x < -24) {
      r.u = s;
      return r.f;
    }
    m |= 1ull << 52;
    int sh = 30 - x;
    uint64_t q = m >> sh, rem = m & ((1ull << sh) - 1), half = 1ull << (sh - 1);
    if (rem > half || (rem == half && (q & 1)))
      q++;
    r.u = s | (uint32_t) q;
    return r.f;
  }
  uint64_t q = m >> 29, rem = m & 0x1FFFFFFF;
  uint32_t o = s | ((uint32_t) x << 23) | (uint32_t) q;
  if (rem > 0x10000000 || (rem == 0x10000000 && (q & 1)))
    o++;
  r.u = o;
  return r.f;
}
// Soft floats for normal numbers, rounded to nearest even.
typedef union {
  double d;
  uint64_t u;
} U;
typedef union {
  float f;
  uint32_t u;
} V;
static double pack(uint64_t s, int e, uint64_t m, int sticky) {  // m: 1.52 with 3 more bits below (bit 55 set)
  uint64_t rem = m & 7;
  m >>= 3;
  if (rem > 4 || (rem == 4 && (sticky || (m & 1)))) {
    if (!(rem == 4 && !sticky && !(m & 1)))
      m++;
  }
  if (m >> 53) {
    m >>= 1;
    e++;
  }
  U r;
  r.u = s | ((uint64_t) e << 52) | (m & 0xFFFFFFFFFFFFFull);
  return r.d;
}
double __muldf3(double x, double y) {
  U a = {x}, b = {y};
  uint64_t s = (a.u ^ b.u) & (1ull << 63);
  int ea = (a.u >> 52) & 0x7FF, eb = (b.u >> 52) & 0x7FF;
  if (!ea || !eb) {
    U r;
    r.u = s;
    return r.d;
  }
  uint64_t ma = (a.u & 0xFFFFFFFFFFFFFull) | (1ull << 52), mb = (b.u & 0xFFFFFFFFFFFFFull) | (1ull << 52);
  uint64_t al = (uint32_t) ma, ah = ma >> 32, bl = (uint32_t) mb, bh = mb >> 32;
  uint64_t ll = al * bl, lh = al * bh, hl = ah * bl, hh = ah * bh;
  uint64_t mid = (ll >> 32) + (uint32_t) lh + (uint32_t) hl;
  uint64_t lo = (mid << 32) | (uint32_t) ll, hi = hh + (lh >> 32) + (hl >> 32) + (mid >> 32);
  int e = ea + eb - 1023;
  uint64_t m;
  int st;
  if (hi >> 41) {
    m = (hi << 14) | (lo >> 50);
    st = (lo << 14) != 0;
    e++;
  } else {
    m = (hi << 15) | (lo >> 49);
    st = (lo << 15) != 0;
  }
  return pack(s, e, m, st);
}
double __adddf3(double x, double y) {
  U a = {x}, b = {y};
  if ((a.u << 1) < (b.u << 1)) {
    U t = a;
    a = b;
    b = t;
  }
  int ea = (a.u >> 52) & 0x7FF, eb = (b.u >> 52) & 0x7FF;
  if (!eb)
    return a.d;
  uint64_t ma = ((a.u & 0xFFFFFFFFFFFFFull) | (1ull << 52)) << 3, mb = ((b.u & 0xFFFFFFFFFFFFFull) | (1ull << 52)) << 3;
  int d = ea - eb, st = 0;
  if (d > 56)
    return a.d;
  st = d && (mb & ((1ull << d) - 1)) != 0;
  mb >>= d;
  uint64_t s = a.u & (1ull << 63);
  if ((a.u ^ b.u) >> 63) {
    ma = ma - mb - st;
    if (!ma)
      return 0;
    while (!(ma >> 55)) {
      ma <<= 1;
      ea--;
    }
  } else {
    ma += mb;
    if (ma >> 56) {
      st |= ma & 1;
      ma >>= 1;
      ea++;
    }
  }
  return pack(s, ea, ma, st);
}
float __mulsf3(float a, float b) { return __truncdfsf2(__muldf3(__extendsfdf2(a), __extendsfdf2(b))); }
float __addsf3(float a, float b) { return __truncdfsf2(__adddf3(__extendsfdf2(a), __extendsfdf2(b))); }
float __floatunsisf(uint32_t n) {
  union {
    uint32_t bits;
    float value;
  } out = {0};
  if (n == 0)
    return out.value;
  uint32_t exponent = 158;
  while ((n & 0x80000000u) == 0) {
    n <<= 1;
    exponent--;
  }
  // To the nearest, ties to even; a carry out of the mantissa raises the exponent.
  uint32_t rest = n & 0xFF;
  out.bits = (exponent << 23) + ((n >> 8) & 0x7FFFFF);
  out.bits += rest > 0x80 || (rest == 0x80 && (out.bits & 1) != 0);
  return out.value;
}
