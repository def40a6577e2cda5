#include "runners/loop/tensorboard_events.h"

#include <type_traits>

#include "runners/files/crc32c.h"

namespace brasa::tensorboard {
namespace {

// Field numbers, from the .proto files named in the header.
namespace event {
constexpr int kWallTime = 1, kStep = 2, kFileVersion = 3, kSummary = 5;
}
namespace summary {
constexpr int kValue = 1;
}
namespace value {
constexpr int kTag = 1, kSimpleValue = 2, kTensor = 8, kMetadata = 9;
}
namespace tensor {
constexpr int kDtype = 1, kShape = 2, kStringValue = 8;
constexpr int kShapeDim = 2, kDimSize = 1;
constexpr std::uint64_t kDtString = 7;
}  // namespace tensor
namespace metadata {
constexpr int kPluginData = 1, kPluginName = 1, kContent = 2;
}
namespace plugin {
constexpr int kExperiment = 2, kSessionStart = 3, kSessionEnd = 4;
}
namespace experiment {
constexpr int kHparamInfos = 4, kMetricInfos = 5;
constexpr int kHparamName = 1, kHparamType = 4;
constexpr std::uint64_t kTypeString = 1, kTypeBool = 2, kTypeFloat64 = 3;
constexpr int kMetricName = 1, kMetricTag = 2;
}  // namespace experiment
namespace session {
constexpr int kHparams = 1, kMapKey = 1, kMapValue = 2, kStatus = 1;
constexpr int kNumberValue = 2, kStringValue = 3, kBoolValue = 4;
}  // namespace session

/// Collects the fields of one protocol buffer message, in the order of the calls.
class Message {
 public:
  Message& Varint(int field, std::uint64_t v) {
    Key(field, 0);
    PutVarint(v);
    return *this;
  }
  Message& Double(int field, double v) {
    Key(field, 1);
    PutRaw(&v, sizeof v);
    return *this;
  }
  Message& Float(int field, float v) {
    Key(field, 5);
    PutRaw(&v, sizeof v);
    return *this;
  }
  Message& Bytes(int field, std::string_view v) {
    Key(field, 2);
    PutVarint(v.size());
    bytes_ += v;
    return *this;
  }
  Message& Bytes(int field, const Message& v) { return Bytes(field, std::string_view(v.bytes_)); }
  const std::string& bytes() const { return bytes_; }

 private:
  void Key(int field, unsigned wire_type) {
    PutVarint((static_cast<std::uint64_t>(field) << 3) | wire_type);
  }
  void PutVarint(std::uint64_t v) {
    for (; v >= 0x80; v >>= 7) bytes_ += static_cast<char>((v & 0x7F) | 0x80);
    bytes_ += static_cast<char>(v);
  }
  void PutRaw(const void* data, std::size_t size) {
    bytes_.append(static_cast<const char*>(data), size);
  }

