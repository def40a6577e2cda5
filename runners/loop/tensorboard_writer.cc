#include "runners/loop/tensorboard_writer.h"

#include "brasa/core/error.h"

namespace brasa {

namespace tb = tensorboard;

TensorBoardWriter TensorBoardWriter::Create(const std::filesystem::path& path, double wall_time) {
  TensorBoardWriter writer(AppendFile::Create(path));
  writer.file_.Append(tb::FileVersion(wall_time));
  return writer;
}

TensorBoardWriter TensorBoardWriter::Resume(const std::filesystem::path& path, std::int64_t length,
                                            double wall_time) {
  const std::string version = tb::FileVersion(wall_time);
  if (length > 0) {
    const std::string start = ReadFileBytes(path, static_cast<std::int64_t>(version.size()));
    if (start.find("brain.Event:2") == std::string::npos) {
      throw FileError(path.string() + " is not a TensorBoard event file");
    }
  }
  TensorBoardWriter writer(AppendFile::Resume(path, length));
  if (length == 0) writer.file_.Append(version);
  return writer;
}

void TensorBoardWriter::Scalar(std::string_view tag, std::int64_t step, double value,
                               double wall_time) {
  file_.Append(tb::Scalar(tag, step, static_cast<float>(value), wall_time));
}

void TensorBoardWriter::Text(std::string_view name, std::int64_t step, std::string_view text,
                             double wall_time) {
  file_.Append(tb::Text(name, step, text, wall_time));
}

void TensorBoardWriter::Hparams(std::span<const tb::Hparam> hparams,
                                std::span<const std::string> metric_tags, double wall_time) {
  file_.Append(tb::Experiment(hparams, metric_tags, wall_time));
  file_.Append(tb::SessionStart(hparams, wall_time));
}

void TensorBoardWriter::SessionEnd(tb::SessionStatus status, double wall_time) {
  file_.Append(tb::SessionEnd(status, wall_time));
}

}  // namespace brasa
