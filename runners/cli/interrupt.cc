#include "runners/cli/interrupt.h"

#include <signal.h>

namespace brasa::cli {
namespace {

std::atomic<bool> stop_asked{false};  // set by the signal handler
static_assert(std::atomic<bool>::is_always_lock_free);

struct sigaction old_interrupt, old_terminate;

void AskToStop(int) { stop_asked = true; }

}  // namespace

Interrupt::Interrupt() {
  stop_asked = false;
  struct sigaction action {};
  action.sa_handler = AskToStop;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);  // the second signal kills
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, &old_interrupt);
  sigaction(SIGTERM, &action, &old_terminate);
}

Interrupt::~Interrupt() {
  sigaction(SIGINT, &old_interrupt, nullptr);
  sigaction(SIGTERM, &old_terminate, nullptr);
}

const std::atomic<bool>* Interrupt::stop() const { return &stop_asked; }

}  // namespace brasa::cli
