// CRC-32C (Castagnoli), the checksum of checkpoints, recordings and TensorBoard records.
#pragma once

#include <cstdint>
#include <string_view>

namespace brasa {

/// Reflected polynomial 0x82F63B78, initial value and final xor 0xFFFFFFFF:
/// Crc32c("123456789") = 0xE3069283. `before` is the checksum of bytes that stand in front:
/// Crc32c(ab) = Crc32c(b, Crc32c(a)).
std::uint32_t Crc32c(std::string_view bytes, std::uint32_t before = 0);

}  // namespace brasa
