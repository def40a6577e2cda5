#include "envs/cards/leduc_poker.h"

#include <algorithm>

#include "brasa/core/hash.h"
#include "envs/cards/card_table.h"

namespace brasa {
namespace {

constexpr const char* kActionNames[] = {"Fold", "Call", "Raise"};
constexpr std::string_view kLetters = "fcr";

std::uint32_t FullDeck(int players) { return (1u << (2 * players + 2)) - 1; }

int MovesARound(int players) { return 3 * players - 2; }

/// J Q K for three ranks, as the game is told; else the rank's number.
cards::Face FaceOf(const LeducPoker& game, std::uint8_t card) {
  const int rank = game.RankOf(card);
  const std::string name = game.players == 2 ? std::string(1, "JQK"[rank]) : std::to_string(rank);
  const bool red = !game.suit_isomorphism && card % 2 == 1;
  return {name, red ? palette::kRed : palette::kInk};
}

std::vector<std::string> ElementNames(int players, int cards) {
  std::vector<std::string> names;
  for (int p = 0; p < players; ++p) names.push_back("player " + std::to_string(p));
  for (const char* kind : {"card ", "community "}) {
    for (int c = 0; c < cards; ++c) names.push_back(kind + std::to_string(c));
  }
  for (int round = 1; round <= 2; ++round) {
    for (int k = 0; k < MovesARound(players); ++k) {
      for (const char* move : {" call", " raise"}) {
        names.push_back("round " + std::to_string(round) + " move " + std::to_string(k) + move);
      }
    }
  }
  return names;
}

}  // namespace

std::vector<Field> LeducPoker::Fields() {
  return {
      IntField("players", 2, 2, kMaxPlayers, "players at the table"),
      IntField("starting_player", 0, 0, kMaxPlayers - 1, "who begins both rounds"),
      BoolField("action_mapping", false, "all actions legal; impossible ones count as Call"),
      BoolField("suit_isomorphism", false, "cards are ranks, without suits"),
  };
}

EnvSpec LeducPoker::Spec(const Params& params) {
  const int players = static_cast<int>(params.GetInt("players"));
  if (params.GetInt("starting_player") >= players) {
    throw ConfigError("starting_player = " + params.GetText("starting_player") +
                      " sits at no table of " + std::to_string(players) + " players; give 0 to " +
                      std::to_string(players - 1));
  }
  const int cards = params.GetBool("suit_isomorphism") ? players + 1 : 2 * players + 2;
  EnvSpec spec;
  spec.id = "LeducPoker-v0";
  spec.summary = "Poker with one card each, a community card and two rounds";
  spec.players = players;
  spec.observation.type = ElementType::kUint8;
  spec.observation.shape = {players + 2 * cards + 4 * MovesARound(players)};
  spec.observation.axes = {"feature"};
  spec.observation.names = ElementNames(players, cards);
  spec.observation.low = {0};
  spec.observation.high = {1};
  spec.action.count = 3;
  spec.action.names.assign(std::begin(kActionNames), std::end(kActionNames));
  spec.min_return = -13;  // 1 + 2 * 2 + 2 * 4
  spec.max_return = 13 * (players - 1);
  spec.zero_sum = true;
  spec.perfect_information = false;
  spec.max_chance_outcomes = cards;
  for (int p = 0; p < players; ++p) spec.player_names.push_back("player " + std::to_string(p));
  return spec;
}

LeducPoker::LeducPoker(const Params& params)
    : players(static_cast<std::uint8_t>(params.GetInt("players"))),
      starting_player(static_cast<std::uint8_t>(params.GetInt("starting_player"))),
      action_mapping(params.GetBool("action_mapping")),
      suit_isomorphism(params.GetBool("suit_isomorphism")) {
  Rng rng;
  Reset(rng);
}

void LeducPoker::Reset(Rng&) {
  moves = {0, 0};
  deck = FullDeck(players);
  folded = 0;
  cards.fill(kNoCard);
  paid.fill(1);
  community = kNoCard;
  counts = {0, 0};
  round = dealt = raises = calls = over = 0;
  remaining = players;
  stakes = 1;
  mover = kChance;
}

int LeducPoker::ChanceOutcomes(std::span<std::int32_t> ids, std::span<double> probabilities) const {
  const double share = 1.0 / std::popcount(deck);
  std::size_t count = 0;
  if (!suit_isomorphism) {
    for (std::uint32_t left = deck; left != 0; left &= left - 1, ++count) {
      ids[count] = std::countr_zero(left);
      probabilities[count] = share;
    }
    return static_cast<int>(count);
  }
  for (int rank = 0; rank <= players; ++rank) {
    const int left = std::popcount((deck >> (2 * rank)) & 3u);
    ids[count] = rank;
    probabilities[count] = left * share;
    count += left > 0;
    if (count == ids.size()) break;
  }
  return static_cast<int>(count);
}

EpisodeEnd LeducPoker::ApplyChance(int id, std::span<float>) {
  const auto card = static_cast<std::uint8_t>(id);
  Remove(card);
  if (dealt < players) {
    cards[dealt++] = card;
    if (dealt == players) mover = static_cast<std::int8_t>(starting_player);
  } else {
    community = card;
    mover = NextPlayer(starting_player);
  }
  return EpisodeEnd::kNone;
}

unsigned LeducPoker::Winners() const {
  const unsigned in = ((1u << players) - 1) & ~static_cast<unsigned>(folded);
  if (remaining == 1) return in;
  int best = -1;
  unsigned winners = 0;
  for (unsigned left = in; left != 0; left &= left - 1) {
    const auto seat = static_cast<std::size_t>(std::countr_zero(left));
    // Without a pair the other card is the same for all, so the own rank decides.
    const int rank = RankOf(cards[seat]);
    const int hand = rank == RankOf(community) ? 100 : rank;
    if (hand > best) winners = 0;
    if (hand >= best) winners |= 1u << seat;
    best = std::max(best, hand);
  }
  return winners;
}

void LeducPoker::Settle(std::span<float> rewards) const {
  int pot = 0;
  for (std::size_t p = 0; p < players; ++p) pot += paid[p];
  const unsigned winners = Winners();
  const float share = static_cast<float>(pot) / static_cast<float>(std::popcount(winners));
  for (std::size_t p = 0; p < players; ++p) {
    rewards[p] = ((winners >> p) & 1u ? share : 0.0f) - static_cast<float>(paid[p]);
  }
}

void LeducPoker::Observe(int player, std::span<std::uint8_t> out) const {
  std::fill(out.begin(), out.end(), std::uint8_t{0});
  const auto seat = static_cast<std::size_t>(player), seats = std::size_t{players};
  const auto kinds = static_cast<std::size_t>(Cards());
  const auto most = static_cast<std::size_t>(MovesARound(players));
  out[seat] = 1;
  if (cards[seat] != kNoCard) out[seats + cards[seat]] = 1;
  if (community != kNoCard) out[seats + kinds + community] = 1;
  for (std::size_t r = 0; r < 2; ++r) {
    std::uint8_t* at = &out[seats + 2 * kinds + r * 2 * most];
    for (std::size_t k = 0; k < counts[r]; ++k) {
      const auto code = (moves[r] >> (2 * k)) & 3u;
      if (code > 1) at[2 * k + code - 2] = 1;
    }
  }
}

void LeducPoker::ResampleHidden(int player, Rng& rng) {
  deck = FullDeck(players);
  const auto own = static_cast<std::size_t>(player);
  if (cards[own] != kNoCard) Remove(cards[own]);
  if (community != kNoCard) Remove(community);
  for (std::size_t p = 0; p < dealt; ++p) {
    if (p == own) continue;
    const auto left = static_cast<std::uint32_t>(std::popcount(deck));
    const int bit = cards::SetBit(deck, rng.Below(left));
    cards[p] = static_cast<std::uint8_t>(suit_isomorphism ? bit / 2 : bit);
    Remove(cards[p]);
  }
}

std::uint64_t LeducPoker::Hash() const {
  // Everything else follows from the deals and the moves.
  const std::uint64_t seen = HashBytes(cards.data(), cards.size(), community);
  return HashCombine(HashCombine(seen, moves[0]), moves[1]);
}

void LeducPoker::Draw(Canvas& canvas) const {
  int pot = 0;
  for (std::size_t p = 0; p < players; ++p) pot += paid[p];
  cards::DrawTable(canvas, community == kNoCard ? "pot " + std::to_string(pot) : "");
  if (community != kNoCard) {
    cards::DrawCard(canvas, {2.7, 2.24}, 0.62, FaceOf(*this, community));
    canvas.Text({3.1, 2.24}, 0.16, "pot " + std::to_string(pot), TextAlign::kLeft, palette::kPaper);
  }
  const unsigned winners = over ? Winners() : 0;
  for (int p = 0; p < players; ++p) {
    const auto at = static_cast<std::size_t>(p);
    cards::Seat seat;
    seat.name = "player " + std::to_string(p);
    seat.chips = std::to_string(paid[at]) + " in";
    seat.has_card = cards[at] != kNoCard;
    if (seat.has_card && (over || p == mover)) seat.card = FaceOf(*this, cards[at]);
    seat.moves = !over && p == mover;
    seat.out = (folded >> p) & 1u;
    seat.wins = (winners >> p) & 1u;
    cards::DrawSeat(canvas, seat, p, players);
  }
  std::string note = "round " + std::to_string(round + 1) + " ";
  for (std::size_t k = 0; k < counts[round]; ++k) {
    note += static_cast<char>(kLetters[((moves[round] >> (2 * k)) & 3u) - 1] - 'a' + 'A');
  }
  std::array<std::int32_t, 3> ids{};
  unsigned live = 0;
  for (int i = LegalActions(ids) - 1; i >= 0; --i) live |= 1u << ids[static_cast<std::size_t>(i)];
  cards::DrawButtons(canvas, kActionNames, live, note);
}

std::string LeducPoker::ToText() const {
  std::string text;
  const auto word = [&](const std::string& next) { text += (text.empty() ? "" : " ") + next; };
  for (std::size_t p = 0; p < dealt; ++p) word(std::to_string(cards[p]));
  for (std::size_t r = 0; r < 2; ++r) {
    if (r == 1 && community != kNoCard) word(std::to_string(community));
    std::string letters;
    for (std::size_t k = 0; k < counts[r]; ++k) {
      letters += kLetters[((moves[r] >> (2 * k)) & 3u) - 1];
    }
    if (!letters.empty()) word(letters);
  }
  return text;
}

void LeducPoker::FromText(std::string_view text) {
  const auto fail = [&](const std::string& fault) {
    throw UsageError("LeducPoker-v0: '" + std::string(text.substr(0, 80)) + "' " + fault +
                     "; give cards 0 to " + std::to_string(Cards() - 1) +
                     " in the order of dealing and moves f, c, r between them, as in '0 3 rc 2 cr'"
                     " for two players");
  };
  LeducPoker game = *this;
  Rng rng;
  game.Reset(rng);
  float sums[kMaxPlayers];
  const std::span<float> rewards(sums, players);
  const auto deal = [&](std::string_view word) {
    const int card = cards::ReadNumber(word, Cards());
    if (card < 0) fail("has '" + std::string(word.substr(0, 20)) + "' for a card");
    const std::uint32_t left =
        suit_isomorphism ? game.deck >> (2 * card) & 3u : game.deck >> card & 1u;
    if (left == 0) fail("deals card " + std::to_string(card) + " too often");
    game.ApplyChance(card, rewards);
  };
  const auto move = [&](char letter) {
    const auto id = static_cast<std::int32_t>(kLetters.find(letter));
    const bool known = kLetters.find(letter) != std::string_view::npos;
    if (!known || game.over || game.mover < 0)
      fail("has '" + std::string(1, letter) + "' for a move");
    if ((id == kFold && !game.MayFold()) || (id == kRaise && game.raises >= kMaxRaises)) {
      fail("has a " + std::string(kActionNames[id]) + " that the rules do not allow");
    }
    game.Step(ActionRef(&id, 1), rng, rewards);
  };
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    if (!game.over && game.mover == kChance) {
      deal(word);
    } else {
      for (const char letter : word) move(letter);
    }
  }
  if (game.ToText() != text) fail("has blanks too many");
  *this = game;
}

std::string LeducPoker::ActionToText(ActionRef action) const { return kActionNames[action.id()]; }

std::vector<double> LeducPoker::ActionFromText(std::string_view text) const {
  return {static_cast<double>(cards::ReadAction("LeducPoker-v0", text, kActionNames))};
}

std::vector<Control> LeducPoker::Controls() const { return {{"f", {0}}, {"c", {1}}, {"r", {2}}}; }

int LeducPoker::ActionAt(Point at) const {
  const int button = cards::ButtonAt(at, 3);
  std::array<std::int32_t, 3> ids{};
  const int count = LegalActions(ids);
  return std::find(ids.begin(), ids.begin() + count, button) != ids.begin() + count ? button : -1;
}

}  // namespace brasa
