#include "runners/loop/checkpoint_file.h"

#include <sys/mman.h>
#include <sys/statvfs.h>

#include "brasa/core/error.h"
#include "brasa/core/random.h"
#include "runners/files/crc32c.h"
#include "tests/outputs/outputs_testing.h"

namespace brasa {
namespace {

/// Offsets as the header of checkpoint_file.h draws the layout.
constexpr std::size_t kHeadBytes = 32;

/// A checkpoint by the text of its layout, with no code of the program. `sizes[i]` is what the
/// directory says of section i.
struct HandMade {
  std::string version = LittleEndianBytes(std::uint32_t{1});
  std::vector<std::pair<std::string, std::string>> sections = {{"learner", "abc"}, {"worlds", ""}};
  std::vector<std::uint64_t> sizes = {3, 0};
  std::uint32_t count = 2;

  std::string Bytes() const {
    std::string directory, payload;
    for (std::size_t i = 0; i < sections.size(); ++i) {
      const auto& [name, bytes] = sections[i];
      directory += LittleEndianBytes(static_cast<std::uint32_t>(name.size())) + name;
      directory += LittleEndianBytes(sizes[i]) + LittleEndianBytes(SlowCrc32c(bytes));
      payload += bytes;
    }
    directory += LittleEndianBytes(SlowCrc32c(directory));
    std::string head = "BRASACKP" + version + LittleEndianBytes(count);
    head += LittleEndianBytes(std::uint64_t{kHeadBytes + directory.size() + payload.size()});
    head += LittleEndianBytes(static_cast<std::uint32_t>(directory.size()));
    head += LittleEndianBytes(SlowCrc32c(head));
    return head + directory + payload;
  }
};

const std::vector<SectionView> kSmall = {{"learner", "abc"}, {"worlds", ""}};

std::string ReadError(const std::filesystem::path& path, std::string_view bytes) {
  Spill(path, bytes);
  return ErrorOf<FileError>([&] { Checkpoint::Read(path); });
}

TEST(Crc32c, KnownAnswers) {
  EXPECT_EQ(Crc32c(""), 0u);
  EXPECT_EQ(Crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(Crc32c("6789", Crc32c("12345")), 0xE3069283u);
  // RFC 3720, B.4: 32 bytes of zeros, of ones, ascending.
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8A9136AAu);
  EXPECT_EQ(Crc32c(std::string(32, '\xFF')), 0x62A8AB43u);
  std::string ascending;
  for (char c = 0; c < 32; ++c) ascending += c;
  EXPECT_EQ(Crc32c(ascending), 0x46DD794Eu);
}

TEST(Crc32c, EveryLengthAndAlignment_EqualsTheDefinition) {
  std::string bytes;
  for (int i = 0; i < 64; ++i) bytes += static_cast<char>(i * i + 7 * i);
  for (std::size_t start = 0; start < 9; ++start) {
    for (std::size_t size = 0; start + size <= bytes.size(); ++size) {
      const std::string_view part = std::string_view(bytes).substr(start, size);
      ASSERT_EQ(Crc32c(part), SlowCrc32c(part)) << start << " " << size;
    }
  }
}

TEST(CheckpointFile, Bytes_AreThoseOfTheDocumentedLayout) {
  const TempFolder folder;
  WriteCheckpoint(folder / "c", kSmall);
  EXPECT_EQ(Slurp(folder / "c"), HandMade().Bytes());
  EXPECT_EQ(CheckpointBytes(kSmall), HandMade().Bytes().size());
}

TEST(CheckpointFile, Sections_ReadBackThroughStateReader) {
  const TempFolder folder;
  StateWriter learner, worlds;
  learner.Write("steps", std::int64_t{123456789012});
  learner.WriteVector("weights", std::vector<float>{0.5f, -1.25f});
  worlds.WriteText("state", "some text");
  const std::vector<SectionView> sections = {{"learner", learner.bytes()},
                                             {"worlds", worlds.bytes()}};
  WriteCheckpoint(folder / "c", sections);

  const Checkpoint checkpoint = Checkpoint::Read(folder / "c");
  EXPECT_EQ(checkpoint.names(), (std::vector<std::string>{"learner", "worlds"}));
  StateReader reader = checkpoint.Section("learner");
  std::int64_t steps = 0;
  std::vector<float> weights;
  reader.Read("steps", steps);
  reader.ReadVector("weights", weights);
  EXPECT_TRUE(reader.AtEnd());
  EXPECT_EQ(steps, 123456789012);
  EXPECT_EQ(weights, (std::vector<float>{0.5f, -1.25f}));
  EXPECT_EQ(checkpoint.Section("worlds").ReadText("state"), "some text");
}

TEST(CheckpointFile, MovedCheckpoint_StillHoldsItsSections) {
  const TempFolder folder;
  WriteCheckpoint(folder / "c", std::vector<SectionView>{{"s", "x"}});
  Checkpoint checkpoint = Checkpoint::Read(folder / "c");
  const Checkpoint moved = std::move(checkpoint);
  EXPECT_EQ(moved.Bytes("s"), "x");
}

TEST(CheckpointFile, MissingSection_IsNamed) {
  const TempFolder folder;
  WriteCheckpoint(folder / "c", kSmall);
  const Checkpoint checkpoint = Checkpoint::Read(folder / "c");
  EXPECT_TRUE(checkpoint.Has("learner"));
  EXPECT_FALSE(checkpoint.Has("replay"));
  EXPECT_EQ(ErrorOf<FileError>([&] { checkpoint.Section("replay"); }),
            "checkpoint " + (folder / "c").string() + " has no section 'replay'");
}

TEST(CheckpointFile, ErrorInsideASection_NamesFileAndSection) {
  const TempFolder folder;
  WriteCheckpoint(folder / "c", kSmall);
  const Checkpoint checkpoint = Checkpoint::Read(folder / "c");
  const std::string error =
      ErrorOf<FileError>([&] { checkpoint.Section("learner").ReadText("state"); });
  EXPECT_TRUE(error.starts_with("checkpoint " + (folder / "c").string() + ", section 'learner', "))
      << error;
}

TEST(CheckpointFile, TruncatedAnywhere_SaysSo) {
  const TempFolder folder;
  const std::string whole = HandMade().Bytes();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string error = ReadError(folder / "c", whole.substr(0, size));
    ASSERT_NE(error.find("is truncated"), std::string::npos) << size << ": " << error;
  }
}

TEST(CheckpointFile, AnyFlippedBit_IsFoundAndPlaced) {
  const TempFolder folder;
  const std::string whole = HandMade().Bytes();
  const std::size_t payload = whole.size() - 3;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    const char* expected = at < 8            ? "is not a Brasa checkpoint"
                           : at < 12         ? "was written by format version "
                           : at < kHeadBytes ? "is damaged in its head"
                           : at < payload    ? "is damaged in its directory"
                                             : "is damaged in section 'learner'";
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
      const std::string error = ReadError(folder / "c", damaged);
      ASSERT_NE(error.find(expected), std::string::npos) << at << ": " << error;
    }
  }
}

