#pragma once
// How many instructions a piece of work takes (qemu with `-icount shift=0`: one for each nanosecond), and how deep the
// stack gets.

#include <cstdint>

namespace esphome::oceanremote::testing {

void start_counter();
/// Instructions since start_counter(), in steps of 25 (lx106) or 40 (ARM); to be asked at least every 600 million.
uint64_t instructions();

/// Fills what lies below the caller on the stack with a pattern.
void paint_stack();
/// How many bytes below its caller the stack has been used since paint_stack() at the same depth.
unsigned stack_depth();

}  // namespace esphome::oceanremote::testing
