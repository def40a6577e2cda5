#include <cmath>
#include <map>
#include <memory>

#include "brasa/env_batch.h"
#include "envs/core/contract_laws.h"
#include "envs/core/raw_game.h"

namespace brasa {
namespace {

/// Calls `visit` with Env objects in random states before the end.
template <typename Visit>
void VisitEnvs(const ContractSubject& subject, Visit&& visit) {
  Env env(subject.row, subject.params, {subject.options.seed, StreamRole::kTest, 0});
  for (int episode = 0; episode < subject.options.episodes; ++episode) {
    Rng choice(subject.options.seed, StreamRole::kTest, 2, static_cast<std::uint32_t>(episode));
    env.Reset();
    std::vector<std::int32_t> action(static_cast<std::size_t>(env.spec().action.size()));
    for (int ply = 0; ply < subject.options.plies; ++ply) {
      visit(env, env.batch().Place(0));
      if (env.done()) break;
      RandomAction(env.spec(), env.LegalActions(), choice, action.data());
      env.StepAction(action.data());
    }
  }
}

void CheckText(const ContractSubject& subject) {
  RawWorlds worlds(subject.row, subject.params, 1), other(subject.row, subject.params, 1);
  if (worlds.table().text == nullptr) return;
  int states = 0;
  VisitStates(subject, worlds, [&](const RawGame& game) {
    const std::string text = worlds.Text(0);
    if (game.over()) return;
    RawGame elsewhere(other, 0, subject, 4000 + states++);
    other.FromText(0, text);
    Require(other.Text(0) == text, game, "ToText after FromText differs from '" + text + "'");
    Require(other.Player(0) == worlds.Player(0), game, "FromText loses who moves");
    Require(other.Legal(0) == worlds.Legal(0), game, "FromText loses what is legal");
    for (int player = 0; player < worlds.spec().players; ++player) {
      Require(other.Observe(0, player, 0) == worlds.Observe(0, player, 0), game,
              "FromText gives another observation");
    }
  });
}

/// Legal actions of discrete spaces, a random one of the others.
void CheckActionText(const ContractSubject& subject) {
  Rng rng(subject.options.seed, StreamRole::kTest, 5);
  VisitEnvs(subject, [&](Env& env, const std::string& place) {
    if (env.done() || env.batch().table().action_text == nullptr) return;
    const auto size = static_cast<std::size_t>(env.spec().action.size());
    std::vector<RawAction> actions;
    if (env.spec().action.kind == ActionKind::kDiscrete) {
      for (const std::int32_t id : env.LegalActions()) actions.push_back({id});
    } else {
      actions.emplace_back(size);
      RandomAction(env.spec(), {}, rng, actions[0].data());
    }
    for (const RawAction& action : actions) {
      RawAction read(size, -1);
      const std::string text = env.ActionToText(action.data());
      env.ActionFromText(text, read.data());
      if (read != action) {
        throw LawBroken("ActionFromText('" + text + "') gives another action at " + place);
      }
    }
  });
}

/// Hashes are equal exactly where texts (snapshots where there are none) are equal.
void CheckHash(const ContractSubject& subject) {
  RawWorlds worlds(subject.row, subject.params, 2);
  if (worlds.table().hash == nullptr) return;
  std::map<std::uint64_t, std::string> states;
  std::map<std::string, std::uint64_t> hashes;
  int visited = 0;
  for (int episode = 0; visited < subject.options.hash_states; ++episode) {
    RawGame game(worlds, 0, subject, episode);
    for (;;) {
      ++visited;
      const std::uint64_t hash = worlds.Hash(0);
      worlds.Copy(1, worlds, 0);
      Require(worlds.Hash(1) == hash, game, "the hash of a clone differs");
      const std::string key = worlds.table().text ? worlds.Text(0) : worlds.Save(0);
      const auto [state, fresh_hash] = states.emplace(hash, key);
      Require(state->second == key, game, "different states have equal hashes");
      const auto [known, fresh_key] = hashes.emplace(key, hash);
      Require(known->second == hash, game, "equal states have different hashes");
      if (game.over() || visited >= subject.options.hash_states) break;
      game.Step(game.Choose());
    }
  }
}

/// Counts and checks what is drawn.
class CountingCanvas final : public Canvas {
 public:
  void View(double x0, double y0, double x1, double y1) override {
    Check(viewed_ == 0 && calls_ == 0, "View is not the first call");
    Check(x0 < x1 && y0 < y1, "View shows an empty rectangle");
    Numbers({x0, y0, x1, y1});
    ++viewed_;
  }
  void Clear(Color color) override { Shape({}, color); }
  void Line(Point a, Point b, double width, Color color) override {
    Shape({a.x, a.y, b.x, b.y, width}, color);
  }
  void Polygon(std::span<const Point> corners, Color color) override {
    Check(corners.size() >= 3, "a polygon has fewer than three corners");
    for (const Point corner : corners) Numbers({corner.x, corner.y});
    Shape({}, color);
  }
  void Circle(Point centre, double radius, Color color) override {
    Shape({centre.x, centre.y, radius}, color);
  }
  void Ring(Point centre, double radius, double width, Color color) override {
    Shape({centre.x, centre.y, radius, width}, color);
  }
  void Text(Point at, double height, std::string_view text, TextAlign, Color color) override {
    trace_ += text;
    Shape({at.x, at.y, height}, color);
  }

