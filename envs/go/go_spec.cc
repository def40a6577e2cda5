#include "envs/go/go_spec.h"

#include "envs/go/go_text.h"

namespace brasa::go {

std::vector<Field> FieldsOf(int size) {
  return {
      IntField("size", size, 2, 19, "points on a side of the board"),
      FloatField("komi", 7.5, -400, 400, "points White gets; Black wins with a greater lead"),
      ChoiceField("ko", "positional", {"positional", "simple"},
                  "positional: no position may come back; simple: no stone may be taken back at "
                  "once, and a position that comes back otherwise is a draw (OpenSpiel's rule)"),
      BoolField("suicide", false, "allow moves that give up two or more own stones"),
  };
}

EnvSpec SpecOf(int size, const Params& params) {
  if (params.GetInt("size") != size) {
    throw ConfigError("size = " + params.GetText("size") + " is not the size of this class; give " +
                      std::to_string(size));
  }
  EnvSpec spec;
  spec.id = kGame;
  spec.summary = "Go with area scoring, 2 x 2 to 19 x 19; superko or OpenSpiel's ko rule";
  spec.players = 2;
  spec.observation.type = ElementType::kUint8;
  spec.observation.shape = {5, size, size};
  spec.observation.axes = {"plane", "row", "column"};
  spec.observation.low = {0};
  spec.observation.high = {1};
  spec.action.count = size * size + 1;
  for (int p = 0; p <= size * size; ++p) spec.action.names.push_back(VertexText(size, p));
  spec.min_return = -1;
  spec.max_return = 1;
  spec.zero_sum = true;
  spec.player_names = {"Black", "White"};
  spec.measures = {{"area lead of Black", "points"}};
  return spec;
}

std::vector<Symmetry> SymmetriesOf(int size, int planes) {
  const int points = size * size, end = size - 1;
  std::vector<Symmetry> symmetries;
  for (unsigned map = 1; map < 8; ++map) {
    Symmetry symmetry;
    symmetry.action.resize(static_cast<std::size_t>(points + 1), points);
    symmetry.observation.resize(static_cast<std::size_t>(planes * points));
    for (int p = 0; p < points; ++p) {
      int row = p / size, column = p % size;
      if (map & 1u) row = end - row;
      if (map & 2u) column = end - column;
      if (map & 4u) std::swap(row, column);
      const int image = row * size + column;
      symmetry.action[static_cast<std::size_t>(p)] = image;
      for (int plane = 0; plane < planes; ++plane) {
        symmetry.observation[static_cast<std::size_t>(plane * points + image)] = plane * points + p;
      }
    }
    symmetries.push_back(std::move(symmetry));
  }
  return symmetries;
}

}  // namespace brasa::go
