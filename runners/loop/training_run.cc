#include "runners/loop/training_run.h"

#include <cmath>
#include <numeric>
#include <system_error>
#include <utility>

#include "brasa/core/hash.h"
#include "brasa/core/version.h"
#include "brasa/recorder.h"
#include "runners/files/atomic_file.h"
#include "runners/loop/checkpoint_directory.h"
#include "runners/loop/failure_report.h"
#include "runners/loop/file_io.h"
#include "runners/loop/run_config.h"

namespace brasa {
namespace {

constexpr double kFlushSeconds = 1.0;     // how old rows in the files may be for those who follow
constexpr int kLossWarnings = 10;         // more are told by the count in the result only
constexpr double kProgressSeconds = 0.1;  // ten times a second

std::unique_ptr<VectorEnv> MakeRunEnv(Registry& registry, const RunConfig& config,
                                      const std::atomic<bool>* stop,
                                      const std::function<void(const WorkerLoss&)>& on_loss) {
  if (config.isolate != Isolation::kOff) {
    IsolateOptions options;
    options.worlds = config.worlds;
    options.processes = config.workers;
    options.streams = {config.seed, StreamRole::kEnv, 0};
    options.step_timeout = config.step_timeout;
    options.stop = stop;
    options.on_loss = config.isolate == Isolation::kStop ? OnLoss::kStop : OnLoss::kContinue;
    auto env = MakeIsolatedVectorEnv(registry.FindEnv(config.env), config.params, options);
    env->on_loss = on_loss;
    return env;
  }
  VectorEnvOptions options;
  options.worlds = config.worlds;
  options.workers = config.workers;
  options.streams = {config.seed, StreamRole::kEnv, 0};
  return MakeVectorEnv(registry.FindEnv(config.env), config.params, options);
}

std::vector<std::pair<std::string, std::string>> TextValues(const Config& config) {
  std::vector<std::pair<std::string, std::string>> values;
  for (const Field& field : config.fields()) {
    values.emplace_back(field.name, config.GetText(field.name));
  }
  return values;
}

RecordingInfo InfoOf(const RunConfig& config, const EnvSpec& spec, const std::string& toml) {
  RecordingInfo info;
  info.env = config.env;
  info.params = TextValues(config.params);
  info.agent = config.agent;
  info.seed = config.seed;
  info.worlds = config.worlds;
  info.config = toml;
  info.version = kVersion;
  info.spec = spec;
  return info;
}

std::string HookSection(std::size_t i) { return "listener" + std::to_string(i); }

}  // namespace

/// The sections of a checkpoint. "run", "env" and "agent" follow from the config and the step
/// alone; "outputs" holds lengths of files and seconds.
struct TrainingRun::Sections {
  StateWriter run, env, agent, outputs, recording;
  std::vector<StateWriter> hooks;
  std::vector<std::string> hook_names;

