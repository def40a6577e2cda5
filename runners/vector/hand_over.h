// What TBB synchronises, told to ThreadSanitizer, which does not see into that library. Nothing in
// other builds.
#pragma once

#include <atomic>

namespace brasa::hand_over {

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define BRASA_THREAD_SANITIZER 1
#endif
#endif

#ifdef BRASA_THREAD_SANITIZER
inline std::atomic<unsigned> given{0};
inline std::atomic<unsigned> done{0};
/// By the caller before the work is handed out.
inline void Give() { given.fetch_add(1, std::memory_order_release); }
/// By a worker before its piece of the work: sees what came before Give.
inline void Take() { given.load(std::memory_order_acquire); }
/// By a worker after its piece.
inline void Done() { done.fetch_add(1, std::memory_order_release); }
/// By the caller after all pieces: sees what came before every Done.
inline void Collect() { done.load(std::memory_order_acquire); }
#undef BRASA_THREAD_SANITIZER
#else
inline void Give() {}
inline void Take() {}
inline void Done() {}
inline void Collect() {}
#endif

}  // namespace brasa::hand_over
