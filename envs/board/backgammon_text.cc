// Positions and plays of Backgammon-v0 as text.
#include <algorithm>
#include <array>
#include <bit>
#include <charconv>

#include "brasa/core/error.h"
#include "envs/board/backgammon.h"
#include "envs/board/board_text.h"

namespace brasa {
namespace {

constexpr int kBar = Backgammon::kBar, kOff = Backgammon::kOff;
constexpr std::array<std::string_view, 2> kNames = {"x", "o"};

[[noreturn]] void Fail(const std::string& fault) { throw UsageError("Backgammon-v0: " + fault); }

[[noreturn]] void FailPosition(const std::string& fault) {
  Fail(fault +
       "; a position is 'x bar(1) 24(2) 13(5) 8(3) 6(4); o 24(2) 13(5) 8(3) 6(5); x plays 45', "
       "with off(n) last; at the end 'opening roll', 'x rolls', 'x plays 44 again' or 'x won'");
}

std::string PlaceName(int player, int place) {
  if (place == kBar) return "bar";
  if (place == kOff) return "off";
  return std::to_string(player == 0 ? 24 - place : place + 1);
}

/// The place of a name, or -1.
int ReadPlace(int player, std::string_view name) {
  if (name == "bar") return kBar;
  if (name == "off") return kOff;
  int number = 0;
  const auto result = std::from_chars(name.data(), name.data() + name.size(), number);
  if (result.ec != std::errc() || result.ptr != name.data() + name.size()) return -1;
  if (number < 1 || number > 24 || name.front() == '0') return -1;
  return player == 0 ? 24 - number : number - 1;
}

/// Takes the part before the next `separator` off the front of `text`, without blanks around it.
std::string_view TakePart(std::string_view& text, char separator) {
  const std::size_t end = text.find(separator);
  const std::string_view part = board::Trimmed(text.substr(0, end));
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return part;
}

/// "8(3)" -> "8" and 3; a count is 1 to 15. False if it is not of that form.
bool ReadCounted(std::string_view text, std::string_view& name, int& count) {
  const std::size_t open = text.find('(');
  name = text.substr(0, open);
  if (open == std::string_view::npos || text.back() != ')') return false;
  const std::string_view digits = text.substr(open + 1, text.size() - open - 2);
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  return result.ec == std::errc() && result.ptr == digits.data() + digits.size() && count >= 1 &&
         count <= 15 && digits.front() != '0';
}

/// Reads "x 24(2) 13(5)" into the planes of `player`.
void ReadCheckers(std::string_view text, int player, std::array<std::uint32_t, 4>& planes) {
  const std::string_view own_name = kNames[static_cast<std::size_t>(player)];
  if (TakePart(text, ' ') != own_name) {
    FailPosition("the checkers of " + std::string(own_name) + " are missing");
  }
  int total = 0;
  std::uint32_t named = 0;
  while (!text.empty()) {
    const std::string_view part = TakePart(text, ' ');
    if (part.empty()) continue;
    std::string_view name;
    int count = 0;
    const bool counted = ReadCounted(part, name, count);
    const int place = counted ? ReadPlace(player, name) : -1;
    if (place < 0) FailPosition("'" + std::string(part) + "' is no place and count");
    if ((named >> place & 1u) != 0) FailPosition("'" + std::string(name) + "' is named twice");
    named |= std::uint32_t{1} << place;
    total += count;
    for (std::size_t k = 0; k < 4; ++k) {
      planes[k] |= (static_cast<std::uint32_t>(count) >> k & 1u) << place;
    }
  }
  if (total != 15) {
    FailPosition(std::string(own_name) + " has " + std::to_string(total) + " checkers, not 15");
  }
}

/// Reads what is next, as in "x plays 45".
void ReadNext(std::string_view text, Backgammon& game) {
  const std::string whole(text);
  game.low = game.high = game.again = game.mover = 0;
  if (text == "opening roll") {
    game.phase = Backgammon::kOpeningRoll;
    return;
  }
  const std::string_view name = TakePart(text, ' ');
  const std::string_view verb = TakePart(text, ' ');
  game.mover = name == "o" ? 1 : 0;
  bool fits = name == "x" || name == "o";
  if (verb == "plays") {
    const std::string_view dice = TakePart(text, ' ');
    const auto is_die = [](char c) { return c >= '1' && c <= '6'; };
    fits = fits && dice.size() == 2 && is_die(dice[0]) && is_die(dice[1]);
    if (fits) {
      game.low = std::min(dice[0], dice[1]) - '0';
      game.high = std::max(dice[0], dice[1]) - '0';
    }
    if (!text.empty()) {
      fits = fits && text == "again" && game.low == game.high;
      game.again = 1;
      text = {};
    }
    game.phase = Backgammon::kPlay;
  } else {
    fits = fits && (verb == "rolls" || verb == "won");
    game.phase = verb == "won" ? Backgammon::kOver : Backgammon::kRoll;
  }
  if (!fits || !text.empty()) FailPosition("'" + whole + "' does not say what is next");
}

/// The rules that the parts of a position obey together.
void CheckPosition(const Backgammon& game) {
  std::array<std::uint32_t, 2> there{};
  for (std::size_t p = 0; p < 2; ++p) {
    for (const std::uint32_t plane : game.planes[p]) there[p] |= plane;
  }
  const std::uint32_t shared = there[0] & there[1] & Backgammon::kPoints;
  if (shared != 0) {
    FailPosition("both have checkers on x's point " + PlaceName(0, std::countr_zero(shared)));
  }
  const bool over = game.phase == Backgammon::kOver;
  for (int player = 0; player < 2; ++player) {
    const bool won = over && game.mover == player;
    if ((game.Count(player, kOff) == 15) != won) {
      FailPosition("a player has won when all 15 checkers are off, not before or after");
    }
  }
  if (game.phase != Backgammon::kOpeningRoll) return;
  Backgammon start = game;
  Rng rng;
  start.Reset(rng);
  if (game.planes != start.planes) FailPosition("the opening roll is made from the start");
}

/// One checker's way.
struct CheckerMove {
  int from, to;
  bool hit;
  bool SameWay(const CheckerMove& other) const { return from == other.from && to == other.to; }
};

/// The moves of a play in the order played.
struct Play {
  std::array<CheckerMove, 2> moves;
  std::size_t count = 0;
  /// Both play the same ways; a star of `written` must be a hit of this one.
  bool ReadAs(const Play& written, bool reversed) const {
    if (count != written.count) return false;
    for (std::size_t i = 0; i < count; ++i) {
      const CheckerMove& said = written.moves[reversed ? count - 1 - i : i];
      if (!moves[i].SameWay(said) || (said.hit && !moves[i].hit)) return false;
    }
    return true;
  }
};

Play PlayOf(const Backgammon& game, int id) {
  Backgammon board = game;
  Play play;
  const bool high_first = id < 676;
  const int digits = high_first ? id : id - 676;
  for (const auto& [place, die] : {std::pair{digits % 26, high_first ? game.high : game.low},
                                   std::pair{digits / 26, high_first ? game.low : game.high}}) {
    if (place == kOff) continue;
    const int target = board.Target(place, die);
    play.moves[play.count++] = {place, target, board.MoveChecker(place, die)};
  }
  return play;
}

std::string PlayText(const Play& play, int player) {
  if (play.count == 0) return "pass";
  const auto& [first, second] = play.moves;
  const auto star = [](const CheckerMove& move) { return move.hit ? "*" : ""; };
  std::string text =
      PlaceName(player, first.from) + "/" + PlaceName(player, first.to) + star(first);
  if (play.count == 1) return text;
  if (second.SameWay(first)) return text + "(2)";
  if (second.from == first.to) return text + "/" + PlaceName(player, second.to) + star(second);
  return text + " " + PlaceName(player, second.from) + "/" + PlaceName(player, second.to) +
         star(second);
}

/// Reads "24/20*/15" or "6/4(2)" into `play`. False if it is no such word or there are too many.
bool ReadWord(std::string_view word, int player, Play& play) {
  int times = 1;
  if (word.ends_with("(2)")) {
    times = 2;
    word.remove_suffix(3);
  }
  const std::size_t begin = play.count;
  int from = -2;
  bool last = false;
  while (!last) {
    const std::size_t slash = word.find('/');
    last = slash == std::string_view::npos;
    std::string_view name = word.substr(0, slash);
    if (!last) word.remove_prefix(slash + 1);
    const bool hit = name.ends_with('*') && from != -2;
    if (hit) name.remove_suffix(1);
    const int place = ReadPlace(player, name);
    if (place < 0) return false;
    if (from != -2) {
      if (play.count == 2) return false;
      play.moves[play.count++] = {from, place, hit};
    }
    from = place;
  }
  if (times == 1) return play.count > begin;
  if (begin != 0 || play.count != 1) return false;
  play.moves[play.count++] = play.moves[0];
  play.moves[1].hit = false;
  return true;
}

bool ReadPlay(std::string_view text, int player, Play& play) {
  if (text == "pass") return true;
  while (!text.empty()) {
    const std::string_view word = TakePart(text, ' ');
    if (!word.empty() && !ReadWord(word, player, play)) return false;
  }
  return play.count > 0;
}

}  // namespace

std::string Backgammon::ToText() const {
  std::string text;
  for (int player = 0; player < 2; ++player) {
    text += kNames[static_cast<std::size_t>(player)];
    for (int step = 25; step >= 0; --step) {
      const int place = step == 25 ? kBar : step == 0 ? kOff : player == 0 ? 24 - step : step - 1;
      const int count = Count(player, place);
      if (count == 0) continue;
      text += " " + PlaceName(player, place) + "(" + std::to_string(count) + ")";
    }
    text += "; ";
  }
  if (phase == kOpeningRoll) return text + "opening roll";
  text += kNames[static_cast<std::size_t>(mover)];
  if (phase == kRoll) return text + " rolls";
  if (phase == kOver) return text + " won";
  text += " plays " + std::to_string(low) + std::to_string(high);
  return again != 0 ? text + " again" : text;
}

void Backgammon::FromText(std::string_view text) {
  Backgammon next = *this;
  next.planes = {};
  next.last_from = next.last_to = 0;
  next.last_mover = 0;
  ReadCheckers(TakePart(text, ';'), 0, next.planes[0]);
  ReadCheckers(TakePart(text, ';'), 1, next.planes[1]);
  ReadNext(board::Trimmed(text), next);
  CheckPosition(next);
  *this = next;
}

std::string Backgammon::ActionToText(ActionRef action) const {
  const int id = action.id();
  if (phase != kPlay) return std::to_string(id);
  const Play play = PlayOf(*this, id);
  const std::string text = PlayText(play, mover);
  if (id < 676 || play.count < 2 || PlayText(PlayOf(*this, id - 676), mover) != text) return text;
  std::array<std::int32_t, 450> ids{};
  const int count = LegalActions(ids);
  if (!std::binary_search(ids.begin(), ids.begin() + count, id - 676)) return text;
  return std::to_string(low) + std::to_string(high) + ": " + text;
}

std::vector<double> Backgammon::ActionFromText(std::string_view text) const {
  const std::string_view name = board::Trimmed(text);
  if (phase != kPlay) Fail("'" + std::string(name) + "' cannot be played: no dice lie");
  std::string_view moves = name;
  bool low_first = false;
  if (const std::size_t colon = name.find(':'); colon != std::string_view::npos) {
    const std::string_view dice = TakePart(moves, ':');
    const std::string ascending = std::to_string(low) + std::to_string(high);
    low_first = low != high && dice == ascending;
    if (!low_first && dice != std::to_string(high) + std::to_string(low)) {
      Fail("the dice of '" + std::string(name) + "' are not " + ascending);
    }
  }
  Play written;
  if (ReadPlay(board::Trimmed(moves), mover, written)) {
    std::array<std::int32_t, 450> ids{};
    const auto count = static_cast<std::size_t>(LegalActions(ids));
    for (const bool reversed : {false, true}) {
      for (std::size_t i = 0; i < count; ++i) {
        if (low_first && ids[i] < 676) continue;
        if (PlayOf(*this, ids[i]).ReadAs(written, reversed)) return {static_cast<double>(ids[i])};
      }
    }
  }
  Fail("'" + std::string(name) + "' is no legal play of " + std::to_string(low) +
       std::to_string(high) +
       "; give the moves in the order played, as in '8/5 6/5', 'bar/22', '13/8*/4', '6/4(2)', "
       "'6/off' or 'pass'");
}

std::vector<Control> Backgammon::Controls() const {
  return {{"Space", {static_cast<double>(kPass)}}};
}

}  // namespace brasa