  std::vector<SectionView> Views(const std::string& toml, bool recorded) const {
    std::vector<SectionView> views = {{"config", toml},
                                      {"run", run.bytes()},
                                      {"env", env.bytes()},
                                      {"agent", agent.bytes()},
                                      {"outputs", outputs.bytes()}};
    if (recorded) views.push_back({"recording", recording.bytes()});
    for (std::size_t i = 0; i < hooks.size(); ++i) {
      views.push_back({hook_names[i], hooks[i].bytes()});
    }
    return views;
  }
};

TrainingRun::TrainingRun(Registry& registry, const RunConfig& config, const std::string& directory,
                         const RunHooks& hooks)
    : config_((CheckRunConfig(config), config)),
      directory_(directory),
      files_(directory),
      hooks_(hooks),
      total_vector_steps_(config.steps / config.worlds),
      env_(MakeRunEnv(registry, config, hooks.stop,
                      [this](const WorkerLoss& loss) { CountLoss(loss); })),
      agent_(MakeRunAgent(registry, config, env_->spec())),
      statistics_(env_->spec()),
      metrics_(directory, {config_, env_->spec(), *agent_, statistics_, clock_}),
      world_ids_(static_cast<std::size_t>(config.worlds)) {
  std::iota(world_ids_.begin(), world_ids_.end(), 0);
  if (isolated() && agent_->needs_worlds()) {
    throw ConfigError("isolate = " + IsolationName(config.isolate) + " is not allowed: agent '" +
                      config.agent +
                      "' copies worlds, which then lie in other processes; give isolate = off");
  }
}

TrainingRun::~TrainingRun() = default;

void TrainingRun::MakeListeners() {
  listeners_ = {&metrics_};
  if (recorder_) listeners_.push_back(recorder_.get());
  listeners_.insert(listeners_.end(), hooks_.listeners.begin(), hooks_.listeners.end());
}

void TrainingRun::Start(const std::string& toml) {
  toml_ = toml;
  metrics_.Create();
  if (config_.record) {
    std::error_code error;
    std::filesystem::remove(files_.recording, error);
    if (error) ThrowIoError("remove", files_.recording, error.value());
    recorder_ = MakeRecorder(files_.recording.string(), InfoOf(config_, env_->spec(), toml));
  }
  MakeListeners();
  try {
    env_->Reset(agent_->FirstRows());
  } catch (const WorkerLost& lost) {
    TellFailure(lost.loss(), -1, "");
    throw Error(std::string(lost.what()) + "; told in " + files_.failure.string());
  }
  for (Listener* listener : listeners_) listener->OnStart(*env_);
  // Two checkpoints are kept and a third is written beside them.
  RequireFreeSpace(directory_, 3 * CheckpointBytes(TakeState().Views(toml_, config_.record)));
  clock_.Start(0, 0);
}

void TrainingRun::Restore(const Checkpoint& checkpoint, const std::string& toml) {
  toml_ = toml;
  const auto read = [&](const std::string& name, const auto& load) {
    StateReader reader = checkpoint.Section(name);
    load(reader);
    if (!reader.AtEnd()) {
      throw FileError(reader.source() + " holds more than this version reads");
    }
  };
  read("run", [&](StateReader& reader) {
    reader.Read("run/vector_steps", vector_step_);
    statistics_.Load(reader);
  });
  read("env", [&](StateReader& reader) { env_->Load(reader); });
  read("agent", [&](StateReader& reader) { agent_->Load(reader); });
  double earlier = 0;
  read("outputs", [&](StateReader& reader) {
    reader.Read("outputs/seconds", earlier);
    reader.Read("outputs/reproducible", reproducible_);
    reader.Read("outputs/lost_episodes", lost_episodes_);
    metrics_.OnResume(reader);
  });
  if (config_.record) {
    recorder_ = ReopenRecorder(files_.recording.string(), InfoOf(config_, env_->spec(), toml));
    read("recording", [&](StateReader& reader) { recorder_->OnResume(reader); });
  }
  for (std::size_t i = 0; i < hooks_.listeners.size(); ++i) {
    if (!checkpoint.Has(HookSection(i))) continue;
    read(HookSection(i), [&](StateReader& reader) { hooks_.listeners[i]->OnResume(reader); });
  }
  MakeListeners();
  updates_ = agent_->updates();
  clock_.Start(earlier, steps());
}

TrainingRun::Sections TrainingRun::TakeState() {
  Sections sections;
  sections.run.Write("run/vector_steps", vector_step_);
  statistics_.Save(sections.run);
  env_->Save(sections.env);
  agent_->Save(sections.agent);
  sections.outputs.Write("outputs/seconds", clock_.seconds());
  sections.outputs.Write("outputs/reproducible", reproducible_);
  sections.outputs.Write("outputs/lost_episodes", lost_episodes_);
  metrics_.OnCheckpoint(sections.outputs);
  if (recorder_) recorder_->OnCheckpoint(sections.recording);
  sections.hooks.resize(hooks_.listeners.size());
  for (std::size_t i = 0; i < hooks_.listeners.size(); ++i) {
    sections.hook_names.push_back(HookSection(i));
    hooks_.listeners[i]->OnCheckpoint(sections.hooks[i]);
  }
  return sections;
}

std::filesystem::path TrainingRun::WriteCheckpoint() {
  const Sections sections = TakeState();
  return WriteRunCheckpoint(files_.checkpoints, steps(), sections.Views(toml_, config_.record));
}

RunResult TrainingRun::Run() {
  try {
    Loop();
    const bool finished = vector_step_ == total_vector_steps_;
    if (finished) metrics_.Finish(steps());
    WriteCheckpoint();
    for (Listener* listener : listeners_) listener->OnEnd();
    TellProgress();
    RunResult result = Result(finished);
    if (finished) WriteFileAtomically(files_.result, ResultJson(result));
    return result;
  } catch (...) {
    try {
      metrics_.Flush(Sync::kNo);
    } catch (const Error&) {
      // The first error is the one to tell.
    }
    throw;
  }
}

bool TrainingRun::Stopped() const {
  return hooks_.stop != nullptr && hooks_.stop->load(std::memory_order_relaxed);
}

void TrainingRun::Loop() {
  while (vector_step_ < total_vector_steps_ && !Stopped() && VectorStep()) {
    if (pace_.Due()) LookAtClock();
  }
}

bool TrainingRun::VectorStep() {
  const StepRows rows = agent_->NextRows();
  ActRows act = AllRows(rows.now, world_ids_);
  if (agent_->needs_worlds()) act.batch = &env_->batch();
  StateWriter actor;
  if (isolated()) agent_->actor().Save(actor);
  agent_->actor().Act(act, rows.actions);
  if (!StepWorlds(rows, actor)) return false;
  const LastRows& last = env_->last();
  statistics_.Add(last);
  const std::int64_t step = vector_step_++;
  const StepView view{step, steps(), rows, last, *env_};
  for (Listener* listener : listeners_) listener->OnStep(view);
  agent_->Learn(last);
  const std::int64_t updates = agent_->updates();
  if (updates == updates_) return true;
  updates_ = updates;
  const UpdateView update{steps(), updates, agent_->metrics()};
  for (Listener* listener : listeners_) listener->OnUpdate(update);
  return true;
}

bool TrainingRun::StepWorlds(const StepRows& rows, const StateWriter& actor) {
  const auto go_back = [&] {
    StateReader before(actor.bytes(), "the actor before the lost step");
    agent_->actor().Load(before);
  };
  try {
    env_->Step(rows.actions, rows.outcome, rows.next);
    return true;
  } catch (const StepInterrupted&) {
    go_back();
    return false;
  } catch (const WorkerLost& lost) {
    go_back();
    const std::string checkpoint = WriteCheckpoint().string();
    TellFailure(lost.loss(), vector_step_, checkpoint);
    throw Error(std::string(lost.what()) + "; told in " + files_.failure.string() +
                ", and brasa resume " + directory_ + " goes on before that step");
  }
}

void TrainingRun::TellFailure(const WorkerLoss& loss, std::int64_t vector_step,
                              const std::string& checkpoint) {
  const RecordingInfo info = InfoOf(config_, env_->spec(), toml_);
  WriteFailure({files_, info, vector_step, checkpoint}, loss);
}

void TrainingRun::CountLoss(const WorkerLoss& loss) {
  lost_episodes_ += loss.end - loss.begin;
  reproducible_ = false;
  if (loss.examined) TellFailure(loss, vector_step_, "");
  if (hooks_.warning && ++warnings_ <= kLossWarnings) {
    hooks_.warning(LossText(config_.env, loss) + "; the run goes on without its " +
                   std::to_string(loss.end - loss.begin) + " episodes");
  }
}

void TrainingRun::LookAtClock() {
  const double now = clock_.part_seconds();
  pace_.Read(now);
  if (now - last_progress_ >= kProgressSeconds) {
    last_progress_ = now;
    TellProgress();
  }
  if (now - last_flush_ >= kFlushSeconds) {
    last_flush_ = now;
    metrics_.Flush(Sync::kNo);
  }
  if (config_.checkpoint_seconds > 0 && now - last_checkpoint_ >= config_.checkpoint_seconds) {
    WriteCheckpoint();
    last_checkpoint_ = clock_.part_seconds();
  }
}

void TrainingRun::TellProgress() {
  if (!hooks_.progress) return;
  RunProgress progress;
  progress.steps = steps();
  progress.total_steps = total_vector_steps_ * config_.worlds;
  progress.seconds = clock_.seconds();
  progress.steps_per_second = clock_.StepsPerSecond(steps());
  progress.episodes = statistics_.episodes();
  progress.mean_return = statistics_.MeanReturn(0);
  hooks_.progress(progress);
}

RunResult TrainingRun::Result(bool finished) const {
  RunResult result;
  result.directory = directory_;
  result.agent = config_.agent;
  result.env = config_.env;
  result.seed = config_.seed;
  result.steps = steps();
  result.episodes = statistics_.episodes();
  result.seconds = clock_.seconds();
  result.steps_per_second = clock_.StepsPerSecond(steps());
  if (steps() == clock_.first_step() && result.seconds > 0) {
    result.steps_per_second = static_cast<double>(steps()) / result.seconds;
  }
  result.signature = HashCombine(env_->Signature(), agent_->ParameterHash());
  result.finished = finished;
  result.reproducible = reproducible_;
  result.lost_episodes = lost_episodes_;
  for (int p = 0; p < env_->spec().players; ++p) {
    const std::vector<double> returns = statistics_.Returns(p);
    const Rng rng(config_.seed, StreamRole::kBootstrap, static_cast<std::uint32_t>(p));
    result.mean_return.push_back(returns.empty() ? Estimate{NAN, {NAN, NAN}, 0}
                                                 : Bootstrap(returns, Statistic::kMean, rng));
  }
  return result;
}

}  // namespace brasa
