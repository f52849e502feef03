#pragma once
// The part of the RP2's core that its flash needs; the test defines it.

struct RP2040 {
  void idleOtherCore();
  void resumeOtherCore();
};
extern RP2040 rp2040;
