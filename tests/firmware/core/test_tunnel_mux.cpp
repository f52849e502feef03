// The tunnels of a link: what hub and services say, carried whole and in order, within what was granted.

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tunnel_mux.h"

#include "support/vectors.h"

namespace esphome::oceanremote::testing {

static constexpr uint32_t HUB_WINDOW = 3000;
static constexpr uint8_t BOTH = 3;

static TunnelMessage message_of(uint32_t stream, uint32_t size = 0) {
  TunnelMessage message;
  message.stream = stream;
  message.size = size;
  return message;
}

class TunnelMuxTest : public ::testing::Test {
 protected:
  bool open(uint32_t stream, TunnelService service = TunnelService::API) {
    TunnelMessage message = message_of(stream, HUB_WINDOW);
    message.service = static_cast<uint8_t>(service);
    return this->mux.receive(MessageType::TUNNEL_OPEN, message);
  }
  bool data(uint32_t stream, const Bytes &bytes) {
    TunnelMessage message = message_of(stream);
    message.data = view(bytes);
    return this->mux.receive(MessageType::TUNNEL_DATA_DOWN, message);
  }
  bool credit(uint32_t stream, uint32_t size) {
    return this->mux.receive(MessageType::TUNNEL_CREDIT_DOWN, message_of(stream, size));
  }
  bool end(uint32_t stream, TunnelEnd how) {
    TunnelMessage message = message_of(stream);
    message.end = how;
    return this->mux.receive(MessageType::TUNNEL_END_DOWN, message);
  }
  /// The next message besides bytes as hexadecimal digits; empty: none.
  std::string next() {
    uint8_t out[64];
    return to_hex(Bytes(out, out + this->mux.write(out, sizeof(out))));
  }
  void connect(uint32_t stream, uint8_t place = 0) {
    ASSERT_TRUE(this->open(stream));
    ASSERT_EQ(this->mux.stream(place), stream);
    this->mux.opened(place);
    ASSERT_EQ(this->next().substr(0, 4), "8417");
  }

