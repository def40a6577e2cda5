// Chess move generation on one core: leaves of perft, the last ply counted without being played.
//
//   chess_bench [--rounds R] [--json]
//
// Each figure is the median of the rounds, in leaves per CPU second. OpenSpiel 2.0's C++ core with
// bulk counting reaches 5 to 8 million on the same kind of machine, Stockfish 15 130 to 157
// million.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "brasa/core/error.h"
#include "envs/chess/fen.h"

namespace brasa {
namespace {

struct Task {
  const char* name;
  const char* fen;
  int depth;
  std::int64_t leaves;  ///< known count
};
constexpr Task kTasks[] = {
    {"start", "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1", 6, 119060324},
    {"kiwipete", "r3k2r/p1ppqpb1/bn2pnp1/3PN3/1p2P3/2N2Q1p/PPPBBPPP/R3K2R w KQkq - 0 1", 5,
     193690690},
};

double CpuSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double LeavesPerSecond(const Task& task, int rounds) {
  chess::Position position;
  const std::string fault = chess::ReadFen(task.fen, position);
  if (!fault.empty()) throw Error(fault);
  std::vector<double> rates;
  for (int round = 0; round < rounds; ++round) {
    const double start = CpuSeconds();
    const std::int64_t leaves = chess::Perft(position, task.depth);
    if (leaves != task.leaves) throw Error(std::string(task.name) + ": wrong count of leaves");
    rates.push_back(static_cast<double>(leaves) / (CpuSeconds() - start));
  }
  std::nth_element(rates.begin(), rates.begin() + rounds / 2, rates.end());
  return rates[static_cast<std::size_t>(rounds / 2)];
}

void Main(int argc, char** argv) {
  int rounds = 3;
  bool json = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--json") {
      json = true;
    } else if (word == "--rounds" && i + 1 < argc) {
      rounds = std::max(1, std::stoi(argv[++i]));
    } else {
      throw UsageError("unknown option " + std::string(word));
    }
  }
  nlohmann::ordered_json report = nlohmann::ordered_json::array();
  for (const Task& task : kTasks) {
    const double rate = LeavesPerSecond(task, rounds);
    report.push_back({{"position", task.name},
                      {"depth", task.depth},
                      {"leaves", task.leaves},
                      {"leaves_per_second", rate}});
    if (!json) {
      std::printf("perft %-9s depth %d  %10lld leaves  %7.1f million/s\n", task.name, task.depth,
                  static_cast<long long>(task.leaves), rate / 1e6);
    }
  }
  if (json) std::cout << report.dump(2) << "\n";
}

}  // namespace
}  // namespace brasa

int main(int argc, char** argv) {
  try {
    brasa::Main(argc, argv);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "chess_bench: " << error.what() << "\n";
    return 2;
  }
}
