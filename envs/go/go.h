// Go-v0: Go on boards of 2 x 2 to 19 x 19 points.
//
// Rules        Black (player 0) begins; players alternately put a stone on an empty point or pass.
//              Stones of one colour that are joined along lines are a chain; the empty points
//              beside a chain are its liberties. A move first takes away the enemy chains it leaves
//              without liberties; a move that leaves its own chain without is suicide. Scored by
//              area (Tromp and Taylor 1995): a player's area is the own stones, all of which are
//              alive, and the empty regions that touch own stones only. Black wins if Black's area
//              less White's is greater than `komi`, White if it is less.
// Ko           `ko` = positional: no move may bring back a position (the stones alone) of this
//              game; passing always may. This is Tromp and Taylor's rule and the default.
//              `ko` = simple: OpenSpiel's rule. A lone stone that took exactly one stone and has
//              one liberty left may not be taken back at once; a move that brings back a position
//              is allowed otherwise and ends the game as a draw.
// Suicide      Illegal, as in OpenSpiel; with `suicide` = true chains of two and more stones may
//              be given up, as Tromp and Taylor have it. Of a single stone it stays illegal: it
//              would repeat the position.
// Observation  uint8 [5, size, size], of the observing player p; row 0 is the bottom row:
//              | plane | meaning                       | range |
//              | 0     | stones of p                   | 0, 1  |
//              | 1     | stones of the other           | 0, 1  |
//              | 2     | empty points                  | 0, 1  |
//              | 3     | all ones if p is White        | 0, 1  |
//              | 4     | all ones after a pass         | 0, 1  |
// Actions      size^2 + 1: the point row * size + column, row 0 at the bottom; the last is the
//              pass, always legal. In words GTP's vertices, "A1" at the lower left, without I, and
//              "pass".
// Rewards      winner +1, loser -1 on the last ply, 0 for a draw; otherwise 0.
// Ends         terminated by two passes in a row, after 2 size^2 plies (by the score then), and
//              under `ko` = simple by a repetition. No time limit.
// Start        the empty board. No chance.
// Text         see envs/go/go_text.h: the board, who moves, and the moves of the game.
// Version      v0. Ids, players, komi, the length and the rule `simple` are OpenSpiel's go, whose
//              size is 19 where this one's is 9. Its observation has absolute colours and no pass.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "brasa/env.h"
#include "envs/go/point_set.h"

namespace brasa {

/// How many liberties a chain has, and which. Sums over the pairs (stone of the chain, empty point
/// beside it) in one word, so that a stone or a chain comes by one addition; a point beside several
/// stones counts several times. At most 684 pairs exist on 19 x 19.
///   bits 0-9 pairs, 10-27 sum of the points, 28-54 sum of their squares, 55-63 stones.
struct GoChain {
  /// What an empty point p adds.
  static constexpr std::uint64_t Pair(int p) {
    const auto x = static_cast<std::uint64_t>(p);
    return 1 | (x << 10) | (x * x << 28);
  }
  static constexpr std::uint64_t kStone = std::uint64_t{1} << 55;

  static std::uint64_t Pairs(std::uint64_t sums) { return sums & 1023u; }
  static int Stones(std::uint64_t sums) { return static_cast<int>(sums >> 55); }
  /// True if all pairs have one point: the mean of the squares is the square of the mean.
  static bool HasOneLiberty(std::uint64_t sums) {
    const std::uint64_t pairs = Pairs(sums), sum = (sums >> 10) & 0x3FFFF;
    return pairs != 0 && pairs * ((sums >> 28) & 0x7FFFFFF) == sum * sum;
  }
  /// The liberty of a chain that has one. A point has four neighbours, so there are 1 to 4 pairs.
  static int OnlyLiberty(std::uint64_t sums) {
    constexpr std::uint32_t kInverse[] = {0, 65536, 32768, 21846, 16384};  // 2^16 / n, rounded up
    return static_cast<int>(((sums >> 10) & 0x3FFFF) * kInverse[Pairs(sums) & 7u] >> 16);
  }
};

template <int kSize>
struct Go {
  static_assert(kSize >= 1 && kSize <= 19);
  static constexpr bool kFlat = true;
  static constexpr int kPoints = kSize * kSize;
  static constexpr int kPass = kPoints;
  static constexpr int kNone = kPoints;  ///< no point: what lies beyond the edge
  static constexpr int kNoChain = 0;     ///< of empty points; chains have the ids 1 .. kPoints
  static constexpr int kMostPlies = 2 * kPoints;
  static constexpr int kPlanes = 5;
  static constexpr int kFilterBits =
      static_cast<int>(std::bit_ceil(static_cast<unsigned>(8 * kMostPlies)));
  using Set = go::PointSet<kSize>;
  using Index = std::conditional_t<(kPoints < 256), std::uint8_t, std::uint16_t>;

