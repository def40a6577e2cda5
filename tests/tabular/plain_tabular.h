// The tabular agents once more, slowly and from the definitions: whole episodes are kept, returns
// are summed term by term, and traces stand for every pair of observation and action.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "brasa/agent.h"
#include "brasa/world_rngs.h"

namespace brasa::tabular {

struct PlainSettings {
  enum Target { kMax, kDouble, kNext, kExpected } target = kMax;
  int n = 1;
  double lambda = 0;
  bool accumulate = false;
  int planning = 0;
  double rate = 0.1, discount = 0.9, epsilon = 0.3;
  double initial = 0.25;
};

class PlainTabular {
 public:
  using View = std::string;
  using Pair = std::pair<View, int>;

  PlainTabular(const PlainSettings& set, const EnvSpec& spec, int worlds, std::uint64_t seed)
      : set_(set),
        players_(spec.players),
        actions_(spec.action.count),
        bytes_(static_cast<std::size_t>(spec.observation.bytes())),
        draws_(worlds, seed, StreamRole::kLearner),
        lanes_(static_cast<std::size_t>(worlds * spec.players)) {}

  /// One vector step of `worlds` worlds; returns the mean |error| of its real updates, -1 if none.
  double Push(int worlds, const StepRows& rows, const LastRows& last) {
    errors_.clear();
    std::vector<View> now, next;
    std::vector<bool> greedy;
    const auto* actions = static_cast<const std::int32_t*>(rows.actions);
    for (int w = 0; w < worlds; ++w) {
      now.push_back(Meet(rows.now, w));
      greedy.push_back(Mean(now.back(), actions[w]) >= Best(now.back()));
    }
    for (int w = 0; w < worlds; ++w) next.push_back(Meet(rows.next, w));
    for (int w = 0; w < worlds; ++w) {
      const auto i = static_cast<std::size_t>(w);
      Decide(LaneOf(w, rows.now.player[w]), now[i], actions[w], greedy[i]);
    }
    int ended = 0;
    for (int w = 0; w < worlds; ++w) {
      for (int p = 0; p < players_; ++p) {
        Lane& lane = LaneOf(w, p);
        if (!lane.steps.empty()) {
          lane.steps.back().reward += double{rows.outcome.reward[w * players_ + p]};
        }
      }
      const auto end = static_cast<EpisodeEnd>(rows.outcome.end[w]);
      if (end == EpisodeEnd::kNone) {
        Next(w, LaneOf(w, rows.next.player[w]), next[static_cast<std::size_t>(w)]);
      } else {
        End(w, end, last, ended++);
      }
    }
    double sum = 0;
    for (const double error : errors_) sum += std::abs(error);
    return errors_.empty() ? -1 : sum / static_cast<double>(errors_.size());
  }

  /// Q of `table`.
  double Q(const View& view, int action, int table = 0) const {
    const auto found = q_[table].find({view, action});
    return found == q_[table].end() ? set_.initial : found->second;
  }
  const std::map<View, std::set<int>>& legal() const { return legal_; }

 private:
  struct Step {
    View view;
    int action;
    double reward = 0;
    std::int64_t number = 0;  // of all decisions
  };
  struct Lane {
    std::vector<Step> steps;  // of this episode
    std::size_t due = 0;      // the first step without its update
    std::map<Pair, double> trace;
  };
  struct Outcome {
    double reward;
    bool follows;
    View next;
  };

