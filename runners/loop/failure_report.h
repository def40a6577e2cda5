// What a run leaves when a worker process was lost: where, and how to see it again.
#pragma once

#include <string>

#include "brasa/core/spec.h"
#include "brasa/isolate.h"
#include "brasa/recorder.h"
#include "runners/loop/run_files.h"

namespace brasa {

struct FailedRun {
  const RunFiles& files;
  const RecordingInfo& info;  ///< of the whole run
  std::int64_t vector_step;   ///< the one that was lost, from 0; -1 = the first reset
  std::string checkpoint;     ///< taken before that step; empty if there is none
};

/// Writes failure.json and, where the lost episode was played again and this build has HDF5,
/// failure.h5. Throws IoError.
void WriteFailure(const FailedRun& run, const WorkerLoss& loss);

}  // namespace brasa
