#include "brasa/libraries.h"
#include "brasa/recorder.h"

namespace brasa {
namespace {

[[noreturn]] void Refuse(const std::string& path) {
  throw UsageError(path + ": this build has no HDF5; configure it with -DBRASA_WITH_HDF5=ON");
}

}  // namespace

std::vector<LibraryInfo> RecordLibraries() {
  return {{"HDF5", false, "", "no recordings: configure with -DBRASA_WITH_HDF5=ON"}};
}

bool HasRecording() { return false; }

std::unique_ptr<Listener> MakeRecorder(const std::string& path, const RecordingInfo&) {
  Refuse(path);
}

std::unique_ptr<Listener> ReopenRecorder(const std::string& path, const RecordingInfo&) {
  Refuse(path);
}

void WriteOpenEpisode(const std::string& path, const RecordingInfo&, const EpisodeData&) {
  Refuse(path);
}

std::int64_t RecorderBytes(const EnvSpec&, int) { return 0; }

std::unique_ptr<Recording> Recording::Open(const std::string& path) { Refuse(path); }

}  // namespace brasa
