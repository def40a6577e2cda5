#include "envs/core/contract_guard.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include <cstdio>

#include "envs/core/guarded_call.h"

namespace brasa {
namespace {

thread_local ContractGuard::State* current_state = nullptr;
thread_local int stack_fill = -1;  // -1 = leave the stack as it is

[[gnu::noinline]] void FillStack(int byte) {
  volatile unsigned char below[16384];
  for (volatile unsigned char& at : below) at = static_cast<unsigned char>(byte);
}

void WriteDown(ContractGuard::State& state, const char* name, const guard::Batch* batch,
               std::int32_t world) {
  if (state.progress == nullptr) return;
  ContractProgress& progress = *state.progress;
  std::snprintf(progress.call, sizeof progress.call, "%s", name);
  const auto i = static_cast<std::size_t>(std::max(world, 0));
  progress.episode = batch != nullptr ? std::max(batch->episodes[i] - 1, 0) : -1;
  progress.ply = batch != nullptr ? batch->plies[i] : -1;
}

}  // namespace

namespace guard {

State& CurrentState() { return *current_state; }

std::string Place(const Batch* batch, std::int32_t world) {
  if (batch == nullptr || world < 0) return "";
  const auto i = static_cast<std::size_t>(world);
  return " at episode " + std::to_string(std::max(batch->episodes[i] - 1, 0)) + ", ply " +
         std::to_string(batch->plies[i]);
}

std::int32_t Broken(State& state, brasa_error* error, const std::string& fault) {
  if (state.fault.empty()) state.fault = fault;
  if (error != nullptr) {
    error->code = BRASA_ERROR_RULES;
    error->world = -1;
    std::snprintf(error->message, sizeof error->message, "%s", fault.c_str());
  }
  return BRASA_ERROR_RULES;
}

void Begin(State& state, const char* name, const Batch* batch, std::int32_t world) {
  WriteDown(state, name, batch, world);
  if (stack_fill >= 0) FillStack(stack_fill);
}

}  // namespace guard

ContractGuard::ContractGuard(const EnvRow& row, const Params& params, ContractProgress* progress)
    : state_(std::make_unique<State>()), row_(row) {
  state_->inner = row.select != nullptr ? row.select(params) : row.env_class;
  state_->table = *state_->inner;
  guard::GuardRules(state_->table);
  guard::GuardMembers(state_->table);
  state_->progress = progress;
  row_.env_class = &state_->table;
  row_.select = nullptr;
  current_state = state_.get();
}

ContractGuard::~ContractGuard() { current_state = nullptr; }

const std::string& ContractGuard::fault() const { return state_->fault; }

FilledMemory::FilledMemory(unsigned char byte) {
  stack_fill = byte;
#if defined(__GLIBC__)
  mallopt(M_PERTURB, static_cast<unsigned char>(~byte));  // new memory holds the complement
#endif
}

FilledMemory::~FilledMemory() {
  stack_fill = -1;
#if defined(__GLIBC__)
  mallopt(M_PERTURB, 0);
#endif
}

}  // namespace brasa
