// What a person reads when a connection cannot be made.

#include <gtest/gtest.h>

#include "connect_failure.h"
#include "support/log_text.h"

namespace esphome::oceanremote {

static std::string text_of(int cause) { return testing::text_of(connect_failure(cause)); }

TEST(ConnectFailure, SaysWhereToLook) {
  EXPECT_EQ(text_of(ECONNREFUSED), "connection refused");
  EXPECT_EQ(text_of(EHOSTUNREACH), "host unreachable");
  EXPECT_EQ(text_of(ENETUNREACH), "host unreachable");
  EXPECT_EQ(text_of(ETIMEDOUT), "no answer");
  EXPECT_EQ(text_of(ECONNRESET), "connection lost");
}

TEST(ConnectFailure, DoesNotBlameTheHubForTheBoardsOwnWant) {
  for (const int cause : {ENOMEM, ENOBUFS, EMFILE, ENFILE, EAGAIN, EADDRINUSE})
    EXPECT_EQ(text_of(cause), "out of memory or sockets") << cause;
  EXPECT_EQ(text_of(EINVAL), "connection failed");
}

}  // namespace esphome::oceanremote