  TunnelMux mux{BOTH};
};

TEST_F(TunnelMuxTest, ConnectsAndAnswers) {
  ASSERT_TRUE(this->open(1, TunnelService::WEB_SERVER));
  EXPECT_TRUE(this->mux.is_connecting(0));
  EXPECT_EQ(this->mux.service(0), TunnelService::WEB_SERVER);
  EXPECT_EQ(this->next(), "") << "nothing is said before it is known";
  EXPECT_EQ(this->mux.room(0, 512), 0U);
  this->mux.opened(0);
  EXPECT_EQ(this->mux.room(0, 512), 0U) << "the answer comes first";
  EXPECT_EQ(this->next(), "84170100190800");
  EXPECT_EQ(this->next(), "");
  EXPECT_EQ(this->mux.room(0, 512), 512 - TUNNEL_HEAD_MAX);
  EXPECT_EQ(this->mux.room(0, 4096), TUNNEL_PART_MAX);
}

TEST_F(TunnelMuxTest, RefusesAThirdAndWhatItHasNot) {
  TunnelMux api(1);
  TunnelMessage message = message_of(1, 1);
  message.service = 2;
  EXPECT_TRUE(api.receive(MessageType::TUNNEL_OPEN, message));
  message.stream = 2;
  message.service = 255;
  EXPECT_TRUE(api.receive(MessageType::TUNNEL_OPEN, message));
  uint8_t out[64];
  EXPECT_EQ(to_hex(Bytes(out, out + api.write(out, sizeof(out)))), "8417010200");
  EXPECT_EQ(to_hex(Bytes(out, out + api.write(out, sizeof(out)))), "8417020200");

  this->connect(1);
  this->connect(2, 1);
  ASSERT_TRUE(this->open(3));
  EXPECT_EQ(this->next(), "8417030100");
  ASSERT_TRUE(this->open(4)) << "the third is over";
}

TEST_F(TunnelMuxTest, IsAskedForFourAtATime) {
  for (uint32_t stream = 1; stream <= TUNNELS_ALIVE_MAX; stream++)
    ASSERT_TRUE(this->open(stream));
  EXPECT_FALSE(this->open(5));
}

TEST_F(TunnelMuxTest, HasNoStreamTwice) {
  ASSERT_TRUE(this->open(2));
  EXPECT_FALSE(this->open(2));
  EXPECT_FALSE(this->open(1));
}

TEST_F(TunnelMuxTest, SaysNothingMoreOfWhatTheHubHasReset) {
  this->connect(1);
  this->connect(2, 1);
  ASSERT_TRUE(this->open(3));
  ASSERT_TRUE(this->open(4));
  ASSERT_TRUE(this->end(3, TunnelEnd::RESET));
  ASSERT_TRUE(this->open(5)) << "three are alive";
  EXPECT_EQ(this->next(), "8417040100");
  EXPECT_EQ(this->next(), "8417050100");
  EXPECT_EQ(this->next(), "");
}

TEST_F(TunnelMuxTest, TellsThatNobodyListens) {
  ASSERT_TRUE(this->open(1));
  this->mux.refuse(0);
  EXPECT_EQ(this->mux.stream(0), 0U);
  EXPECT_EQ(this->next(), "8417010300");
}

TEST_F(TunnelMuxTest, GivesBackCreditWhenHalfIsWritten) {
  this->connect(1);
  ASSERT_TRUE(this->data(1, Bytes(TUNNEL_WINDOW, 7)));
  EXPECT_EQ(this->mux.to_service(0).size, TUNNEL_WINDOW);
  this->mux.written(0, TUNNEL_WINDOW / 2 - 1);
  EXPECT_EQ(this->next(), "");
  this->mux.written(0, 1);
  EXPECT_EQ(this->next(), "83181901190400");
  EXPECT_TRUE(this->data(1, Bytes(TUNNEL_WINDOW / 2, 7)));
  EXPECT_FALSE(this->data(1, Bytes(1, 7))) << "more than was granted";
}

TEST_F(TunnelMuxTest, TakesNothingBeforeItsAnswer) {
  ASSERT_TRUE(this->open(1));
  EXPECT_FALSE(this->data(1, Bytes(1, 7)));
  EXPECT_FALSE(this->credit(1, 1));
  EXPECT_FALSE(this->end(1, TunnelEnd::FINISHED));
  EXPECT_TRUE(this->end(1, TunnelEnd::RESET));
  EXPECT_EQ(this->mux.stream(0), 0U);
  EXPECT_EQ(this->next(), "");
}

TEST_F(TunnelMuxTest, DropsWhatCrossesTheEnd) {
  this->connect(1);
  this->mux.reset(0);
  EXPECT_TRUE(this->data(1, Bytes(TUNNEL_WINDOW + 1, 7)));
  EXPECT_TRUE(this->credit(1, TUNNEL_WINDOW_MAX));
  EXPECT_EQ(this->next(), "83181a0101");
  EXPECT_TRUE(this->end(1, TunnelEnd::RESET));
  EXPECT_TRUE(this->data(1, {1}));
  EXPECT_FALSE(this->data(2, Bytes(1, 7))) << "never opened";
}

TEST_F(TunnelMuxTest, RefusesWhatBreaksTheRules) {
  this->connect(1);
  EXPECT_FALSE(this->credit(1, TUNNEL_WINDOW_MAX));
  ASSERT_TRUE(this->end(1, TunnelEnd::FINISHED));
  EXPECT_FALSE(this->data(1, Bytes(1, 7)));
  EXPECT_FALSE(this->end(1, TunnelEnd::FINISHED));
}

TEST_F(TunnelMuxTest, ClosesOneDirectionAfterTheOther) {
  this->connect(1);
  ASSERT_TRUE(this->data(1, {1, 2, 3}));
  ASSERT_TRUE(this->end(1, TunnelEnd::FINISHED));
  EXPECT_FALSE(this->mux.finishes_service(0)) << "bytes wait";
  this->mux.written(0, 3);
  ASSERT_TRUE(this->mux.finishes_service(0));
  this->mux.service_is_finished(0);
  EXPECT_FALSE(this->mux.finishes_service(0));
  EXPECT_NE(this->mux.room(0, 512), 0U) << "the service may go on";
  this->mux.finished(0);
  EXPECT_EQ(this->mux.room(0, 512), 0U);
  EXPECT_EQ(this->next(), "83181a0100");
  EXPECT_EQ(this->mux.stream(0), 0U);
}

TEST_F(TunnelMuxTest, WritesToTheServiceWhatIsOverForTheHub) {
  this->connect(1);
  this->connect(2, 1);
  for (uint8_t place = 0; place < TUNNELS_MAX; place++) {
    ASSERT_TRUE(this->data(place + 1U, {1}));
    ASSERT_TRUE(this->end(place + 1U, TunnelEnd::FINISHED));
    this->mux.finished(place);
    EXPECT_NE(this->next(), "");
  }
  for (uint32_t stream = 3; stream < 3 + TUNNELS_ALIVE_MAX; stream++)
    EXPECT_TRUE(this->open(stream)) << "for the hub there is none";
  this->mux.reset(0);
  EXPECT_EQ(this->next(), "8417030100") << "and no word of it";
}

TEST_F(TunnelMuxTest, ForgetsAllWithTheLink) {
  this->connect(1);
  ASSERT_TRUE(this->open(2));
  this->mux.refuse(1);
  this->mux.end_link();
  EXPECT_FALSE(this->mux.any());
  EXPECT_EQ(this->next(), "");
  EXPECT_TRUE(this->open(1)) << "numbers begin again";
}

/// One stream as hub and service see it; both directions count up, so that a lost or doubled byte shows.
struct Flow {
  uint32_t hub_room{0};
  uint32_t hub_grants{HUB_WINDOW};
  uint8_t to_service{0};
  uint8_t at_service{0};
  uint8_t from_service{0};
  uint8_t at_hub{0};
  bool answered{false};
};

/// By their numbers. A vector, for the boards' small library has no tree that can shrink.
class Flows : public std::vector<std::pair<uint32_t, Flow>> {
 public:
  iterator find(uint32_t stream) {
    return std::find_if(this->begin(), this->end(), [stream](const auto &entry) { return entry.first == stream; });
  }
  Flow &at(uint32_t stream) { return this->find(stream)->second; }
};

class RandomTunnels {
 public:
  explicit RandomTunnels(uint32_t seed) : random_(seed) {}

