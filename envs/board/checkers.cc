#include "envs/board/checkers.h"

#include <algorithm>
#include <bit>

#include "brasa/core/hash.h"
#include "envs/board/checkers_squares.h"

namespace brasa {
namespace {

using checkers::kCellOfBit;

constexpr std::uint64_t Bit(int bit) { return std::uint64_t{1} << bit; }

/// The squares from which `shift` leads onto `targets`.
constexpr std::uint64_t Before(std::uint64_t targets, int shift) {
  return shift > 0 ? targets >> shift : targets << -shift;
}

}  // namespace

std::vector<Field> Checkers::Fields() {
  return {IntField("quiet_limit", 40, 1, 1000,
                   "single moves of both players together without a capture that make a draw")};
}

EnvSpec Checkers::Spec(const Params&) {
  EnvSpec spec;
  spec.id = "Checkers-v0";
  spec.summary = "English draughts on 8 x 8 squares, one jump an action";
  spec.players = 2;
  spec.observation.shape = {6, 8, 8};
  spec.observation.axes = {"plane", "row", "column"};
  spec.observation.low = {0};
  spec.observation.high = {1};
  spec.action.count = 512;
  spec.max_legal = 48;  // twelve kings with four moves
  spec.min_return = -1;
  spec.max_return = 1;
  spec.zero_sum = true;
  spec.player_names = {"Black", "White"};
  return spec;
}

Checkers::Checkers(const Params& params)
    : quiet_limit(static_cast<std::int32_t>(params.GetInt("quiet_limit"))) {}

void Checkers::Reset(Rng&) {
  pieces = {0x7FBC00000, 0x1EFF};  // the last and the first three rows
  kings = 0;
  player = quiet = 0;
  jumper = last_from = last_to = -1;
}

EpisodeEnd Checkers::Step(ActionRef action, Rng&, std::span<float> rewards) {
  const int id = action.id(), jump = id & 1;
  const int shift = kShift[static_cast<std::size_t>((id >> 1) & 3)];
  const int from = checkers::kBitOfCell[static_cast<std::size_t>(id >> 3)];
  const int to = from + (1 + jump) * shift;
  const auto mover = static_cast<std::size_t>(player);
  const std::uint64_t path = Bit(from) | Bit(to);
  const std::uint64_t taken = jump ? Bit(from + shift) : 0;
  const bool king = (kings & Bit(from)) != 0;
  const std::uint64_t crowned = king ? 0 : kCrown[mover] & Bit(to);
  pieces[mover] ^= path;
  pieces[1 - mover] &= ~taken;
  kings = ((kings ^ (king ? path : 0)) | crowned) & ~taken;
  quiet = jump ? 0 : quiet + 1;
  last_from = from;
  last_to = to;
  jumper = -1;
  if (jump != 0 && crowned == 0) {
    std::uint64_t origins = 0;
    for (const std::uint64_t squares : Origins(true)) origins |= squares;
    if ((origins & Bit(to)) != 0) jumper = to;
  }
  player ^= jumper < 0 ? 1 : 0;
  const bool drawn = quiet >= quiet_limit;
  const bool won = !drawn && !HasMove();
  rewards[mover] = won ? 1.0f : 0.0f;
  rewards[1 - mover] = won ? -1.0f : 0.0f;
  return won || drawn ? EpisodeEnd::kTerminated : EpisodeEnd::kNone;
}

std::array<std::uint64_t, 4> Checkers::Origins(bool jump) const {
  const auto mover = static_cast<std::size_t>(player);
  const std::uint64_t own = pieces[mover], other = pieces[1 - mover];
  const std::uint64_t empty = kBoard & ~(own | other);
  const std::uint64_t up = player == 0 ? own : own & kings;
  const std::uint64_t down = player == 1 ? own : own & kings;
  std::array<std::uint64_t, 4> origins{};
  for (std::size_t d = 0; d < 4; ++d) {
    const int shift = kShift[d];
    const std::uint64_t targets = jump ? Before(empty, shift) & other : empty;
    origins[d] = (d < 2 ? up : down) & Before(targets, shift);
  }
  return origins;
}

bool Checkers::HasMove() const {
  std::uint64_t any = 0;
  for (const std::uint64_t squares : Origins(false)) any |= squares;
  for (const std::uint64_t squares : Origins(true)) any |= squares;
  return any != 0;
}

int Checkers::LegalActions(std::span<std::int32_t> ids) const {
  if (quiet >= quiet_limit) return 0;
  std::array<std::uint64_t, 4> origins = Origins(true);
  std::uint64_t from = origins[0] | origins[1] | origins[2] | origins[3];
  const int jump = from != 0;
  if (jump == 0) {
    origins = Origins(false);
    from = origins[0] | origins[1] | origins[2] | origins[3];
  }
  if (jumper >= 0) from &= Bit(jumper);
  std::size_t count = 0;
  // At most twelve pieces have at most four moves each, so no write passes the 48th id.
  for (; from != 0; from &= from - 1) {
    const int bit = std::countr_zero(from);
    const std::int32_t first = kCellOfBit[static_cast<std::size_t>(bit)] * 8 + jump;
    for (std::size_t d = 0; d < 4; ++d) {
      ids[count] = first + 2 * static_cast<std::int32_t>(d);
      count += (origins[d] >> bit) & 1u;
    }
  }
  return static_cast<int>(count);
}

void Checkers::Observe(int observer, std::span<float> out) const {
  const auto p = static_cast<std::size_t>(observer);
  const std::array<std::uint64_t, 5> planes = {pieces[p] & ~kings, pieces[p] & kings,
                                               pieces[1 - p] & ~kings, pieces[1 - p] & kings,
                                               jumper >= 0 ? Bit(jumper) : 0};
  std::fill(out.begin(), out.begin() + 320, 0.0f);
  for (std::size_t plane = 0; plane < planes.size(); ++plane) {
    for (std::uint64_t rest = planes[plane]; rest != 0; rest &= rest - 1) {
      const auto bit = static_cast<std::size_t>(std::countr_zero(rest));
      out[64 * plane + static_cast<std::size_t>(kCellOfBit[bit])] = 1.0f;
    }
  }
  std::fill(out.begin() + 320, out.begin() + 384,
            static_cast<float>(quiet) / static_cast<float>(quiet_limit));
}

std::uint64_t Checkers::Hash() const {
  // 35 bits a set; the upper ones hold the rest of the state.
  const auto rest = static_cast<std::uint64_t>(quiet << 7 | (jumper + 1) << 1 | player);
  return HashCombine(HashCombine(Mix64(pieces[0] | rest << 36), pieces[1]), kings);
}

}  // namespace brasa
