#include "runners/vector/worker_part.h"

#include <algorithm>

namespace brasa {
namespace {

constexpr double kStartSeconds = 60;  // to load an environment and make its worlds; at least

}  // namespace

void WorkerPart::Start() {
  const double slice = std::clamp(setting_->step_timeout / 8, 0.001, 0.1);
  process_ = std::make_unique<WorkerProcess>(setting_->program, setting_->memory, slice);
  lost_.reset();
  WorkerJob job = setting_->job;
  job.begin = begin_;
  job.end = end_;
  Ask(Note::kSetUp, JobBytes(job));
}

void WorkerPart::FinishStart() { ListenFor(std::max(kStartSeconds, setting_->step_timeout)); }

void WorkerPart::Ask(Note note, std::string_view bytes) {
  if (lost_) return;
  waited_ = setting_->step_timeout;
  const Heard heard = process_->link().Send(note, bytes, PatienceOf(waited_));
  if (heard != Heard::kMessage) lost_ = heard;
}

void WorkerPart::ListenFor(double seconds) {
  if (lost_) return;
  waited_ = seconds;
  const Heard heard = process_->link().Receive(answer_, PatienceOf(waited_));
  if (heard != Heard::kMessage || answer_.note == Note::kThrew) lost_ = heard;
}

std::string WorkerPart::End() {
  const std::string how = lost_ == Heard::kMessage ? "fails with '" + answer_.bytes + "'"
                                                   : process_->End(*lost_, waited_);
  process_.reset();
  return how;
}

}  // namespace brasa
