// What the card games share: drawing a table with seats, cards and buttons; reading; the deck.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "brasa/canvas.h"

namespace brasa::cards {

/// The rectangle all card games show: x in [0, 6], y in [0, 4]. The buttons stand at the bottom.
inline constexpr double kWidth = 6, kHeight = 4;

/// A card's face: what is written on it and in which colour. An empty text is the back.
struct Face {
  std::string text;
  Color color = palette::kInk;
};

/// One player at the table.
struct Seat {
  std::string name;   ///< "player 0"
  std::string chips;  ///< what they have put in, "2 in"
  Face card;
  bool has_card = false, moves = false, out = false, wins = false;
};

/// View, background and the table with `middle` written on it.
void DrawTable(Canvas& canvas, const std::string& middle);
/// Seat `i` of `n`, seat 0 at the bottom, clockwise.
void DrawSeat(Canvas& canvas, const Seat& seat, int i, int n);
/// A card with its middle at `at`, `height` high.
void DrawCard(Canvas& canvas, Point at, double height, const Face& face);

/// Buttons side by side, one per name, those with `live` bit i lit; `note` stands to their left.
void DrawButtons(Canvas& canvas, std::span<const char* const> names, unsigned live,
                 const std::string& note);
/// The button under `at`, or -1.
int ButtonAt(Point at, int count);

/// A whole number below `limit` (at most 100) without sign or leading zero, else -1.
int ReadNumber(std::string_view word, int limit);

/// The `n`-th set bit of `mask`, from 0.
inline int SetBit(std::uint32_t mask, std::uint32_t n) {
  for (; n > 0; --n) mask &= mask - 1;
  return std::countr_zero(mask);
}

/// The id of the action that `text` names, in any case, or gives as a number. Throws UsageError
/// naming `game`.
int ReadAction(std::string_view game, std::string_view text, std::span<const char* const> names);

}  // namespace brasa::cards
