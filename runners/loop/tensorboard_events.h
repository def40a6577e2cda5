// Events of TensorBoard's log files, encoded by hand: framing of TFRecord, protocol buffers of
// tensorflow/core/util/event.proto, summary.proto and the hparams plugin's api.proto and
// plugin_data.proto. Every function returns one whole record, ready to append to the file.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "brasa/core/config.h"

namespace brasa::tensorboard {

/// One hyper-parameter. Numbers and bools keep their type; lists become text.
struct Hparam {
  std::string name;
  FieldValue value;
};

enum class SessionStatus : std::uint8_t { kSuccess = 1, kFailure = 2, kRunning = 3 };

/// Frames `event`: u64 length, masked CRC-32C of it, the bytes, masked CRC-32C of them.
std::string Record(std::string_view event);
/// ((crc >> 15) | (crc << 17)) + 0xA282EAD8, as TFRecord stores a CRC-32C.
std::uint32_t MaskedCrc(std::string_view bytes);

/// The first record of a file. `wall_time` [s since 1970] here and below.
std::string FileVersion(double wall_time);
/// A point of the scalar chart `tag`; `/` groups charts.
std::string Scalar(std::string_view tag, std::int64_t step, float value, double wall_time);
/// Markdown text, shown as `name`.
std::string Text(std::string_view name, std::int64_t step, std::string_view text, double wall_time);
/// The three records of the hparams tab: the columns, a run's values, a run's end.
std::string Experiment(std::span<const Hparam> hparams, std::span<const std::string> metric_tags,
                       double wall_time);
std::string SessionStart(std::span<const Hparam> hparams, double wall_time);
std::string SessionEnd(SessionStatus status, double wall_time);

/// `tag` as TensorBoard takes it: characters outside [A-Za-z0-9_./-] become '_', '/' in front goes.
std::string CleanTag(std::string_view tag);

}  // namespace brasa::tensorboard
