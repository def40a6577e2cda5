// Text that every drawing library accepts.
#pragma once

#include <string>
#include <string_view>

namespace brasa {

/// `text` as valid UTF-8 on one line: each byte that is not part of a valid sequence becomes '?',
/// each control character a space.
std::string CleanText(std::string_view text);

}  // namespace brasa
