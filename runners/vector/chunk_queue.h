// Which worker steps which chunk of worlds.
#pragma once

#include <atomic>
#include <cstddef>
#include <vector>

namespace brasa {

/// Hands out the chunks 0 .. n-1. Each worker has a stripe of neighbouring chunks, in every vector
/// step the same ones, so that their worlds stay in its core's cache; a worker whose stripe is done
/// takes from the others', so that none waits for one that is late.
/// Threads: Fill by one while nobody takes; Take by all.
class ChunkQueue {
 public:
  explicit ChunkQueue(int workers) : stripes_(static_cast<std::size_t>(workers)) {}

  void Fill(int chunks) {
    const auto workers = static_cast<int>(stripes_.size());
    for (int w = 0; w < workers; ++w) {
      Stripe& stripe = stripes_[static_cast<std::size_t>(w)];
      stripe.next.store(Share(w, chunks, workers), std::memory_order_relaxed);
      stripe.end = Share(w + 1, chunks, workers);
    }
  }
  /// A chunk for this worker, or -1 if all are handed out.
  int Take(int worker) {
    const std::size_t n = stripes_.size();
    auto at = static_cast<std::size_t>(worker);
    for (std::size_t k = 0; k < n; ++k, at = at + 1 < n ? at + 1 : 0) {
      Stripe& stripe = stripes_[at];
      if (stripe.next.load(std::memory_order_relaxed) >= stripe.end) continue;
      const int c = stripe.next.fetch_add(1, std::memory_order_relaxed);
      if (c < stripe.end) return c;
    }
    return -1;
  }

 private:
  struct alignas(64) Stripe {
    std::atomic<int> next{0};
    int end = 0;
  };
  static int Share(int w, int chunks, int workers) {
    return static_cast<int>(static_cast<long long>(chunks) * w / workers);
  }
  std::vector<Stripe> stripes_;
};

}  // namespace brasa
