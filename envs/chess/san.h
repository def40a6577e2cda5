// Moves in words: standard algebraic notation and UCI's.
#pragma once

#include <string>
#include <string_view>

#include "envs/chess/position.h"

namespace brasa::chess {

/// "g1f3", "e7e8q", "e1g1": a move that a piece of the mover can make.
std::string WriteUci(const Position& position, Move move);
/// "Nbd2", "exd6", "e8=Q+", "O-O-O#": a legal move.
std::string WriteSan(const Position& position, Move move);

/// Reads a legal move in standard algebraic or UCI notation -> its id. SAN's marks x, + and # must
/// be true; + and # may be missing, and squares of origin may be given where none is needed. Throws
/// UsageError that names the fault: no notation, illegal, ambiguous.
int ReadMove(const Position& position, std::string_view text);

}  // namespace brasa::chess
