// A table around an environment's own, through which the contract check looks: it hands out memory
// with fences on both sides, stops exceptions at the boundary, and notes which call is under way.
#pragma once

#include <memory>
#include <string>

#include "brasa/contract_check.h"

namespace brasa {

/// The guarded row of one check. One at a time a thread; outlives all worlds made of its row.
class ContractGuard {
 public:
  /// `progress` may be null.
  ContractGuard(const EnvRow& row, const Params& params, ContractProgress* progress);
  ~ContractGuard();
  ContractGuard(const ContractGuard&) = delete;
  ContractGuard& operator=(const ContractGuard&) = delete;

  const EnvRow& row() const { return row_; }
  /// "" or the first fault at the boundary, with the name of its law: "spans: ..".
  const std::string& fault() const;

  struct State;

 private:
  std::unique_ptr<State> state_;
  EnvRow row_;
};

/// While it lives, new memory and the stack below each guarded call of this thread hold `byte`
/// (memory as far as the C library can fill it).
class FilledMemory {
 public:
  explicit FilledMemory(unsigned char byte);
  ~FilledMemory();
  FilledMemory(const FilledMemory&) = delete;
  FilledMemory& operator=(const FilledMemory&) = delete;
};

}  // namespace brasa
