// New firmware as it comes over the session: what is done with the flash, and what is told.

#include <gtest/gtest.h>

#include "support/vectors.h"
#include "update_receiver.h"

namespace esphome::oceanremote::testing {

static constexpr uint64_t NOW = 1000;

class UpdateReceiverTest : public ::testing::Test {
 protected:
  UpdateReceiverTest() {
    for (size_t i = 0; i < this->image_.size(); i++)
      this->image_[i] = static_cast<uint8_t>(i * 7);
    Sha256 hash;
    hash.update(view(this->image_));
    hash.finish(this->digest_);
  }

  UpdateOffer offer(uint32_t number = 1) {
    return {number, static_cast<uint32_t>(this->image_.size()), this->digest_, false};
  }
  UpdateChunk chunk(uint32_t offset, size_t size) { return {offset, {this->image_.data() + offset, size}}; }

  /// Takes a chunk as a board with sound flash does.
  UpdateStep take(const UpdateChunk &chunk) {
    const UpdateStep step = this->receiver_.chunk(chunk, NOW);
    return step == UpdateStep::WRITE ? this->receiver_.written(chunk, UpdateFailure::NONE) : step;
  }
  void begin(uint32_t number = 1) {
    ASSERT_EQ(this->receiver_.offer(this->offer(number), NOW), UpdateStep::BEGIN);
    this->receiver_.begun(UpdateFailure::NONE);
  }
  void take_all() {
    for (uint32_t offset = this->receiver_.position(); offset < this->image_.size(); offset += 10)
      ASSERT_EQ(this->take(this->chunk(offset, 10)), UpdateStep::NOTHING);
  }
  std::string told() {
    uint8_t buffer[64];
    return to_hex(ByteView{buffer, this->receiver_.write(buffer, sizeof(buffer))});
  }

