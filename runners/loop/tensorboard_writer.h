// The TensorBoard log of a run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "runners/loop/append_file.h"
#include "runners/loop/tensorboard_events.h"

namespace brasa {

/// One writer, one thread; errors as AppendFile. TensorBoard reads every file whose name contains
/// `tfevents`, by convention `events.out.tfevents.<unix seconds>.<host>`. Reads no clock: every
/// wall_time [s since 1970] is the caller's. Readers may follow the file: it holds whole records.
class TensorBoardWriter {
 public:
  /// Makes a new file with its version record. Throws UsageError if `path` exists.
  static TensorBoardWriter Create(const std::filesystem::path& path, double wall_time);
  /// Cuts the file to `length` bytes and goes on after them; 0 starts it anew with a version record
  /// of `wall_time`. Throws FileError, the file untouched, if it is shorter or foreign.
  static TensorBoardWriter Resume(const std::filesystem::path& path, std::int64_t length,
                                  double wall_time);

  /// A point of chart `tag`. Stored as float32: TensorBoard's scalars have no more.
  void Scalar(std::string_view tag, std::int64_t step, double value, double wall_time);
  /// Markdown under `name` in the text tab, e.g. the config.
  void Text(std::string_view name, std::int64_t step, std::string_view text, double wall_time);
  /// Names the run's settings and the tags of its result for the hparams tab. Once, at the start.
  void Hparams(std::span<const tensorboard::Hparam> hparams,
               std::span<const std::string> metric_tags, double wall_time);
  /// Closes the entry in the hparams tab. Once, at the end.
  void SessionEnd(tensorboard::SessionStatus status, double wall_time);

  void Flush(Sync sync) { file_.Flush(sync); }
  std::int64_t length() const { return file_.length(); }
  const std::filesystem::path& path() const { return file_.path(); }

 private:
  explicit TensorBoardWriter(AppendFile file) : file_(std::move(file)) {}

  AppendFile file_;
};

}  // namespace brasa
