// What the guarded functions of the contract check share: fences round arrays, exceptions stopped
// at the boundary, the place of a fault.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <string>
#include <type_traits>
#include <vector>

#include "envs/core/contract_guard.h"

namespace brasa {

struct ContractGuard::State {
  const brasa_env_class* inner = nullptr;
  brasa_env_class table{};
  ContractProgress* progress = nullptr;
  std::string fault;
};

namespace guard {

using State = ContractGuard::State;

constexpr std::size_t kFenceBytes = 1024;
constexpr unsigned char kFence = 0xC5;
constexpr std::int64_t kMostBytes = 1 << 30;

/// What `brasa_batch*` points at behind the guard.
struct Batch {
  State* state;
  brasa_batch* inner;
  std::size_t row_bytes, players, max_legal, max_chance;
  std::vector<int> episodes, plies;  // of each world: resets and steps so far

  static Batch& Of(brasa_batch* batch) { return *reinterpret_cast<Batch*>(batch); }
  static const Batch& Of(const brasa_batch* batch) {
    return *reinterpret_cast<const Batch*>(batch);
  }
  const brasa_env_class& table() const { return *state->inner; }
};

/// The elements of `caller` between two fences, given back where the fences stand.
template <typename Element>
class Fenced {
 public:
  Fenced(Element* caller, std::size_t count)
      : caller_(caller), bytes_(count * sizeof(Element)), room_(bytes_ + 2 * kFenceBytes, kFence) {
    if (caller_ != nullptr) std::memcpy(room_.data() + kFenceBytes, caller_, bytes_);
  }
  Element* data() {
    return caller_ == nullptr ? nullptr : reinterpret_cast<Element*>(room_.data() + kFenceBytes);
  }
  /// True if nothing was written outside.
  bool GiveBack() {
    const auto is_fence = [](unsigned char byte) { return byte == kFence; };
    const auto begin = room_.begin(), inside = begin + kFenceBytes;
    const auto behind = inside + static_cast<std::ptrdiff_t>(bytes_);
    if (caller_ != nullptr) std::memcpy(caller_, &*inside, bytes_);
    return std::all_of(begin, inside, is_fence) && std::all_of(behind, room_.end(), is_fence);
  }

 private:
  Element* caller_;
  std::size_t bytes_;
  std::vector<unsigned char> room_;
};

/// The guard of this thread: `create` is the one function of the table that is not told whose batch
/// it works on.
State& CurrentState();

/// " at episode 3, ply 7", or "" where the call is for no world.
std::string Place(const Batch* batch, std::int32_t world);

/// Keeps the first fault; fills `error`. Returns the error code.
std::int32_t Broken(State& state, brasa_error* error, const std::string& fault);

/// Writes down which call is under way; fills the stack below it where FilledMemory lives.
void Begin(State& state, const char* name, const Batch* batch, std::int32_t world);

/// Runs one call of the environment's table. `body` returns the code it gave.
template <typename Body>
std::int32_t Guarded(State& state, const char* name, const Batch* batch, std::int32_t world,
                     brasa_error* error, Body&& body) {
  Begin(state, name, batch, world);
  brasa_error own{};
  std::int32_t code = BRASA_OK;
  try {
    code = body(&own);
  } catch (const std::exception& thrown) {
    return Broken(state, error,
                  std::string("boundary: an exception leaves ") + name + " through the table ('" +
                      thrown.what() + "')" + Place(batch, world));
  } catch (...) {
    return Broken(state, error,
                  std::string("boundary: an exception leaves ") + name + " through the table" +
                      Place(batch, world));
  }
  if (code != BRASA_OK && std::memchr(own.message, '\0', sizeof own.message) == nullptr) {
    return Broken(state, error,
                  std::string("boundary: the error message of ") + name + " has no end" +
                      Place(batch, world));
  }
  if (error != nullptr) *error = own;
  return code;
}

/// The code of a call, or that of a fault where a fence was run over.
template <typename... Buffers>
std::int32_t Kept(State& state, std::int32_t code, const char* name, const char* what,
                  const Batch& batch, std::int32_t world, brasa_error* error, Buffers&... buffers) {
  bool whole = true;
  ((whole = buffers.GiveBack() && whole), ...);
  if (whole) return code;
  return Broken(
      state, error,
      std::string("spans: ") + name + " writes outside of the " + what + Place(&batch, world));
}

/// Of the range [begin, end).
inline std::size_t Rows(std::int32_t begin, std::int32_t end) {
  return static_cast<std::size_t>(end - begin);
}

/// Puts the guarded function into a slot of the table; what is lacking stays lacking.
template <typename Function>
void Guard(Function*& slot, std::type_identity_t<Function>* function) {
  if (slot != nullptr) slot = function;
}

/// The functions every environment has, legality, players and chance.
void GuardRules(brasa_env_class& table);
/// The other optional members.
void GuardMembers(brasa_env_class& table);

}  // namespace guard
}  // namespace brasa
