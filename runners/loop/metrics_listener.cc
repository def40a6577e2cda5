#include "runners/loop/metrics_listener.h"

#include <unistd.h>

#include <algorithm>
#include <system_error>

#include "runners/loop/run_files.h"

namespace brasa {
namespace {

namespace fs = std::filesystem;

constexpr const char* kReturnTag = "charts/episodic_return";
constexpr const char* kLengthTag = "charts/episodic_length";
constexpr const char* kSpeedTag = "charts/SPS";

std::string HostName() {
  char name[256] = {};
  if (::gethostname(name, sizeof name - 1) != 0 || name[0] == '\0') return "localhost";
  std::string text(name);
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

/// The event file of the run in `directory`, or the name a new one gets.
fs::path EventsPath(const fs::path& directory, double wall_time) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    if (at->path().filename().string().starts_with("events.out.tfevents.")) {
      found.push_back(at->path());
    }
  }
  if (!found.empty()) return *std::min_element(found.begin(), found.end());
  const auto seconds = static_cast<std::int64_t>(wall_time);
  return directory / ("events.out.tfevents." + std::to_string(seconds) + "." + HostName());
}

std::string PlayerSuffix(int player) {
  return player == 0 ? "" : "_player_" + std::to_string(player);
}

}  // namespace

MetricsListener::MetricsListener(const fs::path& directory, const Sources& sources)
    : directory_(directory),
      sources_(sources),
      interval_(std::max<std::int64_t>(std::int64_t{16} * sources.config.worlds,
                                       sources.config.steps / 1000)),
      columns_({"steps", "episodes", "updates"}),
      next_row_(interval_) {
  for (int p = 0; p < sources_.spec.players; ++p) {
    columns_.push_back("mean_return" + PlayerSuffix(p));
    scalar_tags_.push_back(kReturnTag + PlayerSuffix(p));
  }
  columns_.push_back("mean_length");
  for (const MeasureSpec& measure : sources_.spec.measures) {
    columns_.push_back("measures/" + measure.name);
    scalar_tags_.push_back("measures/" + measure.name);
  }
  for (const Metric& metric : sources_.agent.metrics()) columns_.push_back(metric.name);
  columns_.push_back("seconds");
  columns_.push_back("steps_per_second");
  cells_.resize(columns_.size());
}

void MetricsListener::Create() {
  // Opening the table first also finds out whether another process is writing this run.
  csv_.emplace(CsvWriter::Resume(RunFiles(directory_).metrics, columns_, 0));
  const double now = WallTime();
  events_.emplace(TensorBoardWriter::Resume(EventsPath(directory_, now), 0, now));
  WriteHparams();
  Flush(Sync::kNo);
}

void MetricsListener::WriteHparams() {
  const RunConfig& config = sources_.config;
  std::vector<tensorboard::Hparam> hparams = {
      {"agent", config.agent},
      {"env", config.env},
      {"seed", static_cast<std::int64_t>(config.seed)},
      {"steps", config.steps},
      {"envs", std::int64_t{config.worlds}},
  };
  for (const Field& field : config.params.fields()) {
    hparams.push_back({"env." + field.name, config.params.Get(field.name)});
  }
  for (const Field& field : config.agent_config.fields()) {
    hparams.push_back({field.name, config.agent_config.Get(field.name)});
  }
  const std::vector<std::string> tags = {kReturnTag};
  events_->Hparams(hparams, tags, WallTime());
}

void MetricsListener::OnStep(const StepView& view) {
  if (view.steps >= next_row_ && sources_.agent.metrics().empty()) WriteDue(view.steps);
}

void MetricsListener::OnUpdate(const UpdateView& view) {
  if (view.steps >= next_row_) WriteDue(view.steps);
}

void MetricsListener::WriteDue(std::int64_t steps) {
  WriteRow(steps);
  next_row_ = steps + interval_;
}

void MetricsListener::WriteRow(std::int64_t steps) {
  const EpisodeStatistics& statistics = sources_.statistics;
  const double steps_per_second = sources_.clock.StepsPerSecond(steps);
  const auto mean = [&](double value) {
    return statistics.episodes() > 0 ? CsvCell(value) : CsvCell();
  };
  cells_.clear();
  cells_.insert(cells_.end(), {steps, statistics.episodes(), sources_.agent.updates()});
  for (int p = 0; p < sources_.spec.players; ++p) cells_.push_back(mean(statistics.MeanReturn(p)));
  cells_.push_back(mean(statistics.MeanLength()));
  for (int m = 0; m < static_cast<int>(sources_.spec.measures.size()); ++m) {
    cells_.push_back(mean(statistics.MeanMeasure(m)));
  }
  for (const Metric& metric : sources_.agent.metrics()) cells_.emplace_back(metric.value);
  cells_.push_back(sources_.clock.seconds());
  cells_.push_back(steps_per_second);
  csv_->Row(cells_);
  WriteScalars(steps, steps_per_second);
  last_row_ = steps;
}

void MetricsListener::WriteScalars(std::int64_t steps, double steps_per_second) {
  const double now = WallTime();
  const EpisodeStatistics& statistics = sources_.statistics;
  if (statistics.episodes() > 0) {
    const int players = sources_.spec.players;
    for (int i = 0; i < static_cast<int>(scalar_tags_.size()); ++i) {
      const double value =
          i < players ? statistics.MeanReturn(i) : statistics.MeanMeasure(i - players);
      events_->Scalar(scalar_tags_[static_cast<std::size_t>(i)], steps, value, now);
    }
    events_->Scalar(kLengthTag, steps, statistics.MeanLength(), now);
  }
  for (const Metric& metric : sources_.agent.metrics()) {
    events_->Scalar(metric.name, steps, metric.value, now);
  }
  events_->Scalar(kSpeedTag, steps, steps_per_second, now);
}

void MetricsListener::Finish(std::int64_t steps) {
  if (finished_) return;
  if (last_row_ != steps) WriteRow(steps);
  events_->SessionEnd(tensorboard::SessionStatus::kSuccess, WallTime());
  finished_ = true;
}

void MetricsListener::Flush(Sync sync) {
  if (csv_) csv_->Flush(sync);
  if (events_) events_->Flush(sync);
}

void MetricsListener::OnCheckpoint(StateWriter& writer) {
  Flush(Sync::kYes);
  writer.Write("metrics/csv_bytes", csv_->length());
  writer.Write("metrics/event_bytes", events_->length());
  writer.Write("metrics/next_row", next_row_);
  writer.Write("metrics/last_row", last_row_);
  writer.Write("metrics/finished", finished_);
}

void MetricsListener::OnResume(StateReader& reader) {
  std::int64_t csv_bytes = 0, event_bytes = 0;
  reader.Read("metrics/csv_bytes", csv_bytes);
  reader.Read("metrics/event_bytes", event_bytes);
  reader.Read("metrics/next_row", next_row_);
  reader.Read("metrics/last_row", last_row_);
  reader.Read("metrics/finished", finished_);
  csv_.emplace(CsvWriter::Resume(RunFiles(directory_).metrics, columns_, csv_bytes));
  const double now = WallTime();
  events_.emplace(TensorBoardWriter::Resume(EventsPath(directory_, now), event_bytes, now));
}

}  // namespace brasa