  std::string bytes_;
};

/// An event with one value. A step of 0 is not written: it is proto3's default.
std::string SummaryRecord(const Message& one_value, std::int64_t step, double wall_time) {
  Message out;
  out.Double(event::kWallTime, wall_time);
  if (step != 0) out.Varint(event::kStep, static_cast<std::uint64_t>(step));
  out.Bytes(event::kSummary, Message().Bytes(summary::kValue, one_value));
  return Record(out.bytes());
}

Message PluginMetadata(std::string_view name, std::string_view content) {
  Message data;
  data.Bytes(metadata::kPluginName, name);
  if (!content.empty()) data.Bytes(metadata::kContent, content);
  return Message().Bytes(metadata::kPluginData, data);
}

std::string HparamsRecord(std::string_view tag, int plugin_field, const Message& content,
                          double wall_time) {
  Message one_value;
  one_value.Bytes(value::kTag, tag)
      .Bytes(value::kMetadata,
             PluginMetadata("hparams", Message().Bytes(plugin_field, content).bytes()));
  return SummaryRecord(one_value, 0, wall_time);
}

std::uint64_t TypeOf(const FieldValue& v) {
  if (std::holds_alternative<bool>(v)) return experiment::kTypeBool;
  const bool number = std::holds_alternative<std::int64_t>(v) || std::holds_alternative<double>(v);
  return number ? experiment::kTypeFloat64 : experiment::kTypeString;
}

/// google.protobuf.Value
Message ProtoValue(const FieldValue& v) {
  Message out;
  if (const bool* flag = std::get_if<bool>(&v)) {
    out.Varint(session::kBoolValue, *flag ? 1 : 0);
  } else if (const std::int64_t* whole = std::get_if<std::int64_t>(&v)) {
    out.Double(session::kNumberValue, static_cast<double>(*whole));
  } else if (const double* real = std::get_if<double>(&v)) {
    out.Double(session::kNumberValue, *real);
  } else {
    out.Bytes(session::kStringValue, ValueText(v));
  }
  return out;
}

template <typename T>
std::string LittleEndian(T v) {
  static_assert(std::is_unsigned_v<T>);
  return {reinterpret_cast<const char*>(&v), sizeof v};
}

}  // namespace

std::uint32_t MaskedCrc(std::string_view bytes) {
  const std::uint32_t crc = Crc32c(bytes);
  return ((crc >> 15) | (crc << 17)) + 0xA282EAD8u;
}

std::string Record(std::string_view event) {
  const std::string length = LittleEndian(std::uint64_t{event.size()});
  std::string out = length + LittleEndian(MaskedCrc(length));
  out += event;
  return out + LittleEndian(MaskedCrc(event));
}

std::string FileVersion(double wall_time) {
  return Record(Message()
                    .Double(event::kWallTime, wall_time)
                    .Bytes(event::kFileVersion, "brain.Event:2")
                    .bytes());
}

std::string Scalar(std::string_view tag, std::int64_t step, float value, double wall_time) {
  Message one_value;
  one_value.Bytes(value::kTag, CleanTag(tag)).Float(value::kSimpleValue, value);
  return SummaryRecord(one_value, step, wall_time);
}

std::string Text(std::string_view name, std::int64_t step, std::string_view text,
                 double wall_time) {
  Message shape;
  shape.Bytes(tensor::kShapeDim, Message().Varint(tensor::kDimSize, 1));
  Message content;
  content.Varint(tensor::kDtype, tensor::kDtString)
      .Bytes(tensor::kShape, shape)
      .Bytes(tensor::kStringValue, text);
  Message one_value;
  one_value.Bytes(value::kTag, CleanTag(name) + "/text_summary")
      .Bytes(value::kTensor, content)
      .Bytes(value::kMetadata, PluginMetadata("text", ""));
  return SummaryRecord(one_value, step, wall_time);
}

std::string Experiment(std::span<const Hparam> hparams, std::span<const std::string> metric_tags,
                       double wall_time) {
  Message content;
  for (const Hparam& hparam : hparams) {
    content.Bytes(experiment::kHparamInfos,
                  Message()
                      .Bytes(experiment::kHparamName, hparam.name)
                      .Varint(experiment::kHparamType, TypeOf(hparam.value)));
  }
  for (const std::string& tag : metric_tags) {
    const Message name = Message().Bytes(experiment::kMetricTag, CleanTag(tag));
    content.Bytes(experiment::kMetricInfos, Message().Bytes(experiment::kMetricName, name));
  }
  return HparamsRecord("_hparams_/experiment", plugin::kExperiment, content, wall_time);
}

std::string SessionStart(std::span<const Hparam> hparams, double wall_time) {
  Message content;
  for (const Hparam& hparam : hparams) {
    content.Bytes(session::kHparams, Message()
                                         .Bytes(session::kMapKey, hparam.name)
                                         .Bytes(session::kMapValue, ProtoValue(hparam.value)));
  }
  return HparamsRecord("_hparams_/session_start_info", plugin::kSessionStart, content, wall_time);
}

std::string SessionEnd(SessionStatus status, double wall_time) {
  const Message content = Message().Varint(session::kStatus, static_cast<std::uint64_t>(status));
  return HparamsRecord("_hparams_/session_end_info", plugin::kSessionEnd, content, wall_time);
}

std::string CleanTag(std::string_view tag) {
  while (tag.starts_with('/')) tag.remove_prefix(1);
  std::string out(tag);
  for (char& c : out) {
    const bool kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_' || c == '.' || c == '/' || c == '-';
    if (!kept) c = '_';
  }
  return out;
}

}  // namespace brasa::tensorboard
