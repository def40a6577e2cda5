// Laws of a world's memory and of the ways through it: what it held before, earlier episodes,
// chance nodes, wrong texts, idle actions, endless episodes.
#include <cmath>
#include <memory>
#include <optional>
#include <set>

#include "envs/core/contract_guard.h"
#include "envs/core/contract_laws.h"
#include "envs/core/raw_game.h"

namespace brasa {
namespace {

/// Worlds that need a block of memory beyond the C library's caches of small ones, which it does
/// not fill.
int ManyWorlds(const ContractSubject& subject) {
  RawWorlds one(subject.row, subject.params, 1);
  RawGame game(one, 0, subject, 0);
  return static_cast<int>(2 + 4096 / std::max<std::size_t>(one.Save(0).size(), 1));
}

/// Worlds in memory that held `byte`, and a game in the first of them.
class FilledGame {
 public:
  FilledGame(const ContractSubject& subject, int n, unsigned char byte) : byte_(byte) {
    const FilledMemory filled(byte_);
    worlds_ = std::make_unique<RawWorlds>(subject.row, subject.params, n);
  }
  void Start(const ContractSubject& subject, int episode) {
    const FilledMemory filled(byte_);
    game_.emplace(*worlds_, 0, subject, episode);
  }
  void Step() {
    const FilledMemory filled(byte_);
    game_->Step(game_->Choose());
  }
  const RawGame& game() const { return *game_; }

