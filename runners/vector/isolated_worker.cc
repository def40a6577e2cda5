// The worker's side of brasa/isolate.h.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <optional>

#include "brasa/isolate.h"
#include "runners/vector/shared_rows.h"
#include "runners/vector/worker_job.h"
#include "runners/vector/worker_link.h"
#include "runners/vector/world_rows.h"

namespace brasa {
namespace {

constexpr int kChunk = 128;  // as SerialVectorEnv

/// What the rules threw.
class RulesFailed : public Error {
 public:
  using Error::Error;
};

/// Runs `body`, which calls the rules and nothing else that throws. The place that an error begins
/// with is left out: the host knows it.
template <typename Body>
void CallRules(const std::string& env, const Body& body) {
  try {
    body();
  } catch (const std::exception& error) {
    const std::string text = error.what();
    const std::size_t place = text.starts_with(env) ? text.find(": ") : std::string::npos;
    throw RulesFailed(place == std::string::npos ? text : text.substr(place + 2));
  }
}

const Patience kForEver(std::numeric_limits<double>::infinity());

Params JobParams(const EnvRow& row, const WorkerJob& job) {
  Params params = DefaultParams(row);
  for (const auto& [name, value] : job.params) params.Set(name, value);
  return params;
}

/// One world that writes down what it plays.
struct LoneWorld {
  LoneWorld(const EnvRow& row, const Params& params, const VectorEnvOptions& options)
      : rows(row, params, options, 1) {
    const EnvSpec& spec = rows.batch().spec();
    observation.resize(static_cast<std::size_t>(spec.observation.bytes()));
    mask.resize(static_cast<std::size_t>(spec.action.count));
    reward.resize(static_cast<std::size_t>(spec.players));
    const bool discrete = spec.action.kind == ActionKind::kDiscrete;
    states = {&player, observation.data(), discrete ? mask.data() : nullptr, &start};
    outcome = {reward.data(), &end};
  }

  void Reset() {
    rows.ResetChunk(0, states);
    KeepChance();
  }
  void Ply(const std::uint8_t* action) {
    played.player.push_back(player);
    played.observation.insert(played.observation.end(), observation.begin(), observation.end());
    rows.StepChunk(0, -1, action, outcome, states);
    played.rewards.insert(played.rewards.end(), reward.begin(), reward.end());
    KeepChance();
    if (end != 0) throw Error(rows.batch().Place(0) + ": played again, the episode ends here");
  }
  void KeepChance() {
    const auto ids = rows.batch().ChanceIds(0);
    played.chance.emplace_back(ids.begin(), ids.end());
  }

  WorldRows rows;
  ReplayedEpisode played;
  std::int32_t player = 0;
  std::vector<std::uint8_t> observation, mask;
  std::vector<float> reward;
  std::uint8_t start = 0, end = 0;
  StateRows states;
  OutcomeRows outcome;
};

/// Worlds [begin, end) of the host's, called 0 .. end - begin - 1 here.
class Worker {
 public:
  Worker(const EnvRow& row, const WorkerJob& job, int memory)
      : row_(row),
        params_(JobParams(row, job)),
        job_(job),
        worlds_(row, params_, Options(job.begin, job.end - job.begin),
                std::min(job.end - job.begin, kChunk)),
        shared_(memory, worlds_.batch().spec(), job.worlds),
        begin_(static_cast<std::size_t>(job.begin)) {
    const EnvSpec& spec = worlds_.batch().spec();
    const std::size_t players = static_cast<std::size_t>(spec.players);
    const auto seen = static_cast<std::size_t>(spec.observation.bytes());
    states_ = {shared_.states.player + begin_,
               static_cast<std::uint8_t*>(shared_.states.observation) + begin_ * seen, nullptr,
               shared_.states.start + begin_};
    if (spec.action.kind == ActionKind::kDiscrete) {
      states_.mask = shared_.states.mask + begin_ * static_cast<std::size_t>(spec.action.count);
    }
    outcome_ = {shared_.outcome.reward + begin_ * players, shared_.outcome.end + begin_};
    actions_ = shared_.actions + begin_ * static_cast<std::size_t>(spec.action.bytes());
  }

  /// What is said in answer to kDone.
  std::string Do(const Message& message, WorkerLink& link) {
    switch (message.note) {
      case Note::kReset:
        CallRules(row_.id, [&] {
          for (int c = 0; c < worlds_.chunks(); ++c) worlds_.ResetChunk(c, states_);
        });
        return Finish();
      case Note::kStep:
        worlds_.batch().CheckActions(0, worlds_.batch().worlds(), actions_);
        CallRules(row_.id, [&] {
          for (int c = 0; c < worlds_.chunks(); ++c) {
            worlds_.StepChunk(c, c - 1, actions_, outcome_, states_);
          }
        });
        return Finish();
      case Note::kAbandon:
        for (int c = 0; c < worlds_.chunks(); ++c) {
          worlds_.AbandonChunk(c, c - 1, actions_, outcome_, states_);
        }
        return Finish();
      case Note::kRebuild:
        Rebuild(message.bytes);
        return Chance();
      case Note::kExamine:
        Examine(ReadExamine(message.bytes), link);
        return "";
      default:
        throw Error("a worker process does not know note " +
                    std::to_string(static_cast<int>(message.note)));
    }
  }

