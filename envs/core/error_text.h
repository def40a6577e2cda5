// The text of an error that crossed the table.
#pragma once

#include <cstring>
#include <string>

#include "brasa/abi.h"

namespace brasa {

/// In one line, as every error is: where it quotes a board, its rows are parted by '/'.
inline std::string OneLine(const brasa_error& error) {
  std::string text(error.message, strnlen(error.message, sizeof error.message));
  for (char& c : text) {
    if (c == '\n') c = '/';
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return text;
}

}  // namespace brasa
