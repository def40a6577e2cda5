// Zobrist keys (A. Zobrist 1970): the key of a position is the exclusive or of the keys of its
// features, so it follows every move by a few of them.
#pragma once

#include <array>
#include <cstdint>

#include "brasa/core/hash.h"
#include "envs/chess/position.h"

namespace brasa::chess {

namespace internal {

struct ZobristKeys {
  /// [colour (1 = black) * 8 + Piece][square seen by White]; zero for kNoPiece.
  std::array<std::array<std::uint64_t, 64>, 16> piece{};
  std::array<std::uint64_t, 16> castling{};   ///< rights, White's as kOwn..
  std::array<std::uint64_t, 8> en_passant{};  ///< file
  std::uint64_t black_moves = 0;
};

constexpr ZobristKeys MakeZobristKeys() {
  ZobristKeys keys;
  std::uint64_t number = 0x6368657373ull;
  const auto next = [&number] { return Mix64(number += 0x9E3779B97F4A7C15ull); };
  for (std::size_t piece = 0; piece < 16; ++piece) {
    for (std::uint64_t& key : keys.piece[piece]) key = piece % 8 == 0 ? 0 : next();
  }
  for (std::uint64_t& key : keys.castling) key = next();
  for (std::uint64_t& key : keys.en_passant) key = next();
  keys.black_moves = next();
  return keys;
}
inline constexpr ZobristKeys kZobrist = MakeZobristKeys();

}  // namespace internal

/// Key of a piece (colour * 8 + Piece) on a square seen by White.
inline std::uint64_t PieceKey(unsigned coloured, int square) {
  return internal::kZobrist.piece[coloured][static_cast<std::size_t>(square)];
}

/// Key of what is no piece: side to move, castling rights, en passant.
inline std::uint64_t RightsKey(const Position& p) {
  const internal::ZobristKeys& keys = internal::kZobrist;
  std::uint64_t key = keys.castling[p.black != 0 ? SwappedRights(p.castling) : p.castling];
  if (p.black != 0) key ^= keys.black_moves;
  if (p.en_passant != 0) key ^= keys.en_passant[static_cast<std::size_t>(FileOf(p.en_passant))];
  return key;
}

/// The key of a position, from all its features; the counters of plies and moves have none.
inline std::uint64_t PositionKey(const Position& p) {
  const int flip = p.black != 0 ? 7 : 0;
  std::uint64_t key = RightsKey(p);
  for (Bits rest = p.all(); rest != 0; rest &= rest - 1) {
    const int square = First(rest);
    const bool black = ((p.own >> square) & 1u) == (p.black != 0 ? 1u : 0u);
    key ^= PieceKey((black ? 8u : 0u) + p.PieceAt(square), square ^ flip);
  }
  return key;
}

/// What a legal move changes of the key, side and rights apart: the pieces' keys.
inline std::uint64_t MovedKey(const Position& p, Move move) {
  const int flip = p.black != 0 ? 7 : 0;
  const unsigned own = p.black != 0 ? 8 : 0, other = 8 - own;
  const Piece piece = p.PieceAt(move.from);
  Piece placed = piece;
  int taken = move.to;
  std::uint64_t key = 0;
  if (piece == kPawn) {
    if (move.to == p.en_passant) taken = move.to - 1;
    if (RankOf(move.to) == 7) placed = move.promotion == kNoPiece ? kQueen : move.promotion;
  }
  if (move.castling != 0) {
    const bool left = move.castling == kOwnLeft;
    const unsigned rook = own + kRook;
    key = PieceKey(rook, (left ? 0 : 56) ^ flip) ^ PieceKey(rook, (left ? 24 : 40) ^ flip);
  }
  return key ^ PieceKey(own + piece, move.from ^ flip) ^ PieceKey(own + placed, move.to ^ flip) ^
         PieceKey(other + p.PieceAt(taken), taken ^ flip);
}

}  // namespace brasa::chess
