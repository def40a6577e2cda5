#include "envs/chess/chess.h"

#include <algorithm>

#include "brasa/core/error.h"
#include "brasa/core/hash.h"
#include "envs/chess/fen.h"
#include "envs/chess/zobrist.h"

namespace brasa {

static_assert(std::has_unique_object_representations_v<Chess>);

namespace {

using chess::Bits;
using chess::Position;

constexpr std::size_t kCells = 64;

/// Overwrites a plane with `set`: out[8 * rank + file].
void WriteSet(Bits set, std::uint8_t* out) {
  for (std::size_t rank = 0; rank < 8; ++rank) {
    for (std::size_t file = 0; file < 8; ++file) {
      out[8 * rank + file] = static_cast<std::uint8_t>((set >> (8 * file + rank)) & 1u);
    }
  }
}

std::uint8_t RepetitionLimit(const std::string& rule) {
  return rule == "none" ? std::uint8_t{0} : rule == "threefold" ? std::uint8_t{3} : std::uint8_t{5};
}

}  // namespace

std::vector<Field> Chess::Fields() {
  return {
      TextField("fen", chess::kStartFen, "the start position in Forsyth-Edwards notation"),
      ChoiceField("repetition", "threefold", {"threefold", "fivefold", "none"},
                  "occurrences of a position that draw the game"),
      ChoiceField("quiet_moves", "50", {"50", "75"},
                  "moves of each player without capture and pawn move that draw the game"),
      BoolField("insufficient_material", true,
                "a position draws the game if neither side has the pieces for a mate"),
  };
}

EnvSpec Chess::Spec(const Params&) {
  EnvSpec spec;
  spec.id = "Chess-v0";
  spec.summary = "Chess by the rules of FIDE";
  spec.players = 2;
  spec.observation.type = ElementType::kUint8;
  spec.observation.shape = {kPlanes, 8, 8};
  spec.observation.axes = {"plane", "rank", "file"};
  spec.observation.low = {0};
  spec.observation.high.assign(kPlanes * kCells, 1.0f);
  const auto bound = [&](std::size_t plane, float high) {
    std::fill_n(spec.observation.high.begin() + static_cast<std::ptrdiff_t>(plane * kCells), kCells,
                high);
  };
  bound(13, 4);
  bound(15, kMostQuiet);
  spec.action.count = chess::kActions;
  spec.max_legal = chess::kMostMoves + chess::kIdSlack;
  spec.min_return = -1;
  spec.max_return = 1;
  spec.zero_sum = true;
  spec.player_names = {"black", "white"};
  spec.measures = {{"mate", "share"},
                   {"stalemate", "share"},
                   {"repetition", "share"},
                   {"quiet_moves", "share"},
                   {"material", "share"}};
  return spec;
}

Chess::Chess(const Params& params)
    : repetition_limit(RepetitionLimit(params.GetText("repetition"))),
      quiet_limit(params.GetText("quiet_moves") == "50" ? 100 : 150),
      material_rule(params.GetBool("insufficient_material") ? 1 : 0) {
  const std::string fen = params.GetText("fen");
  const auto fail = [&](const std::string& fault) {
    throw ConfigError("fen = '" + fen + "': " + fault);
  };
  const std::string fault = chess::ReadFen(fen, start);
  if (!fault.empty()) fail(fault + "; give FEN as in '" + chess::kStartFen + "'");
  Place(start);
  if (result != ChessEnd::kNone) fail("the game is over here; give a position to play from");
  start_key = key;
}

void Chess::Reset(Rng&) {
  position = start;
  key = start_key;
  trail.fill(0);
  trail_key = 0;
  trail_length = 0;
  last_from = last_to = -1;
  result = ChessEnd::kNone;
  occurrences = 1;
}

void Chess::Place(const Position& at) {
  position = at;
  key = chess::PositionKey(at);
  trail_key = 0;
  trail_length = 0;
  last_from = last_to = -1;
  occurrences = 1;
  result = FindEnd();
}

EpisodeEnd Chess::Step(ActionRef action, Rng&, std::span<float> rewards) {
  const chess::Move move = chess::MoveOf(action.id());
  const Position before = position;
  chess::Play(position, move);
  key ^= chess::MovedKey(before, move) ^ chess::RightsKey(before) ^ chess::RightsKey(position);
  KeepTrail(before, move);
  occurrences = static_cast<std::uint8_t>(CountOccurrences());
  result = FindEnd();
  const std::size_t mover = before.black != 0 ? kBlack : kWhite;
  const float won = result == ChessEnd::kMate ? 1.0f : 0.0f;
  rewards[mover] = won;
  rewards[1 - mover] = -won;
  return result == ChessEnd::kNone ? EpisodeEnd::kNone : EpisodeEnd::kTerminated;
}

void Chess::KeepTrail(const Position& before, chess::Move move) {
  const int flip = before.black != 0 ? 7 : 0;
  last_from = static_cast<std::int16_t>(move.from ^ flip);
  last_to = static_cast<std::int16_t>(move.to ^ flip);
  // No earlier position recurs after a capture, a pawn move, the loss of a right to castle or to
  // take en passant.
  if (position.quiet == 0 || chess::SwappedRights(position.castling) != before.castling ||
      before.en_passant != 0) {
    trail_length = 0;
    trail_key = 0;
    return;
  }
  const unsigned piece = before.PieceAt(move.from) + 8u * before.black;
  const auto step = static_cast<std::uint16_t>(static_cast<unsigned>(last_from) |
                                               static_cast<unsigned>(last_to) << 6 | piece << 12);
  trail[trail_length++] = step;
  trail_key = HashCombine(trail_key, step);
}

int Chess::CountOccurrences() const {
  int count = 1;
  std::uint64_t difference = 0;
  const auto back = [&](int i) {
    const unsigned step = trail[static_cast<std::size_t>(i)], piece = step >> 12;
    difference ^= chess::PieceKey(piece, step & 63) ^ chess::PieceKey(piece, (step >> 6) & 63);
  };
  for (int i = trail_length; i >= 2; i -= 2) {
    back(i - 1);
    back(i - 2);
    count += difference == 0;
  }
  return count;
}

ChessEnd Chess::FindEnd() const {
  if (!chess::HasLegal(position)) {
    return chess::InCheck(position) ? ChessEnd::kMate : ChessEnd::kStalemate;
  }
  if (material_rule != 0 && chess::InsufficientMaterial(position)) return ChessEnd::kMaterial;
  if (repetition_limit != 0 && occurrences >= repetition_limit) return ChessEnd::kRepetition;
  if (position.quiet >= quiet_limit) return ChessEnd::kQuiet;
  return ChessEnd::kNone;
}

void Chess::Observe(int player, std::span<std::uint8_t> out) const {
  const bool moves = player == PlayerToMove();
  const Position seen = moves ? position : chess::Mirrored(position);
  const Bits target = position.en_passant == 0 ? 0 : chess::Bit(position.en_passant);
  const Bits queens = seen.diagonal & seen.straight;
  const Bits kinds[6] = {seen.kings,   queens,    seen.straight ^ queens, seen.diagonal ^ queens,
                         seen.knights, seen.pawns};
  std::uint8_t* at = out.data();
  for (const Bits side : {seen.own, seen.other}) {
    for (const Bits kind : kinds) {
      WriteSet(side & kind, at);
      at += kCells;
    }
  }
  WriteSet(moves ? target : chess::Flip(target), at);
  at += kCells;
  const auto fill = [&](int value) {
    std::fill_n(at, kCells, static_cast<std::uint8_t>(value));
    at += kCells;
  };
  fill(std::min(occurrences - 1, 4));
  fill(moves ? 1 : 0);
  fill(position.quiet);
  for (int right = 0; right < 4; ++right) fill((seen.castling >> right) & 1);
}

std::uint64_t Chess::Hash() const {
  const std::uint64_t counters = static_cast<std::uint64_t>(position.number) << 8 | position.quiet;
  return HashCombine(HashCombine(key, counters), trail_key);
}

void Chess::Measures(std::span<float> values) const {
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<std::size_t>(result) == i + 1 ? 1.0f : 0.0f;
  }
}

}  // namespace brasa
