#include "tests/record/record_testing.h"

#include <gtest/gtest.h>
#include <hdf5.h>

#include <filesystem>

namespace brasa::record_testing {
namespace {

std::string TypeText(hid_t type) {
  return std::to_string(H5Tget_class(type)) + "/" + std::to_string(H5Tget_size(type)) + "/" +
         std::to_string(H5Tget_class(type) == H5T_INTEGER ? H5Tget_sign(type) : 0);
}

std::string ShapeText(hid_t space) {
  std::vector<hsize_t> shape(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space)));
  H5Sget_simple_extent_dims(space, shape.data(), nullptr);
  std::string text = "[";
  for (const hsize_t size : shape) text += std::to_string(size) + " ";
  return text + "] ";
}

struct Reading {
  Contents contents;
  bool describe = false;
  std::string object;
};

void Keep(Reading& reading, const std::string& name, hid_t type, hid_t space,
          const std::string& bytes) {
  reading.contents[name] = (reading.describe ? TypeText(type) + ShapeText(space) : "") + bytes;
}

std::string Room(hid_t type, hid_t space) {
  const auto points = static_cast<std::size_t>(H5Sget_simple_extent_npoints(space));
  return std::string(points * H5Tget_size(type), '\0');
}

herr_t KeepAttribute(hid_t object, const char* name, const H5A_info_t*, void* data) {
  auto& reading = *static_cast<Reading*>(data);
  const hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
  const hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
  std::string bytes = Room(type, space);
  if (!bytes.empty()) {
    EXPECT_GE(H5Aread(attribute, type, bytes.data()), 0) << name;
  }
  Keep(reading, reading.object + "@" + name, type, space, bytes);
  H5Sclose(space);
  H5Tclose(type);
  H5Aclose(attribute);
  return 0;
}

herr_t KeepObject(hid_t root, const char* name, const H5O_info_t* info, void* data) {
  auto& reading = *static_cast<Reading*>(data);
  reading.object = std::string("/") + (std::strcmp(name, ".") == 0 ? "" : name);
  const hid_t object = H5Oopen(root, name, H5P_DEFAULT);
  if (reading.describe) {
    H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, nullptr, KeepAttribute, data);
  }
  if (info->type == H5O_TYPE_DATASET) {
    const hid_t type = H5Dget_type(object), space = H5Dget_space(object);
    std::string bytes = Room(type, space);
    EXPECT_GE(H5Dread(object, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()), 0) << name;
    Keep(reading, reading.object, type, space, bytes);
    H5Sclose(space);
    H5Tclose(type);
  }
  H5Oclose(object);
  return 0;
}

Contents Read(const std::string& path, bool describe) {
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  EXPECT_GE(file, 0) << path;
  Reading reading = {{}, describe, ""};
  H5Ovisit2(file, H5_INDEX_NAME, H5_ITER_INC, KeepObject, &reading, H5O_INFO_BASIC);
  H5Fclose(file);
  return reading.contents;
}

std::size_t Size(int size) { return static_cast<std::size_t>(size); }

}  // namespace

EnvRow BytesRow() {
  EnvRow row;
  row.id = "Bytes-v0";
  row.env_class = &EnvClassOf<Bytes>();
  return row;
}

RandomRun::RandomRun(const EnvRow& row, int worlds, std::uint64_t seed)
    : row_(row), seed_(seed), rng_(seed, StreamRole::kTest, 1000) {
  const WorldStreams streams{seed, StreamRole::kTest, 0};
  env_ = MakeSerialVectorEnv(row, DefaultParams(row), {worlds, 1, streams, true});
  const EnvSpec& spec = env_->spec();
  for (Rows* rows : {&now_, &next_}) {
    rows->player.resize(Size(worlds));
    rows->start.resize(Size(worlds));
    rows->observation.resize(Size(worlds * spec.observation.bytes()));
    rows->mask.resize(Size(worlds * spec.action.count));
  }
  actions_.resize(Size(worlds * spec.action.bytes()));
  ends_.resize(Size(worlds));
  rewards_.resize(Size(worlds * spec.players));
}

