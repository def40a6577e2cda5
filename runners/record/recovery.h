// Making, recovering and cutting the file of a recording. Every change is made in a new file beside
// it, named PATH.new until it is whole: a kill at any moment leaves the old file as it was.
#pragma once

#include <string>

#include "runners/record/data_file.h"
#include "runners/record/files.h"

namespace brasa::record {

/// A file ready for rows, with its writer's lock.
struct WritableFile {
  DataFile file;
  WriterLock lock;
};

/// Makes a recording at `path`. Throws UsageError if the name is taken, IoError.
WritableFile StartRecording(const std::string& path, const RecordingInfo& info);

/// Goes on with the recording at `path` after its first `counts` rows; later ones are cut. Throws
/// FileError if it has fewer or is of another run than `info`, UsageError if it is being written.
WritableFile ContinueRecording(const std::string& path, const RecordingInfo& info,
                               const Counts& counts);

/// Makes a closed file of one whose writer was killed. False if it has a writer after all.
bool Recover(const std::string& path);

}  // namespace brasa::record