  void run(size_t steps) {
    for (size_t i = 0; i < steps; i++) {
      const auto place = static_cast<uint8_t>(this->draw_(TUNNELS_MAX));
      switch (this->draw_(8)) {
        case 0:
          this->open_();
          break;
        case 1:
          this->hub_sends_();
          break;
        case 2:
          this->hub_ends_();
          break;
        case 3:
          this->service_takes_(place);
          break;
        case 4:
          this->service_sends_(place);
          break;
        case 5:
          this->service_ends_(place);
          break;
        default:
          this->connect_(place);
          this->tell_();
          break;
      }
    }
  }
  [[nodiscard]] size_t carried() const { return this->carried_; }

 protected:
  size_t draw_(size_t below) { return this->random_() % below; }

  void open_() {
    if (this->flows_.size() >= TUNNELS_ALIVE_MAX)
      return;
    TunnelMessage message = message_of(++this->last_, HUB_WINDOW);
    message.service = static_cast<uint8_t>(1 + this->draw_(3));
    ASSERT_TRUE(this->mux_.receive(MessageType::TUNNEL_OPEN, message));
    this->flows_.emplace_back(this->last_, Flow{});
  }

  std::pair<uint32_t, Flow> *any_flow_() {
    if (this->flows_.empty())
      return nullptr;
    auto found = this->flows_.begin();
    std::advance(found, this->draw_(this->flows_.size()));
    return &*found;
  }

  void hub_sends_() {
    auto *entry = this->any_flow_();
    if (entry == nullptr || !entry->second.answered)
      return;
    Flow &flow = entry->second;
    const uint32_t more = HUB_WINDOW - flow.hub_grants;
    if (more != 0 && this->draw_(2) != 0) {
      ASSERT_TRUE(this->mux_.receive(MessageType::TUNNEL_CREDIT_DOWN, message_of(entry->first, more)));
      flow.hub_grants += more;
    }
    Bytes bytes(this->draw_(flow.hub_room + 1));
    if (bytes.empty())
      return;
    for (uint8_t &byte : bytes)
      byte = flow.to_service++;
    flow.hub_room -= static_cast<uint32_t>(bytes.size());
    TunnelMessage message = message_of(entry->first);
    message.data = view(bytes);
    ASSERT_TRUE(this->mux_.receive(MessageType::TUNNEL_DATA_DOWN, message));
  }

