// Frame types and sizes: nothing else is looked at before the cryptography.

#include <gtest/gtest.h>

#include "frames.h"
#include "support/vectors.h"

namespace esphome::oceanremote::testing {

static Error type_of(const Bytes &frame, FrameType &type, size_t limit = RX_LIMIT_SMALL) {
  return read_frame_type(view(frame), limit, type);
}

static Bytes sized(uint8_t type, size_t size) {
  Bytes frame(size, 0x55);
  if (size != 0)
    frame[0] = type;
  return frame;
}

TEST(Frames, EveryTypeHasItsSize) {
  FrameType type;
  for (size_t size = 0; size <= 600; size++) {
    EXPECT_EQ(type_of(sized(1, size), type) == Error::NONE, size == 34) << size;
    EXPECT_EQ(type_of(sized(3, size), type) == Error::NONE, size == 81) << size;
    EXPECT_EQ(type_of(sized(4, size), type) == Error::NONE, size == 4) << size;
    EXPECT_EQ(type_of(sized(5, size), type) == Error::NONE, size >= 22) << size;
    EXPECT_NE(type_of(sized(2, size), type), Error::NONE) << "only devices send INIT";
  }
}

TEST(Frames, DataEndsAtTheReceiveLimit) {
  FrameType type;
  EXPECT_EQ(type_of(sized(5, 1024), type, 1024), Error::NONE);
  EXPECT_EQ(type, FrameType::DATA);
  EXPECT_EQ(type_of(sized(5, 1025), type, 1024), Error::FRAME_TOO_LARGE);
}

TEST(Frames, OtherTypesDoNotExist) {
  for (int first = 0; first < 256; first++) {
    if (first >= 1 && first <= 5)
      continue;
    FrameType type = FrameType::REJECT;
    for (const size_t size : {1U, 4U, 34U, 81U, 100U})
      EXPECT_EQ(type_of(sized(static_cast<uint8_t>(first), size), type), Error::FRAME_MALFORMED);
    EXPECT_EQ(type, FrameType::REJECT) << "untouched";
  }
}

TEST(Frames, HelloOfAnotherVersionIsNamed) {
  Bytes hello = sized(1, 34);
  hello[1] = 1;
  EXPECT_EQ(check_hello(view(hello)), Error::NONE);
  hello[1] = 2;
  EXPECT_EQ(check_hello(view(hello)), Error::VERSION_UNSUPPORTED);
  hello.pop_back();
  EXPECT_EQ(check_hello(view(hello)), Error::FRAME_MALFORMED);
}

TEST(Frames, RejectIsClamped) {
  RejectFrame reject;
  ASSERT_EQ(read_reject(view(from_hex("0401001e")), reject), Error::NONE);
  EXPECT_EQ(reject.retry_after_s, 30);
  ASSERT_EQ(read_reject(view(from_hex("0401ffff")), reject), Error::NONE);
  EXPECT_EQ(reject.retry_after_s, 300);
  EXPECT_EQ(read_reject(view(from_hex("0402001e")), reject), Error::FRAME_MALFORMED);
}

}  // namespace esphome::oceanremote::testing