  Lane& LaneOf(int world, int seat) {
    return lanes_[static_cast<std::size_t>(world * players_ + seat)];
  }
  View Meet(const StateRows& rows, int w) {
    const auto* at = static_cast<const char*>(rows.observation) + bytes_ * std::size_t(w);
    View view(at, bytes_);
    for (int a = 0; a < actions_; ++a) {
      if (rows.mask[w * actions_ + a] != 0) legal_[view].insert(a);
    }
    return view;
  }
  double Mean(const View& view, int a) const {
    return set_.target == PlainSettings::kDouble ? (Q(view, a) + Q(view, a, 1)) / 2 : Q(view, a);
  }
  double Best(const View& view) const {
    const auto known = legal_.find(view);
    if (known == legal_.end()) return set_.initial;
    double best = -1e300;
    for (const int a : known->second) best = std::max(best, Mean(view, a));
    return best;
  }
  double Value(const View& view, int table) const {
    const auto known = legal_.find(view);
    if (known == legal_.end()) return set_.initial;
    if (set_.target == PlainSettings::kMax) return Best(view);
    if (set_.target == PlainSettings::kDouble) {
      int best = *known->second.begin();
      for (const int a : known->second) {
        if (Q(view, a, table) > Q(view, best, table)) best = a;
      }
      return Q(view, best, 1 - table);
    }
    double sum = 0;  // over the policy
    for (const int a : known->second) {
      sum += set_.epsilon / static_cast<double>(known->second.size()) * Q(view, a);
    }
    return sum + (1 - set_.epsilon) * Best(view);
  }
  void Add(const View& view, int action, int table, double amount) {
    q_[table].try_emplace({view, action}, set_.initial).first->second += amount;
  }
  /// Updates step `t` with the rewards from there on and `rest` after the last of them.
  void Update(Lane& lane, std::size_t t, double rest, int table) {
    double target = 0, weight = 1;
    for (std::size_t i = t; i < lane.steps.size(); ++i, weight *= set_.discount) {
      target += weight * lane.steps[i].reward;
    }
    target += weight * rest;
    const Step& step = lane.steps[t];
    const double error = target - Q(step.view, step.action, table);
    errors_.push_back(error);
    if (set_.lambda > 0) {
      for (const auto& [pair, weight_of] : lane.trace) {
        Add(pair.first, pair.second, 0, set_.rate * error * weight_of);
      }
    } else {
      Add(step.view, step.action, table, set_.rate * error);
    }
  }
  void Decide(Lane& lane, const View& view, int action, bool greedy) {
    const std::size_t m = lane.steps.size();
    const auto n = static_cast<std::size_t>(set_.n);
    if (set_.target == PlainSettings::kNext && m >= n) Update(lane, lane.due++, Q(view, action), 0);
    const bool cut = set_.target == PlainSettings::kMax && !greedy;
    while (cut && lane.due < m) Update(lane, lane.due++, Best(view), 0);
    for (auto& [pair, weight] : lane.trace) weight *= cut ? 0 : set_.discount * set_.lambda;
    double& trace = lane.trace[{view, action}];
    trace = set_.accumulate ? trace + 1 : 1;
    lane.steps.push_back({view, action, 0, decisions_++});
  }
  int Toss(int world) {
    return set_.target == PlainSettings::kDouble ? static_cast<int>(draws_[world].Below(2)) : 0;
  }
  /// The seat is to decide in `view`.
  void Next(int world, Lane& lane, const View& view) {
    if (lane.steps.empty()) return;
    const int table = Toss(world);
    if (set_.target != PlainSettings::kNext &&
        lane.steps.size() - lane.due >= static_cast<std::size_t>(set_.n)) {
      Update(lane, lane.due++, Value(view, table), table);
    }
    Remember(lane, {lane.steps.back().reward, true, view});
    Plan(world);
  }
  void End(int world, EpisodeEnd end, const LastRows& last, int e) {
    std::vector<int> seats;  // in the order of their last decisions
    for (int p = 0; p < players_; ++p) {
      if (!LaneOf(world, p).steps.empty()) seats.push_back(p);
    }
    std::sort(seats.begin(), seats.end(), [&](int a, int b) {
      return LaneOf(world, a).steps.back().number < LaneOf(world, b).steps.back().number;
    });
    for (const int p : seats) {
      Lane& lane = LaneOf(world, p);
      const auto* at = static_cast<const char*>(last.observation) +
                       bytes_ * static_cast<std::size_t>(e * players_ + p);
      const View view(at, bytes_);
      const bool follows = end == EpisodeEnd::kTruncated;
      const int table = Toss(world);
      while (lane.due < lane.steps.size()) {
        Update(lane, lane.due++, follows ? Value(view, table) : 0, table);
      }
      Remember(lane, {lane.steps.back().reward, follows, view});
      Plan(world);
    }
    for (int p = 0; p < players_; ++p) LaneOf(world, p) = {};
  }
  void Remember(const Lane& lane, const Outcome& outcome) {
    const Step& step = lane.steps.back();
    auto& known = model_[step.view];
    if (known.empty()) met_.push_back(step.view);
    known.insert_or_assign(step.action, outcome);
  }
  void Plan(int world) {
    for (int i = 0; i < set_.planning; ++i) {
      const View& view = met_[draws_[world].Below(static_cast<std::uint32_t>(met_.size()))];
      auto known = model_.at(view).begin();
      const auto taken = static_cast<std::uint32_t>(model_.at(view).size());
      std::advance(known, draws_[world].Below(taken));
      const auto& [action, outcome] = *known;
      const double rest = outcome.follows ? Value(outcome.next, 0) : 0;
      const double target = outcome.reward + set_.discount * rest;
      Add(view, action, 0, set_.rate * (target - Q(view, action)));
    }
  }

  PlainSettings set_;
  int players_, actions_;
  std::size_t bytes_;
  WorldRngs draws_;
  std::vector<Lane> lanes_;
  std::map<Pair, double> q_[2];
  std::map<View, std::set<int>> legal_;
  std::map<View, std::map<int, Outcome>> model_;
  std::vector<View> met_;
  std::vector<double> errors_;
  std::int64_t decisions_ = 0;
};

}  // namespace brasa::tabular
