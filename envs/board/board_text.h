// Boards as text, for the games of this folder.
#pragma once

#include <string>
#include <string_view>

namespace brasa::board {

/// The cells of a drawn board, row by row as written: `rows` lines of `columns` characters, each
/// one of `letters`; lines end at a line break or '/'. Blanks around lines and empty lines are
/// skipped. Throws UsageError naming `game`, the fault and a line that would do;
/// the last of `letters` is that of an empty cell.
std::string ReadCells(std::string_view game, std::string_view text, int rows, int columns,
                      std::string_view letters);

/// `text` without blanks at both ends.
std::string_view Trimmed(std::string_view text);

/// Takes the last line that is not blank off `text` and returns it trimmed; lines as in ReadCells.
std::string_view TakeLastLine(std::string_view& text);

/// Takes the last line "A to move" off `text`, where A is one of the two `letters`, and returns
/// which. Throws UsageError naming `game` and the line if it is another one.
int TakeMover(std::string_view game, std::string_view& text, std::string_view letters);

/// The last line that TakeMover reads.
std::string MoverLine(char letter);

/// "c7": a letter for the column from a, a number for the row from 1.
std::string CellName(int column, int number);

/// What a cell's name says, counted from 0.
struct NamedCell {
  int column = 0, number = 0;
};

/// Reads the name of a cell at the beginning of `text` and takes it off; false if none is there.
/// Numbers have no leading zero; capital letters are accepted.
bool TakeCell(std::string_view& text, int columns, int numbers, NamedCell& cell);

/// "a column a to h and a row 1 to 8": what TakeCell accepts, for errors.
std::string CellNames(int columns, int numbers);

}  // namespace brasa::board
