// CRC-32C (Castagnoli), the checksum of checkpoints and TensorBoard records.
#pragma once

#include <cstdint>
#include <string_view>

namespace brasa {

/// Reflected polynomial 0x82F63B78, initial value and final xor 0xFFFFFFFF:
/// Crc32c("123456789") = 0xE3069283.
std::uint32_t Crc32c(std::string_view bytes);

}  // namespace brasa