RecordingInfo RandomRun::Info() const {
  RecordingInfo info;
  info.env = row_.id;
  info.params = {{"max_episode_steps", "-1"}, {"note", "two words"}};
  info.agent = "random";
  info.seed = seed_;
  info.worlds = env_->worlds();
  info.config = "[run]\nseed = 1  # Größe\n" + std::string(100'000, 'x');
  info.version = "0.1.0";
  info.spec = env_->spec();
  return info;
}

void RandomRun::Until(std::int64_t steps, const std::vector<Listener*>& listeners) {
  if (step_ == 0) {
    env_->Reset(now_.view());
    for (Listener* listener : listeners) listener->OnStart(*env_);
  }
  for (; step_ < steps; ++step_) {
    ChooseActions();
    const OutcomeRows outcome = {rewards_.data(), ends_.data()};
    env_->Step(actions_.data(), outcome, next_.view());
    const StepRows rows = {now_.view(), actions_.data(), outcome, next_.view()};
    const StepView view = {step_, (step_ + 1) * env_->worlds(), rows, env_->last(), *env_};
    for (Listener* listener : listeners) listener->OnStep(view);
    std::swap(now_, next_);
  }
}

void RandomRun::ChooseActions() {
  const ActionSpec& spec = env_->spec().action;
  for (int w = 0; w < env_->worlds(); ++w) {
    if (spec.kind == ActionKind::kBox) {
      for (int k = 0; k < spec.size(); ++k) {
        const auto i = Size(k);
        const auto value = static_cast<float>(rng_.Uniform(spec.low[i], spec.high[i]));
        std::memcpy(&actions_[(Size(w * spec.size()) + i) * 4], &value, 4);
      }
      continue;
    }
    const std::uint8_t* mask = &now_.mask[Size(w * spec.count)];
    auto id = static_cast<std::int32_t>(rng_.Below(static_cast<std::uint32_t>(spec.count)));
    while (mask[id] == 0) id = (id + 1) % spec.count;
    std::memcpy(&actions_[Size(w) * 4], &id, 4);
  }
}

void MemoryRecorder::OnStart(const VectorEnv& env) {
  for (int w = 0; w < env.worlds(); ++w) AddChance(-1, w, 1, env.batch().ChanceIds(w));
}

void MemoryRecorder::OnStep(const StepView& view) {
  const int n = view.env.worlds(), players = spec_.players;
  const StepRows& rows = view.rows;
  const int seen = spec_.observation.bytes();
  Add("/plies/player", rows.now.player, n);
  Add("/plies/observation", static_cast<const char*>(rows.now.observation), n * seen);
  Add("/plies/action", static_cast<const char*>(rows.actions), n * spec_.action.bytes());
  Add("/plies/reward", rows.outcome.reward, n * players);
  Add("/plies/end", rows.outcome.end, n);
  for (int w = 0; w < n; ++w) Add("/plies/episode", &episode_[w], 1);
  const LastRows& last = view.last;
  int e = 0;
  for (int w = 0; w < n; ++w) {
    const bool ended = rows.outcome.end[w] != 0;
    if (ended) AddChance(view.vector_step, w, 0, view.env.FinalChanceIds(w));
    AddChance(view.vector_step, w, ended ? 1 : 0, view.env.batch().ChanceIds(w));
    if (!ended) continue;
    ASSERT_EQ(last.world[e], w);
    const auto length = static_cast<std::int32_t>(view.vector_step + 1 - first_step_[w]);
    Add("/episodes/world", &w, 1);
    Add("/episodes/episode", &episode_[w], 1);
    Add("/episodes/first_step", &first_step_[w], 1);
    Add("/episodes/length", &length, 1);
    Add("/episodes/end", &rows.outcome.end[w], 1);
    Add("/episodes/return", last.returns + e * players, players);
    Add("/episodes/final_observation",
        static_cast<const char*>(last.observation) + e * players * seen, players * seen);
    const int measures = static_cast<int>(spec_.measures.size());
    if (measures > 0) Add("/episodes/measures", last.measures + e * measures, measures);
    ++episode_[w];
    first_step_[w] = view.vector_step + 1;
    ++e;
  }
}

void MemoryRecorder::AddChance(std::int64_t step, int world, std::uint8_t reset,
                               std::span<const std::int32_t> ids) {
  for (const std::int32_t id : ids) {
    Add("/chance/step", &step, 1);
    Add("/chance/world", &world, 1);
    Add("/chance/reset", &reset, 1);
    Add("/chance/id", &id, 1);
  }
}

Contents Datasets(const std::string& path) { return Read(path, false); }
Contents Everything(const std::string& path) { return Read(path, true); }

void RecordRun(const std::string& path, const EnvRow& row, int worlds, std::int64_t steps,
               std::uint64_t seed) {
  RandomRun run(row, worlds, seed);
  const auto recorder = MakeRecorder(path, run.Info());
  run.Until(steps, {recorder.get()});
  recorder->OnEnd();
}

std::string FreshPath(const std::string& name) {
  const std::string path = testing::TempDir() + name;
  std::filesystem::remove(path);
  std::filesystem::remove(path + ".new");
  return path;
}

}  // namespace brasa::record_testing
