// The guarded functions that every environment has, legality, players and chance.
#include "envs/core/guarded_call.h"
#include "envs/core/spec_view.h"

namespace brasa::guard {
namespace {

std::int32_t Create(const brasa_param* params, std::int32_t count, std::int32_t n,
                    brasa_batch** out, brasa_error* error) {
  State& state = CurrentState();
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

}  // namespace

void GuardRules(brasa_env_class& table) {
  Guard(table.create, Create);
  Guard(table.destroy, Destroy);
  Guard(table.spec, Spec);
  Guard(table.reset, Reset);
  Guard(table.step, Step);
  Guard(table.observe, Observe);
  Guard(table.copy, Copy);
  Guard(table.snapshot_size, SnapshotSize);
  Guard(table.save, Save);
  Guard(table.load, Load);
  Guard(table.legal, Legal);
  Guard(table.player, Player);
  Guard(table.chance, Chance);
  Guard(table.apply_chance, ApplyChance);
  Guard(table.roll, Roll);
}

}  // namespace brasa::guard
