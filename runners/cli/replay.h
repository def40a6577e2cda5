// A recorded episode played again from its seed and actions, and compared with its record.
#pragma once

#include <string>

#include "brasa/env_batch.h"
#include "brasa/recorder.h"
#include "runners/cli/screen.h"

namespace brasa::cli {

class Replay {
 public:
  /// `data` must outlive the replay.
  Replay(const EnvRow& row, const RecordingInfo& info, const EpisodeData& data);

  /// Plays the episode and compares observations, movers, rewards, chance and end. Returns "" if
  /// all are equal bit for bit, else one line that names the first difference.
  std::string Compare();
  /// Plays the episode on `screen`; `name` begins the caption. False if the window was closed.
  bool Show(Screen& screen, const std::string& name);
  Env& env() { return env_; }

 private:
  void Start();
  EpisodeEnd Ply(int t);
  std::string DifferenceBefore(int t);
  std::string DifferenceAfter(int t, EpisodeEnd end);
  bool Sees(int player, const std::uint8_t* recorded) const;

  const EpisodeData& data_;
  Env env_;
  std::size_t action_bytes_, seen_bytes_, players_;
};

}  // namespace brasa::cli
