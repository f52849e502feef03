// The WebSocket as a parser and a writer of frames (RFC 6455 section 5).

#include <gtest/gtest.h>

#include "support/fakes.h"
#include "websocket.h"

namespace esphome::oceanremote::testing {

using Event = WebSocketEvent;
static constexpr size_t CAPACITY = 1024;

static Bytes server_frame(uint8_t first, const Bytes &payload) {
  Bytes frame{first};
  if (payload.size() < 126) {
    frame.push_back(static_cast<uint8_t>(payload.size()));
  } else {
    frame.push_back(126);
    frame.push_back(static_cast<uint8_t>(payload.size() >> 8));
    frame.push_back(static_cast<uint8_t>(payload.size()));
  }
  frame.insert(frame.end(), payload.begin(), payload.end());
  return frame;
}

static Bytes operator+(Bytes a, const Bytes &b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

static Bytes repeated(size_t size, uint8_t byte = 0x42) { return Bytes(size, byte); }

class WebSocketTest : public ::testing::Test {
 protected:
  void SetUp() override { this->open(); }

  void open() {
    // The key that RFC 6455 section 1.3 answers.
    Bytes drawn(KEY_SIZE, 0x99);
    drawn = drawn + Bytes{'t', 'h', 'e', ' ', 's', 'a', 'm', 'p', 'l', 'e', ' ', 'n', 'o', 'n', 'c', 'e'};
    this->random.queue.push_back(drawn);
    uint8_t request[512];
    size_t size;
    ASSERT_EQ(this->socket.start(this->random, {"h", "/", {}}, request, sizeof(request), size), Error::NONE);
    const std::string answer = "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                               "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    ASSERT_EQ(this->feed(Bytes(answer.begin(), answer.end())), Event::OPENED);
    ASSERT_TRUE(this->socket.is_open());
  }

  /// Feeds pieces until something happens or all is used.
  Event feed(const Bytes &bytes, size_t piece = SIZE_MAX) {
    size_t position = 0;
    while (position < bytes.size()) {
      const size_t size = std::min(piece, bytes.size() - position);
      size_t used = 0;
      const Event event = this->socket.consume(bytes.data() + position, size, used);
      position += used;
      this->left = bytes.size() - position;
      if (event != Event::NONE)
        return event;
      if (used == 0)
        return Event::NONE;
    }
    return Event::NONE;
  }

  [[nodiscard]] Bytes message() {
    return {this->socket.message(), this->socket.message() + this->socket.message_size()};
  }

  [[nodiscard]] Bytes control() {
    Bytes frame(WS_CONTROL_FRAME_MAX);
    frame.resize(this->socket.write_control(frame.data(), frame.size()));
    return frame;
  }

  /// Undoes the mask of a client frame of less than 126 bytes.
  static Bytes unmasked(const Bytes &frame) {
    Bytes plain;
    for (size_t i = 6; i < frame.size(); i++)
      plain.push_back(frame[i] ^ frame[2 + (i - 6) % 4]);
    return plain;
  }

  Bytes buffer = Bytes(CAPACITY);
  WebSocket socket{buffer.data(), CAPACITY};
  FixedRandom random;
  size_t left{0};
};

TEST_F(WebSocketTest, TakesMessagesOfEverySizeInEveryPiece) {
  for (const size_t size : {0U, 1U, 125U, 126U, 127U, 1000U, 1024U}) {
    for (const size_t piece : {1U, 2U, 3U, 7U, 2000U}) {
      ASSERT_EQ(this->feed(server_frame(0x82, repeated(size)), piece), Event::MESSAGE) << size << " " << piece;
      EXPECT_EQ(this->message(), repeated(size));
      this->socket.release();
    }
  }
}

TEST_F(WebSocketTest, TakesNothingWhileAMessageWaits) {
  const Bytes two = server_frame(0x82, repeated(3, 1)) + server_frame(0x82, repeated(4, 2));
  ASSERT_EQ(this->feed(two), Event::MESSAGE);
  EXPECT_EQ(this->left, 6U);
  size_t used = 99;
  EXPECT_EQ(this->socket.consume(two.data(), two.size(), used), Event::NONE);
  EXPECT_EQ(used, 0U);
  EXPECT_EQ(this->message(), repeated(3, 1));
  this->socket.release();
  ASSERT_EQ(this->feed(Bytes(two.end() - 6, two.end())), Event::MESSAGE);
  EXPECT_EQ(this->message(), repeated(4, 2));
}

TEST_F(WebSocketTest, PutsFragmentsTogetherAroundControlFrames) {
  const Bytes stream = server_frame(0x02, repeated(3, 1)) + server_frame(0x89, {7, 8}) + server_frame(0x00, {}) +
                       server_frame(0x8A, {9}) + server_frame(0x00, repeated(2, 2)) +
                       server_frame(0x80, repeated(1, 3));
  for (const size_t piece : {1U, 5U, 100U}) {
    ASSERT_EQ(this->feed(stream, piece), Event::MESSAGE);
    EXPECT_EQ(to_hex(this->message()), "010101020203");
    EXPECT_EQ(to_hex(unmasked(this->control())), "0708");
    EXPECT_FALSE(this->socket.wants_control());
    this->socket.release();
  }
}

TEST_F(WebSocketTest, HoldsFragmentsToTheLimitInAll) {
  EXPECT_EQ(this->feed(server_frame(0x02, repeated(1000)) + server_frame(0x80, repeated(25))), Event::FAILED);
  EXPECT_EQ(this->socket.error(), Error::WEBSOCKET_TOO_LARGE);
  this->open();
  EXPECT_EQ(this->feed(server_frame(0x02, repeated(1000)) + server_frame(0x80, repeated(24))), Event::MESSAGE);
  EXPECT_EQ(this->socket.message_size(), CAPACITY);
}

TEST_F(WebSocketTest, RefusesWhatBreaksTheStandard) {
  const std::pair<Bytes, Error> cases[] = {
      {server_frame(0x81, {'h', 'i'}), Error::WEBSOCKET_TEXT},
      {server_frame(0x01, {'h', 'i'}), Error::WEBSOCKET_TEXT},
      {server_frame(0xC2, {1}), Error::WEBSOCKET_MALFORMED},
      {server_frame(0xA2, {1}), Error::WEBSOCKET_MALFORMED},
      {server_frame(0x92, {1}), Error::WEBSOCKET_MALFORMED},
      {server_frame(0x80, {1}), Error::WEBSOCKET_MALFORMED},
      {server_frame(0x83, {1}), Error::WEBSOCKET_MALFORMED},
      {server_frame(0x87, {1}), Error::WEBSOCKET_MALFORMED},
      {server_frame(0x8B, {1}), Error::WEBSOCKET_MALFORMED},
      {server_frame(0x09, {1}), Error::WEBSOCKET_MALFORMED},
      {server_frame(0x08, {}), Error::WEBSOCKET_MALFORMED},
      {server_frame(0x02, {1}) + server_frame(0x82, {1}), Error::WEBSOCKET_MALFORMED},
      {Bytes{0x82, 0x81, 0, 0, 0, 0, 1}, Error::WEBSOCKET_MALFORMED},
      {Bytes{0x82, 0x7F, 0, 0, 0, 0, 0, 0, 0, 1}, Error::WEBSOCKET_TOO_LARGE},
      {Bytes{0x82, 0x7E, 0x00, 0x7D}, Error::WEBSOCKET_MALFORMED},
      {Bytes{0x82, 0x7E, 0x04, 0x01}, Error::WEBSOCKET_TOO_LARGE},
      {Bytes{0x89, 0x7E, 0x00, 0x80}, Error::WEBSOCKET_MALFORMED},
      {server_frame(0x88, {3}), Error::WEBSOCKET_MALFORMED},
  };
  for (const auto &[bytes, error] : cases) {
    EXPECT_EQ(this->feed(bytes), Event::FAILED) << to_hex(bytes);
    EXPECT_EQ(this->socket.error(), error) << to_hex(bytes);
    EXPECT_EQ(this->feed({0x82, 0x00}), Event::FAILED) << "and stays so";
    EXPECT_EQ(this->socket.error(), error);
    this->open();
  }
}

TEST_F(WebSocketTest, AnswersOnlyTheLatestPing) {
  ASSERT_EQ(this->feed(server_frame(0x89, {1}) + server_frame(0x89, repeated(125, 5))), Event::NONE);
  const Bytes pong = this->control();
  EXPECT_EQ(pong[0], 0x8A);
  EXPECT_EQ(unmasked(pong), repeated(125, 5));
  EXPECT_TRUE(this->control().empty());
}

TEST_F(WebSocketTest, AnswersAPingWhateverComesBeforeTheAnswer) {
  ASSERT_EQ(this->feed(server_frame(0x89, {1, 2}) + server_frame(0x8A, {9, 9, 9})), Event::NONE);
  EXPECT_EQ(unmasked(this->control()), (Bytes{1, 2})) << "a pong that nobody asked for";
  const Bytes next = server_frame(0x89, {3, 4});
  ASSERT_EQ(this->feed(server_frame(0x89, {1, 2}) + Bytes(next.begin(), next.end() - 1)), Event::NONE);
  EXPECT_TRUE(this->control().empty()) << "half of the next ping";
  ASSERT_EQ(this->feed({4}), Event::NONE);
  EXPECT_EQ(unmasked(this->control()), (Bytes{3, 4}));
}

TEST_F(WebSocketTest, AsksByAPingAndNoticesThePong) {
  EXPECT_FALSE(this->socket.take_pong());
  this->socket.ping();
  const Bytes frame = this->control();
  EXPECT_EQ(frame[0], 0x89);
  EXPECT_EQ(frame.size(), 6U) << "it holds nothing";
  EXPECT_FALSE(this->socket.wants_control());
  ASSERT_EQ(this->feed(server_frame(0x8A, {})), Event::NONE);
  EXPECT_TRUE(this->socket.take_pong());
  EXPECT_FALSE(this->socket.take_pong()) << "once";
}

TEST_F(WebSocketTest, APongGoesBeforeAPing) {
  this->socket.ping();
  ASSERT_EQ(this->feed(server_frame(0x89, {1})), Event::NONE);
  EXPECT_EQ(this->control()[0], 0x8A);
  EXPECT_EQ(this->control()[0], 0x89);
}

TEST_F(WebSocketTest, AsksNobodyAfterAClose) {
  this->socket.ping();
  this->socket.close(CloseCode::NORMAL);
  EXPECT_EQ(this->control()[0], 0x88);
  this->socket.ping();
  EXPECT_FALSE(this->socket.wants_control());
  this->open();
  this->socket.ping();
  ASSERT_EQ(this->feed(server_frame(0x88, {})), Event::CLOSED);
  EXPECT_EQ(this->control()[0], 0x88);
  EXPECT_FALSE(this->socket.wants_control());
}

TEST_F(WebSocketTest, ForgetsPingAndPongWithTheConnection) {
  this->socket.ping();
  ASSERT_EQ(this->feed(server_frame(0x8A, {})), Event::NONE);
  this->open();
  EXPECT_FALSE(this->socket.wants_control());
  EXPECT_FALSE(this->socket.take_pong());
}

TEST_F(WebSocketTest, AnswersAClose) {
  ASSERT_EQ(this->feed(server_frame(0x89, {1}) + server_frame(0x88, {0x03, 0xF0, 'x'}) + server_frame(0x82, {1})),
            Event::CLOSED);
  EXPECT_EQ(this->socket.close_code(), 1008);
  EXPECT_EQ(this->socket.error(), Error::WEBSOCKET_CLOSED);
  EXPECT_FALSE(this->socket.is_open());
  EXPECT_EQ(to_hex(unmasked(this->control())), "03f0");
  EXPECT_FALSE(this->socket.wants_control());
  EXPECT_EQ(this->feed(server_frame(0x82, {1})), Event::CLOSED) << "nothing comes after it";
}

TEST_F(WebSocketTest, AnswersACloseWithoutCode) {
  ASSERT_EQ(this->feed(server_frame(0x88, {})), Event::CLOSED);
  EXPECT_EQ(this->socket.close_code(), 0);
  EXPECT_EQ(this->control().size(), 6U);
}

TEST_F(WebSocketTest, ClosesOnceAndThenOnlyListens) {
  this->socket.close(CloseCode::GOING_AWAY);
  const Bytes frame = this->control();
  EXPECT_EQ(frame[0], 0x88);
  EXPECT_EQ(to_hex(unmasked(frame)), "03e9");
  this->socket.close(CloseCode::NORMAL);
  EXPECT_FALSE(this->socket.wants_control());
  ASSERT_EQ(this->feed(server_frame(0x89, {1})), Event::NONE);
  EXPECT_FALSE(this->socket.wants_control()) << "no pong after a close";
  EXPECT_EQ(this->feed(server_frame(0x88, {0x03, 0xE9})), Event::CLOSED);
  EXPECT_FALSE(this->socket.wants_control()) << "and no second close";
}

TEST_F(WebSocketTest, WrapsAndMasksInPlace) {
  for (const size_t size : {1U, 125U, 126U, 1000U, 8192U}) {
    Bytes room(WS_HEADER_ROOM + size, 0x42);
    const ByteView frame = this->socket.wrap(room.data() + WS_HEADER_ROOM, size);
    const size_t head = size < 126 ? 2 : 4;
    ASSERT_EQ(frame.size, head + 4 + size);
    EXPECT_EQ(frame.data[0], 0x82);
    EXPECT_EQ(frame.data[1], 0x80 | (size < 126 ? size : 126));
    if (size >= 126) {
      EXPECT_EQ(load_be16(frame.data + 2), size);
    }
    for (size_t i = 0; i < size; i++)
      ASSERT_EQ(frame.data[head + 4 + i] ^ frame.data[head + i % 4], 0x42);
  }
}

TEST_F(WebSocketTest, EveryFrameHasAnotherMask) {
  Bytes masks;
  for (int i = 0; i < 50; i++) {
    Bytes room(WS_HEADER_ROOM + 1);
    const ByteView frame = this->socket.wrap(room.data() + WS_HEADER_ROOM, 1);
    for (size_t j = 0; j < masks.size(); j += 4)
      EXPECT_NE(std::memcmp(masks.data() + j, frame.data + 2, 4), 0);
    masks.insert(masks.end(), frame.data + 2, frame.data + 6);
  }
}

TEST_F(WebSocketTest, ReportsARefusedUpgrade) {
  uint8_t request[512];
  size_t size;
  ASSERT_EQ(this->socket.start(this->random, {"h", "/", {}}, request, sizeof(request), size), Error::NONE);
  const std::string answer = "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\n\r\nsorry";
  EXPECT_EQ(this->feed(Bytes(answer.begin(), answer.end())), Event::FAILED);
  EXPECT_EQ(this->socket.error(), Error::HTTP_STATUS);
  EXPECT_EQ(this->socket.http_status(), 503);
  EXPECT_EQ(this->socket.retry_after_s(), 7);
}

TEST_F(WebSocketTest, StartsOnlyWithEntropy) {
  this->random.broken = true;
  uint8_t request[512];
  size_t size;
  EXPECT_EQ(this->socket.start(this->random, {"h", "/", {}}, request, sizeof(request), size), Error::ENTROPY_FAILED);
  EXPECT_EQ(this->feed({0x82, 0x00}), Event::FAILED);
}

TEST_F(WebSocketTest, NothingOfTheLastConnectionIsLeft) {
  ASSERT_EQ(this->feed(server_frame(0x02, repeated(10))), Event::NONE);
  ASSERT_EQ(this->feed(server_frame(0x89, {1})), Event::NONE);
  this->open();
  EXPECT_FALSE(this->socket.wants_control());
  ASSERT_EQ(this->feed(server_frame(0x82, {5})), Event::MESSAGE);
  EXPECT_EQ(this->message(), Bytes{5});
}

}  // namespace esphome::oceanremote::testing
