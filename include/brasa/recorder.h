// Trajectory files: every ply of every world, flat, in HDF5. The layout is in docs/file-formats.md.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "brasa/core/archive.h"
#include "brasa/core/spec.h"
#include "brasa/listener.h"

namespace brasa {

/// What a recording says about its run, enough to re-simulate every episode.
struct RecordingInfo {
  std::string env;  ///< id or plugin path, as given to the registry
  std::vector<std::pair<std::string, std::string>> params;
  std::string agent;
  std::uint64_t seed = 0;
  int worlds = 1;
  /// The stream of world 0, and the number of the first episode in every world: 0 in recordings of
  /// runs.
  int first_world = 0;
  std::uint32_t first_episode = 0;
  std::string config;   ///< the run.toml text
  std::string version;  ///< of Brasa
  EnvSpec spec;
};

/// One episode of a recording.
struct RecordedEpisode {
  int world = 0;
  std::uint32_t episode = 0;    ///< number within its world
  std::int64_t first_step = 0;  ///< vector step of its first ply
  int length = 0;               ///< plies
  EpisodeEnd end = EpisodeEnd::kNone;
  std::vector<double> returns;  ///< [P]
  std::vector<float> measures;  ///< [M] EnvSpec::measures; empty while the episode goes on
};

/// The plies of one episode, T = length.
struct EpisodeData {
  RecordedEpisode head;
  std::vector<std::int32_t> player;       ///< [T] movers
  std::vector<std::uint8_t> observation;  ///< [T, D] bytes of the spec's type: what movers saw
  std::vector<std::uint8_t> actions;      ///< [T, K] bytes, int32 or float32
  std::vector<float> rewards;             ///< [T, P]
  std::vector<std::uint8_t> final_observation;    ///< [P, D] bytes of the spec's type
  std::vector<std::vector<std::int32_t>> chance;  ///< [T + 1] ids drawn at reset and by each ply
};

/// True if this build has HDF5.
bool HasRecording();

/// Writes a recording as the run goes on: a Listener, from the run's OnStart on. Blocks rather than
/// drops. Committed rows survive kill -9: flushed every 0.5 s or 8,192 rows. Throws UsageError if
/// this build has no HDF5 or the file exists, IoError if it cannot be written; an error of writing
/// is thrown by a later call and leaves the file as a kill would.
std::unique_ptr<Listener> MakeRecorder(const std::string& path, const RecordingInfo& info);
/// The same for a run that resumes: OnResume recovers the file and cuts it to the checkpoint, in a
/// new file of the same name. It throws FileError if the file is of another run or shorter than the
/// checkpoint, UsageError if another process writes it.
std::unique_ptr<Listener> ReopenRecorder(const std::string& path, const RecordingInfo& info);

/// Writes a recording of one world's open episode: its plies so far. `info` names the world and the
/// episode. Overwrites `path`. Throws UsageError if this build has no HDF5, IoError.
void WriteOpenEpisode(const std::string& path, const RecordingInfo& info, const EpisodeData& data);

/// Bytes of memory that recording `worlds` worlds takes.
std::int64_t RecorderBytes(const EnvSpec& spec, int worlds);

/// Reads a recording, finished, killed or still growing. Throws FileError naming the file: missing,
/// not HDF5, another layout, another version.
class Recording {
 public:
  /// A file whose writer was killed is recovered first: the committed rows are copied to a new file
  /// that is renamed over the old; where the folder cannot be written, they are read in place. A
  /// file whose writer still runs is followed, not touched; a run that was resumed after a kill
  /// writes a new file: open it again, after this Recording is gone.
  static std::unique_ptr<Recording> Open(const std::string& path);
  virtual ~Recording() = default;

  virtual const RecordingInfo& info() const = 0;
  /// Committed plies (rows) and episodes that have ended.
  virtual std::int64_t rows() const = 0;
  virtual std::int64_t episodes() const = 0;
  /// Looks for rows committed since; true if there are.
  virtual bool Refresh() = 0;
  /// True while the writer has the file open.
  virtual bool live() const = 0;
  /// Episodes in the order they ended, by world where they ended in the same vector step.
  virtual RecordedEpisode Episode(std::int64_t k) const = 0;
  virtual EpisodeData ReadEpisode(std::int64_t k) const = 0;
  /// The plies of world `world` since its last ended episode; head.end is kNone.
  virtual EpisodeData ReadOpenEpisode(int world) const = 0;
  /// Reads every row that has a checksum (all of a closed file) and compares. Returns how many
  /// plies were covered; throws FileError naming dataset and rows that are not as they were
  /// written.
  virtual std::int64_t Verify() const = 0;
};

}  // namespace brasa
