// The laws of the contract check, one function each.
#pragma once

#include <span>
#include <stdexcept>
#include <string>

#include "brasa/contract_check.h"

namespace brasa {

/// What is checked, with what.
struct ContractSubject {
  const EnvRow& row;
  const Params& params;
  const ContractOptions& options;
};

/// Thrown by a law at its first fault.
class LawBroken : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct ContractLaw {
  const char* name;
  void (*check)(const ContractSubject& subject);
  bool basic = false;  ///< the laws after it index memory by what it checks: run only if it holds
};

/// Writes down that a law is begun.
void BeginLaw(const char* name, ContractProgress& progress);

/// Of the environment alone, through its table: spec, observations, actions, ends, rewards, replay,
/// copies.
std::span<const ContractLaw> RuleLaws();
/// Of a world's memory and the ways through it: chance, what was before, wrong texts, length.
std::span<const ContractLaw> MemoryLaws();
/// Of the optional members: texts, hash, drawing, clicks and keys.
std::span<const ContractLaw> MemberLaws();
/// Of games: rolling of chance, symmetries, hidden information.
std::span<const ContractLaw> GameLaws();
/// Of the environment inside Env and EnvBatch: masks, illegal actions, limits, neighbours.
std::span<const ContractLaw> HostLaws();

}  // namespace brasa
