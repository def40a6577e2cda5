// How many runs go side by side, worked out by hand.
#include <gtest/gtest.h>

#include <cstdlib>

#include "brasa/core/error.h"
#include "brasa/vector_env.h"
#include "runners/experiment/jobs.h"

namespace brasa {
namespace {

TEST(ThreadShare, NothingAsked_FillsTheBudget) {
  EXPECT_EQ(ShareThreads(10, 0, 0, 8), (ThreadShare{8, 1}));
  EXPECT_EQ(ShareThreads(3, 0, 0, 8), (ThreadShare{3, 2}));  // 3 * 3 would be 9
  EXPECT_EQ(ShareThreads(1, 0, 0, 8), (ThreadShare{1, 8}));
}

TEST(ThreadShare, WorkersOfARun_LeaveRoomForFewerRuns) {
  EXPECT_EQ(ShareThreads(10, 0, 3, 8), (ThreadShare{2, 3}));
  EXPECT_EQ(ShareThreads(10, 0, 16, 8), (ThreadShare{1, 16}));  // asked for
}

TEST(ThreadShare, JobsAskedFor_MayExceedTheBudget) {
  EXPECT_EQ(ShareThreads(10, 2, 0, 8), (ThreadShare{2, 4}));
  EXPECT_EQ(ShareThreads(10, 10, 0, 2), (ThreadShare{10, 1}));
  EXPECT_EQ(ShareThreads(4, 10, 0, 8), (ThreadShare{4, 2}));
}

TEST(ThreadShare, Variable_LowersTheBudget) {
  setenv("BRASA_THREADS", "1", 1);
  EXPECT_EQ(AvailableWorkers(), 1);
  setenv("BRASA_THREADS", "many", 1);
  EXPECT_THROW(AvailableWorkers(), ConfigError);
  unsetenv("BRASA_THREADS");
  EXPECT_GE(AvailableWorkers(), 1);
}

}  // namespace
}  // namespace brasa
