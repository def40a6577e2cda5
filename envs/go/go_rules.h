// The moves of Go: what Go<kSize>'s members do on every ply. Included where Go is instantiated.
#pragma once

#include <algorithm>
#include <cstring>

#include "envs/go/go.h"

namespace brasa {
namespace go {

/// GoChain::Pair of every point; 0 for what lies beyond the edge.
template <int kPoints>
inline constexpr auto kPairs = [] {
  std::array<std::uint64_t, kPoints + 1> pairs{};
  for (int p = 0; p < kPoints; ++p) pairs[static_cast<std::size_t>(p)] = GoChain::Pair(p);
  return pairs;
}();

}  // namespace go

template <int kSize>
void Go<kSize>::Clear() {
  SetUp(Set{}, Set{}, 0);
}

template <int kSize>
EpisodeEnd Go<kSize>::Step(ActionRef action, Rng&, std::span<float> rewards) {
  const int p = action.id();
  rewards[0] = rewards[1] = 0;
  moves[plies++] = static_cast<std::uint16_t>(p);
  record = HashCombine(record, static_cast<std::uint64_t>(p));
  ko = kNone;
  if (p == kPass) {
    ++passes;
  } else {
    passes = 0;
    const bool stands = Place(p);
    // Unless it was given up, the stone p is part of the position: if that came up before, a stone
    // of this colour was taken away from p since.
    if (!positional && (!stands || removed[mover].Has(p))) repeated = IsKnown(hash);
    Remember(hash);
  }
  mover ^= 1;
  if ((passes == 2) | (plies == kMostPlies) | repeated) return Finish(rewards);
  return EpisodeEnd::kNone;
}

template <int kSize>
EpisodeEnd Go<kSize>::Finish(std::span<float> rewards) {
  over = 1;
  const double margin = repeated ? 0.0 : Lead() - komi;
  rewards[0] = static_cast<float>((margin > 0) - (margin < 0));
  rewards[1] = 0.0f - rewards[0];
  return EpisodeEnd::kTerminated;
}

/// Puts a stone of the mover on the empty point p. False if it did not stay there.
template <int kSize>
bool Go<kSize>::Place(int p) {
  const int own = mover, other = 1 - own;
  const auto& near = NearOf(p);
  const auto& pairs = go::kPairs<kPoints>;
  std::uint64_t own_sums = GoChain::kStone;
  unsigned friends = 0, foes = 0;  // bit i: of the neighbour near[i]
  for (unsigned i = 0; i < 4; ++i) {
    const int q = near[i], id = chain[q];
    sums[id] -= pairs[At(p)];
    own_sums += id == kNoChain ? pairs[At(q)] : 0;
    friends |= static_cast<unsigned>(stones[own].Has(q)) << i;
    foes |= static_cast<unsigned>(stones[other].Has(q)) << i;
  }
  stones[own].Add(p);
  hash ^= Key(own, p);
  const int id = JoinFriends(p, own_sums, friends);
  int taken = 0;
  for (; foes != 0; foes &= foes - 1) {
    const int q = near[At(std::countr_zero(foes))], theirs = chain[q];
    if (theirs == kNoChain) continue;  // taken a moment ago
    if (GoChain::Pairs(sums[theirs]) == 0) {
      taken += TakeChain(other, q);
    } else if (GoChain::HasOneLiberty(sums[theirs])) {
      MarkThreatened(other, q);
    }
  }
  const std::uint64_t now = sums[id];
  if (GoChain::Pairs(now) == 0) {
    captures[other] += TakeChain(own, p);
    return false;
  }
  if (GoChain::HasOneLiberty(now)) {
    MarkThreatened(own, p);
    if (!positional && taken == 1 && GoChain::Stones(now) == 1) ko = GoChain::OnlyLiberty(now);
  }
  captures[own] += taken;
  return true;
}

/// Makes the new stone p, with its sums, and the chains of those neighbours that `friends` marks
/// one chain, marks it solid, and returns its id.
template <int kSize>
int Go<kSize>::JoinFriends(int p, std::uint64_t own_sums, unsigned friends) {
  solid[mover].Add(p);
  if (friends == 0) {
    const int id = spare.First() + 1;
    spare.Remove(id - 1);
    chain[p] = static_cast<Index>(id);
    next[p] = static_cast<Index>(p);
    sums[id] = own_sums;
    return id;
  }
  const auto& near = NearOf(p);
  const int friendly = near[At(std::countr_zero(friends))];
  if (!solid[mover].Has(friendly)) MarkSolid(mover, friendly);
  int id = chain[friendly];
  chain[p] = static_cast<Index>(id);
  next[p] = next[friendly];
  next[friendly] = static_cast<Index>(p);
  sums[id] += own_sums;
  for (friends &= friends - 1; friends != 0; friends &= friends - 1) {
    const int q = near[At(std::countr_zero(friends))];
    if (chain[q] == id) continue;
    if (!solid[mover].Has(q)) MarkSolid(mover, q);
    id = Join(p, q);
  }
  return id;
}

/// Makes the different chains of p and q, both of one colour, one, and returns its id.
template <int kSize>
int Go<kSize>::Join(int p, int q) {
  if (GoChain::Stones(sums[chain[p]]) < GoChain::Stones(sums[chain[q]])) std::swap(p, q);
  const Index into = chain[p], from = chain[q];
  sums[into] += sums[from];
  spare.Add(from - 1);
  int stone = q;
  do {
    chain[stone] = into;
    stone = next[stone];
  } while (stone != q);
  std::swap(next[p], next[q]);
  return into;
}

/// Takes the chain of p away and returns how many stones it had. The chains beside it get its
/// points as liberties; those that had one other are solid now.
template <int kSize>
int Go<kSize>::TakeChain(int player, int p) {
  const int other = 1 - player;
  int count = 0, stone = p;
  spare.Add(chain[p] - 1);
  do {
    chain[stone] = kNoChain;
    stones[player].Remove(stone);
    solid[player].Remove(stone);
    removed[player].Add(stone);
    hash ^= Key(player, stone);
    for (const std::uint16_t q : NearOf(stone)) {
      sums[chain[q]] += go::kPairs<kPoints>[At(stone)];
      if (stones[other].Has(q) && !solid[other].Has(q)) MarkSolid(other, q);
    }
    ++count;
    stone = next[stone];
  } while (stone != p);
  return count;
}

/// The chain of p has two liberties or more.
template <int kSize>
void Go<kSize>::MarkSolid(int player, int p) {
  int stone = p;
  do {
    solid[player].Add(stone);
    stone = next[stone];
  } while (stone != p);
}

/// The chain of p has one liberty.
template <int kSize>
void Go<kSize>::MarkThreatened(int player, int p) {
  int stone = p;
  do {
    solid[player].Remove(stone);
    stone = next[stone];
  } while (stone != p);
}

template <int kSize>
typename Go<kSize>::Set Go<kSize>::LegalPoints() const {
  if (over) return {};
  const Set& own = suicide ? stones[mover] : solid[mover];
  const Set& foes = stones[1 - mover];
  const Set empty = go::kBoard<kSize> - (stones[0] | stones[1]);
  // Beside an empty point, an own chain that keeps a liberty, or one that is taken.
  Set legal = empty & Near(empty | own | (foes - solid[1 - mover]));
  if (ko != kNone) legal.Remove(ko);
  if (positional) RemoveRepetitions(legal);
  return legal;
}

template <int kSize>
int Go<kSize>::LegalActions(std::span<std::int32_t> ids) const {
  if (over) return 0;
  const int count = go::ListPoints(LegalPoints(), ids.data());
  ids[At(count)] = kPass;
  return count + 1;
}

/// Exclusive or of the keys of `player`'s chains that have p as their only liberty.
template <int kSize>
std::uint64_t Go<kSize>::KeysOfDoomed(int player, int p) const {
  std::uint64_t keys = 0;
  int seen[4], count = 0;
  for (const std::uint16_t q : NearOf(p)) {
    const int id = chain[q];
    const bool doomed = stones[player].Has(q) && !solid[player].Has(q);
    if (!doomed || std::find(seen, seen + count, id) != seen + count) continue;
    seen[count++] = id;
    int stone = q;
    do {
      keys ^= Key(player, stone);
      stone = next[stone];
    } while (stone != q);
  }
  return keys;
}

/// Removes the points where a stone would bring back a position. A position that the stone p stays
/// in can only come back if a stone of this colour was taken away from p before; one in which it
/// does not stay (suicide) has to be looked at in any case. Moves that take nothing can repeat too:
/// after "send two, return one" the first stone sent may be put back.
template <int kSize>
void Go<kSize>::RemoveRepetitions(Set& legal) const {
  const int own = mover, other = 1 - own;
  const auto remove_known = [&](const Set& points, auto&& position_after) {
    points.ForEach([&](int p) {
      if (IsKnown(position_after(p))) legal.Remove(p);
    });
  };
  const Set taking = legal & Near(stones[other] - solid[other]);
  Set staying = legal & removed[own];
  if (suicide) {
    const Set empty = go::kBoard<kSize> - (stones[0] | stones[1]);
    const Set given_up = legal - taking - Near(empty | solid[own]);
    staying = staying - given_up;
    remove_known(given_up, [&](int p) { return hash ^ KeysOfDoomed(own, p); });
  }
  remove_known(staying - taking, [&](int p) { return hash ^ Key(own, p); });
  remove_known(staying & taking,
               [&](int p) { return hash ^ Key(own, p) ^ KeysOfDoomed(other, p); });
}

/// True if a position with this hash came up in the game.
template <int kSize>
bool Go<kSize>::IsKnown(std::uint64_t position) const {
  const auto has = [&](std::uint64_t bit) { return (filter[bit / 64] >> (bit % 64)) & 1u; };
  if (!has(position % kFilterBits) || !has((position >> 32) % kFilterBits)) return false;
  bool known = false;
  for (int i = 0; i < positions; ++i) known |= former[i] == position;
  return known;
}

template <int kSize>
void Go<kSize>::Remember(std::uint64_t position) {
  for (const std::uint64_t bit : {position % kFilterBits, (position >> 32) % kFilterBits}) {
    filter[bit / 64] |= std::uint64_t{1} << (bit % 64);
  }
  former[positions++] = position;
}

template <int kSize>
int Go<kSize>::Lead() const {
  const Set empty = go::kBoard<kSize> - (stones[0] | stones[1]);
  Set reached[2];
  for (int player = 0; player < 2; ++player) {
    reached[player] = Flood(Near(stones[player]) & empty, empty);
  }
  return stones[0].Count() - stones[1].Count() + (reached[0] - reached[1]).Count() -
         (reached[1] - reached[0]).Count();
}

template <int kSize>
void Go<kSize>::Observe(int player, std::span<std::uint8_t> out) const {
  std::uint8_t* plane = out.data();
  go::WritePlane(stones[player], plane);
  go::WritePlane(stones[1 - player], plane + kPoints);
  for (int p = 0; p < kPoints; ++p) plane[2 * kPoints + p] = 1 ^ (plane[p] | plane[kPoints + p]);
  std::memset(plane + 3 * kPoints, player, kPoints);
  std::memset(plane + 4 * kPoints, passes > 0, kPoints);
}

template <int kSize>
void Go<kSize>::SetUp(const Set& black, const Set& white, int first_mover) {
  const auto rules = std::array{positional, suicide};
  const double points = komi;
  std::memset(static_cast<void*>(this), 0, sizeof *this);
  positional = rules[0];
  suicide = rules[1];
  komi = points;
  spare = go::kBoard<kSize>;
  // In a legal position no part of it takes anything away, so the order does not matter.
  for (int player = 0; player < 2; ++player) {
    mover = player;
    (player == 0 ? black : white).ForEach([&](int p) { Place(p); });
  }
  start[0] = black;
  start[1] = white;
  mover = first = first_mover;
  ko = kNone;
  record = HashBytes(start, sizeof start, static_cast<std::uint64_t>(first));
  Remember(hash);
}

}  // namespace brasa
