#include <gtest/gtest.h>

#include "image_trial.h"

namespace {

using esphome::oceanremote::ImageTrial;
using esphome::oceanremote::TrialStep;

constexpr uint32_t TIME_MS = 600000;
constexpr uint32_t GOOD_AFTER_MS = 60000;

TEST(ImageTrialTest, ANewImageStaysWithItsFirstSession) {
  ImageTrial trial;
  trial.begin(true, TIME_MS, GOOD_AFTER_MS);
  EXPECT_TRUE(trial.is_on_trial());
  EXPECT_EQ(trial.tick(5), TrialStep::NOTHING);
  EXPECT_EQ(trial.session_proved(), TrialStep::CONFIRM);
  EXPECT_FALSE(trial.is_on_trial());
  EXPECT_EQ(trial.session_proved(), TrialStep::NOTHING) << "once";
  EXPECT_EQ(trial.tick(5 + TIME_MS), TrialStep::NOTHING);
}

TEST(ImageTrialTest, ANewImageWithoutASessionIsReturnedFrom) {
  ImageTrial trial;
  trial.begin(true, TIME_MS, GOOD_AFTER_MS);
  EXPECT_EQ(trial.tick(7), TrialStep::NOTHING);
  EXPECT_EQ(trial.tick(7 + GOOD_AFTER_MS), TrialStep::NOTHING) << "running is not enough";
  EXPECT_EQ(trial.tick(7 + TIME_MS - 1), TrialStep::NOTHING);
  EXPECT_EQ(trial.tick(7 + TIME_MS), TrialStep::FALL_BACK);
  EXPECT_EQ(trial.tick(8 + TIME_MS), TrialStep::NOTHING) << "once";
  EXPECT_EQ(trial.session_proved(), TrialStep::NOTHING) << "too late";
}

TEST(ImageTrialTest, TheTimeRunsFromTheFirstTurnOfTheProgram) {
  ImageTrial trial;
  trial.begin(true, TIME_MS, GOOD_AFTER_MS);
  const uint64_t late = 0x1'0000'0000;
  EXPECT_EQ(trial.tick(late), TrialStep::NOTHING);
  EXPECT_EQ(trial.tick(late + TIME_MS), TrialStep::FALL_BACK);
}

TEST(ImageTrialTest, AnyOtherBootIsAGoodOneAfterAWhile) {
  ImageTrial trial;
  trial.begin(false, TIME_MS, GOOD_AFTER_MS);
  EXPECT_FALSE(trial.is_on_trial());
  EXPECT_EQ(trial.tick(0), TrialStep::NOTHING);
  EXPECT_EQ(trial.tick(GOOD_AFTER_MS), TrialStep::CONFIRM);
  EXPECT_EQ(trial.tick(TIME_MS), TrialStep::NOTHING) << "never returned from";
}

TEST(ImageTrialTest, InSafeModeNothingIsProved) {
  ImageTrial trial;
  EXPECT_EQ(trial.session_proved(), TrialStep::NOTHING);
  EXPECT_EQ(trial.tick(TIME_MS), TrialStep::NOTHING);
}

}  // namespace
