// Tables of recorded states: reading a line, and comparing a game's state with it.
#pragma once

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "brasa/env_batch.h"

namespace brasa::support {

/// The parts of `text` between its marks; "a,,b," has four.
inline std::vector<std::string> Split(const std::string& text, char mark) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (;;) {
    const std::size_t end = text.find(mark, begin);
    parts.push_back(text.substr(begin, end - begin));
    if (end == std::string::npos) return parts;
    begin = end + 1;
  }
}

/// The numbers of `text`, which blanks separate.
template <typename Number>
std::vector<Number> Numbers(const std::string& text) {
  std::vector<Number> numbers;
  std::istringstream stream(text);
  for (Number number; stream >> number;) numbers.push_back(number);
  return numbers;
}

/// The legal ids of `env` are those of `text`.
inline void ExpectLegal(Env& env, const std::string& text) {
  const auto legal = env.LegalActions();
  EXPECT_EQ(std::vector<std::int32_t>(legal.begin(), legal.end()), Numbers<std::int32_t>(text));
}

/// The rewards of the last ply are those of `text`, one a player.
inline void ExpectRewards(const Env& env, const std::string& text) {
  const auto rewards = env.rewards();
  EXPECT_EQ(std::vector<float>(rewards.begin(), rewards.end()), Numbers<float>(text));
}

/// The returns so far are those of `text`, one a player.
inline void ExpectReturns(const Env& env, const std::string& text) {
  const auto returns = env.returns();
  EXPECT_EQ(std::vector<double>(returns.begin(), returns.end()), Numbers<double>(text));
}

}  // namespace brasa::support
