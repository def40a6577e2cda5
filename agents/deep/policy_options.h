// The settings that on-policy learners share: network, transforms, box actions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agents/deep/policy_model.h"
#include "agents/memory/reward_transform.h"
#include "brasa/core/config.h"
#include "brasa/core/spec.h"

namespace brasa {

/// Their fields, to be put behind a learner's own.
std::vector<Field> PolicyFields();
/// The values of PolicyFields(). Throws ConfigError, which names `agent`, where they do not fit
/// `spec`: ids to normalise, frames of several players, bounds that are infinite. The optimizer is
/// the caller's.
PolicyOptions PolicyOptionsFrom(const std::string& agent, const EnvSpec& spec,
                                const Config& config);
/// Fields that choose RMSprop or Adam, and what they say.
std::vector<Field> OptimizerFields();
AdamOptions OptimizerFrom(const Config& config);
/// For learners whose minibatches can be sequences: the field `network.lstm`, and its value put
/// into `options`. Throws ConfigError for games of several players and backends without memory.
Field LstmField();
void SetLstm(const std::string& agent, const EnvSpec& spec, const Config& config,
             PolicyOptions& options);
/// `discount` is the learner's.
RewardOptions RewardOptionsFrom(const Config& config, float discount);
/// Bytes of a network with its optimizer and of training it on blocks of `rows` rows.
std::int64_t NetworkBytes(const NetworkSpec& network, std::int64_t rows);

}  // namespace brasa