 private:
  unsigned char byte_;
  std::unique_ptr<RawWorlds> worlds_;
  std::optional<RawGame> game_;
};

void CheckMemory(const ContractSubject& subject) {
  const int n = ManyWorlds(subject);
  for (int episode = 0; episode < subject.options.episodes; ++episode) {
    FilledGame first(subject, n, 0x5A), second(subject, n, 0xA5);
    first.Start(subject, episode);
    second.Start(subject, episode);
    for (int ply = 0; ply < subject.options.plies; ++ply) {
      Require(first.game().Trace() == second.game().Trace(), first.game(),
              "a world shows what its memory held before: padding in a flat struct, or a member "
              "that is never set");
      if (first.game().over()) break;
      first.Step();
      second.Step();
    }
  }
}

/// After Reset nothing tells which episode came before.
void CheckReset(const ContractSubject& subject) {
  RawWorlds used(subject.row, subject.params, 1);
  for (int episode = 0; episode < subject.options.episodes; ++episode) {
    RawGame before(used, 0, subject, 5000 + episode);
    for (int ply = 0; ply < subject.options.plies && !before.over(); ++ply) {
      before.Step(before.Choose());
    }
    RawWorlds fresh(subject.row, subject.params, 1);
    RawGame second(used, 0, subject, episode), first(fresh, 0, subject, episode);
    for (int ply = 0; ply < subject.options.plies; ++ply) {
      Require(first.Trace() == second.Trace(), second,
              "an episode differs after another one was played in the same world");
      if (first.over()) break;
      first.Step(first.Choose());
      second.Step(second.Choose());
    }
  }
}

void CheckChanceNode(const RawWorlds& worlds, const std::string& place) {
  const auto require = [&](bool holds, const std::string& fault) {
    if (!holds) throw LawBroken(fault + place);
  };
  const auto outcomes = worlds.Chance(0);
  require(!outcomes.empty(), "a chance node has no outcome");
  std::set<std::int32_t> ids;
  double sum = 0;
  for (const auto& [id, probability] : outcomes) {
    require(std::isfinite(probability) && probability >= 0,
            "outcome " + std::to_string(id) + " has probability " + std::to_string(probability));
    require(ids.insert(id).second, "outcome " + std::to_string(id) + " is listed twice");
    sum += probability;
  }
  require(std::abs(sum - 1) < 1e-9, "chance probabilities sum to " + std::to_string(sum));
}

/// Probabilities of every node, and nothing drawn by Reset and Step.
void CheckChance(const ContractSubject& subject) {
  RawWorlds worlds(subject.row, subject.params, 1);
  if (worlds.table().chance == nullptr) return;
  std::vector<float> rewards(static_cast<std::size_t>(worlds.spec().players));
  for (int episode = 0; episode < subject.options.episodes; ++episode) {
    Rng rng(subject.options.seed, StreamRole::kTest, 11, static_cast<std::uint32_t>(episode));
    Rng choice(subject.options.seed, StreamRole::kTest, 12, static_cast<std::uint32_t>(episode));
    const auto place = [&](int ply) {
      return " at episode " + std::to_string(episode) + ", ply " + std::to_string(ply);
    };
    worlds.Reset(0, rng);
    std::uint8_t end = BRASA_END_NONE;
    for (int ply = 0; ply < subject.options.plies && end == BRASA_END_NONE; ++ply) {
      if (rng.counter != 0) throw LawBroken("Reset or Step draws numbers" + place(ply));
      if (worlds.Player(0) == kChance) {
        CheckChanceNode(worlds, place(ply));
        std::vector<double> weights;
        for (const auto& outcome : worlds.Chance(0)) weights.push_back(outcome.second);
        const auto drawn = static_cast<std::size_t>(choice.Categorical(weights));
        end = worlds.ApplyChance(0, worlds.Chance(0)[drawn].first, rewards.data());
        continue;
      }
      const std::vector<std::int32_t> legal = worlds.Legal(0);
      RawAction action(static_cast<std::size_t>(worlds.spec().action.size()));
      RandomAction(worlds.spec(), legal, choice, action.data());
      end = worlds.Step(0, action, rng, rewards.data());
    }
  }
}

/// In a game of several players each move changes the state, and none is left at the end.
void CheckMoves(const ContractSubject& subject) {
  RawWorlds worlds(subject.row, subject.params, 1);
  if (worlds.table().legal == nullptr) return;
  std::string before;
  VisitStates(subject, worlds, [&](const RawGame& game) {
    if (game.over()) {
      Require(worlds.Legal(0).empty(), game, "LegalActions lists actions after the end");
    }
    if (worlds.spec().players < 2) return;
    const std::string now = worlds.Everything(0);
    Require(game.ply() == 0 || now != before, game,
            "the last action, listed as legal, did not change the world");
    before = now;
  });
}

/// Plies after which a random game that has no limit counts as endless.
constexpr int kEndlessPlies = 20000;

void CheckLength(const ContractSubject& subject) {
  RawWorlds worlds(subject.row, subject.params, 1);
  if (worlds.spec().max_episode_steps > 0) return;
  RawGame game(worlds, 0, subject, 0);
  while (!game.over() && game.ply() < kEndlessPlies) game.Step(game.Choose());
  if (!game.over()) {
    throw LawBroken("a random game does not end within " + std::to_string(kEndlessPlies) +
                    " plies and the spec has no max_episode_steps");
  }
}

/// `text` with one slip: a byte replaced, left out or doubled, the text cut, or put twice.
std::string Slip(std::string text, Rng& rng) {
  static constexpr char kBytes[] = " -/.,0129azAZxX\n\t@(\x7F\xFF";
  const char byte = kBytes[rng.Below(sizeof kBytes - 1)];
  if (text.empty()) return std::string(1, byte);
  const std::size_t at = rng.Below(static_cast<std::uint32_t>(text.size()));
  switch (rng.Below(6)) {
    case 0:
      return text.substr(0, at);
    case 1:
      return text + text;
    case 2:
      return text.erase(at, 1);
    case 3:
      return text.insert(at, 1, byte);
    case 4:
      return text.insert(at, "99999999999999999999");
    default:
      text[at] = byte;
      return text;
  }
}

constexpr int kMostWrongTexts = 400;

/// Text that is no state is refused as such, and the world stays; no text does harm.
void CheckWrongText(const ContractSubject& subject) {
  RawWorlds worlds(subject.row, subject.params, 2);
  const brasa_env_class& table = worlds.table();
  Rng rng(subject.options.seed, StreamRole::kTest, 13);
  int tried = 0;
  VisitStates(subject, worlds, [&](const RawGame& game) {
    if (game.over() || table.from_text == nullptr || tried++ >= kMostWrongTexts) return;
    const std::string text = Slip(worlds.Text(0), rng);
    worlds.Copy(1, worlds, 0);
    brasa_error error{};
    const std::int32_t code = table.from_text(worlds.batch(), 1, text.c_str(), &error);
    if (code == BRASA_OK) {
      worlds.Legal(1);
      worlds.Everything(1);
      return;
    }
    Require(code == BRASA_ERROR_USAGE || code == BRASA_ERROR_CONFIG, game,
            "FromText('" + text + "') fails with '" + error.message +
                "' instead of a UsageError that tells the expected form");
    Require(worlds.Everything(1) == worlds.Everything(0), game,
            "FromText('" + text + "') fails and changes the world");
  });
}

bool InSpace(const ActionSpec& space, const RawAction& action) {
  for (std::size_t k = 0; k < action.size(); ++k) {
    if (space.kind == ActionKind::kBox) {
      float value = 0;
      std::memcpy(&value, &action[k], sizeof value);
      if (!std::isfinite(value)) return false;
      continue;
    }
    const int count = space.kind == ActionKind::kDiscrete ? space.count : space.counts[k];
    if (action[k] < 0 || action[k] >= count) return false;
  }
  return true;
}

void CheckWrongActionText(const ContractSubject& subject) {
  RawWorlds worlds(subject.row, subject.params, 1);
  const brasa_env_class& table = worlds.table();
  if (table.action_text == nullptr || table.action_from_text == nullptr) return;
  Rng rng(subject.options.seed, StreamRole::kTest, 14);
  int tried = 0;
  VisitStates(subject, worlds, [&](const RawGame& game) {
    if (game.over() || tried++ >= kMostWrongTexts) return;
    RawGame chooser = game;
    const std::string text = Slip(worlds.ActionText(0, chooser.Choose()), rng);
    RawAction action(static_cast<std::size_t>(worlds.spec().action.size()), -1);
    brasa_error error{};
    const std::int32_t code =
        table.action_from_text(worlds.batch(), 0, text.c_str(), action.data(), &error);
    if (code == BRASA_OK) {
      Require(InSpace(worlds.spec().action, action), game,
              "ActionFromText('" + text + "') gives no action of the spec");
      return;
    }
    Require(code == BRASA_ERROR_USAGE || code == BRASA_ERROR_CONFIG, game,
            "ActionFromText('" + text + "') fails with '" + error.message +
                "' instead of a UsageError that tells the expected form");
  });
}

constexpr ContractLaw kMemoryLaws[] = {
    {"chance", CheckChance},
    {"memory", CheckMemory},
    {"reset", CheckReset},
    {"moves", CheckMoves},
    {"length", CheckLength},
    {"wrong text", CheckWrongText},
    {"wrong action text", CheckWrongActionText},
};

}  // namespace

std::span<const ContractLaw> MemoryLaws() { return kMemoryLaws; }

}  // namespace brasa
