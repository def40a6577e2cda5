// A plugin that fails in one episode of ten: in those whose lot, drawn at the reset, is 7.
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>

#include "brasa/env.h"

namespace {

enum class Fault { kNone, kCrash, kAbort, kExit, kLoop, kFork, kThrow, kGarbage, kClose };

Fault FaultOf(const std::string& name) {
  if (name == "crash") return Fault::kCrash;
  if (name == "abort") return Fault::kAbort;
  if (name == "exit") return Fault::kExit;
  if (name == "fork") return Fault::kFork;
  if (name == "throw") return Fault::kThrow;
  if (name == "garbage") return Fault::kGarbage;
  if (name == "close") return Fault::kClose;
  return name == "loop" ? Fault::kLoop : Fault::kNone;
}

/// False once the file that UNLUCKY_WHILE names is gone: the plugin is mended.
bool Broken() {
  const char* file = std::getenv("UNLUCKY_WHILE");
  return file == nullptr || access(file, F_OK) == 0;
}

/// Leaves a child that holds every open file but those of output; UNLUCKY_CHILDREN lists it.
void Fork() {
  if (fork() == 0) {
    close(STDOUT_FILENO);
    close(STDERR_FILENO);
    std::ofstream(std::getenv("UNLUCKY_CHILDREN"), std::ios::app) << getpid() << "\n";
    sleep(100);
    std::_Exit(0);
  }
  raise(SIGSEGV);
}

constexpr int kLink = 4;  // the descriptor of a worker's link to its host

void SpoilLink(Fault fault) {
  static constexpr char kText[] = "debug output that went to the wrong descriptor, of all places";
  if (fault == Fault::kGarbage && write(kLink, kText, sizeof kText) < 0) std::abort();
  if (fault == Fault::kClose) {
    close(kLink);
    sleep(100);
  }
}

/// UNLUCKY_STALLED is made, so that a test knows when to look.
void Stall() {
  if (const char* file = std::getenv("UNLUCKY_STALLED")) std::ofstream(file) << "yes";
  for (;;) usleep(1000);
}

void Fail(Fault fault) {
  if (fault == Fault::kNone || !Broken()) return;
  if (fault == Fault::kCrash) raise(SIGSEGV);
  if (fault == Fault::kAbort) std::abort();
  if (fault == Fault::kExit) std::exit(7);
  if (fault == Fault::kFork) Fork();
  if (fault == Fault::kThrow) throw std::runtime_error("seven is unlucky");
  if (fault == Fault::kLoop) Stall();
  SpoilLink(fault);
}

struct Unlucky {
  static std::vector<brasa::Field> Fields() {
    return {brasa::ChoiceField(
                "fault", "none",
                {"none", "crash", "abort", "exit", "loop", "fork", "throw", "garbage", "close"},
                "what happens"),
            brasa::IntField("at", 3, -1, 1000, "the ply it happens at, from 0; -1 = the reset")};
  }
  static brasa::EnvSpec Spec(const brasa::Params&) {
    brasa::EnvSpec spec;
    spec.id = "Unlucky-v0";
    spec.summary = "twenty plies, if all goes well";
    spec.observation.shape = {2};
    spec.observation.low = {0};
    spec.observation.high = {20};
    spec.action.count = 2;
    return spec;
  }
  explicit Unlucky(const brasa::Params& params)
      : fault(FaultOf(params.GetText("fault"))), at(static_cast<int>(params.GetInt("at"))) {}

  void Reset(brasa::Rng& rng) {
    ply = 0;
    lot = static_cast<int>(rng.Below(10));
    if (lot == 7 && at == -1) Fail(fault);
  }
  brasa::EpisodeEnd Step(brasa::ActionRef action, brasa::Rng& rng, std::span<float> rewards) {
    if (lot == 7 && at == ply) Fail(fault);
    rewards[0] = static_cast<float>(rng.Uniform()) * (action.id() == 1 ? 1.0f : 0.5f);
    return ++ply == 20 ? brasa::EpisodeEnd::kTerminated : brasa::EpisodeEnd::kNone;
  }
  void Observe(int, std::span<float> out) const {
    out[0] = static_cast<float>(ply);
    out[1] = static_cast<float>(lot);
  }

  static constexpr bool kFlat = true;
  Fault fault;
  int at;
  int ply = 0;
  int lot = 0;
};

}  // namespace

BRASA_PLUGIN(Unlucky)
