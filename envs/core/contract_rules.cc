#include <array>
#include <cmath>
#include <cstring>

#include "envs/core/contract_laws.h"
#include "envs/core/raw_game.h"

namespace brasa {
namespace {

RawWorlds MakeWorlds(const ContractSubject& subject, int n) {
  return RawWorlds(subject.row, subject.params, n);
}

void CheckSpecLaw(const ContractSubject& subject) {
  const RawWorlds worlds = MakeWorlds(subject, 1);
  const EnvSpec& spec = worlds.spec();
  const brasa_env_class& table = worlds.table();
  const auto require = [](bool holds, const std::string& fault) {
    if (!holds) throw LawBroken(fault);
  };
  CheckSpec(spec);
  require(!spec.summary.empty(), "the summary is empty");
  require((table.chance != nullptr) == (table.apply_chance != nullptr),
          "ChanceOutcomes and ApplyChance belong together");
  require((table.chance != nullptr) == (spec.max_chance_outcomes > 0),
          "max_chance_outcomes is " + std::to_string(spec.max_chance_outcomes) +
              (table.chance ? " although" : " and not 0 although no") + " chance moves");
  require(table.chance == nullptr || table.player != nullptr, "chance moves need PlayerToMove");
  require(spec.players == 1 || table.player != nullptr, "several players need PlayerToMove");
  require((table.text != nullptr) == (table.from_text != nullptr),
          "ToText and FromText belong together");
  require((table.action_text != nullptr) == (table.action_from_text != nullptr),
          "ActionToText and ActionFromText belong together");
  require((table.measures != nullptr) == !spec.measures.empty(),
          "Measures and EnvSpec::measures belong together");
  require(!spec.zero_sum || spec.players > 1, "zero_sum needs several players");
  require(table.legal == nullptr || spec.action.kind == ActionKind::kDiscrete,
          "LegalActions needs discrete actions");
}

void CheckObservation(const RawGame& game, int player) {
  const EnvSpec& spec = game.worlds().spec();
  const std::string row = game.worlds().Observe(game.world(), player, '\0');
  const auto bytes = static_cast<std::size_t>(spec.observation.bytes());
  for (std::size_t i = bytes; i < row.size(); ++i) {
    Require(row[i] == '\0', game, "Observe writes beyond the row");
  }
  const std::string other = game.worlds().Observe(game.world(), player, '\x7F');
  Require(row.compare(0, bytes, other, 0, bytes) == 0, game,
          "Observe leaves elements unwritten or differs from call to call");
  for (int i = 0; i < spec.observation.size(); ++i) {
    float value = static_cast<float>(static_cast<unsigned char>(row[static_cast<std::size_t>(i)]));
    if (spec.observation.type == ElementType::kFloat32) {
      std::memcpy(&value, row.data() + 4 * static_cast<std::size_t>(i), sizeof value);
    }
    const auto require = [&](bool holds, const char* fault) {
      if (holds) return;
      Require(false, game,
              "observation element " + std::to_string(i) + " is " + std::to_string(value) +
                  ", seen by player " + std::to_string(player) + ", " + fault);
    };
    require(std::isfinite(value), "not finite");
    require(value >= spec.observation.low_at(i) && value <= spec.observation.high_at(i),
            "outside its bounds");
    if (!spec.observation.categorical()) continue;
    const auto count = static_cast<float>(spec.observation.categories[static_cast<std::size_t>(i)]);
    require(value >= 0 && value < count && value == std::floor(value),
            "no id below its number of categories");
  }
}

void CheckObservations(const ContractSubject& subject) {
  RawWorlds worlds = MakeWorlds(subject, 1);
  VisitStates(subject, worlds, [&](const RawGame& game) {
    for (int player = 0; player < worlds.spec().players; ++player) CheckObservation(game, player);
  });
}

void CheckPlayers(const ContractSubject& subject) {
  RawWorlds worlds = MakeWorlds(subject, 1);
  VisitStates(subject, worlds, [&](const RawGame& game) {
    if (game.over()) return;
    const int player = worlds.Player(0);
    Require(player >= 0 && player < worlds.spec().players, game,
            "PlayerToMove is " + std::to_string(player));
  });
}

void CheckLegalList(const RawGame& game) {
  const RawWorlds& worlds = game.worlds();
  const std::vector<std::int32_t> ids = worlds.Legal(0);
  Require(!ids.empty(), game, "no legal action before the end");
  for (std::size_t i = 0; i < ids.size(); ++i) {
    Require(ids[i] >= 0 && ids[i] < worlds.spec().action.count, game,
            "legal id " + std::to_string(ids[i]) + " is out of range");
    Require(i == 0 || ids[i - 1] < ids[i], game, "legal ids do not ascend");
  }
  Require(worlds.Legal(0) == ids, game, "LegalActions differs from call to call");
}

void CheckLegalLists(const ContractSubject& subject) {
  RawWorlds worlds = MakeWorlds(subject, 1);
  if (worlds.table().legal == nullptr) return;
  VisitStates(subject, worlds, [&](const RawGame& game) {
    if (!game.over()) CheckLegalList(game);
  });
}

/// Every legal action is played on a copy.
void CheckLegalAccepted(const ContractSubject& subject) {
  RawWorlds worlds = MakeWorlds(subject, 2);
  if (worlds.spec().action.kind != ActionKind::kDiscrete) return;
  VisitStates(subject, worlds, [&](const RawGame& game) {
    if (game.over()) return;
    for (const std::int32_t id : worlds.Legal(0)) {
      worlds.Copy(1, worlds, 0);
      try {
        game.In(worlds, 1).Step({id});
      } catch (const Error& error) {
        Require(false, game,
                "legal action " + std::to_string(id) + " fails with '" + error.what() + "'");
      }
    }
  });
}

void CheckEnds(const ContractSubject& subject) {
  RawWorlds worlds = MakeWorlds(subject, 1);
  VisitStates(subject, worlds, [&](const RawGame& game) {
    Require(game.ply() > 0 || !game.over(), game, "the episode is over before the first ply");
    Require(game.end() <= BRASA_END_TERMINATED, game,
            "Step says " + std::to_string(game.end()) +
                "; environments say kNone or kTerminated, kTruncated is the host's");
  });
}

void CheckRewards(const ContractSubject& subject) {
  RawWorlds worlds = MakeWorlds(subject, 1);
  const EnvSpec& spec = worlds.spec();
  VisitStates(subject, worlds, [&](const RawGame& game) {
    double sum = 0, size = 1;
    for (const float reward : game.rewards()) {
      Require(std::isfinite(reward), game, "a reward is not finite or not written");
      sum += static_cast<double>(reward);
      size += std::abs(static_cast<double>(reward));
    }
    // Rewards are float32: a sum of them is off by 2^-24 of their size a term.
    const double slack = 1e-6 * size;
    Require(!spec.zero_sum || std::abs(sum) <= slack, game,
            "zero-sum rewards sum to " + std::to_string(sum));
    if (!game.over()) return;
    for (const double total : game.returns()) {
      const double room = 1e-6 * (1 + std::abs(total)) * (1 + game.ply());
      Require(total >= spec.min_return - room && total <= spec.max_return + room, game,
              "a return of " + std::to_string(total) + " lies outside min_return .. max_return");
    }
  });
}

/// The same streams and actions in a world of its own, and with neighbours that move in between.
void CheckReplay(const ContractSubject& subject) {
  RawWorlds alone = MakeWorlds(subject, 1), among = MakeWorlds(subject, 3);
  for (int episode = 0; episode < subject.options.episodes; ++episode) {
    RawGame neighbour(among, 0, subject, episode + 1000);
    RawGame second(among, 1, subject, episode), first(alone, 0, subject, episode);
    for (int ply = 0; ply < subject.options.plies; ++ply) {
      Require(first.Trace() == second.Trace(), first, "the same streams and actions differ");
      if (first.over()) break;
      if (neighbour.over()) neighbour = RawGame(among, 0, subject, episode + 2000 + ply);
      neighbour.Step(neighbour.Choose());
      first.Step(first.Choose());
      second.Step(second.Choose());
    }
  }
}

/// Both games are in equal states with equal streams: they go on equally, and neither moves the
/// other.
void PlayOn(RawGame first, RawGame second, int plies) {
  for (int ply = 0; ply < plies; ++ply) {
    Require(first.Trace() == second.Trace(), first, "the copy differs from the original");
    if (first.over()) return;
    const std::string before = second.Trace();
    const RawAction action = first.Choose();
    second.Choose();
    first.Step(action);
    Require(second.Trace() == before, second, "the original moves its copy");
    const std::string after = first.Trace();
    second.Step(action);
    Require(first.Trace() == after, first, "the copy moves the original");
  }
}

constexpr int kPlaysOn = 20;

/// World 1 of `other` plays another game and is over-written at states of world 0 of `worlds`.
template <typename CopyWorld>
void CheckCopies(const ContractSubject& subject, CopyWorld&& copy) {
  RawWorlds worlds = MakeWorlds(subject, 2), other = MakeWorlds(subject, 2);
  int states = 0;
  VisitStates(subject, worlds, [&](const RawGame& game) {
    if (states++ % 7 != 0) return;
    RawGame elsewhere(other, 1, subject, 3000 + states);
    for (int i = 0; i < states % 5 && !elsewhere.over(); ++i) elsewhere.Step(elsewhere.Choose());
    copy(other, 1, worlds, 0);
    copy(worlds, 1, worlds, 0);
    PlayOn(game.In(worlds, 1), game.In(other, 1), kPlaysOn);
  });
}

void CheckClone(const ContractSubject& subject) {
  CheckCopies(subject, [](RawWorlds& to, int j, RawWorlds& from, int i) { to.Copy(j, from, i); });
}

void CheckSnapshot(const ContractSubject& subject) {
  CheckCopies(subject, [](RawWorlds& to, int j, RawWorlds& from, int i) {
    const std::string bytes = from.Save(i);
    to.Load(j, bytes);
    if (to.Save(j) != bytes) throw LawBroken("Save after Load gives other bytes");
  });
}

/// One call over all worlds gives the bits of one call a world.
void CheckRanges(const ContractSubject& subject) {
  constexpr int kWorlds = 37;  // no multiple of a vector's width
  RawWorlds whole = MakeWorlds(subject, kWorlds), single = MakeWorlds(subject, kWorlds);
  const EnvSpec& spec = whole.spec();
  if (spec.max_chance_outcomes > 0) return;  // the host steps between chance nodes
  const auto stride = static_cast<std::size_t>(spec.action.size());
  const auto players = static_cast<std::size_t>(spec.players);
  std::vector<RawGame> games;
  for (int i = 0; i < kWorlds; ++i) games.emplace_back(single, i, subject, i);
  std::vector<Rng> streams;
  for (int i = 0; i < kWorlds; ++i) {
    whole.Copy(i, single, i);
    streams.push_back(games[static_cast<std::size_t>(i)].rng());
  }
  std::vector<std::int32_t> actions(kWorlds * stride);
  std::vector<float> rewards(kWorlds * players);
  std::array<std::uint8_t, kWorlds> ends{};
  for (int ply = 0; ply < subject.options.plies; ++ply) {
    for (std::size_t i = 0; i < kWorlds; ++i) {
      if (games[i].over()) return;  // worlds after their end may not be stepped
    }
    for (std::size_t i = 0; i < kWorlds; ++i) {
      const RawAction action = games[i].Choose();
      std::copy(action.begin(), action.end(), &actions[i * stride]);
      games[i].Step(action);
    }
    brasa_error error{};
    if (whole.table().step(whole.batch(), 0, kWorlds, actions.data(), streams.data(),
                           rewards.data(), ends.data(), &error) != BRASA_OK) {
      throw LawBroken(std::string("stepping all worlds fails: ") + error.message);
    }
    for (std::size_t i = 0; i < kWorlds; ++i) {
      const int world = static_cast<int>(i);
      const bool equal =
          whole.Everything(world) == single.Everything(world) && ends[i] == games[i].end() &&
          std::memcmp(&rewards[i * players], games[i].rewards().data(), 4 * players) == 0 &&
          streams[i].counter == games[i].rng().counter;
      Require(equal, games[i], "stepping a range of worlds differs from one world at a time");
    }
  }
}

constexpr ContractLaw kRuleLaws[] = {
    {"spec", CheckSpecLaw, true},
    {"legal actions", CheckLegalLists, true},
    {"players", CheckPlayers, true},
    {"observations", CheckObservations, true},
    {"legal actions are accepted", CheckLegalAccepted},
    {"ends", CheckEnds},
    {"rewards", CheckRewards},
    {"replay", CheckReplay},
    {"clone", CheckClone},
    {"snapshot", CheckSnapshot},
    {"ranges", CheckRanges},
};

}  // namespace

std::span<const ContractLaw> RuleLaws() { return kRuleLaws; }

}  // namespace brasa