  void hub_ends_() {
    auto *entry = this->any_flow_();
    if (entry == nullptr || this->draw_(8) != 0)
      return;
    TunnelMessage message = message_of(entry->first);
    message.end = TunnelEnd::RESET;
    ASSERT_TRUE(this->mux_.receive(MessageType::TUNNEL_END_DOWN, message));
    this->flows_.erase(this->flows_.find(entry->first));
  }

  void connect_(uint8_t place) {
    if (!this->mux_.is_connecting(place))
      return;
    if (this->draw_(4) == 0) {
      this->mux_.refuse(place);
    } else {
      this->mux_.opened(place);
    }
  }

  void service_takes_(uint8_t place) {
    const uint32_t stream = this->mux_.stream(place);
    const ByteView waits = this->mux_.to_service(place);
    if (stream == 0 || waits.empty())
      return;
    const size_t size = 1 + this->draw_(waits.size);
    for (size_t i = 0; i < size; i++)
      ASSERT_EQ(waits.data[i], this->flows_.at(stream).at_service++);
    this->mux_.written(place, size);
    this->carried_ += size;
  }

  void service_sends_(uint8_t place) {
    const uint32_t stream = this->mux_.stream(place);
    const size_t room = this->mux_.room(place, 600);
    if (stream == 0 || room == 0)
      return;
    Flow &flow = this->flows_.at(stream);
    const size_t size = 1 + this->draw_(room);
    uint8_t payload[600];
    for (size_t i = 0; i < size; i++)
      payload[TUNNEL_HEAD_MAX + i] = flow.from_service++;
    const size_t whole = this->mux_.write_data(place, payload, size);
    ASSERT_LE(size, flow.hub_grants) << "more than the hub has granted";
    flow.hub_grants -= static_cast<uint32_t>(size);
    for (size_t i = whole - size; i < whole; i++)
      ASSERT_EQ(payload[i], flow.at_hub++);
    this->carried_ += size;
  }

  void service_ends_(uint8_t place) {
    if (this->mux_.stream(place) != 0 && !this->mux_.is_connecting(place) && this->draw_(8) == 0)
      this->mux_.reset(place);
  }

  /// The hub hears one message.
  void tell_() {
    uint8_t out[64];
    const size_t size = this->mux_.write(out, sizeof(out));
    if (size == 0)
      return;
    CborReader reader({out, size});
    size_t count;
    uint64_t type, stream, value, window = 0;
    ASSERT_TRUE(reader.read_array(count) && reader.read_uint(type) && reader.read_uint(stream) &&
                reader.read_uint(value));
    if (count == 4) {
      ASSERT_TRUE(reader.read_uint(window));
    }
    const auto found = this->flows_.find(static_cast<uint32_t>(stream));
    if (found == this->flows_.end())
      return;  // the hub has reset it meanwhile
    if (type == uint64_t(MessageType::TUNNEL_OPENED) && value == 0) {
      found->second.answered = true;
      found->second.hub_room = static_cast<uint32_t>(window);
    } else if (type == uint64_t(MessageType::TUNNEL_CREDIT_UP)) {
      found->second.hub_room += static_cast<uint32_t>(value);
      ASSERT_LE(found->second.hub_room, TUNNEL_WINDOW);
    } else {
      this->flows_.erase(found);
    }
  }

  std::mt19937 random_;
  TunnelMux mux_{BOTH};
  Flows flows_;
  uint32_t last_{0};
  size_t carried_{0};
};

TEST(RandomTunnelLives, CarryEveryByteOnceAndInOrder) {
  size_t carried = 0;
  for (uint32_t seed = 0; seed < 30; seed++) {
    RandomTunnels tunnels(seed);
    tunnels.run(3000);
    carried += tunnels.carried();
  }
  EXPECT_GT(carried, 500000U);
}

}  // namespace esphome::oceanremote::testing