 private:
  VectorEnvOptions Options(int first, int count) const {
    WorldStreams streams = job_.streams;
    streams.first_index += static_cast<std::uint32_t>(first);
    return {count, 1, streams, job_.signature};
  }
  void Progress() { shared_.progress[begin_].fetch_add(1, std::memory_order_relaxed); }

  std::string Finish() {
    worlds_.GatherLast();
    const LastRows& last = worlds_.last();
    const auto count = static_cast<std::size_t>(last.count);
    const EnvSpec& spec = worlds_.batch().spec();
    const auto players = static_cast<std::size_t>(spec.players);
    const auto seen = players * static_cast<std::size_t>(spec.observation.bytes());
    const std::size_t measures = spec.measures.size();
    shared_.ended[begin_] = last.count;
    for (std::size_t i = 0; i < count; ++i) {
      shared_.last_world[begin_ + i] = last.world[i] + job_.begin;
    }
    std::copy_n(last.length, count, shared_.last_length + begin_);
    std::copy_n(last.episode, count, shared_.last_episode + begin_);
    std::copy_n(last.returns, count * players, shared_.last_returns + begin_ * players);
    if (measures > 0) {
      std::copy_n(last.measures, count * measures, shared_.last_measures + begin_ * measures);
    }
    std::copy_n(static_cast<const std::uint8_t*>(last.observation), count * seen,
                shared_.last_observations + begin_ * seen);
    const auto signatures = worlds_.signatures();
    std::copy(signatures.begin(), signatures.end(), shared_.signatures + begin_);
    return Chance();
  }

  std::string Chance() const {
    if (worlds_.batch().spec().max_chance_outcomes == 0) return "";
    std::vector<std::vector<std::int32_t>> final, now;
    for (int w = 0; w < worlds_.batch().worlds(); ++w) {
      const auto ended = worlds_.FinalChanceIds(w), ids = worlds_.batch().ChanceIds(w);
      final.emplace_back(ended.begin(), ended.end());
      now.emplace_back(ids.begin(), ids.end());
    }
    StateWriter writer;
    WriteLists(final, writer);
    WriteLists(now, writer);
    return writer.bytes();
  }

  void Rebuild(const std::string& bytes) {
    StateReader reader(bytes, "a note between processes");
    while (!reader.AtEnd()) {
      const OpenEpisode open = ReadEpisode(reader);
      if (open.episode < 0) continue;
      worlds_.Rebuild(open.world - job_.begin, static_cast<std::uint32_t>(open.episode),
                      open.actions, open.signature, [this] { Progress(); });
    }
  }

  /// Plays an episode again in a world of its own, tells it, and only then does what was lost.
  void Examine(const ExamineJob& job, WorkerLink& link) {
    LoneWorld alone(row_, params_, Options(job.open.world, 1));
    alone.rows.batch().SetNextEpisode(0, static_cast<std::uint32_t>(job.open.episode));
    const auto tell = [&] { link.Send(Note::kReplayed, ReplayedBytes(alone.played), kForEver); };
    if (job.lost_action.empty()) {
      tell();
      CallRules(row_.id, [&] { alone.rows.ResetChunk(0, alone.states); });
      return;
    }
    alone.Reset();
    Progress();
    const auto width = job.lost_action.size();
    for (std::size_t at = 0; at < job.open.actions.size(); at += width) {
      alone.Ply(&job.open.actions[at]);
      Progress();
    }
    tell();
    CallRules(row_.id, [&] {
      alone.rows.StepChunk(0, -1, job.lost_action.data(), alone.outcome, alone.states);
    });
  }

  const EnvRow& row_;
  const Params params_;
  const WorkerJob job_;
  WorldRows worlds_;
  SharedRows shared_;
  const std::size_t begin_;
  StateRows states_;
  OutcomeRows outcome_;
  const std::uint8_t* actions_ = nullptr;
};

/// Ends with the host, leaves Ctrl-C to it, and writes no core file where the host looks for none.
void BelongTo(int host) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != host) std::_Exit(0);
  signal(SIGINT, SIG_IGN);
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
}

}  // namespace

void ServeIsolatedWorlds(const std::function<const EnvRow&(const std::string&)>& find, int memory,
                         int link_file, int host) {
  BelongTo(host);
  WorkerLink link(link_file, 0);
  std::optional<Worker> worker;
  Message message;
  while (link.Receive(message, kForEver) == Heard::kMessage) {
    Note answer = Note::kDone;
    std::string bytes;
    try {
      if (message.note == Note::kSetUp) {
        const WorkerJob job = ReadJob(message.bytes);
        worker.emplace(find(job.env), job, memory);
      } else if (worker) {
        bytes = worker->Do(message, link);
      }
    } catch (const RulesFailed& error) {
      answer = Note::kThrew;
      bytes = error.what();
    } catch (const std::exception& error) {
      answer = Note::kFailed;
      bytes = ErrorBytes(error);
    }
    if (link.Send(answer, bytes, kForEver) != Heard::kMessage) break;
  }
  std::_Exit(0);  // without the destructors of the environment's file: no part of the contract
}

}  // namespace brasa
