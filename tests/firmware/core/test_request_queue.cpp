// Requests between their making and their answer.

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "request_queue.h"

namespace esphome::oceanremote::testing {

using Heard = std::vector<std::string>;

static Heard unheard;

static void note_unheard(uint32_t id, std::string_view reason) {
  unheard.push_back(std::to_string(id) + " " + std::string(reason));
}

class Listener : public RequestOwner {
 public:
  Listener(Heard &heard, std::function<void()> then) : heard_(heard), then_(std::move(then)) {}
  void done(std::string_view response) override { this->note_("done " + std::string(response)); }
  void failed(std::string_view reason) override { this->note_("failed " + std::string(reason)); }

 protected:
  void note_(const std::string &text) {
    this->heard_.push_back(text);
    if (this->then_)
      this->then_();
  }

  Heard &heard_;
  std::function<void()> then_;
};

class RequestQueueTest : public ::testing::Test {
 protected:
  void SetUp() override { unheard.clear(); }

  /// Makes a request whose only byte is its id.
  void ask(std::function<void()> then = nullptr, uint64_t now_ms = 0) {
    this->queue.add(this->message(), std::make_unique<Listener>(this->heard, std::move(then)), now_ms);
  }

  OwnedMessage message() {
    OwnedMessage message{std::make_unique<uint8_t[]>(1), 1};
    message.bytes[0] = static_cast<uint8_t>(this->queue.next_id());
    return message;
  }

  /// Sends the next one; its byte, or 0.
  int sent(uint64_t now_ms = 0) {
    uint8_t out[4];
    return this->queue.write(out, sizeof(out), now_ms) == 0 ? 0 : out[0];
  }

  bool answer(uint32_t id, AnswerStatus status = AnswerStatus::DONE, std::string_view reason = "",
              std::string_view response = "") {
    return this->queue.answered({id, status, reason, response});
  }

  RequestQueue queue{note_unheard};
  Heard heard;
};

TEST_F(RequestQueueTest, SendsInOrderAndOnce) {
  this->ask();
  this->ask();
  EXPECT_EQ(this->sent(), 1);
  // The place of the first is free again, but the second is older than what takes it.
  EXPECT_TRUE(this->answer(1));
  this->ask();
  EXPECT_EQ(this->sent(), 2);
  EXPECT_EQ(this->sent(), 3);
  EXPECT_EQ(this->sent(), 0);
}

TEST_F(RequestQueueTest, TellsWhoAskedAndNobodyTwice) {
  this->ask();
  this->ask();
  this->ask();
  this->ask();
  EXPECT_FALSE(this->answer(1)) << "not sent yet";
  while (this->sent() != 0) {
  }
  EXPECT_TRUE(this->answer(2, AnswerStatus::NOT_ALLOWED));
  EXPECT_TRUE(this->answer(1, AnswerStatus::DONE, "", "21.5"));
  EXPECT_TRUE(this->answer(4, AnswerStatus::NO_SUCH));
  EXPECT_TRUE(this->answer(3, AnswerStatus::FAILED, "the lamp is broken"));
  EXPECT_FALSE(this->answer(3));
  EXPECT_FALSE(this->answer(9));
  EXPECT_EQ(this->heard,
            (Heard{"failed not allowed", "done 21.5", "failed no such thing", "failed the lamp is broken"}));
}

TEST_F(RequestQueueTest, HoldsEight) {
  for (size_t i = 0; i < REQUESTS_MAX; i++) {
    EXPECT_FALSE(this->queue.full());
    this->ask();
  }
  EXPECT_TRUE(this->queue.full());
  // Sending makes no room: the hub counts those that it has not answered.
  while (this->sent() != 0) {
  }
  EXPECT_TRUE(this->queue.full());
  EXPECT_TRUE(this->answer(5));
  EXPECT_FALSE(this->queue.full());
}

TEST_F(RequestQueueTest, NothingOutlivesItsLink) {
  this->ask();
  this->ask();
  EXPECT_EQ(this->sent(), 1);
  this->queue.end_link();
  EXPECT_EQ(this->heard, (Heard{"failed the link broke", "failed the link broke"}));
  EXPECT_EQ(this->sent(), 0);
  EXPECT_FALSE(this->answer(1));
  EXPECT_EQ(this->queue.next_id(), 1U);
}

TEST_F(RequestQueueTest, GivesUpInTime) {
  this->ask(nullptr, 1000);
  this->ask(nullptr, 2000);
  EXPECT_EQ(this->sent(5000), 1);
  this->queue.tick(2000 + REQUEST_TIMEOUT_MS - 1);
  EXPECT_TRUE(this->heard.empty());
  this->queue.tick(2000 + REQUEST_TIMEOUT_MS);
  EXPECT_EQ(this->heard, Heard{"failed not sent in time"});
  this->queue.tick(5000 + REQUEST_TIMEOUT_MS - 1);
  EXPECT_EQ(this->heard.size(), 1U) << "what the hub has counts until it may have been answered";
  this->queue.tick(5000 + REQUEST_TIMEOUT_MS);
  EXPECT_EQ(this->heard.back(), "failed no answer");
  EXPECT_FALSE(this->answer(1));
  EXPECT_EQ(this->sent(), 0) << "never executed late";
}

TEST_F(RequestQueueTest, WhoHearsMayAskAgain) {
  for (size_t i = 0; i < REQUESTS_MAX; i++)
    this->ask([this] {
      EXPECT_FALSE(this->queue.full());
      this->ask();
    });
  while (this->sent() != 0) {
  }
  EXPECT_TRUE(this->answer(3));
  EXPECT_TRUE(this->queue.full());
  EXPECT_EQ(this->sent(), 9);
}

TEST_F(RequestQueueTest, AFailureThatNobodyOwnsIsStillSaid) {
  this->queue.add(this->message(), nullptr, 0);
  this->queue.add(this->message(), nullptr, 0);
  EXPECT_EQ(this->sent(), 1);
  EXPECT_EQ(this->sent(), 2);
  EXPECT_TRUE(this->answer(1));
  EXPECT_TRUE(this->answer(2, AnswerStatus::NOT_ALLOWED));
  EXPECT_EQ(unheard, Heard{"2 not allowed"});
}

}  // namespace esphome::oceanremote::testing