TEST(CheckpointFile, OverwrittenByte_IsFoundWhateverItBecomes) {
  const TempFolder folder;
  const std::string whole = HandMade().Bytes();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int value = 0; value < 256; value += 17) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(value);
      if (damaged != whole) ReadError(folder / "c", damaged);
    }
  }
}

TEST(CheckpointFile, OtherFormatVersion_IsNamed) {
  const TempFolder folder;
  HandMade other;
  other.version = LittleEndianBytes(std::uint32_t{7});
  EXPECT_EQ(ReadError(folder / "c", other.Bytes()),
            "checkpoint " + (folder / "c").string() +
                " was written by format version 7, this program reads 1");
}

TEST(CheckpointFile, ForeignFile_IsCalledForeign) {
  const TempFolder folder;
  const std::string path = folder / "c";
  EXPECT_EQ(ReadError(path, "PK\x03\x04 a zip file of some length ........."),
            path + " is not a Brasa checkpoint");
  EXPECT_EQ(ReadError(path, "x"), path + " is not a Brasa checkpoint");
}

TEST(CheckpointFile, MissingFileOrFolder_IsNamed) {
  const TempFolder folder;
  const std::string path = folder / "c";
  EXPECT_EQ(ErrorOf<FileError>([&] { Checkpoint::Read(path); }), path + " does not exist");
  EXPECT_EQ(ErrorOf<FileError>([&] { Checkpoint::Read(folder.path()); }),
            folder.path().string() + " is not a regular file");
}