  static std::vector<Field> Fields();
  /// Throws ConfigError if `size` is not kSize.
  static EnvSpec Spec(const Params& params);
  explicit Go(const Params& params);

  void Reset(Rng&) { Clear(); }
  EpisodeEnd Step(ActionRef action, Rng&, std::span<float> rewards);
  /// No id once the game is over.
  int LegalActions(std::span<std::int32_t> ids) const;
  int PlayerToMove() const { return mover; }
  void Observe(int player, std::span<std::uint8_t> out) const;
  /// Of the first position and the moves since: what decides which positions may come back.
  std::uint64_t Hash() const { return record; }

  void Draw(Canvas& canvas) const;
  std::string ToText() const;
  void FromText(std::string_view text);
  std::string ActionToText(ActionRef action) const;
  std::vector<double> ActionFromText(std::string_view text) const;
  std::vector<Control> Controls() const;
  int ActionAt(Point at) const;
  std::vector<Symmetry> Symmetries() const;
  void Measures(std::span<float> values) const { values[0] = static_cast<float>(Lead()); }

  /// Black's area less White's [points], before komi.
  int Lead() const;
  /// The legal points, without the pass; none once the game is over.
  Set LegalPoints() const;
  /// An empty board at the start of a game.
  void Clear();
  /// A game that starts from these stones, every chain of which has a liberty, with `first` to
  /// move.
  void SetUp(const Set& black, const Set& white, int first);

  Set stones[2];         ///< of Black and White
  Set solid[2];          ///< those whose chain has two liberties or more
  Set removed[2];        ///< points where a stone of that colour was taken away in this game
  Set spare;             ///< ids of no chain, less 1; the smallest is given out first
  std::uint64_t hash;    ///< exclusive or of the keys of all stones
  std::uint64_t record;  ///< Hash()
  double komi;
  std::int32_t plies;
  std::int32_t positions;  ///< plies without passes, and the start
  std::int32_t mover;
  std::int32_t ko;      ///< the point that may not be taken back, or kNone
  std::int32_t passes;  ///< in a row
  std::int32_t over;
  std::int32_t repeated;     ///< the last move brought back a position
  std::int32_t captures[2];  ///< stones of the opponent that are gone, those given up included
  std::int32_t first;        ///< who moved first
  std::int32_t positional;
  std::int32_t suicide;
  /// GoChain's sums of the chain whose id is the index; of others, and of kNoChain, meaningless.
  std::uint64_t sums[kPoints + 1];
  /// Bits h % kFilterBits and (h >> 32) % kFilterBits are set for the hash h of every position so
  /// far: few of the positions that never came up have to be looked for in `former`.
  std::uint64_t filter[kFilterBits / 64];
  std::uint64_t former[kMostPlies + 1];  ///< hashes of the positions so far, this one included
  Set start[2];                          ///< the stones of the first position
  std::uint16_t moves[kMostPlies];       ///< ids
  Index chain[kPoints + 1];              ///< id of the chain at each point, and of kNone
  Index next[kPoints + 1];               ///< the next stone of a chain, in a ring
  /// Fills the struct up to a multiple of 8 bytes.
  static constexpr int kFill = 8 - (2 * kMostPlies + 2 * (kPoints + 1) * int{sizeof(Index)}) % 8;
  std::uint8_t fill[kFill];

 private:
  static constexpr std::size_t At(int i) { return static_cast<std::size_t>(i); }
  static const std::array<std::uint16_t, 4>& NearOf(int p) { return go::kNeighbours<kSize>[At(p)]; }
  static std::uint64_t Key(int player, int p) { return go::kStoneKeys<kSize>[At(player)][At(p)]; }

  bool Place(int p);
  int JoinFriends(int p, std::uint64_t own_sums, unsigned friends);
  int Join(int p, int q);
  int TakeChain(int player, int p);
  void MarkSolid(int player, int p);
  void MarkThreatened(int player, int p);
  std::uint64_t KeysOfDoomed(int player, int p) const;
  void RemoveRepetitions(Set& legal) const;
  bool IsKnown(std::uint64_t position) const;
  void Remember(std::uint64_t position);
  EpisodeEnd Finish(std::span<float> rewards);
};

/// The class of Go<2> .. Go<19> that the parameter `size` chooses, compiled beside the rules.
const brasa_env_class* GoClass(const Params& params);

}  // namespace brasa
