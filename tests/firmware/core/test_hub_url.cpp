// Addresses of the hub as texts: what a configuration could have, and nothing else.

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "hub_url.h"

namespace esphome::oceanremote {

static HubUrl parsed(std::string_view text) {
  HubUrl url;
  EXPECT_TRUE(parse_hub_url(text, url)) << text;
  return url;
}

TEST(HubUrl, ComesApart) {
  const HubUrl plain = parsed("ws://192.168.1.10:8123");
  EXPECT_FALSE(plain.secure);
  EXPECT_EQ(plain.host, "192.168.1.10");
  EXPECT_EQ(plain.port, 8123);
  EXPECT_EQ(plain.authority, "192.168.1.10:8123");
  EXPECT_EQ(plain.prefix, "");
  const HubUrl secure = parsed("wss://home.example.com/behind/proxy");
  EXPECT_TRUE(secure.secure);
  EXPECT_EQ(secure.host, "home.example.com");
  EXPECT_EQ(secure.port, 443);
  EXPECT_EQ(secure.authority, "home.example.com");
  EXPECT_EQ(secure.prefix, "/behind/proxy");
}

TEST(HubUrl, OfIpv6StandsInBrackets) {
  const HubUrl url = parsed("ws://[2001:db8::1]:81");
  EXPECT_TRUE(url.ipv6);
  EXPECT_EQ(url.host, "2001:db8::1");
  EXPECT_EQ(url.authority, "[2001:db8::1]:81");
  EXPECT_EQ(url.port, 81);
  EXPECT_EQ(parsed("wss://[::1]").port, 443);
}

TEST(HubUrl, TakesEveryNameThatTheHubDoes) {
  for (const char *text : {"ws://a", "ws://home_assistant", "ws://4u.example", "ws://x-1.y", "ws://A.B.C:1",
                           "ws://xn--bcher-kva.example:65535", "ws://a/~b/%20c"})
    parsed(text);
}

TEST(HubUrl, RefusesWhatCannotBeDialed) {
  for (const char *text : {"",
                           "ws://",
                           "wss://",
                           "ws:/a",
                           "http://a",
                           "https://a",
                           "WS://a",
                           "ws://:80",
                           "ws://a:",
                           "ws://a:0",
                           "ws://a:080",
                           "ws://a:65536",
                           "ws://a:99999",
                           "ws://a:123456",
                           "ws://a:8x",
                           "ws://a:-1",
                           "ws://u@a",
                           "ws://u:p@a",
                           "ws://a?b",
                           "ws://a#b",
                           "ws://a/?b",
                           "ws://a/",
                           "ws://a//",
                           "ws://a/b/",
                           "ws://a/b c",
                           "ws://a/\x7f",
                           "ws://a/\n",
                           "ws://a/\xc3\xa4",
                           "ws://\xc3\xa4",
                           "ws://a\\b",
                           "ws://-a",
                           "ws://a-",
                           "ws://a-.b",
                           "ws://a..b",
                           "ws://.a",
                           "ws://a.",
                           "ws://1.2.3",
                           "ws://1.2.3.4.5",
                           "ws://256.1.1.1",
                           "ws://12345",
                           "ws://[1.2.3.4]",
                           "ws://[::1",
                           "ws://::1",
                           "ws://[::1]80",
                           "ws://[]",
                           "ws://[g::1]",
                           "ws://[fe80::1%25eth0]",
                           "ws://a b",
                           "ws://a*b",
                           "ws://a/api/oceanremote/connect",
                           "ws://a/b/api/oceanremote/connect"}) {
    HubUrl url;
    EXPECT_FALSE(parse_hub_url(text, url)) << text;
  }
}

TEST(HubUrl, HasItsBounds) {
  const std::string label(63, 'a');
  HubUrl url;
  EXPECT_TRUE(parse_hub_url("ws://" + label + ".b", url));
  EXPECT_FALSE(parse_hub_url("ws://a" + label + ".b", url)) << "a label of 64";
  const std::string longest = "ws://a/" + std::string(HUB_URL_MAX - 7, 'b');
  EXPECT_TRUE(parse_hub_url(longest, url));
  EXPECT_FALSE(parse_hub_url(longest + "b", url));
}

TEST(HubUrl, NoTextIsReadBeyondItsEnd) {
  const std::string whole = "wss://[2001:db8::1]:8123/behind/proxy";
  for (size_t size = 0; size <= whole.size(); size++) {
    // Of just that size, so that a sanitizer sees it.
    const std::string text(whole, 0, size);
    const auto copy = std::make_unique<char[]>(size);
    text.copy(copy.get(), size);
    HubUrl url;
    (void) parse_hub_url({copy.get(), size}, url);
  }
}

}  // namespace esphome::oceanremote
