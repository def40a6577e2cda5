#include "envs/chess/position.h"

namespace brasa::chess {
namespace {

constexpr Bits kSeventh = kRank << 6, kSecond = kRank << 1;
constexpr int kB1 = 8, kC1 = 16, kD1 = 24, kF1 = 40, kG1 = 48;

/// Squares from which a pawn of the opponent attacks `square`.
Bits PawnAttackers(int square) { return (Bit(square) << 9) | (Bit(square) >> 7); }

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

Bits Attackers(const Position& p, int square, Bits occupied) {
  return p.other &
         ((KnightLeaps(square) & p.knights) | (KingLeaps(square) & p.kings) |
          (PawnAttackers(square) & p.pawns) | (StraightReach(square, occupied) & p.straight) |
          (DiagonalReach(square, occupied) & p.diagonal));
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

}  // namespace brasa::chess
