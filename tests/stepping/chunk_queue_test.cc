#include "runners/vector/chunk_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <thread>
#include <vector>

namespace brasa {
namespace {

TEST(ChunkQueue, AWorker_TakesItsOwnStripeInOrderThenTheOthers) {
  ChunkQueue queue(3);
  queue.Fill(7);  // stripes 0 1 | 2 3 | 4 5 6
  EXPECT_EQ(queue.Take(1), 2);
  EXPECT_EQ(queue.Take(2), 4);
  EXPECT_EQ(queue.Take(1), 3);
  EXPECT_EQ(queue.Take(1), 5);
  EXPECT_EQ(queue.Take(1), 6);
  EXPECT_EQ(queue.Take(1), 0);
  EXPECT_EQ(queue.Take(0), 1);
  for (const int worker : {0, 1, 2}) EXPECT_EQ(queue.Take(worker), -1);
}

TEST(ChunkQueue, FewerChunksThanWorkers_AreAllTaken) {
  ChunkQueue queue(4);
  queue.Fill(2);
  std::vector<int> taken = {queue.Take(3), queue.Take(0)};
  std::sort(taken.begin(), taken.end());
  EXPECT_EQ(taken, (std::vector<int>{0, 1}));
  EXPECT_EQ(queue.Take(1), -1);
}

TEST(ChunkQueue, ThreadsAtOnce_TakeEachChunkOnce) {
  constexpr int kWorkers = 4, kChunks = 10'000;
  ChunkQueue queue(kWorkers);
  queue.Fill(kChunks);
  std::vector<std::vector<int>> taken(kWorkers);
  std::vector<std::thread> threads;
  for (int w = 0; w < kWorkers; ++w) {
    threads.emplace_back([&, w] {
      for (int c = queue.Take(w); c >= 0; c = queue.Take(w)) {
        taken[static_cast<std::size_t>(w)].push_back(c);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<int> all;
  for (const auto& chunks : taken) all.insert(all.end(), chunks.begin(), chunks.end());
  std::sort(all.begin(), all.end());
  std::vector<int> wanted(kChunks);
  std::iota(wanted.begin(), wanted.end(), 0);
  EXPECT_EQ(all, wanted);
}

}  // namespace
}  // namespace brasa
