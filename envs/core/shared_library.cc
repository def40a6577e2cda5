#include "envs/core/shared_library.h"

#include <elf.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

namespace brasa {

std::string SharedLibraryFault(const std::string& path) {
  std::error_code error;
  const std::uint64_t size = std::filesystem::file_size(path, error);
  std::ifstream file(path, std::ios::binary);
  if (error || !file) return "cannot be read";
  Elf64_Ehdr head{};
  file.read(reinterpret_cast<char*>(&head), sizeof head);
  if (size < SELFMAG || std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0) {
    return "is not a shared library";
  }
  if (size < sizeof head) return "is truncated";
  if (head.e_ident[EI_CLASS] != ELFCLASS64 || head.e_ident[EI_DATA] != ELFDATA2LSB ||
      head.e_machine != EM_X86_64 || head.e_type != ET_DYN) {
    return "is not a shared library for x86-64";
  }
  std::vector<Elf64_Phdr> segments(head.e_phnum);
  const std::uint64_t table_bytes = segments.size() * sizeof(Elf64_Phdr);
  if (head.e_phoff > size || table_bytes > size - head.e_phoff) return "is truncated";
  file.seekg(static_cast<std::streamoff>(head.e_phoff));
  file.read(reinterpret_cast<char*>(segments.data()), static_cast<std::streamsize>(table_bytes));
  for (const Elf64_Phdr& segment : segments) {
    if (segment.p_type != PT_LOAD) continue;
    if (segment.p_offset > size || segment.p_filesz > size - segment.p_offset) {
      return "is truncated";
    }
  }
  return "";
}

}  // namespace brasa
