#include "runners/record/layout.h"

#include <algorithm>

#include "runners/files/crc32c.h"

namespace brasa::record {
namespace {

constexpr std::int64_t kMaxChunkBytes = std::int64_t{1} << 20;

Column MakeColumn(std::string name, Type type, std::vector<int> dims, std::string description) {
  std::int64_t bytes = TypeSize(type);
  for (const int dim : dims) bytes *= dim;
  return {std::move(name), type, std::move(dims), std::move(description), bytes};
}

Table PlyTable(const EnvSpec& spec) {
  const Type seen = spec.observation.type == ElementType::kFloat32 ? Type::kFloat32 : Type::kUint8;
  const Type action = spec.action.kind == ActionKind::kBox ? Type::kFloat32 : Type::kInt32;
  std::vector<int> components;
  if (spec.action.kind != ActionKind::kDiscrete) components.push_back(spec.action.size());
  return {
      "plies",
      8192,
      {MakeColumn("player", Type::kInt32, {}, "who moved"),
       MakeColumn("observation", seen, spec.observation.shape, "what the mover saw before the ply"),
       MakeColumn("action", action, components, "what the mover sent"),
       MakeColumn("reward", Type::kFloat32, {spec.players}, "of each player for this ply"),
       MakeColumn("end", Type::kUint8, {}, "0 goes on, 1 terminated, 2 truncated"),
       MakeColumn("episode", Type::kUint32, {}, "number within its world, from 0")}};
}

Table EpisodeTable(const EnvSpec& spec) {
  const Type seen = spec.observation.type == ElementType::kFloat32 ? Type::kFloat32 : Type::kUint8;
  std::vector<int> final_shape = spec.observation.shape;
  final_shape.insert(final_shape.begin(), spec.players);
  Table table = {
      "episodes",
      1024,
      {MakeColumn("world", Type::kInt32, {}, "0 .. worlds - 1"),
       MakeColumn("episode", Type::kUint32, {}, "number within its world, from 0"),
       MakeColumn("first_step", Type::kInt64, {}, "vector step of its first ply"),
       MakeColumn("length", Type::kInt32, {}, "plies"),
       MakeColumn("end", Type::kUint8, {}, "1 terminated, 2 truncated"),
       MakeColumn("return", Type::kFloat64, {spec.players}, "undiscounted sum of rewards"),
       MakeColumn("final_observation", seen, final_shape,
                  "what each player sees in the final state")}};
  if (!spec.measures.empty()) {
    table.columns.push_back(MakeColumn("measures", Type::kFloat32,
                                       {static_cast<int>(spec.measures.size())},
                                       "the figures named in spec/measure_names"));
  }
  return table;
}

Table ChanceTable() {
  return {"chance",
          8192,
          {MakeColumn("step", Type::kInt64, {},
                      "vector step in which chance drew; -1 for the first reset of the run"),
           MakeColumn("world", Type::kInt32, {}, "0 .. worlds - 1"),
           MakeColumn("reset", Type::kUint8, {},
                      "0 drawn after the ply of this step, 1 by the reset that followed it"),
           MakeColumn("id", Type::kInt32, {}, "outcome drawn")}};
}

/// Names every field of the run's description once, for writing and reading.
template <typename Visitor, typename Info>
void VisitRun(Visitor&& visit, Info& info) {
  visit("env", info.env);
  visit("param", info.params);
  visit("agent", info.agent);
  visit("seed", info.seed);
  visit("worlds", info.worlds);
  visit("first_world", info.first_world);
  visit("first_episode", info.first_episode);
  visit("config", info.config);
  visit("brasa_version", info.version);
}

template <typename Visitor, typename Spec>
void VisitSpec(Visitor&& visit, Spec& spec) {
  visit("id", spec.id);
  visit("summary", spec.summary);
  visit("players", spec.players);
  visit("player_names", spec.player_names);
  visit("observation_type", spec.observation.type);
  visit("observation_shape", spec.observation.shape);
  visit("observation_axes", spec.observation.axes);
  visit("observation_names", spec.observation.names);
  visit("observation_low", spec.observation.low);
  visit("observation_high", spec.observation.high);
  visit("observation_categories", spec.observation.categories);
  visit("action_kind", spec.action.kind);
  visit("action_count", spec.action.count);
  visit("action_counts", spec.action.counts);
  visit("action_low", spec.action.low);
  visit("action_high", spec.action.high);
  visit("action_names", spec.action.names);
  visit("max_episode_steps", spec.max_episode_steps);
  visit("max_legal", spec.max_legal);
  visit("min_return", spec.min_return);
  visit("max_return", spec.max_return);
  visit("reward_threshold", spec.reward_threshold);
  visit("zero_sum", spec.zero_sum);
  visit("perfect_information", spec.perfect_information);
  visit("max_chance_outcomes", spec.max_chance_outcomes);
  visit("clone_cost", spec.clone_cost);
  visit("measure", spec.measures);
}

/// Two texts per element become two attributes.
struct PairNames {
  std::string first, second;
};
PairNames NamesOf(const std::string& name, const std::pair<std::string, std::string>&) {
  return {name + "_names", name + "_values"};
}
PairNames NamesOf(const std::string& name, const MeasureSpec&) {
  return {name + "_names", name + "_units"};
}

class InfoWriter {
 public:
  explicit InfoWriter(Attributes attributes) : out_(std::move(attributes)) {}

