#include "envs/toy/blackjack.h"

#include <map>

#include "brasa/core/hash.h"

namespace brasa {
namespace {

constexpr const char* kActionNames[] = {"stick", "hit"};
constexpr Color kFelt{30, 110, 76, 255};
constexpr Color kFeltLight{62, 139, 105, 255};

std::string CardName(int card) { return card == 1 ? "A" : std::to_string(card); }

double CardProbability(int card) { return card == 10 ? 4.0 / 13.0 : 1.0 / 13.0; }

/// Finished hands of the dealer that pay differently, with their probabilities: by sum, above 21
/// as 0, a natural as 22.
using DealerEnds = std::map<int, std::pair<BlackjackHand, double>>;

/// Adds what the dealer ends with who holds `hand` with `probability`.
void PlayDealer(const BlackjackHand& hand, double probability, DealerEnds& ends) {
  if (hand.count >= 2 && hand.sum() >= Blackjack::kDealerStands) {
    const int kind = hand.natural() ? 22 : hand.sum() > 21 ? 0 : hand.sum();
    const auto [end, fresh] = ends.emplace(kind, std::pair(hand, 0.0));
    end->second.second += probability;
    return;
  }
  for (int card = 1; card <= 10; ++card) {
    BlackjackHand next = hand;
    next.Add(card);
    PlayDealer(next, probability * CardProbability(card), ends);
  }
}

/// The outcomes of sticking with `player` at state `id`.
std::vector<ModelOutcome> StickOutcomes(const Blackjack& world, const BlackjackHand& player,
                                        const DealerEnds& ends, std::int32_t id) {
  std::map<float, double> rewards;
  for (const auto& [kind, end] : ends) rewards[world.Payoff(player, end.first)] += end.second;
  std::vector<ModelOutcome> outcomes;
  for (const auto& [reward, probability] : rewards) {
    outcomes.push_back({probability, id, static_cast<double>(reward), true});
  }
  return outcomes;
}

/// A hand with this sum that is no natural; which cards make it up does not matter further on.
BlackjackHand HandOf(int sum, bool usable_ace) {
  BlackjackHand hand;
  hand.count = 3;
  hand.hard = static_cast<std::uint8_t>(usable_ace ? sum - 10 : sum);
  hand.aces = usable_ace ? 1 : 0;
  return hand;
}

constexpr std::int32_t kNaturals = 32 * 11 * 2;
constexpr std::int32_t kModelStates = kNaturals + 11;

std::int32_t ModelState(const BlackjackHand& player, int dealers_card) {
  if (player.natural()) return kNaturals + dealers_card;
  return (player.sum() * 11 + dealers_card) * 2 + player.usable_ace();
}

std::vector<ModelOutcome> HitOutcomes(const BlackjackHand& player, int dealers_card) {
  std::vector<ModelOutcome> outcomes;
  for (int card = 1; card <= 10; ++card) {
    BlackjackHand next = player;
    next.Add(card);
    const bool bust = next.sum() > 21;
    outcomes.push_back(
        {CardProbability(card), ModelState(next, dealers_card), bust ? -1.0 : 0.0, bust});
  }
  return outcomes;
}

/// Reads "A" or 2 .. 10; 0 if it is no card.
int ReadCard(std::string_view word) {
  for (int card = 1; card <= 10; ++card) {
    if (word == CardName(card)) return card;
  }
  return 0;
}

void DrawCard(Canvas& canvas, Point at, const std::string& name) {
  canvas.Rectangle({at.x - 0.42, at.y - 0.6}, {at.x + 0.42, at.y + 0.6}, palette::kInk);
  canvas.Rectangle({at.x - 0.395, at.y - 0.575}, {at.x + 0.395, at.y + 0.575},
                   name.empty() ? palette::kBlue : palette::kWhite);
  if (name.empty()) {
    canvas.Ring(at, 0.2, 0.06, palette::kSky);
  } else {
    canvas.Text(at, 0.42, name, TextAlign::kCentre, name == "A" ? palette::kRed : palette::kInk);
  }
}

/// One row of cards; `hidden` draws a card that lies on its face after them.
void DrawHand(Canvas& canvas, const BlackjackHand& hand, double y, bool hidden) {
  const int shown = hand.count + hidden;
  const double gap = shown > 7 ? 6.0 / (shown - 1) : 1.0;
  for (int i = 0; i < shown; ++i) {
    const bool face = i < hand.count;
    DrawCard(canvas, {0.8 + gap * i, y},
             face ? CardName(hand.cards[static_cast<std::size_t>(i)]) : "");
  }
}

std::string SumText(const BlackjackHand& hand) {
  return std::to_string(hand.sum()) + (hand.usable_ace() ? " (usable ace)" : "");
}

}  // namespace

std::vector<Field> Blackjack::Fields() {
  return {BoolField("sab", true, "a natural beats a dealer without one (Sutton and Barto)"),
          BoolField("natural", false, "a natural that wins pays 1.5; needs sab = false")};
}

EnvSpec Blackjack::Spec(const Params& params) {
  const bool pays = params.GetBool("natural");
  if (pays && params.GetBool("sab")) {
    throw ConfigError(
        "natural = true has no effect with sab = true; give sab = false or natural = false");
  }
  EnvSpec spec;
  spec.id = "Blackjack-v1";
  spec.summary = "Reach more than the dealer without passing 21";
  spec.observation.shape = {3};
  spec.observation.axes = {"feature"};
  spec.observation.names = {"sum", "dealer", "usable_ace"};
  spec.observation.low = {0};
  spec.observation.high = {31, 10, 1};
  spec.observation.categories = {32, 11, 2};
  spec.action.count = 2;
  spec.action.names.assign(std::begin(kActionNames), std::end(kActionNames));
  spec.min_return = -1;
  spec.max_return = pays ? 1.5 : 1;
  return spec;
}

Blackjack::Blackjack(const Params& params)
    : sab(params.GetBool("sab")), natural(params.GetBool("natural")) {
  for (const int card : {2, 2}) player.Add(card);
  dealer.Add(2);
}

float Blackjack::Payoff(const BlackjackHand& hand, const BlackjackHand& against) const {
  const int own = hand.sum(), other = against.sum() > 21 ? 0 : against.sum();
  if (sab && hand.natural() && !against.natural()) return 1;
  if (natural && hand.natural() && own > other) return 1.5;
  return static_cast<float>((own > other) - (own < other));
}

TransitionModel Blackjack::Model() const {
  TransitionModel model;
  model.states = kModelStates;
  model.actions = 2;
  model.start.assign(kModelStates, 0.0);
  model.outcomes.resize(kModelStates);
  for (std::int32_t s = 0; s < kModelStates; ++s) {
    model.outcomes[static_cast<std::size_t>(s)].assign(2, {{1.0, s, 0.0, true}});
  }
  BlackjackHand ace_and_ten;
  ace_and_ten.Add(1);
  ace_and_ten.Add(10);
  for (int card = 1; card <= 10; ++card) {
    BlackjackHand up;
    up.Add(card);
    DealerEnds ends;
    PlayDealer(up, 1, ends);
    const auto fill = [&](const BlackjackHand& hand) {
      const std::int32_t id = ModelState(hand, card);
      model.outcomes[static_cast<std::size_t>(id)] = {StickOutcomes(*this, hand, ends, id),
                                                      HitOutcomes(hand, card)};
    };
    for (int sum = 4; sum <= 21; ++sum) fill(HandOf(sum, false));
    for (int sum = 12; sum <= 21; ++sum) fill(HandOf(sum, true));
    fill(ace_and_ten);
    for (int first = 1; first <= 10; ++first) {
      for (int second = 1; second <= 10; ++second) {
        BlackjackHand hand;
        hand.Add(first);
        hand.Add(second);
        model.start[static_cast<std::size_t>(ModelState(hand, card))] +=
            CardProbability(card) * CardProbability(first) * CardProbability(second);
      }
    }
  }
  return model;
}

std::uint64_t Blackjack::Hash() const {
  return HashCombine(HashBytes(player.cards.data(), player.count),
                     HashBytes(dealer.cards.data(), dealer.count));
}

void Blackjack::Draw(Canvas& canvas) const {
  canvas.View(0, 0, 7.8, 5.2);
  canvas.Clear(kFelt);
  canvas.Line({0.3, 2.6}, {7.5, 2.6}, 0.03, kFeltLight);
  const bool waits = dealer.count == 1 && player.sum() <= 21;
  const auto caption = [&](double y, const std::string& text) {
    canvas.Text({0.4, y}, 0.26, text, TextAlign::kLeft, palette::kPaper);
  };
  caption(4.86, "dealer " + SumText(dealer));
  DrawHand(canvas, dealer, 3.95, waits);
  DrawHand(canvas, player, 1.75, false);
  caption(0.82, "player " + SumText(player));
  const std::string result = player.sum() > 21 ? "bust: -1"
                             : waits           ? "stick or hit"
                             : reward > 0      ? "win: +" + ValueText(FieldValue(double{reward}))
                             : reward < 0      ? "loss: -1"
                                               : "draw: 0";
  canvas.Text({0.4, 0.34}, 0.26, result, TextAlign::kLeft, palette::kYellow);
}

std::string Blackjack::ToText() const {
  std::string text = "player";
  for (int i = 0; i < player.count; ++i) {
    text += ' ' + CardName(player.cards[static_cast<std::size_t>(i)]);
  }
  text += " dealer";
  for (int i = 0; i < dealer.count; ++i) {
    text += ' ' + CardName(dealer.cards[static_cast<std::size_t>(i)]);
  }
  return text;
}

void Blackjack::FromText(std::string_view text) {
  const auto fail = [&](const std::string& fault) {
    throw UsageError("Blackjack-v1: '" + std::string(text.substr(0, 80)) + "' " + fault +
                     "; give cards A or 2 to 10 as in 'player 10 A dealer 7'");
  };
  BlackjackHand own, other;
  BlackjackHand* hand = nullptr;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t space = rest.find(' ');
    const std::string_view word = rest.substr(0, space);
    rest.remove_prefix(space == std::string_view::npos ? rest.size() : space + 1);
    if (hand == nullptr && word == "player") {
      hand = &own;
    } else if (hand == &own && word == "dealer") {
      hand = &other;
    } else {
      const int card = ReadCard(word);
      if (hand == nullptr || card == 0) fail("holds '" + std::string(word.substr(0, 20)) + "'");
      if (hand->sum() > 21) fail("has a card after 21 was passed");
      if (hand == &other && hand->count > 1 && hand->sum() >= kDealerStands) {
        fail("has a card after the dealer stood");
      }
      hand->Add(card);
    }
  }
  if (own.count < 2) fail("gives the player fewer than two cards");
  if (other.count < 1) fail("gives the dealer no card");
  const bool over = other.count > 1;
  if (over && own.sum() > 21) fail("gives the dealer a second card though the player passed 21");
  if (over && other.sum() < kDealerStands) fail("stops the dealer below 17");
  player = own;
  dealer = other;
  reward = own.sum() > 21 ? -1 : over ? Payoff(own, other) : 0;
}

std::string Blackjack::ActionToText(ActionRef action) const { return kActionNames[action.id()]; }

std::vector<double> Blackjack::ActionFromText(std::string_view text) const {
  for (int id = 0; id < 2; ++id) {
    if (text == kActionNames[id] || text == std::to_string(id)) return {static_cast<double>(id)};
  }
  throw UsageError("Blackjack-v1: '" + std::string(text.substr(0, 80)) +
                   "' is no action; give stick, hit, 0 or 1");
}

std::vector<Control> Blackjack::Controls() const { return {{"s", {0}}, {"h", {1}}}; }

}  // namespace brasa
