#include "runners/vector/shared_rows.h"

#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "brasa/core/error.h"

namespace brasa {
namespace {

static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

/// Hands out arrays one after the other, each on cache lines of its own.
struct Arrays {
  std::uint8_t* memory;
  std::size_t at = 0;

  template <typename T>
  void Take(T*& array, std::size_t count) {
    if (memory != nullptr) array = reinterpret_cast<T*>(memory + at);
    at += (count * sizeof(T) + 63) / 64 * 64;
  }
};

}  // namespace

MemoryFile::MemoryFile(std::size_t bytes) : file_(memfd_create("brasa-worlds", MFD_CLOEXEC)) {
  if (file_ < 0 || ftruncate(file_, static_cast<off_t>(bytes)) != 0) {
    throw IoError("cannot share " + std::to_string(bytes) +
                  " bytes of memory with the worker processes");
  }
}

MemoryFile::~MemoryFile() { close(file_); }

std::size_t SharedRows::LayOut(std::uint8_t* memory, const EnvSpec& spec, int worlds) {
  const auto n = static_cast<std::size_t>(worlds);
  const auto players = static_cast<std::size_t>(spec.players);
  const auto seen = static_cast<std::size_t>(spec.observation.bytes());
  const bool discrete = spec.action.kind == ActionKind::kDiscrete;
  Arrays arrays{memory};
  arrays.Take(progress, n);
  arrays.Take(signatures, n);
  arrays.Take(actions, n * static_cast<std::size_t>(spec.action.bytes()));
  arrays.Take(states.player, n);
  auto* observations = static_cast<std::uint8_t*>(states.observation);
  arrays.Take(observations, n * seen);
  states.observation = observations;
  arrays.Take(states.mask, discrete ? n * static_cast<std::size_t>(spec.action.count) : 0);
  arrays.Take(states.start, n);
  arrays.Take(outcome.reward, n * players);
  arrays.Take(outcome.end, n);
  arrays.Take(ended, n);
  arrays.Take(last_world, n);
  arrays.Take(last_length, n);
  arrays.Take(last_episode, n);
  arrays.Take(last_returns, n * players);
  arrays.Take(last_measures, n * spec.measures.size());
  arrays.Take(last_observations, n * players * seen);
  return arrays.at;
}

std::size_t SharedRows::Bytes(const EnvSpec& spec, int worlds) {
  return SharedRows(-1, spec, worlds).bytes_;
}

SharedRows::SharedRows(int file, const EnvSpec& spec, int worlds)
    : bytes_(LayOut(nullptr, spec, worlds)) {
  if (file < 0) return;  // only to measure
  void* memory = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (memory == MAP_FAILED) throw IoError("cannot share memory with the worker processes");
  memory_ = static_cast<std::uint8_t*>(memory);
  LayOut(memory_, spec, worlds);
}

SharedRows::~SharedRows() {
  if (memory_ != nullptr) munmap(memory_, bytes_);
}

}  // namespace brasa
