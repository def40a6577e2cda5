// Feeds a parser garbage: mutated correct texts and random bytes.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "brasa/core/error.h"
#include "brasa/core/random.h"

namespace brasa::testing {

/// `text` with up to four bytes replaced, inserted, removed or doubled; now and then bytes alone.
inline std::string Mutated(std::string text, std::string_view alphabet, Rng& rng) {
  const auto below = [&](std::size_t n) { return rng.Below(static_cast<std::uint32_t>(n)); };
  const auto letter = [&] {
    return below(8) == 0 ? static_cast<char>(below(256)) : alphabet[below(alphabet.size())];
  };
  if (below(20) == 0) {
    text.resize(below(40));
    for (char& c : text) c = letter();
  }
  for (std::uint32_t i = below(5); i > 0; --i) {
    const std::size_t at = below(text.size() + 1);
    const std::uint32_t kind = below(4);
    if (kind == 0 || at == text.size()) {
      text.insert(at, 1, letter());
    } else if (kind == 1) {
      text.erase(at, 1 + below(3));
    } else if (kind == 2) {
      text[at] = letter();
    } else {
      text.insert(at, text.substr(at, 1 + below(8)));
    }
  }
  return text;
}

/// Feeds `count` texts to `parse`: nothing but `Refusal` comes out, and some texts of both kinds
/// are met. `parse` checks what it reads, if it does not throw.
template <typename Refusal = UsageError, typename Parse>
void FuzzText(const std::vector<std::string>& correct, std::string_view alphabet, int count,
              Parse&& parse) {
  Rng rng(77, StreamRole::kTest);
  int read = 0, refused = 0;
  for (int i = 0; i < count; ++i) {
    const std::string& seed = correct[rng.Below(static_cast<std::uint32_t>(correct.size()))];
    const std::string text = Mutated(seed, alphabet, rng);
    try {
      parse(text);
      ++read;
    } catch (const Refusal&) {
      ++refused;
    } catch (const std::exception& error) {
      FAIL() << "input " << i << " '" << text << "' threw " << error.what();
    }
  }
  EXPECT_GT(read, 0);
  EXPECT_GT(refused, count / 4);
}

}  // namespace brasa::testing
