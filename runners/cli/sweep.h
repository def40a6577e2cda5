// `brasa sweep`, and `brasa resume` of what it made.
#pragma once

#include <string>

#include "runners/cli/program.h"
#include "runners/cli/run_report.h"

namespace brasa::cli {

/// Goes on with the sweep in `directory`; `jobs` as text, "" = as many as there are threads for.
void ResumeSweep(Program& program, const std::string& directory, const std::string& jobs,
                 const ReportOptions& report);

}  // namespace brasa::cli
