#include "envs/core/raw_worlds.h"

#include "envs/core/spec_view.h"

namespace brasa {

RawWorlds::RawWorlds(const EnvRow& row, const Params& params, int n)
    : class_(row.select != nullptr ? row.select(params) : row.env_class) {
  std::vector<std::string> values;
  std::vector<brasa_param> c_params;
  const auto count = static_cast<std::size_t>(class_->field_count);
  for (std::size_t i = 0; i < count; ++i) values.push_back(params.GetText(class_->fields[i].name));
  for (std::size_t i = 0; i < count; ++i) {
    c_params.push_back({class_->fields[i].name, values[i].c_str()});
  }
  brasa_error error{};
  Check(class_->create(c_params.data(), class_->field_count, n, &batch_, &error), error);
  try {
    spec_ = SpecFromView(*class_->spec(batch_));
  } catch (...) {
    class_->destroy(batch_);
    throw;
  }
}

void RawWorlds::Check(std::int32_t code, const brasa_error& error) const {
  if (code != BRASA_OK) throw Error(error.message);
}

void RawWorlds::Reset(int world, Rng& rng) {
  brasa_error error{};
  Check(class_->reset(batch_, world, world + 1, &rng, &error), error);
}

std::uint8_t RawWorlds::Step(int world, const RawAction& action, Rng& rng, float* rewards) {
  brasa_error error{};
  std::uint8_t end = 0xAB;
  Check(class_->step(batch_, world, world + 1, action.data(), &rng, rewards, &end, &error), error);
  return end;
}

std::uint8_t RawWorlds::Roll(int world, std::uint8_t end, Rng& rng, float* rewards) {
  const auto most = static_cast<std::size_t>(spec_.max_chance_outcomes);
  std::vector<std::int32_t> ids(most);
  std::vector<double> probabilities(most);
  brasa_error error{};
  while (most > 0 && end == BRASA_END_NONE && Player(world) == kChance) {
    std::int32_t count = 0;
    Check(class_->chance(batch_, world, ids.data(), probabilities.data(), &count, &error), error);
    if (count < 1 || count > spec_.max_chance_outcomes) {
      throw Error("a chance node has " + std::to_string(count) + " outcomes");
    }
    const auto outcomes = static_cast<std::size_t>(count);
    const int drawn = rng.Categorical(std::span<const double>(probabilities.data(), outcomes));
    Check(class_->apply_chance(batch_, world, ids[static_cast<std::size_t>(drawn)], rewards, &end,
                               &error),
          error);
  }
  return end;
}

int RawWorlds::Player(int world) const {
  if (class_->player == nullptr) return 0;
  brasa_error error{};
  std::int32_t player = 0;
  Check(class_->player(batch_, world, world + 1, &player, &error), error);
  return player;
}

std::vector<std::int32_t> RawWorlds::Legal(int world) const {
  std::vector<std::int32_t> ids(static_cast<std::size_t>(max_legal()));
  if (class_->legal == nullptr) {
    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<std::int32_t>(i);
    return ids;
  }
  brasa_error error{};
  std::int32_t count = -1;
  Check(class_->legal(batch_, world, world + 1, ids.data(), &count, &error), error);
  if (count < 0 || count > max_legal()) {
    throw Error("LegalActions counts " + std::to_string(count) + " ids of at most " +
                std::to_string(max_legal()));
  }
  ids.resize(static_cast<std::size_t>(count));
  return ids;
}

std::string RawWorlds::Observe(int world, int player, char fill) const {
  std::string row(static_cast<std::size_t>(spec_.observation.bytes()) + kCanaryBytes, fill);
  brasa_error error{};
  const std::int32_t viewer = player;
  Check(class_->observe(batch_, world, world + 1, &viewer, row.data(), &error), error);
  return row;
}

void RawWorlds::Copy(int to, const RawWorlds& from, int world) {
  brasa_error error{};
  Check(class_->copy(batch_, to, from.batch_, world, &error), error);
}

std::string RawWorlds::Save(int world) const {
  std::string bytes(static_cast<std::size_t>(class_->snapshot_size(batch_, world)), '\0');
  brasa_error error{};
  Check(class_->save(batch_, world, bytes.data(), &error), error);
  return bytes;
}

void RawWorlds::Load(int world, std::string_view bytes) {
  brasa_error error{};
  Check(class_->load(batch_, world, bytes.data(), static_cast<std::int64_t>(bytes.size()), &error),
        error);
}

template <typename Write>
std::string RawWorlds::ReadText(Write&& write) const {
  std::string text(256, '\0');
  for (;;) {
    brasa_error error{};
    std::int64_t length = 0;
    Check(write(text.data(), static_cast<std::int64_t>(text.size()), &length, &error), error);
    const bool fits = static_cast<std::size_t>(length) <= text.size();
    text.resize(static_cast<std::size_t>(length));
    if (fits) return text;
  }
}

std::string RawWorlds::Text(int world) const {
  return ReadText([&](char* buffer, std::int64_t capacity, std::int64_t* length, auto* error) {
    return class_->text(batch_, world, buffer, capacity, length, error);
  });
}

std::string RawWorlds::ActionText(int world, const RawAction& action) const {
  return ReadText([&](char* buffer, std::int64_t capacity, std::int64_t* length, auto* error) {
    return class_->action_text(batch_, world, action.data(), buffer, capacity, length, error);
  });
}

std::vector<std::pair<std::int32_t, double>> RawWorlds::Chance(int world) const {
  const auto most = static_cast<std::size_t>(spec_.max_chance_outcomes);
  std::vector<std::int32_t> ids(most);
  std::vector<double> probabilities(most);
  std::int32_t count = 0;
  brasa_error error{};
  Check(class_->chance(batch_, world, ids.data(), probabilities.data(), &count, &error), error);
  if (count < 1 || count > spec_.max_chance_outcomes) {
    throw Error("a chance node has " + std::to_string(count) + " outcomes");
  }
  std::vector<std::pair<std::int32_t, double>> outcomes;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    outcomes.emplace_back(ids[i], probabilities[i]);
  }
  return outcomes;
}

std::uint8_t RawWorlds::ApplyChance(int world, std::int32_t id, float* rewards) {
  brasa_error error{};
  std::uint8_t end = BRASA_END_NONE;
  Check(class_->apply_chance(batch_, world, id, rewards, &end, &error), error);
  return end;
}

void RawWorlds::FromText(int world, const std::string& text) {
  brasa_error error{};
  Check(class_->from_text(batch_, world, text.c_str(), &error), error);
}

std::uint64_t RawWorlds::Hash(int world) const {
  brasa_error error{};
  std::uint64_t hash = 0;
  Check(class_->hash(batch_, world, &hash, &error), error);
  return hash;
}

std::string RawWorlds::Everything(int world) const {
  std::string all = std::to_string(Player(world)) + ";";
  for (int player = 0; player < spec_.players; ++player) all += Observe(world, player, 0);
  return all + Save(world);
}

}  // namespace brasa