  int calls() const { return calls_; }
  const std::string& trace() const { return trace_; }

 private:
  static void Check(bool holds, const char* fault) {
    if (!holds) throw LawBroken(fault);
  }
  void Numbers(std::initializer_list<double> values) {
    for (const double value : values) {
      Check(std::isfinite(value), "a coordinate is not finite");
      trace_ += ValueText(value) + " ";
    }
  }
  void Shape(std::initializer_list<double> values, Color c) {
    Check(viewed_ == 1, "a shape is drawn before View");
    Numbers(values);
    for (const int channel : {c.r, c.g, c.b, c.a}) trace_ += std::to_string(channel) + ",";
    ++calls_;
  }

  int viewed_ = 0, calls_ = 0;
  std::string trace_;
};

void CheckDraw(const ContractSubject& subject) {
  VisitEnvs(subject, [&](Env& env, const std::string& place) {
    if (!env.CanDraw()) return;
    const std::string before = env.batch().WorldBytes(0);
    CountingCanvas first, second;
    env.Draw(first);
    env.Draw(second);
    if (first.calls() == 0) throw LawBroken("nothing is drawn at " + place);
    if (first.trace() != second.trace()) throw LawBroken("two drawings differ at " + place);
    if (env.batch().WorldBytes(0) != before) throw LawBroken("Draw changes the world at " + place);
  });
}

void CheckControls(const ContractSubject& subject) {
  const Env env(subject.row, subject.params, {});
  for (const Control& control : env.Controls()) {
    const auto require = [&](bool holds) {
      if (!holds) throw LawBroken("key '" + control.key + "' stands for no action of the spec");
    };
    const ActionSpec& space = env.spec().action;
    for (std::size_t k = 0; k < control.action.size(); ++k) {
      const double value = control.action[k];
      require(std::isfinite(value));
      if (space.kind == ActionKind::kBox) continue;
      const int count = space.kind == ActionKind::kDiscrete ? space.count : space.counts[k];
      require(value == std::floor(value) && value >= 0 && value < count);
    }
  }
}

/// Clicks on one cell of a board and then on another give legal actions or none.
void CheckMovesBetween(Env& env, const std::string& place) {
  constexpr int kCells = 8;
  const auto cell = [](int i) { return Point{i % kCells + 0.5, i / kCells + 0.5}; };
  const auto legal = env.LegalActions();
  for (int from = 0; from < kCells * kCells; ++from) {
    for (int to = 0; to < kCells * kCells; ++to) {
      const int id = env.ActionAt(cell(from), cell(to));
      if (id != -1 && !std::binary_search(legal.begin(), legal.end(), id)) {
        throw LawBroken("two clicks give the illegal action " + std::to_string(id) + " at " +
                        place);
      }
    }
  }
}

/// A grid of clicks over the drawing gives legal actions or none.
void CheckClicks(const ContractSubject& subject) {
  VisitEnvs(subject, [&](Env& env, const std::string& place) {
    if (env.done()) return;
    if (env.batch().table().action_between != nullptr) CheckMovesBetween(env, place);
    if (env.batch().table().action_at == nullptr) return;
    for (double x = -2.25; x < 20; x += 0.75) {
      for (double y = -2.25; y < 20; y += 0.75) {
        const int id = env.ActionAt({x, y});
        const auto legal = env.LegalActions();
        if (id != -1 && !std::binary_search(legal.begin(), legal.end(), id)) {
          throw LawBroken("a click gives the illegal action " + std::to_string(id) + " at " +
                          place);
        }
      }
    }
  });
}

void CheckModel(const ContractSubject& subject) {
  const Env env(subject.row, subject.params, {});
  if (!env.HasModel()) return;
  const TransitionModel model = env.Model();
  const auto near_one = [](double sum) { return std::abs(sum - 1) < 1e-12; };
  double start = 0;
  for (const double probability : model.start) start += probability;
  if (!near_one(start)) throw LawBroken("start probabilities sum to " + std::to_string(start));
  for (std::size_t s = 0; s < model.outcomes.size(); ++s) {
    for (const auto& outcomes : model.outcomes[s]) {
      double sum = 0;
      for (const ModelOutcome& o : outcomes) {
        if (o.next < 0 || o.next >= model.states) throw LawBroken("a next state is out of range");
        sum += o.probability;
      }
      if (!near_one(sum)) {
        throw LawBroken("outcomes of state " + std::to_string(s) + " sum to " +
                        std::to_string(sum));
      }
    }
  }
}

constexpr ContractLaw kMemberLaws[] = {
    {"text", CheckText},   {"action text", CheckActionText}, {"hash", CheckHash},
    {"draw", CheckDraw},   {"controls", CheckControls},      {"clicks", CheckClicks},
    {"model", CheckModel},
};

}  // namespace

std::span<const ContractLaw> MemberLaws() { return kMemberLaws; }

}  // namespace brasa
