// Addresses in digits, and what a board's own say. That nothing else is read alike is for fuzz_ip_address.cpp.

#include <gtest/gtest.h>

#include "ip_address.h"
#include "support/vectors.h"

namespace esphome::oceanremote {

static std::string bytes_of_text(const char *text) {
  IpAddress address;
  return read_ip_address(text, address) ? testing::to_hex({address.bytes, address.size()}) : "none";
}

TEST(IpAddress, IsReadInEveryForm) {
  EXPECT_EQ(bytes_of_text("192.168.1.10"), "c0a8010a");
  EXPECT_EQ(bytes_of_text("::"), "00000000000000000000000000000000");
  EXPECT_EQ(bytes_of_text("::1"), "00000000000000000000000000000001");
  EXPECT_EQ(bytes_of_text("fd00::"), "fd000000000000000000000000000000");
  EXPECT_EQ(bytes_of_text("2001:db8::a:b"), "20010db80000000000000000000a000b");
  EXPECT_EQ(bytes_of_text("1:2:3:4:5:6:7:8"), "00010002000300040005000600070008");
  EXPECT_EQ(bytes_of_text("::2:3:4:5:6:7:8"), "00000002000300040005000600070008");
  EXPECT_EQ(bytes_of_text("2001:DB8:0:0:0:0:0:FFFF"), "20010db800000000000000000000ffff");
  EXPECT_EQ(bytes_of_text("64:ff9b::192.0.2.33"), "0064ff9b0000000000000000c0000221");
  EXPECT_EQ(bytes_of_text("1:2:3:4:5:6:1.2.3.4"), "00010002000300040005000601020304");
}

TEST(IpAddress, NothingElseIsOne) {
  for (const char *text : {"",
                           ":",
                           ":::",
                           "1::2::3",
                           ":1",
                           "1:",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1:2:3:4::5:6:7:8",
                           "12345::",
                           "g::",
                           "::1.2.3",
                           "1.2.3.4::",
                           "1:2:3:4:5:6:7:1.2.3.4",
                           "fe80::1%eth0",
                           "[::1]",
                           "1.2.3",
                           "1.2.3.256",
                           "01.2.3.4",
                           "1.2.3.4.",
                           "hub.example.com",
                           "fade",
                           "::01.2.3.4"})
    EXPECT_EQ(bytes_of_text(text), "none") << text;
}

static bool prefers_ipv6(std::initializer_list<const char *> own) {
  OwnAddresses addresses;
  for (const char *text : own) {
    IpAddress address;
    EXPECT_TRUE(read_ip_address(text, address)) << text;
    addresses.add(address);
  }
  return addresses.prefers_ipv6();
}

TEST(OwnAddresses, PreferIpv6WhereItReachesTheInternetOrIsAll) {
  EXPECT_TRUE(prefers_ipv6({"192.168.1.2", "fe80::1", "2001:db8::1"}));
  EXPECT_TRUE(prefers_ipv6({"3fff::1", "192.168.1.2"}));
  EXPECT_FALSE(prefers_ipv6({"192.168.1.2", "fe80::1"}));
  EXPECT_FALSE(prefers_ipv6({"192.168.1.2", "fd00::1"})) << "to other such networks only";
  EXPECT_TRUE(prefers_ipv6({"fd00::1", "fe80::1"})) << "a Thread network";
  EXPECT_TRUE(prefers_ipv6({"127.0.0.1", "0.0.0.0", "::1", "fd00::1"})) << "loopback and unset addresses reach nothing";
}

}  // namespace esphome::oceanremote
