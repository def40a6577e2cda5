#include "envs/core/contract_guard.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>
#include <vector>

#include "envs/core/spec_view.h"

namespace brasa {

struct ContractGuard::State {
  const brasa_env_class* inner = nullptr;
  brasa_env_class table{};
  ContractProgress* progress = nullptr;
  std::string fault;
};

namespace {

using State = ContractGuard::State;

/// `create` is the one function of the table that is not told whose batch it works on.
thread_local State* current_state = nullptr;
thread_local int stack_fill = -1;  // -1 = leave the stack as it is

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

[[gnu::noinline]] void FillStack(int byte) {
  volatile unsigned char below[16384];
  for (volatile unsigned char& at : below) at = static_cast<unsigned char>(byte);
}

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

std::string Place(const Batch* batch, std::int32_t world) {
  if (batch == nullptr || world < 0) return "";
  const auto i = static_cast<std::size_t>(world);
  return " at episode " + std::to_string(std::max(batch->episodes[i] - 1, 0)) + ", ply " +
         std::to_string(batch->plies[i]);
}

/// Keeps the first fault; fills `error`. Returns the error code.
std::int32_t Broken(State& state, brasa_error* error, const std::string& fault) {
  if (state.fault.empty()) state.fault = fault;
  if (error != nullptr) {
    error->code = BRASA_ERROR_RULES;
    error->world = -1;
    std::snprintf(error->message, sizeof error->message, "%s", fault.c_str());
  }
  return BRASA_ERROR_RULES;
}

void Note(State& state, const char* name, const Batch* batch, std::int32_t world) {
  if (state.progress == nullptr) return;
  ContractProgress& progress = *state.progress;
  std::snprintf(progress.call, sizeof progress.call, "%s", name);
  const auto i = static_cast<std::size_t>(std::max(world, 0));
  progress.episode = batch != nullptr ? std::max(batch->episodes[i] - 1, 0) : -1;
  progress.ply = batch != nullptr ? batch->plies[i] : -1;
}

/// Runs one call of the environment's table. `body` returns the code it gave.
template <typename Body>
std::int32_t Guarded(State& state, const char* name, const Batch* batch, std::int32_t world,
                     brasa_error* error, Body&& body) {
  Note(state, name, batch, world);
  if (stack_fill >= 0) FillStack(stack_fill);
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

std::size_t Rows(std::int32_t begin, std::int32_t end) {
  return static_cast<std::size_t>(end - begin);
}

std::int32_t Create(const brasa_param* params, std::int32_t count, std::int32_t n,
                    brasa_batch** out, brasa_error* error) {
  State& state = *current_state;
  brasa_batch* inner = nullptr;
  const std::int32_t code = Guarded(state, "create", nullptr, -1, error, [&](brasa_error* own) {
    return state.inner->create(params, count, n, &inner, own);
  });
  if (code != BRASA_OK) return code;
  const brasa_env_spec* view = inner != nullptr ? state.inner->spec(inner) : nullptr;
  if (view == nullptr) return Broken(state, error, "boundary: create makes no batch with a spec");
  try {
    const EnvSpec spec = SpecFromView(*view);
    const int most = spec.max_legal > 0 ? spec.max_legal : spec.action.count;
    const auto worlds = static_cast<std::size_t>(n);
    *out = reinterpret_cast<brasa_batch*>(
        new Batch{&state, inner, static_cast<std::size_t>(spec.observation.bytes()),
                  static_cast<std::size_t>(spec.players), static_cast<std::size_t>(most),
                  static_cast<std::size_t>(spec.max_chance_outcomes), std::vector<int>(worlds),
                  std::vector<int>(worlds)});
  } catch (const std::exception& fault) {
    state.inner->destroy(inner);
    return Broken(state, error, std::string("spec: ") + fault.what());
  }
  return BRASA_OK;
}

void Destroy(brasa_batch* batch) {
  Batch* own = &Batch::Of(batch);
  Guarded(*own->state, "destroy", own, -1, nullptr, [&](brasa_error*) {
    own->table().destroy(own->inner);
    return BRASA_OK;
  });
  delete own;
}

const brasa_env_spec* Spec(const brasa_batch* batch) {
  const Batch& own = Batch::Of(batch);
  return own.table().spec(own.inner);
}

std::int32_t Reset(brasa_batch* batch, std::int32_t begin, std::int32_t end, brasa_rng* rng,
                   brasa_error* error) {
  Batch& own = Batch::Of(batch);
  for (std::int32_t i = begin; i < end; ++i) {
    ++own.episodes[static_cast<std::size_t>(i)];
    own.plies[static_cast<std::size_t>(i)] = 0;
  }
  return Guarded(*own.state, "Reset", &own, begin, error,
                 [&](brasa_error* e) { return own.table().reset(own.inner, begin, end, rng, e); });
}

std::int32_t Step(brasa_batch* batch, std::int32_t begin, std::int32_t end, const void* actions,
                  brasa_rng* rng, float* rewards, std::uint8_t* ends, brasa_error* error) {
  Batch& own = Batch::Of(batch);
  Fenced<float> fenced(rewards, Rows(begin, end) * own.players);
  Fenced<std::uint8_t> fenced_ends(ends, Rows(begin, end));
  const std::int32_t code = Guarded(*own.state, "Step", &own, begin, error, [&](brasa_error* e) {
    return own.table().step(own.inner, begin, end, actions, rng, fenced.data(), fenced_ends.data(),
                            e);
  });
  const std::int32_t kept =
      Kept(*own.state, code, "Step", "rewards or ends", own, begin, error, fenced, fenced_ends);
  for (std::int32_t i = begin; i < end; ++i) ++own.plies[static_cast<std::size_t>(i)];
  return kept;
}

std::int32_t Observe(const brasa_batch* batch, std::int32_t begin, std::int32_t end,
                     const std::int32_t* players, void* rows, brasa_error* error) {
  const Batch& own = Batch::Of(batch);
  Fenced<unsigned char> fenced(static_cast<unsigned char*>(rows), Rows(begin, end) * own.row_bytes);
  const std::int32_t code = Guarded(*own.state, "Observe", &own, begin, error, [&](brasa_error* e) {
    return own.table().observe(own.inner, begin, end, players, fenced.data(), e);
  });
  return Kept(*own.state, code, "Observe", "observation", own, begin, error, fenced);
}

std::int32_t Copy(brasa_batch* to, std::int32_t j, const brasa_batch* from, std::int32_t i,
                  brasa_error* error) {
  Batch& own = Batch::Of(to);
  const Batch& other = Batch::Of(from);
  own.episodes[static_cast<std::size_t>(j)] = other.episodes[static_cast<std::size_t>(i)];
  own.plies[static_cast<std::size_t>(j)] = other.plies[static_cast<std::size_t>(i)];
  return Guarded(*own.state, "copy", &own, j, error,
                 [&](brasa_error* e) { return own.table().copy(own.inner, j, other.inner, i, e); });
}

std::int64_t SnapshotSize(const brasa_batch* batch, std::int32_t world) {
  const Batch& own = Batch::Of(batch);
  std::int64_t size = 0;
  const std::int32_t code = Guarded(*own.state, "Save", &own, world, nullptr, [&](brasa_error*) {
    size = own.table().snapshot_size(own.inner, world);
    return BRASA_OK;
  });
  if (code == BRASA_OK && size >= 0 && size <= kMostBytes) return size;
  Broken(*own.state, nullptr,
         "boundary: the snapshot size is " + std::to_string(size) + Place(&own, world));
  return 0;
}

std::int32_t Save(const brasa_batch* batch, std::int32_t world, void* bytes, brasa_error* error) {
  const Batch& own = Batch::Of(batch);
  Fenced<unsigned char> fenced(static_cast<unsigned char*>(bytes),
                               static_cast<std::size_t>(SnapshotSize(batch, world)));
  const std::int32_t code = Guarded(*own.state, "Save", &own, world, error, [&](brasa_error* e) {
    return own.table().save(own.inner, world, fenced.data(), e);
  });
  return Kept(*own.state, code, "Save", "snapshot", own, world, error, fenced);
}

std::int32_t Load(brasa_batch* batch, std::int32_t world, const void* bytes, std::int64_t size,
                  brasa_error* error) {
  Batch& own = Batch::Of(batch);
  return Guarded(*own.state, "Load", &own, world, error, [&](brasa_error* e) {
    return own.table().load(own.inner, world, bytes, size, e);
  });
}

std::int32_t Legal(const brasa_batch* batch, std::int32_t begin, std::int32_t end,
                   std::int32_t* ids, std::int32_t* counts, brasa_error* error) {
  const Batch& own = Batch::Of(batch);
  Fenced<std::int32_t> fenced(ids, Rows(begin, end) * own.max_legal);
  Fenced<std::int32_t> fenced_counts(counts, Rows(begin, end));
  const std::int32_t code =
      Guarded(*own.state, "LegalActions", &own, begin, error, [&](brasa_error* e) {
        return own.table().legal(own.inner, begin, end, fenced.data(), fenced_counts.data(), e);
      });
  return Kept(*own.state, code, "LegalActions", "list of legal ids", own, begin, error, fenced,
              fenced_counts);
}

std::int32_t Player(const brasa_batch* batch, std::int32_t begin, std::int32_t end,
                    std::int32_t* players, brasa_error* error) {
  const Batch& own = Batch::Of(batch);
  Fenced<std::int32_t> fenced(players, Rows(begin, end));
  const std::int32_t code = Guarded(
      *own.state, "PlayerToMove", &own, begin, error,
      [&](brasa_error* e) { return own.table().player(own.inner, begin, end, fenced.data(), e); });
  return Kept(*own.state, code, "PlayerToMove", "list of players", own, begin, error, fenced);
}

std::int32_t Chance(const brasa_batch* batch, std::int32_t world, std::int32_t* ids,
                    double* probabilities, std::int32_t* count, brasa_error* error) {
  const Batch& own = Batch::Of(batch);
  Fenced<std::int32_t> fenced(ids, own.max_chance);
  Fenced<double> fenced_probabilities(probabilities, own.max_chance);
  const std::int32_t code =
      Guarded(*own.state, "ChanceOutcomes", &own, world, error, [&](brasa_error* e) {
        return own.table().chance(own.inner, world, fenced.data(), fenced_probabilities.data(),
                                  count, e);
      });
  return Kept(*own.state, code, "ChanceOutcomes", "lists of outcomes", own, world, error, fenced,
              fenced_probabilities);
}

std::int32_t ApplyChance(brasa_batch* batch, std::int32_t world, std::int32_t id, float* rewards,
                         std::uint8_t* end, brasa_error* error) {
  Batch& own = Batch::Of(batch);
  Fenced<float> fenced(rewards, own.players);
  const std::int32_t code =
      Guarded(*own.state, "ApplyChance", &own, world, error, [&](brasa_error* e) {
        return own.table().apply_chance(own.inner, world, id, fenced.data(), end, e);
      });
  return Kept(*own.state, code, "ApplyChance", "rewards", own, world, error, fenced);
}

std::int32_t Draw(const brasa_batch* batch, std::int32_t world, const brasa_canvas* canvas,
                  brasa_error* error) {
  const Batch& own = Batch::Of(batch);
  // The canvas of the check throws at a fault of the drawing; that is not the environment's.
  Note(*own.state, "Draw", &own, world);
  return own.table().draw(own.inner, world, canvas, error);
}

/// One of the calls that write a text.
template <typename Body>
std::int32_t Text(const Batch& own, const char* name, std::int32_t world, char* buffer,
                  std::int64_t capacity, std::int64_t* length, brasa_error* error, Body&& body) {
  Fenced<char> fenced(buffer, static_cast<std::size_t>(capacity));
  const std::int32_t code = Guarded(*own.state, name, &own, world, error,
                                    [&](brasa_error* e) { return body(fenced.data(), e); });
  if (code == BRASA_OK && (*length < 0 || *length > kMostBytes)) {
    return Broken(*own.state, error,
                  std::string("boundary: ") + name + " gives a text of length " +
                      std::to_string(*length) + Place(&own, world));
  }
  return Kept(*own.state, code, name, "room for the text", own, world, error, fenced);
}

std::int32_t StateText(const brasa_batch* batch, std::int32_t world, char* buffer,
                       std::int64_t capacity, std::int64_t* length, brasa_error* error) {
  const Batch& own = Batch::Of(batch);
  return Text(own, "ToText", world, buffer, capacity, length, error,
              [&](char* room, brasa_error* e) {
                return own.table().text(own.inner, world, room, capacity, length, e);
              });
}

std::int32_t FromText(brasa_batch* batch, std::int32_t world, const char* text,
                      brasa_error* error) {
  Batch& own = Batch::Of(batch);
  return Guarded(*own.state, "FromText", &own, world, error,
                 [&](brasa_error* e) { return own.table().from_text(own.inner, world, text, e); });
}

std::int32_t ActionText(const brasa_batch* batch, std::int32_t world, const void* action,
                        char* buffer, std::int64_t capacity, std::int64_t* length,
                        brasa_error* error) {
  const Batch& own = Batch::Of(batch);
  return Text(own, "ActionToText", world, buffer, capacity, length, error,
              [&](char* room, brasa_error* e) {
                return own.table().action_text(own.inner, world, action, room, capacity, length, e);
              });
}

std::int32_t ActionFromText(const brasa_batch* batch, std::int32_t world, const char* text,
                            void* action, brasa_error* error) {
  const Batch& own = Batch::Of(batch);
  return Guarded(*own.state, "ActionFromText", &own, world, error, [&](brasa_error* e) {
    return own.table().action_from_text(own.inner, world, text, action, e);
  });
}

std::int32_t Hash(const brasa_batch* batch, std::int32_t world, std::uint64_t* hash,
                  brasa_error* error) {
  const Batch& own = Batch::Of(batch);
  return Guarded(*own.state, "Hash", &own, world, error,
                 [&](brasa_error* e) { return own.table().hash(own.inner, world, hash, e); });
}

std::int32_t Measures(const brasa_batch* batch, std::int32_t world, float* values,
                      brasa_error* error) {
  const Batch& own = Batch::Of(batch);
  const brasa_env_spec* spec = own.table().spec(own.inner);
  Fenced<float> fenced(values, static_cast<std::size_t>(spec->measure_count));
  const std::int32_t code = Guarded(
      *own.state, "Measures", &own, world, error,
      [&](brasa_error* e) { return own.table().measures(own.inner, world, fenced.data(), e); });
  return Kept(*own.state, code, "Measures", "measures", own, world, error, fenced);
}

std::int32_t Controls(const brasa_batch* batch, const brasa_control** controls, std::int32_t* count,
                      brasa_error* error) {
  const Batch& own = Batch::Of(batch);
  return Guarded(*own.state, "Controls", &own, -1, error, [&](brasa_error* e) {
    return own.table().controls(own.inner, controls, count, e);
  });
}

std::int32_t ActionAt(const brasa_batch* batch, std::int32_t world, double x, double y,
                      std::int32_t* action, brasa_error* error) {
  const Batch& own = Batch::Of(batch);
  return Guarded(*own.state, "ActionAt", &own, world, error, [&](brasa_error* e) {
    return own.table().action_at(own.inner, world, x, y, action, e);
  });
}

std::int32_t Model(const brasa_batch* batch, const brasa_model_sink* sink, brasa_error* error) {
  const Batch& own = Batch::Of(batch);
  return Guarded(*own.state, "Model", &own, -1, error,
                 [&](brasa_error* e) { return own.table().model(own.inner, sink, e); });
}

std::int32_t Symmetries(const brasa_batch* batch, const brasa_symmetry_sink* sink,
                        brasa_error* error) {
  const Batch& own = Batch::Of(batch);
  return Guarded(*own.state, "Symmetries", &own, -1, error,
                 [&](brasa_error* e) { return own.table().symmetries(own.inner, sink, e); });
}

std::int32_t Resample(brasa_batch* batch, std::int32_t world, std::int32_t player, brasa_rng* rng,
                      brasa_error* error) {
  Batch& own = Batch::Of(batch);
  return Guarded(*own.state, "ResampleHidden", &own, world, error, [&](brasa_error* e) {
    return own.table().resample(own.inner, world, player, rng, e);
  });
}

std::int32_t Roll(brasa_batch* batch, std::int32_t begin, std::int32_t end, brasa_rng* rng,
                  float* rewards, std::uint8_t* ends, const brasa_chance_sink* sink,
                  brasa_error* error) {
  Batch& own = Batch::Of(batch);
  Fenced<float> fenced(rewards, Rows(begin, end) * own.players);
  Fenced<std::uint8_t> fenced_ends(ends, Rows(begin, end));
  const std::int32_t code = Guarded(*own.state, "roll", &own, begin, error, [&](brasa_error* e) {
    return own.table().roll(own.inner, begin, end, rng, fenced.data(), fenced_ends.data(), sink, e);
  });
  return Kept(*own.state, code, "roll", "rewards or ends", own, begin, error, fenced, fenced_ends);
}

/// The guarded table of `inner`: what it lacks is lacking here too.
brasa_env_class GuardedTable(const brasa_env_class& inner) {
  brasa_env_class table = inner;
  const auto guard = [](auto& slot, auto function) {
    if (slot != nullptr) slot = function;
  };
  guard(table.create, Create);
  guard(table.destroy, Destroy);
  guard(table.spec, Spec);
  guard(table.reset, Reset);
  guard(table.step, Step);
  guard(table.observe, Observe);
  guard(table.copy, Copy);
  guard(table.snapshot_size, SnapshotSize);
  guard(table.save, Save);
  guard(table.load, Load);
  guard(table.legal, Legal);
  guard(table.player, Player);
  guard(table.chance, Chance);
  guard(table.apply_chance, ApplyChance);
  guard(table.draw, Draw);
  guard(table.text, StateText);
  guard(table.from_text, FromText);
  guard(table.action_text, ActionText);
  guard(table.action_from_text, ActionFromText);
  guard(table.hash, Hash);
  guard(table.measures, Measures);
  guard(table.controls, Controls);
  guard(table.action_at, ActionAt);
  guard(table.model, Model);
  guard(table.symmetries, Symmetries);
  guard(table.resample, Resample);
  guard(table.roll, Roll);
  return table;
}

}  // namespace

ContractGuard::ContractGuard(const EnvRow& row, const Params& params, ContractProgress* progress)
    : state_(std::make_unique<State>()), row_(row) {
  state_->inner = row.select != nullptr ? row.select(params) : row.env_class;
  state_->table = GuardedTable(*state_->inner);
  state_->progress = progress;
  row_.env_class = &state_->table;
  row_.select = nullptr;
  current_state = state_.get();
}

ContractGuard::~ContractGuard() { current_state = nullptr; }

const std::string& ContractGuard::fault() const { return state_->fault; }

FilledMemory::FilledMemory(unsigned char byte) {
  stack_fill = byte;
#if defined(__GLIBC__)
  mallopt(M_PERTURB, static_cast<unsigned char>(~byte));  // new memory holds the complement
#endif
}

FilledMemory::~FilledMemory() {
  stack_fill = -1;
#if defined(__GLIBC__)
  mallopt(M_PERTURB, 0);
#endif
}

}  // namespace brasa
