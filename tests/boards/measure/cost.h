#pragma once
// The cost of a piece of work, printed as
// `name = instructions, stack, passes, passes with a curve operation, worst pass, worst pass without one`.

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "measure/counter.h"

namespace esphome::oceanremote::testing {

#define MUST(okay) must(okay, #okay)
inline void must(bool okay, const char *what) {
  if (okay)
    return;
  std::printf("failed: %s\n", what);
  std::fflush(stdout);
  std::exit(1);
}

/// Fewer than any curve operation takes, more than anything else may.
inline constexpr uint64_t CURVE_AT_LEAST = 500000;

/// The cost of a piece of work in several passes of the loop.
struct Cost {
  uint64_t instructions{0};
  uint64_t worst{0};
  uint64_t worst_other{0};
  unsigned stack{0};
  unsigned passes{0};
  unsigned curve_passes{0};

  void add(uint64_t count, unsigned depth) {
    this->instructions += count;
    this->worst = std::max<uint64_t>(this->worst, count);
    this->stack = std::max<unsigned>(this->stack, depth);
    this->passes++;
    if (count >= CURVE_AT_LEAST) {
      this->curve_passes++;
    } else {
      this->worst_other = std::max<uint64_t>(this->worst_other, count);
    }
  }
  void print(const char *name) const {
    std::printf("%s = %lu, %u, %u, %u, %lu, %lu\n", name, static_cast<unsigned long>(this->instructions), this->stack,
                this->passes, this->curve_passes, static_cast<unsigned long>(this->worst),
                static_cast<unsigned long>(this->worst_other));
  }
};

/// Runs a pass and adds its cost.
template<typename F> [[gnu::noinline]] void pass(Cost &cost, F &&work) {
  paint_stack();
  const uint64_t before = instructions();
  work();
  const uint64_t count = instructions() - before;
  cost.add(count, stack_depth());
}

template<typename F> void measure(const char *name, F &&work) {
  Cost cost;
  pass(cost, work);
  cost.print(name);
}

}  // namespace esphome::oceanremote::testing
