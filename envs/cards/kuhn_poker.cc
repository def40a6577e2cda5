#include "envs/cards/kuhn_poker.h"

#include <algorithm>

#include "brasa/core/hash.h"
#include "envs/cards/card_table.h"

namespace brasa {
namespace {

constexpr const char* kActionNames[] = {"Pass", "Bet"};

}  // namespace

std::vector<Field> KuhnPoker::Fields() {
  return {IntField("players", 2, 2, kMaxPlayers, "players at the table")};
}

EnvSpec KuhnPoker::Spec(const Params& params) {
  const int players = static_cast<int>(params.GetInt("players"));
  EnvSpec spec;
  spec.id = "KuhnPoker-v0";
  spec.summary = "Poker with one card and one bet";
  spec.players = players;
  spec.observation.type = ElementType::kUint8;
  spec.observation.shape = {6 * players - 1};
  spec.observation.axes = {"feature"};
  for (int p = 0; p < players; ++p) {
    spec.observation.names.push_back("player " + std::to_string(p));
    spec.player_names.push_back("player " + std::to_string(p));
  }
  for (int c = 0; c <= players; ++c) {
    spec.observation.names.push_back("card " + std::to_string(c));
  }
  for (int k = 0; k < 2 * players - 1; ++k) {
    for (const char* name : {" pass", " bet"}) {
      spec.observation.names.push_back("move " + std::to_string(k) + name);
    }
  }
  spec.observation.low = {0};
  spec.observation.high = {1};
  spec.action.count = 2;
  spec.action.names.assign(std::begin(kActionNames), std::end(kActionNames));
  spec.min_return = -2;
  spec.max_return = 2 * (players - 1);
  spec.zero_sum = true;
  spec.perfect_information = false;
  spec.max_chance_outcomes = players + 1;
  return spec;
}

KuhnPoker::KuhnPoker(const Params& params)
    : players(static_cast<std::int32_t>(params.GetInt("players"))) {
  deck = (2u << players) - 1;
}

void KuhnPoker::Observe(int player, std::span<std::uint8_t> out) const {
  std::fill(out.begin(), out.end(), std::uint8_t{0});
  const auto seats = static_cast<std::size_t>(players);
  out[static_cast<std::size_t>(player)] = 1;
  if (player < dealt) out[seats + static_cast<std::size_t>(Card(player))] = 1;
  for (std::size_t k = 0; k < moves; ++k) out[2 * seats + 1 + 2 * k + ((bets >> k) & 1u)] = 1;
}

void KuhnPoker::ResampleHidden(int player, Rng& rng) {
  std::uint32_t left = (2u << players) - 1;
  if (player < dealt) left &= ~(1u << Card(player));
  std::uint64_t drawn = player < dealt ? cards & (std::uint64_t{15} << (4 * player)) : 0;
  for (int p = 0; p < dealt; ++p) {
    if (p == player) continue;
    const int card =
        cards::SetBit(left, rng.Below(static_cast<std::uint32_t>(std::popcount(left))));
    left &= ~(1u << card);
    drawn |= static_cast<std::uint64_t>(card) << (4 * p);
  }
  cards = drawn;
  deck = left;
}

std::uint64_t KuhnPoker::Hash() const {
  // 40 bits of cards, 4 of the count of deals, 20 of the moves with a 1 above the last.
  const std::uint64_t sequence = bets | (std::uint64_t{1} << moves);
  return Mix64(cards | static_cast<std::uint64_t>(dealt) << 40 | sequence << 44);
}

void KuhnPoker::Draw(Canvas& canvas) const {
  const std::uint32_t bettors = Bettors();
  const int first = bets == 0 ? 2 * players : std::countr_zero(bets);  // move of the first bet
  cards::DrawTable(canvas, "pot " + std::to_string(players + std::popcount(bettors)));
  const int mover = PlayerToMove();
  for (int p = 0; p < players; ++p) {
    cards::Seat seat;
    seat.name = "player " + std::to_string(p);
    seat.chips = std::to_string(1 + ((bettors >> p) & 1u)) + " in";
    seat.has_card = p < dealt;
    if (over || p == mover) seat.card.text = std::to_string(Card(p));
    seat.moves = !over && p == mover;
    const int answer = p > first ? p : p + players;  // the move in which p answers that bet
    seat.out = bets != 0 && moves > answer && !((bettors >> p) & 1u);
    seat.wins = over && p == Winner();
    cards::DrawSeat(canvas, seat, p, players);
  }
  std::string note = over ? "player " + std::to_string(Winner()) + " wins" : "";
  if (!over && moves > 0) {
    note = "player " + std::to_string((moves - 1) % players) + ": " +
           kActionNames[(bets >> (moves - 1)) & 1u];
  }
  cards::DrawButtons(canvas, kActionNames, over || mover == kChance ? 0u : 3u, note);
}

std::string KuhnPoker::ToText() const {
  std::string text;
  for (int p = 0; p < dealt; ++p) text += (p > 0 ? " " : "") + std::to_string(Card(p));
  if (moves > 0) text += ' ';
  for (int k = 0; k < moves; ++k) text += (bets >> k) & 1u ? 'b' : 'p';
  return text;
}

void KuhnPoker::FromText(std::string_view text) {
  const auto fail = [&](const std::string& fault) {
    throw UsageError("KuhnPoker-v0: '" + std::string(text.substr(0, 80)) + "' " + fault +
                     "; give up to " + std::to_string(players) + " different cards 0 to " +
                     std::to_string(players) + " and then moves p or b, as in '" +
                     (players == 2 ? "1 2 pb'" : "1 2 0 pb'"));
  };
  KuhnPoker game = *this;
  Rng rng;
  game.Reset(rng);
  float sums[kMaxPlayers];
  const std::span<float> rewards(sums, static_cast<std::size_t>(players));
  std::string_view rest = text;
  while (!rest.empty() && game.dealt < players) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    const int card = cards::ReadNumber(word, players + 1);
    if (card < 0) fail("has '" + std::string(word.substr(0, 20)) + "' for a card");
    if (!((game.deck >> card) & 1u)) fail("deals card " + std::to_string(card) + " twice");
    game.ApplyChance(card, rewards);
  }
  for (const char letter : rest) {
    if (letter != 'p' && letter != 'b') fail("has moves that are not p or b");
    if (game.over) fail("goes on after the end");
    const std::int32_t id = letter == 'b';
    game.Step(ActionRef(&id, 1), rng, rewards);
  }
  if (game.ToText() != text) fail("ends in a blank");
  *this = game;
}

std::string KuhnPoker::ActionToText(ActionRef action) const { return kActionNames[action.id()]; }

std::vector<double> KuhnPoker::ActionFromText(std::string_view text) const {
  return {static_cast<double>(cards::ReadAction("KuhnPoker-v0", text, kActionNames))};
}

std::vector<Control> KuhnPoker::Controls() const { return {{"p", {0}}, {"b", {1}}}; }

int KuhnPoker::ActionAt(Point at) const {
  return over || dealt < players ? -1 : cards::ButtonAt(at, 2);
}

}  // namespace brasa