TEST(CheckpointFile, BytesAfterTheEnd_AreRefused) {
  const TempFolder folder;
  EXPECT_NE(ReadError(folder / "c", HandMade().Bytes() + "more").find("has 4 bytes after its end"),
            std::string::npos);
}

// Checksums are right, sizes lie: no read may leave the file.
TEST(CheckpointFile, ForgedDirectory_IsRefused) {
  const TempFolder folder;
  for (const std::uint64_t size : {std::uint64_t{4}, std::uint64_t{2}, ~std::uint64_t{0}}) {
    HandMade forged;
    forged.sizes = {size, 0};
    const std::string error = ReadError(folder / "c", forged.Bytes());
    EXPECT_NE(error.find("is damaged in"), std::string::npos) << error;
  }
  for (const std::uint32_t count : {0u, 1u, 3u, ~0u}) {
    HandMade forged;
    forged.count = count;
    const std::string error = ReadError(folder / "c", forged.Bytes());
    EXPECT_NE(error.find("is damaged in its directory"), std::string::npos) << error;
  }
}

TEST(CheckpointFile, NoSections_ReadsBack) {
  const TempFolder folder;
  WriteCheckpoint(folder / "c", {});
  EXPECT_TRUE(Checkpoint::Read(folder / "c").names().empty());
}

// The section is larger than the disk and may not be read: a check that came after the checksum
// would end the process.
TEST(CheckpointFile, DiskWithTooLittleRoom_IsRefusedBeforeAnythingIsWritten) {
  const TempFolder folder;
  struct statvfs disk = {};
  ASSERT_EQ(::statvfs(folder.path().c_str(), &disk), 0);
  const std::size_t size = disk.f_blocks * disk.f_frsize + (std::size_t{1} << 30);
  void* memory =
      ::mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) GTEST_SKIP() << "no address space as large as the disk";
  const std::vector<SectionView> sections = {
      {"replay", std::string_view(static_cast<const char*>(memory), size)}};
  const std::string error = ErrorOf<IoError>([&] { WriteCheckpoint(folder / "c", sections); });
  ::munmap(memory, size);
  EXPECT_TRUE(error.starts_with("cannot write to " + folder.path().string() + ": " +
                                std::to_string(CheckpointBytes(sections)) + " bytes are needed, "))
      << error;
  EXPECT_TRUE(error.ends_with(" are free")) << error;
  EXPECT_TRUE(Names(folder.path()).empty());
}

/// Forged directories with right checksums and damaged bytes with wrong ones: a file is read within
/// its bounds or refused by name.
void FuzzFiles(int count) {
  const TempFolder folder("/dev/shm");
  const std::filesystem::path path = folder / "c";
  Rng rng(3, StreamRole::kTest);
  int read = 0;
  for (int i = 0; i < count; ++i) {
    HandMade forged;
    const auto below = [&](std::uint32_t n) { return rng.Below(n); };
    if (below(2) == 0) forged.count = below(4);
    if (below(2) == 0) forged.sizes[below(2)] = below(8) == 0 ? rng.Next() : below(6);
    if (below(4) == 0) forged.sections[below(2)].first.resize(below(12), 'x');
    if (below(4) == 0) forged.sections[below(2)].second.resize(below(12), 'y');
    std::string bytes = forged.Bytes();
    if (below(2) == 0) {
      char& byte = bytes[below(static_cast<std::uint32_t>(bytes.size()))];
      byte = static_cast<char>(byte ^ (1 << below(7)));
    }
    if (below(8) == 0) bytes.resize(below(static_cast<std::uint32_t>(bytes.size()) + 1));
    Spill(path, bytes);
    try {
      const Checkpoint checkpoint = Checkpoint::Read(path);
      std::size_t total = 0;
      for (const std::string& name : checkpoint.names()) total += checkpoint.Bytes(name).size();
      ASSERT_LT(total, bytes.size()) << "input " << i;
      ++read;
    } catch (const FileError& error) {
      ASSERT_NE(std::string(error.what()).find(path.string()), std::string::npos) << error.what();
    }
  }
  EXPECT_GT(read, count / 50);
}

TEST(CheckpointFile, ForgedFiles_AreReadWithinTheirBoundsOrRefused) { FuzzFiles(100000); }
TEST(FullCheckpointFileFuzz, ForgedFiles_AreReadWithinTheirBoundsOrRefused) { FuzzFiles(1000000); }

}  // namespace
}  // namespace brasa
