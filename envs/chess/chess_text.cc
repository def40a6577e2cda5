// Chess-v0 in words: FEN with the trail, moves.
#include <algorithm>
#include <vector>

#include "brasa/core/error.h"
#include "envs/chess/chess.h"
#include "envs/chess/fen.h"
#include "envs/chess/san.h"

namespace brasa {
namespace {

using chess::Position;

constexpr std::string_view kAfter = " after ";

[[noreturn]] void Fail(const std::string& fault) { throw UsageError("Chess-v0: " + fault); }

struct TrailStep {
  int from, to;  // seen by White
};

std::vector<TrailStep> ReadTrail(std::string_view text) {
  std::vector<TrailStep> steps;
  for (;;) {
    const std::size_t blank = text.find(' ');
    const std::string_view word = text.substr(0, blank);
    const int from = word.size() == 4 ? chess::SquareNamed(word.substr(0, 2)) : -1;
    const int to = word.size() == 4 ? chess::SquareNamed(word.substr(2)) : -1;
    if (from < 0 || to < 0) {
      Fail("after 'after' stand moves such as g1f3, parted by single blanks; got '" +
           std::string(word.substr(0, 40)) + "'");
    }
    steps.push_back({from, to});
    if (blank == std::string_view::npos) return steps;
    text.remove_prefix(blank + 1);
  }
}

[[noreturn]] void RefuseFen(std::string_view fen, const std::string& fault) {
  constexpr std::size_t kMost = 80;
  const char* end = fen.size() > kMost ? "..'" : "'";
  Fail("'" + std::string(fen.substr(0, kMost)) + end + " is no position: " + fault +
       "; give FEN as in '" + chess::kStartFen + "'");
}

/// The position before the quiet move `step` led to `after`. Throws UsageError unless a piece of
/// the opponent stands on the goal and nothing on the origin.
Position TakenBack(const Position& after, TrailStep step) {
  Position p = chess::Mirrored(after);
  const int flip = p.black != 0 ? 7 : 0;
  const chess::Bits from = chess::Bit(step.from ^ flip), to = chess::Bit(step.to ^ flip);
  if ((p.own & to & ~p.pawns) == 0 || (p.all() & from) != 0 || after.quiet == 0 ||
      (after.number == 1 && p.black != 0)) {
    Fail("the move " + chess::SquareName(step.from) + chess::SquareName(step.to) +
         " of the trail cannot be taken back");
  }
  for (chess::Bits* set : {&p.own, &p.knights, &p.diagonal, &p.straight, &p.kings}) {
    if ((*set & to) != 0) *set ^= from | to;
  }
  p.quiet = static_cast<std::uint8_t>(after.quiet - 1);
  p.number = after.number - p.black;
  return p;
}

}  // namespace

std::string Chess::ToText() const {
  std::string text = chess::WriteFen(position);
  for (int i = 0; i < trail_length; ++i) {
    const unsigned step = trail[static_cast<std::size_t>(i)];
    text += i == 0 ? std::string(kAfter) : " ";
    text += chess::SquareName(step & 63) + chess::SquareName((step >> 6) & 63);
  }
  return text;
}

void Chess::FromText(std::string_view text) {
  const std::size_t split = text.find(kAfter);
  const std::string_view fen = text.substr(0, split);
  Position end;
  std::string fault = chess::ReadFen(fen, end);
  if (!fault.empty()) RefuseFen(fen, fault);
  std::vector<TrailStep> steps;
  if (split != std::string_view::npos) steps = ReadTrail(text.substr(split + kAfter.size()));
  if (steps.size() > kMostQuiet) Fail("the trail has more than 150 moves");
  Position first = end;
  for (std::size_t i = steps.size(); i > 0; --i) first = TakenBack(first, steps[i - 1]);
  if (!steps.empty() && !(fault = chess::ReadFen(chess::WriteFen(first), first)).empty()) {
    Fail("before the trail " + fault);
  }
  Chess read = *this;
  read.Place(first);
  Rng unused;
  std::array<float, 2> rewards{};
  for (const TrailStep step : steps) {
    if (read.result != ChessEnd::kNone) Fail("the game is over before the trail ends");
    const std::string move = chess::SquareName(step.from) + chess::SquareName(step.to);
    const std::int32_t id = chess::ReadMove(read.position, move);
    read.Step(ActionRef(&id, 1), unused, rewards);
  }
  if (read.trail_length != steps.size() || chess::WriteFen(read.position) != chess::WriteFen(end)) {
    Fail("the trail does not lead to the position through quiet moves that keep all rights");
  }
  *this = read;
}

std::string Chess::ActionToText(ActionRef action) const {
  std::int32_t ids[chess::kMostMoves + chess::kIdSlack];
  const int count = chess::LegalIds(position, ids);
  const chess::Move move = chess::MoveOf(action.id());
  if (std::binary_search(ids, ids + count, action.id())) return chess::WriteSan(position, move);
  return std::to_string(action.id());
}

std::vector<double> Chess::ActionFromText(std::string_view text) const {
  return {static_cast<double>(chess::ReadMove(position, text))};
}

}  // namespace brasa
