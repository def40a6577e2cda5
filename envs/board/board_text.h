// Boards as text, for the games of this folder.
#pragma once

#include <string>
#include <string_view>

namespace brasa::board {

/// The cells of a drawn board, row by row as written: `rows` lines of `columns` characters, each
/// one of `letters`; lines end at a line break or '/'. Blanks around lines and empty lines are
/// skipped. Throws UsageError naming `game` and the fault.
std::string ReadCells(std::string_view game, std::string_view text, int rows, int columns,
                      std::string_view letters);

/// `text` without blanks at both ends.
std::string_view Trimmed(std::string_view text);

}  // namespace brasa::board
