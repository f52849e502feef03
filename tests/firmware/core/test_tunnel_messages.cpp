// Messages of tunnels as they lie on the wire. What must be refused is in the vectors (test_transcripts.cpp).

#include <gtest/gtest.h>

#include "messages.h"

#include "support/vectors.h"

namespace esphome::oceanremote::testing {

static HubMessage read(const std::string &hex) {
  HubMessage message;
  const Bytes bytes = from_hex(hex);
  static Bytes kept;
  kept = bytes;
  EXPECT_EQ(parse_hub_message(view(kept), message), Error::NONE) << hex;
  return message;
}

TEST(TunnelMessages, OfTheHubAreRead) {
  const HubMessage open = read("8418530702194000");
  EXPECT_EQ(open.type, MessageType::TUNNEL_OPEN);
  EXPECT_EQ(open.tunnel.stream, 7U);
  EXPECT_EQ(open.tunnel.service, 2);
  EXPECT_EQ(open.tunnel.size, 0x4000U);
  const HubMessage data = read("83185401426869");
  EXPECT_EQ(to_hex(Bytes(data.tunnel.data.data, data.tunnel.data.data + data.tunnel.data.size)), "6869");
  EXPECT_EQ(read("8318550119ffff").tunnel.size, 0xFFFFU);
  EXPECT_EQ(read("8318560100").tunnel.end, TunnelEnd::FINISHED);
  EXPECT_EQ(read("8318560101").tunnel.end, TunnelEnd::RESET);
}

TEST(TunnelMessages, AreRefusedWithOtherFields) {
  HubMessage message;
  for (const char *hex : {"8418530001190800", "8418530100190800", "841853010100", "84185301011a00010000", "8318540140",
                          "831854016161", "8318550100", "8318560102", "8318530101", "841856010000"}) {
    const Bytes bytes = from_hex(hex);
    EXPECT_EQ(parse_hub_message(view(bytes), message), Error::MESSAGE_MALFORMED) << hex;
  }
}

TEST(TunnelMessages, OfTheDeviceAreWritten) {
  uint8_t out[32];
  CborWriter writer(out, sizeof(out));
  const auto written = [&] {
    const std::string hex = to_hex(Bytes(out, out + writer.size()));
    writer.rewind(0);
    return hex;
  };
  write_tunnel_opened(writer, 1, TunnelStatus::OPENED, 2048);
  EXPECT_EQ(written(), "84170100190800");
  write_tunnel_opened(writer, 3, TunnelStatus::TOO_MANY, 0);
  EXPECT_EQ(written(), "8417030100");
  write_tunnel_data_head(writer, 1, 5);
  EXPECT_EQ(written(), "8318180145");
  write_tunnel_credit(writer, 1, 1024);
  EXPECT_EQ(written(), "83181901190400");
  write_tunnel_end(writer, UINT32_MAX, TunnelEnd::RESET);
  EXPECT_EQ(written(), "83181a1affffffff01");
  write_tunnel_data_head(writer, UINT32_MAX, TUNNEL_WINDOW_MAX);
  EXPECT_EQ(writer.size(), TUNNEL_HEAD_MAX);
}

}  // namespace esphome::oceanremote::testing
