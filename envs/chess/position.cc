#include "envs/chess/position.h"

#include <utility>

namespace brasa::chess {
namespace {

constexpr int kPlanes = 73;  // actions of one square
constexpr int kLinePlane = 9, kKnightPlane = 65;
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

/// What keeps the mover's pieces from moving freely.
struct Constraints {
  Bits checkers = 0;
  Bits open = ~Bits{0};         ///< squares where a piece other than the king ends a check
  Bits pins[4] = {0, 0, 0, 0};  ///< own pieces that may move along this line alone
  Bits pinned() const { return pins[0] | pins[1] | pins[2] | pins[3]; }
  /// Own pieces that may move along `line`.
  Bits Free(Line line) const { return ~pinned() | pins[line]; }
};

template <Line kLine>
void FindPins(const Position& p, int king, Bits snipers, Constraints& found) {
  // Own pieces are looked through: exactly one on the way is pinned, none means check.
  for (snipers &= Reach<kLine>(king, p.other); snipers != 0; snipers &= snipers - 1) {
    const int sniper = First(snipers);
    const Bits shield = Between(king, sniper) & p.own;
    if (shield == 0) {
      found.checkers |= Bit(sniper);
    } else if ((shield & (shield - 1)) == 0) {
      found.pins[kLine] |= shield;
    }
  }
}

/// Squares from which a pawn of the opponent attacks `square`.
Bits PawnAttackers(int square) { return (Bit(square) << 9) | (Bit(square) >> 7); }

Constraints FindConstraints(const Position& p) {
  Constraints found;
  const int king = p.king();
  const Bits straight = p.other & p.straight, diagonal = p.other & p.diagonal;
  FindPins<kFile>(p, king, straight, found);
  FindPins<kRow>(p, king, straight, found);
  FindPins<kRising>(p, king, diagonal, found);
  FindPins<kFalling>(p, king, diagonal, found);
  found.checkers |= KnightLeaps(king) & p.other & p.knights;
  found.checkers |= PawnAttackers(king) & p.other & p.pawns;
  if (found.checkers != 0) {
    const bool single = (found.checkers & (found.checkers - 1)) == 0;
    found.open = single ? found.checkers | Between(king, First(found.checkers)) : 0;
  }
  return found;
}

/// True if the pawn on `from` may take en passant on `target`: no opponent attacks the king once
/// both pawns have left the fifth rank.
bool MayTakeEnPassant(const Position& p, int from, int target) {
  const Bits taken = Bit(target - 1);
  const Bits occupied = (p.all() ^ Bit(from) ^ taken) | Bit(target);
  return (Attackers(p, p.king(), occupied) & ~taken) == 0;
}

/// Own pawns beside the pawn that en passant on `target` would take.
Bits EnPassantTakers(const Position& p, int target) {
  const Bits taken = Bit(target - 1);
  return ((taken << 8) | (taken >> 8)) & p.own & p.pawns;
}

/// The pawns that can legally move, by kind of move.
struct PawnMoves {
  Bits push, leap, right, left;
  Bits any() const { return push | leap | right | left; }
};

PawnMoves FindPawnMoves(const Position& p, const Constraints& bound) {
  const Bits empty = ~p.all(), pawns = p.own & p.pawns;
  const Bits goals = empty & bound.open, victims = p.other & bound.open;
  const Bits forward = pawns & bound.Free(kFile) & (empty >> 1);
  PawnMoves moves{forward & (goals >> 1), forward & kSecond & (goals >> 2),
                  pawns & bound.Free(kRising) & (victims >> 9),
                  pawns & bound.Free(kFalling) & (victims << 7)};
  if (p.en_passant == 0) return moves;
  const Bits target = Bit(p.en_passant);
  for (Bits takers = EnPassantTakers(p, p.en_passant); takers != 0; takers &= takers - 1) {
    const Bits taker = takers & (~takers + 1);
    if (!MayTakeEnPassant(p, First(takers), p.en_passant)) continue;
    (taker << 9 == target ? moves.right : moves.left) |= taker;
  }
  return moves;
}

/// Everything that sliders moving by `shift` bits (negative: down) from `sliders` attack; `inside`
/// are the squares that the shift can enter without running over an edge.
template <int kShift>
Bits Sweep(Bits sliders, Bits empty, Bits inside) {
  const auto shifted = [](Bits set, int times) {
    return kShift > 0 ? set << (times * (kShift > 0 ? kShift : 0))
                      : set >> (times * (kShift < 0 ? -kShift : 0));
  };
  Bits through = empty & inside;
  sliders |= through & shifted(sliders, 1);
  through &= shifted(through, 1);
  sliders |= through & shifted(sliders, 2);
  through &= shifted(through, 2);
  sliders |= through & shifted(sliders, 4);
  return shifted(sliders, 1) & inside;
}

/// Squares that the opponent attacks once the mover's king has been lifted (Kogge-Stone fills).
Bits Danger(const Position& p) {
  constexpr Bits kUp = ~kRank, kDown = ~(kRank << 7), kAll = ~Bits{0};
  const Bits empty = ~(p.all() ^ (p.own & p.kings));
  const Bits straight = p.other & p.straight, diagonal = p.other & p.diagonal;
  Bits danger = Sweep<1>(straight, empty, kUp) | Sweep<-1>(straight, empty, kDown) |
                Sweep<8>(straight, empty, kAll) | Sweep<-8>(straight, empty, kAll) |
                Sweep<9>(diagonal, empty, kUp) | Sweep<-9>(diagonal, empty, kDown) |
                Sweep<7>(diagonal, empty, kDown) | Sweep<-7>(diagonal, empty, kUp);
  const Bits pawns = p.other & p.pawns;
  danger |= (pawns >> 9) | (pawns << 7);
  for (Bits knights = p.other & p.knights; knights != 0; knights &= knights - 1) {
    danger |= KnightLeaps(First(knights));
  }
  return danger | KingLeaps(First(p.other & p.kings));
}

/// Where the king may go, castling apart, and which castlings (kOwnLeft, kOwnRight) are legal.
struct KingMoves {
  Bits goals = 0;
  unsigned castling = 0;
};

KingMoves FindKingMoves(const Position& p, bool in_check) {
  constexpr Bits kLeftEmpty = Bit(kB1) | Bit(kC1) | Bit(kD1), kLeftSafe = Bit(kC1) | Bit(kD1);
  constexpr Bits kRightEmpty = Bit(kF1) | Bit(kG1);
  KingMoves moves{KingLeaps(p.king()) & ~p.own, 0};
  if (!in_check) {
    const Bits all = p.all();
    if ((all & kLeftEmpty) == 0) moves.castling |= p.castling & kOwnLeft;
    if ((all & kRightEmpty) == 0) moves.castling |= p.castling & kOwnRight;
  }
  if ((moves.goals | moves.castling) == 0) return moves;
  const Bits danger = Danger(p);
  moves.goals &= ~danger;
  if ((danger & kLeftSafe) != 0) moves.castling &= ~unsigned{kOwnLeft};
  if ((danger & kRightEmpty) != 0) moves.castling &= ~unsigned{kOwnRight};
  return moves;
}

/// Appends the ids of the goals along `kLine`, ascending. Without a check to end they are a run of
/// neighbours around `from`, and so are their ids.
template <Line kLine>
std::int32_t* AddLine(int from, Bits goals, bool in_check, std::int32_t* out) {
  const int base = kPlanes * from + kLinePlane + 14 * kLine;
  if (!in_check) {
    const int first = base + 7 - Count(goals & (Bit(from) - 1));
    for (int i = 0; i < 8; ++i) out[i] = first + i;
    return out + Count(goals);
  }
  for (; goals != 0; goals &= goals - 1) {
    const int to = First(goals);
    const int distance = kLine == kFile ? to - from : FileOf(to) - FileOf(from);
    *out++ = base + distance + (distance < 0 ? 7 : 6);
  }
  return out;
}

/// Appends base + planes[i] for every i whose offset leads from `from` into `goals`.
template <std::size_t kCount>
std::int32_t* AddLeaps(int from, Bits goals, const int (&offsets)[kCount],
                       const int (&planes)[kCount], std::int32_t* out) {
  const Bits around = std::rotr(goals, from);
  for (std::size_t i = 0; i < kCount; ++i) {
    *out = kPlanes * from + planes[i];
    out += (around >> (offsets[i] & 63)) & 1u;
  }
  return out;
}

constexpr int kKnightOffsets[8] = {-17, -15, -10, -6, 15, 17, 6, 10};
constexpr int kKnightPlanes[8] = {65, 66, 67, 68, 69, 70, 71, 72};
constexpr int kKingOffsets[8] = {-1, 1, -8, 8, -9, 9, -7, 7};
constexpr int kKingPlanes[8] = {15, 16, 29, 30, 43, 44, 57, 58};
constexpr int kPushPlane = 16, kLeapPlane = 17, kRightPlane = 44, kLeftPlane = 57;

std::int32_t* AddPawn(int from, const PawnMoves& moves, std::int32_t* out) {
  const auto can = [from](Bits set) { return static_cast<unsigned>((set >> from) & 1u); };
  const int base = kPlanes * from;
  if (RankOf(from) == 6) {
    for (int piece = 0; piece < 9; piece += 3) {
      *out = base + piece;
      out += can(moves.push);
      *out = base + piece + 1;
      out += can(moves.right);
      *out = base + piece + 2;
      out += can(moves.left);
    }
  }
  *out = base + kPushPlane;
  out += can(moves.push);
  *out = base + kLeapPlane;
  out += can(moves.leap);
  *out = base + kRightPlane;
  out += can(moves.right);
  *out = base + kLeftPlane;
  out += can(moves.left);
  return out;
}

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

void OfferEnPassant(Position& p, int file) {
  const int target = SquareAt(file, 5);
  for (Bits takers = EnPassantTakers(p, target); takers != 0; takers &= takers - 1) {
    if (MayTakeEnPassant(p, First(takers), target)) {
      p.en_passant = static_cast<std::uint8_t>(target);
      return;
    }
  }
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

Bits Attackers(const Position& p, int square, Bits occupied) {
  return p.other &
         ((KnightLeaps(square) & p.knights) | (KingLeaps(square) & p.kings) |
          (PawnAttackers(square) & p.pawns) | (StraightReach(square, occupied) & p.straight) |
          (DiagonalReach(square, occupied) & p.diagonal));
}

int LegalIds(const Position& p, std::int32_t* ids) {
  const Constraints bound = FindConstraints(p);
  const bool in_check = bound.checkers != 0;
  const PawnMoves pawns = FindPawnMoves(p, bound);
  const KingMoves king = FindKingMoves(p, in_check);
  const Bits all = p.all(), open = ~p.own & bound.open;
  std::int32_t* out = ids;
  Bits movers = (p.own & ~p.pawns & ~(p.knights & bound.pinned())) | pawns.any();
  if (bound.open == 0) movers = p.own & p.kings;
  for (; movers != 0; movers &= movers - 1) {
    const int from = First(movers);
    const Bits piece = movers & (~movers + 1);
    const auto along = [&](Line line) { return (bound.Free(line) & piece) != 0 ? open : Bits{0}; };
    if ((piece & p.pawns) != 0) {
      out = AddPawn(from, pawns, out);
    } else if ((piece & p.knights) != 0) {
      out = AddLeaps(from, KnightLeaps(from) & open, kKnightOffsets, kKnightPlanes, out);
    } else if ((piece & p.kings) != 0) {
      out = AddLeaps(from, king.goals, kKingOffsets, kKingPlanes, out);
    } else {
      if ((piece & p.straight) != 0) {
        out = AddLine<kFile>(from, Reach<kFile>(from, all) & along(kFile), in_check, out);
        out = AddLine<kRow>(from, Reach<kRow>(from, all) & along(kRow), in_check, out);
      }
      if ((piece & p.diagonal) != 0) {
        out = AddLine<kRising>(from, Reach<kRising>(from, all) & along(kRising), in_check, out);
        out = AddLine<kFalling>(from, Reach<kFalling>(from, all) & along(kFalling), in_check, out);
      }
    }
  }
  *out = kCastleLeft;
  out += king.castling & 1u;
  *out = kCastleRight;
  out += (king.castling >> 1) & 1u;
  return static_cast<int>(out - ids);
}

int CountLegal(const Position& p) {
  const Constraints bound = FindConstraints(p);
  const KingMoves king = FindKingMoves(p, bound.checkers != 0);
  int count = Count(king.goals) + Count(king.castling);
  if (bound.open == 0) return count;
  const PawnMoves pawns = FindPawnMoves(p, bound);
  for (const Bits set : {pawns.push, pawns.leap, pawns.right, pawns.left}) {
    count += Count(set) + 3 * Count(set & kSeventh);
  }
  const Bits all = p.all(), open = ~p.own & bound.open, pinned = bound.pinned();
  for (Bits rest = p.own & p.knights & ~pinned; rest != 0; rest &= rest - 1) {
    count += Count(KnightLeaps(First(rest)) & open);
  }
  for (Bits rest = p.own & p.straight & ~pinned; rest != 0; rest &= rest - 1) {
    count += Count(StraightReach(First(rest), all) & open);
  }
  for (Bits rest = p.own & p.diagonal & ~pinned; rest != 0; rest &= rest - 1) {
    count += Count(DiagonalReach(First(rest), all) & open);
  }
  for (Bits rest = pinned & p.own & (p.straight | p.diagonal); rest != 0; rest &= rest - 1) {
    const int from = First(rest);
    const Bits piece = rest & (~rest + 1);
    if (piece & p.straight & bound.pins[kFile]) count += Count(Reach<kFile>(from, all) & open);
    if (piece & p.straight & bound.pins[kRow]) count += Count(Reach<kRow>(from, all) & open);
    if (piece & p.diagonal & bound.pins[kRising]) count += Count(Reach<kRising>(from, all) & open);
    if (piece & p.diagonal & bound.pins[kFalling]) {
      count += Count(Reach<kFalling>(from, all) & open);
    }
  }
  return count;
}

bool HasLegal(const Position& p) {
  const Constraints bound = FindConstraints(p);
  if (bound.open != 0 && FindPawnMoves(p, bound).any() != 0) return true;
  const Bits all = p.all(), open = ~p.own & bound.open, free = p.own & ~bound.pinned();
  for (Bits rest = free & ~p.pawns & ~p.kings; rest != 0; rest &= rest - 1) {
    const int from = First(rest);
    const Bits piece = rest & (~rest + 1);
    const Bits goals = ((piece & p.knights) != 0 ? KnightLeaps(from) : Bits{0}) |
                       ((piece & p.straight) != 0 ? StraightReach(from, all) : Bits{0}) |
                       ((piece & p.diagonal) != 0 ? DiagonalReach(from, all) : Bits{0});
    if ((goals & open) != 0) return true;
  }
  return CountLegal(p) > 0;
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
