#include "measure/counter.h"

namespace esphome::oceanremote::testing {

static uint64_t total = 0;
static uint32_t last = 0;

#if defined(__arm__)
// SysTick counts 24 bits down at 25 MHz.
static volatile uint32_t *const SYSTICK = reinterpret_cast<volatile uint32_t *>(0xE000E010);
static constexpr uint32_t MASK = 0xFFFFFF;
static constexpr uint32_t INSTRUCTIONS_PER_TICK = 40;
static uint32_t ticks() { return MASK - SYSTICK[2]; }
void start_counter() {
  SYSTICK[1] = MASK;
  SYSTICK[2] = 0;
  SYSTICK[0] = 5;
  last = ticks();
}
#elif defined(__riscv)
static constexpr uint32_t MASK = 0xFFFFFFFF;
static constexpr uint32_t INSTRUCTIONS_PER_TICK = 1;
static uint32_t ticks() {
  uint32_t value;
  asm volatile(".option push\n.option arch, +zicsr\ncsrr %0, minstret\n.option pop" : "=r"(value));
  return value;
}
void start_counter() { last = ticks(); }
#else
// CCOUNT counts at 40 MHz.
static constexpr uint32_t MASK = 0xFFFFFFFF;
static constexpr uint32_t INSTRUCTIONS_PER_TICK = 25;
static uint32_t ticks() {
  uint32_t value;
  asm volatile("rsr %0, ccount" : "=r"(value));
  return value;
}
void start_counter() { last = ticks(); }
#endif

uint64_t instructions() {
  const uint32_t now = ticks();
  total += (now - last) & MASK;
  last = now;
  return total * INSTRUCTIONS_PER_TICK;
}

static constexpr unsigned PAINTED = 12288;
// Of the painting function itself.
static constexpr unsigned OWN_FRAME = 64;
static constexpr uint8_t PAINT = 0xA5;
static uintptr_t top = 0;

static volatile uint8_t *below_top(unsigned distance) { return reinterpret_cast<volatile uint8_t *>(top - distance); }

[[gnu::noinline]] void paint_stack() {
  top = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  for (unsigned distance = OWN_FRAME; distance < PAINTED; distance++)
    *below_top(distance) = PAINT;
}

[[gnu::noinline]] unsigned stack_depth() {
  unsigned distance = PAINTED - 1;
  while (distance > OWN_FRAME && *below_top(distance) == PAINT)
    distance--;
  return distance;
}

}  // namespace esphome::oceanremote::testing