  Bytes image_ = Bytes(100);
  uint8_t digest_[HASH_SIZE]{};
  UpdateReceiver receiver_;
};

TEST_F(UpdateReceiverTest, TakesAnImageInOrderAndInstallsItWhenItIsTold) {
  this->begin();
  EXPECT_EQ(this->told(), "83130100");
  EXPECT_EQ(this->told(), "");
  this->take_all();
  EXPECT_EQ(this->told(), "8313011864") << "one position for all that has come";
  EXPECT_EQ(this->receiver_.install(1), UpdateStep::END);
  this->receiver_.ended(UpdateFailure::NONE);
  EXPECT_FALSE(this->receiver_.is_over()) << "the hub is to hear of it";
  EXPECT_EQ(this->told(), "8414010000");
  EXPECT_TRUE(this->receiver_.is_over());
}

TEST_F(UpdateReceiverTest, InstallsNothingBeforeAllOfItIsThere) {
  EXPECT_EQ(this->receiver_.install(1), UpdateStep::NOTHING);
  this->begin();
  EXPECT_EQ(this->receiver_.install(1), UpdateStep::NOTHING);
  EXPECT_EQ(this->take(this->chunk(0, 99)), UpdateStep::NOTHING);
  EXPECT_EQ(this->receiver_.install(1), UpdateStep::NOTHING);
  EXPECT_EQ(this->take(this->chunk(99, 1)), UpdateStep::NOTHING);
  EXPECT_EQ(this->receiver_.install(2), UpdateStep::NOTHING) << "another update's number";
  EXPECT_EQ(this->receiver_.install(1), UpdateStep::END);
}

TEST_F(UpdateReceiverTest, RefusesAnImageOfAnotherDigest) {
  this->digest_[0] ^= 1;
  this->begin();
  EXPECT_EQ(this->take(this->chunk(0, 99)), UpdateStep::NOTHING);
  EXPECT_EQ(this->take(this->chunk(99, 1)), UpdateStep::ABORT);
  EXPECT_EQ(this->told(), "8414010105");
  EXPECT_EQ(this->receiver_.install(1), UpdateStep::NOTHING);
  EXPECT_FALSE(this->receiver_.is_receiving());
}

TEST_F(UpdateReceiverTest, GoesOnWhereALostLinkLeftIt) {
  this->begin();
  ASSERT_EQ(this->take(this->chunk(0, 40)), UpdateStep::NOTHING);
  this->receiver_.end_link();
  EXPECT_EQ(this->told(), "");
  EXPECT_EQ(this->receiver_.offer(this->offer(7), NOW), UpdateStep::GO_ON);
  EXPECT_EQ(this->told(), "8313071828");
  this->take_all();
  EXPECT_EQ(this->receiver_.install(1), UpdateStep::NOTHING);
  EXPECT_EQ(this->receiver_.install(7), UpdateStep::END);
}

TEST_F(UpdateReceiverTest, AnotherImageStartsAnew) {
  this->begin();
  ASSERT_EQ(this->take(this->chunk(0, 40)), UpdateStep::NOTHING);
  uint8_t other[HASH_SIZE] = {1};
  EXPECT_EQ(this->receiver_.offer({2, 100, other, false}, NOW), UpdateStep::BEGIN);
  this->receiver_.begun(UpdateFailure::NONE);
  EXPECT_EQ(this->told(), "83130200");
  EXPECT_EQ(this->receiver_.offer({3, 101, other, false}, NOW), UpdateStep::BEGIN) << "another size";
}

TEST_F(UpdateReceiverTest, TheDigestIsThatOfOneImageAlone) {
  this->begin();
  ASSERT_EQ(this->take(this->chunk(0, 40)), UpdateStep::NOTHING);
  ASSERT_EQ(this->receiver_.abandon(), UpdateStep::ABORT);
  this->begin(2);
  this->take_all();
  EXPECT_EQ(this->receiver_.install(2), UpdateStep::END);
}

TEST_F(UpdateReceiverTest, RefusesWhatItDoesNotUnderstand) {
  UpdateOffer offer = this->offer();
  offer.demands = true;
  EXPECT_EQ(this->receiver_.offer(offer, NOW), UpdateStep::NOTHING);
  EXPECT_EQ(this->told(), "8414010102");
  EXPECT_EQ(this->take(this->chunk(0, 10)), UpdateStep::NOTHING);
  EXPECT_EQ(this->receiver_.position(), 0U);
}

TEST_F(UpdateReceiverTest, RefusesChunksOutOfOrder) {
  for (const UpdateChunk &wrong : {this->chunk(1, 10), UpdateChunk{0, {this->image_.data(), 101}}}) {
    this->begin();
    EXPECT_EQ(this->take(wrong), UpdateStep::ABORT);
    EXPECT_EQ(this->told(), "8414010107");
    EXPECT_EQ(this->take(this->chunk(0, 10)), UpdateStep::NOTHING) << "those behind it come to nothing";
    EXPECT_EQ(this->told(), "");
  }
}

TEST_F(UpdateReceiverTest, RefusesAChunkThatItHasHad) {
  this->begin();
  ASSERT_EQ(this->take(this->chunk(0, 10)), UpdateStep::NOTHING);
  EXPECT_EQ(this->take(this->chunk(0, 10)), UpdateStep::ABORT);
}

TEST_F(UpdateReceiverTest, TellsWhatTheFlashRefuses) {
  ASSERT_EQ(this->receiver_.offer(this->offer(), NOW), UpdateStep::BEGIN);
  this->receiver_.begun(UpdateFailure::NO_ROOM);
  EXPECT_EQ(this->told(), "8414010103");
  this->begin(2);
  const UpdateChunk chunk = this->chunk(0, 10);
  ASSERT_EQ(this->receiver_.chunk(chunk, NOW), UpdateStep::WRITE);
  EXPECT_EQ(this->receiver_.written(chunk, UpdateFailure::NOT_WRITTEN), UpdateStep::ABORT);
  EXPECT_EQ(this->told(), "8414020104");
  this->begin(3);
  this->take_all();
  ASSERT_EQ(this->receiver_.install(3), UpdateStep::END);
  this->receiver_.ended(UpdateFailure::NOT_BOOTABLE);
  EXPECT_EQ(this->told(), "8414030106");
  EXPECT_FALSE(this->receiver_.is_over());
}

TEST_F(UpdateReceiverTest, GivesTheFlashBackWhenNothingComes) {
  this->begin();
  EXPECT_EQ(this->receiver_.tick(NOW + UPDATE_PATIENCE_MS - 1), UpdateStep::NOTHING);
  ASSERT_EQ(this->take(this->chunk(0, 10)), UpdateStep::NOTHING);
  EXPECT_EQ(this->receiver_.tick(NOW + UPDATE_PATIENCE_MS), UpdateStep::ABORT);
  EXPECT_EQ(this->told(), "8414010108");
  EXPECT_EQ(this->receiver_.tick(NOW + 2 * UPDATE_PATIENCE_MS), UpdateStep::NOTHING);
}

TEST_F(UpdateReceiverTest, AbandonsWithoutAWord) {
  EXPECT_EQ(this->receiver_.abandon(), UpdateStep::NOTHING);
  this->begin();
  EXPECT_EQ(this->receiver_.abandon(), UpdateStep::ABORT);
  EXPECT_EQ(this->told(), "");
}

TEST_F(UpdateReceiverTest, RestartsEvenIfNobodyIsLeftToHearOfIt) {
  this->begin();
  this->take_all();
  ASSERT_EQ(this->receiver_.install(1), UpdateStep::END);
  this->receiver_.ended(UpdateFailure::NONE);
  this->receiver_.end_link();
  EXPECT_TRUE(this->receiver_.is_over());
  EXPECT_EQ(this->receiver_.offer(this->offer(2), NOW), UpdateStep::NOTHING) << "it is about to restart";
  EXPECT_EQ(this->receiver_.abandon(), UpdateStep::NOTHING);
}

}  // namespace esphome::oceanremote::testing
