// The rules of Go once more, as slowly and plainly as they are written: the oracle of the tests.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace brasa::testing_go {

class PlainGo {
 public:
  PlainGo(int size, bool positional, bool suicide)
      : size_(size), positional_(positional), suicide_(suicide), board(Empty(size)) {
    seen_.insert(board);
  }

  /// Ids ascending, the pass last; none once the game is over.
  std::vector<int> Legal() const {
    std::vector<int> ids;
    for (int p = 0; p < size_ * size_ && !over; ++p) {
      if (IsLegal(p)) ids.push_back(p);
    }
    if (!over) ids.push_back(size_ * size_);
    return ids;
  }

  void Move(int p) {
    ko_ = -1;
    if (p == size_ * size_) {
      ++passes_;
    } else {
      passes_ = 0;
      const Result result = Try(p);
      if (result.taken.size() == 1 && ChainOf(result.board, p).size() == 1 &&
          LibertiesOf(result.board, p).size() == 1) {
        ko_ = *result.taken.begin();
      }
      took[mover] += static_cast<int>(result.taken.size());
      took[1 - mover] += static_cast<int>(result.given.size());
      board = result.board;
      drawn = !seen_.insert(board).second;
    }
    mover = 1 - mover;
    ++plies;
    over = passes_ == 2 || drawn || plies == 2 * size_ * size_;
  }

  /// Area of x less area of o.
  int Lead() const {
    int lead = 0;
    for (int p = 0; p < size_ * size_; ++p) {
      if (board[Index(p)] != '.') {
        lead += Sign(board[Index(p)]);
        continue;
      }
      std::set<char> beside;
      for (const int stone : ChainOf(board, p)) {
        for (const int q : Near(stone)) beside.insert(board[Index(q)]);
      }
      beside.erase('.');
      if (beside.size() == 1) lead += Sign(*beside.begin());
    }
    return lead;
  }

 private:
  struct Result {
    std::string board;
    std::set<int> taken, given;
  };

  static std::string Empty(int size) {
    return std::string(static_cast<std::size_t>(size * size), '.');
  }
  static std::size_t Index(int p) { return static_cast<std::size_t>(p); }
  static int Sign(char stone) { return stone == 'x' ? 1 : -1; }

  std::vector<int> Near(int p) const {
    std::vector<int> near;
    if (p >= size_) near.push_back(p - size_);
    if (p + size_ < size_ * size_) near.push_back(p + size_);
    if (p % size_ > 0) near.push_back(p - 1);
    if (p % size_ < size_ - 1) near.push_back(p + 1);
    return near;
  }
  /// The points of p's letter that are joined to p.
  std::set<int> ChainOf(const std::string& on, int p) const {
    std::set<int> chain = {p};
    std::vector<int> open = {p};
    while (!open.empty()) {
      const int at = open.back();
      open.pop_back();
      for (const int q : Near(at)) {
        if (on[Index(q)] == on[Index(p)] && chain.insert(q).second) open.push_back(q);
      }
    }
    return chain;
  }
  std::set<int> LibertiesOf(const std::string& on, int p) const {
    std::set<int> liberties;
    for (const int stone : ChainOf(on, p)) {
      for (const int q : Near(stone)) {
        if (on[Index(q)] == '.') liberties.insert(q);
      }
    }
    return liberties;
  }
  Result Try(int p) const {
    Result result{board, {}, {}};
    const char own = "xo"[mover], other = "ox"[mover];
    result.board[Index(p)] = own;
    for (const int q : Near(p)) {
      if (result.board[Index(q)] != other || !LibertiesOf(result.board, q).empty()) continue;
      for (const int stone : ChainOf(result.board, q)) {
        result.taken.insert(stone);
      }
      for (const int stone : result.taken) result.board[Index(stone)] = '.';
    }
    if (LibertiesOf(result.board, p).empty()) {
      result.given = ChainOf(result.board, p);
      for (const int stone : result.given) result.board[Index(stone)] = '.';
    }
    return result;
  }
  bool IsLegal(int p) const {
    if (board[Index(p)] != '.') return false;
    const Result result = Try(p);
    if (result.given.size() == 1 || (!suicide_ && !result.given.empty())) return false;
    if (positional_) return seen_.count(result.board) == 0;
    return p != ko_;
  }

  int size_;
  bool positional_, suicide_;
  int passes_ = 0, ko_ = -1;
  std::set<std::string> seen_;

 public:
  std::string board;  ///< row 0 first
  int mover = 0, plies = 0;
  bool over = false, drawn = false;
  int took[2] = {0, 0};
};

}  // namespace brasa::testing_go