  void operator()(const std::string& name, const std::string& text) { out_.WriteText(name, text); }
  void operator()(const std::string& name, const std::vector<std::string>& texts) {
    out_.WriteTexts(name, texts);
  }
  template <typename T>
  void operator()(const std::string& name, const T& value) {
    out_.WriteNumbers(name, TypeOf<T>(), &value, -1);
  }
  template <typename T>
  void operator()(const std::string& name, const std::vector<T>& values) {
    if constexpr (std::is_arithmetic_v<T>) {
      out_.WriteNumbers(name, TypeOf<T>(), values.data(), static_cast<std::int64_t>(values.size()));
    } else {
      std::vector<std::string> first, second;
      for (const auto& [a, b] : values) {
        first.push_back(a);
        second.push_back(b);
      }
      const PairNames names = NamesOf(name, T{});
      out_.WriteTexts(names.first, first);
      out_.WriteTexts(names.second, second);
    }
  }

 private:
  Attributes out_;
};

class InfoReader {
 public:
  InfoReader(Attributes attributes, std::string path)
      : in_(std::move(attributes)), path_(std::move(path)) {}

  void operator()(const std::string& name, std::string& text) { text = in_.ReadText(name); }
  void operator()(const std::string& name, std::vector<std::string>& texts) {
    texts = in_.ReadTexts(name);
  }
  void operator()(const std::string& name, bool& value) {
    std::uint8_t byte = 0;
    in_.ReadNumber(name, Type::kUint8, &byte);
    value = byte != 0;
  }
  template <typename T>
  void operator()(const std::string& name, T& value) {
    in_.ReadNumber(name, TypeOf<T>(), &value);
  }
  template <typename T>
  void operator()(const std::string& name, std::vector<T>& values) {
    if constexpr (std::is_arithmetic_v<T>) {
      const std::vector<std::uint8_t> bytes = in_.ReadNumbers(name, TypeOf<T>());
      values.resize(bytes.size() / sizeof(T));
      std::copy(bytes.begin(), bytes.end(), reinterpret_cast<std::uint8_t*>(values.data()));
    } else {
      const PairNames names = NamesOf(name, T{});
      const std::vector<std::string> first = in_.ReadTexts(names.first);
      const std::vector<std::string> second = in_.ReadTexts(names.second);
      if (first.size() != second.size()) {
        throw FileError(path_ + ": '" + names.first + "' and '" + names.second +
                        "' differ in length");
      }
      for (std::size_t i = 0; i < first.size(); ++i) values.push_back(T{first[i], second[i]});
    }
  }

 private:
  Attributes in_;
  std::string path_;
};

}  // namespace

std::int64_t Table::row_bytes() const {
  std::int64_t bytes = 0;
  for (const Column& column : columns) bytes += column.row_bytes;
  return bytes;
}

std::array<Table, kTables> Tables(const EnvSpec& spec) {
  return {PlyTable(spec), EpisodeTable(spec), ChanceTable()};
}

std::int64_t ChunkRows(const Table& table, const Column& column) {
  return std::clamp(kMaxChunkBytes / column.row_bytes, std::int64_t{1}, table.chunk_rows);
}

void WriteInfo(const RecordingInfo& info, std::int64_t root, std::int64_t spec,
               const std::string& path) {
  Attributes attributes(root, path);
  attributes.WriteText("format", kFormatName);
  attributes.WriteNumbers("version", Type::kInt32, &kLayoutVersion, -1);
  const std::uint32_t sum = Crc32c(info.config);
  attributes.WriteNumbers("config_crc32c", Type::kUint32, &sum, -1);
  VisitRun(InfoWriter(attributes), info);
  VisitSpec(InfoWriter(Attributes(spec, path)), info.spec);
}

RecordingInfo ReadInfo(std::int64_t root, std::int64_t spec, const std::string& path) {
  RecordingInfo info;
  VisitRun(InfoReader(Attributes(root, path), path), info);
  VisitSpec(InfoReader(Attributes(spec, path), path), info.spec);
  // HDF5 has checksums for short attributes only.
  std::uint32_t sum = 0;
  Attributes(root, path).ReadNumber("config_crc32c", Type::kUint32, &sum);
  if (sum != Crc32c(info.config)) {
    throw FileError(path + ": attribute 'config' is damaged: its checksum is another");
  }
  if (info.worlds < 1) throw FileError(path + ": worlds is " + std::to_string(info.worlds));
  try {
    CheckSpec(info.spec);
  } catch (const ConfigError& error) {
    throw FileError(path + ": " + error.what());
  }
  return info;
}

}  // namespace brasa::record
