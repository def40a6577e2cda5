#include "envs/chess/position.h"

namespace brasa::chess {
namespace {

constexpr Bits kSeventh = kRank << 6, kSecond = kRank << 1;
constexpr int kA1 = 0, kB1 = 8, kC1 = 16, kD1 = 24, kE1 = 32, kF1 = 40, kG1 = 48, kH1 = 56;

/// Square differences of the planes: underpromotions, lines, knights.
constexpr std::array<std::int8_t, kPlanes> AllPlaneSteps() {
  std::array<std::int8_t, kPlanes> steps{};
  for (std::size_t plane = 0; plane < 9; ++plane) {
    steps[plane] = plane % 3 == 0 ? 1 : plane % 3 == 1 ? 9 : -7;
  }
  for (std::size_t line = 0; line < 4; ++line) {
    const internal::Step step = internal::kLineSteps[line];
    for (int k = 0; k < 14; ++k) {
      const int distance = k < 7 ? k - 7 : k - 6;
      steps[kLinePlane + 14 * line + static_cast<std::size_t>(k)] =
          static_cast<std::int8_t>(distance * (8 * step.file + step.rank));
    }
  }
  for (std::size_t n = 0; n < 8; ++n) {
    const internal::Step step = internal::kKnightSteps[n];
    steps[kKnightPlane + n] = static_cast<std::int8_t>(8 * step.file + step.rank);
  }
  return steps;
}
constexpr auto kPlaneSteps = AllPlaneSteps();

/// The castling rights that survive when a piece leaves or enters a square.
constexpr std::array<std::uint8_t, 64> AllKeptRights() {
  std::array<std::uint8_t, 64> kept{};
  kept.fill(15);
  kept[kA1] = 15 - kOwnLeft;
  kept[kH1] = 15 - kOwnRight;
  kept[kE1] = 15 - kOwnLeft - kOwnRight;
  kept[kA1 + 7] = 15 - kOtherLeft;
  kept[kH1 + 7] = 15 - kOtherRight;
  kept[kE1 + 7] = 15 - kOtherLeft - kOtherRight;
  return kept;
}
constexpr auto kKeptRights = AllKeptRights();

}  // namespace

Position StartPosition() {
  Position p;
  p.pawns = kSecond | kSeventh;
  constexpr Bits kBack = kRank | kRank << 7;
  const auto files = [](int a, int b) { return kBack & (Bits{255} << a | Bits{255} << b); };
  p.straight = files(kA1, kH1) | files(kD1, kD1);
  p.knights = files(kB1, kG1);
  p.diagonal = files(kC1, kF1) | files(kD1, kD1);
  p.kings = files(kE1, kE1);
  p.own = kRank | kSecond;
  p.other = kSeventh | kRank << 7;
  p.castling = 15;
  return p;
}

Position Mirrored(const Position& p) {
  Position seen = p;
  seen.own = Flip(p.other);
  seen.other = Flip(p.own);
  seen.pawns = Flip(p.pawns);
  seen.knights = Flip(p.knights);
  seen.diagonal = Flip(p.diagonal);
  seen.straight = Flip(p.straight);
  seen.kings = Flip(p.kings);
  seen.castling = SwappedRights(p.castling);
  seen.en_passant = 0;
  seen.black = p.black ^ 1;
  return seen;
}

Move MoveOf(int id) {
  if (id >= kCastleLeft) {
    if (id == kCastleLeft) return {kE1, kC1, kNoPiece, kOwnLeft};
    return {kE1, kG1, kNoPiece, kOwnRight};
  }
  const int from = id / kPlanes, plane = id % kPlanes;
  Move move;
  move.from = static_cast<std::uint8_t>(from);
  move.to = static_cast<std::uint8_t>((from + kPlaneSteps[static_cast<std::size_t>(plane)]) & 63);
  constexpr Piece kPromotions[3] = {kRook, kBishop, kKnight};
  if (plane < kLinePlane) move.promotion = kPromotions[plane / 3];
  return move;
}

int IdOf(Move move) {
  if (move.castling != 0) return move.castling == kOwnLeft ? kCastleLeft : kCastleRight;
  const int base = kPlanes * move.from;
  const int files = FileOf(move.to) - FileOf(move.from);
  const int ranks = RankOf(move.to) - RankOf(move.from);
  if (move.promotion != kNoPiece && move.promotion != kQueen) {
    const int piece = move.promotion == kRook ? 0 : move.promotion == kBishop ? 3 : 6;
    return base + piece + (files == 0 ? 0 : files > 0 ? 1 : 2);
  }
  for (int n = 0; n < 8; ++n) {
    const internal::Step step = internal::kKnightSteps[n];
    if (step.file == files && step.rank == ranks) return base + kKnightPlane + n;
  }
  const Line line = files == 0 ? kFile : ranks == 0 ? kRow : files == ranks ? kRising : kFalling;
  const int distance = line == kFile ? ranks : files;
  return base + kLinePlane + 14 * line + distance + (distance < 0 ? 7 : 6);
}

void Play(Position& p, Move move) {
  const Bits from = Bit(move.from), to = Bit(move.to);
  const bool pawn = (p.pawns & from) != 0;
  const bool quiet = !pawn && (p.other & to) == 0;
  // Rank 0 holds no pawn's goal, so en_passant 0 is never met.
  Bits gone = from | to;
  if (pawn && move.to == p.en_passant) gone |= to >> 1;
  const auto moved = [&](Bits set) {
    return (set & ~gone) | (((set >> move.from) & 1u) << move.to);
  };
  Position next;
  next.own = (p.own & ~gone) | to;
  next.other = p.other & ~gone;
  next.pawns = moved(p.pawns);
  next.knights = moved(p.knights);
  next.diagonal = moved(p.diagonal);
  next.straight = moved(p.straight);
  next.kings = moved(p.kings);
  next.castling = p.castling & kKeptRights[move.from] & kKeptRights[move.to];
  if (pawn && RankOf(move.to) == 7) {
    next.pawns ^= to;
    if (move.promotion == kKnight) next.knights |= to;
    if (move.promotion == kBishop || move.promotion == kNoPiece) next.diagonal |= to;
    if (move.promotion == kRook || move.promotion == kNoPiece) next.straight |= to;
  }
  if (move.castling != 0) {
    const Bits rook = move.castling == kOwnLeft ? Bit(kA1) | Bit(kD1) : Bit(kH1) | Bit(kF1);
    next.straight ^= rook;
    next.own ^= rook;
  }
  next.quiet = quiet ? static_cast<std::uint8_t>(p.quiet + 1) : std::uint8_t{0};
  next.number = p.number + p.black;
  next.black = p.black;
  const bool leap = pawn && move.to - move.from == 2;
  p = Mirrored(next);
  if (leap) OfferEnPassant(p, FileOf(move.to));
}

bool InsufficientMaterial(const Position& p) {
  if ((p.pawns | p.straight) != 0) return false;
  if (p.knights != 0) return p.diagonal == 0 && (p.knights & (p.knights - 1)) == 0;
  return (p.diagonal & kDarkSquares) == 0 || (p.diagonal & ~kDarkSquares) == 0;
}

std::int64_t Perft(const Position& position, int depth) {
  if (depth == 1) return CountLegal(position);
  std::int32_t ids[kMostMoves + kIdSlack];
  const int count = LegalIds(position, ids);
  std::int64_t leaves = 0;
  for (int i = 0; i < count; ++i) {
    Position next = position;
    Play(next, MoveOf(ids[i]));
    leaves += Perft(next, depth - 1);
  }
  return leaves;
}

}  // namespace brasa::chess
