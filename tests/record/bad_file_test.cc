// Files that are no recording, or no longer: one line that names them, nothing changed.
#include <gtest/gtest.h>
#include <hdf5.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "brasa/core/error.h"
#include "brasa/core/random.h"
#include "tests/record/record_testing.h"
#include "tests/three_seat/three_seat_game.h"

namespace brasa::record_testing {
namespace {

std::string OpenMessage(const std::string& path) {
  return Message<FileError>([&] { Recording::Open(path); });
}

std::string Bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void Write(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

TEST(BadFile, MissingForeignOrEmpty_IsToldInOneLine) {
  const std::string path = FreshPath("bad.h5");
  EXPECT_EQ(OpenMessage(path), path + ": there is no such file");
  EXPECT_EQ(OpenMessage(testing::TempDir()), testing::TempDir() + ": is no file");
  Write(path, "");
  EXPECT_EQ(OpenMessage(path), path + ": is no HDF5 file");
  Write(path, "step,reward\n1,2\n and some more text");
  EXPECT_EQ(OpenMessage(path), path + ": is no HDF5 file");
  EXPECT_EQ(Message<FileError>([&] { ReopenRecorder(path + "x", {}); }),
            path + "x: there is no such file");

  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  H5Fclose(file);
  EXPECT_EQ(OpenMessage(path), path + ": is HDF5, but no recording of Brasa");
}

TEST(BadFile, OtherVersionOrMissingParts_AreNamed) {
  const std::string path = FreshPath("parts.h5");
  RecordRun(path, BytesRow(), 2, 50);
  hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  hid_t attribute = H5Aopen(file, "version", H5P_DEFAULT);
  const int version = 4;
  H5Awrite(attribute, H5T_NATIVE_INT, &version);
  H5Aclose(attribute);
  H5Fclose(file);
  EXPECT_EQ(OpenMessage(path), path + ": has layout version 4, this program reads version 3");

  std::filesystem::remove(path);
  RecordRun(path, BytesRow(), 2, 50);
  file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  H5Ldelete(file, "plies/reward", H5P_DEFAULT);
  H5Fclose(file);
  EXPECT_EQ(OpenMessage(path), path + ": '/plies/reward' is missing or not as the layout has it");

  std::filesystem::remove(path);
  RecordRun(path, BytesRow(), 2, 50);
  file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  const hid_t spec = H5Gopen2(file, "spec", H5P_DEFAULT);
  H5Adelete(spec, "players");
  H5Gclose(spec);
  H5Fclose(file);
  EXPECT_EQ(OpenMessage(path), path + ": attribute 'players' is missing");
}

TEST(BadFile, TruncatedAnywhere_IsAFileErrorAndLeftAlone) {
  const std::string whole = FreshPath("whole.h5"), path = FreshPath("truncated.h5");
  RecordRun(whole, CartPoleRow(), 4, 3000);
  const std::string bytes = Bytes(whole);
  for (int i = 0; i < 40; ++i) {
    const std::size_t size = bytes.size() * static_cast<std::size_t>(i) / 40;
    Write(path, bytes.substr(0, size));
    const std::string message = OpenMessage(path);
    EXPECT_EQ(message.rfind(path + ": ", 0), 0u) << size << " bytes: " << message;
    EXPECT_EQ(Bytes(path).size(), size);
  }
}

/// True if `a` and `b` hold the same rows and settings; the checksums themselves may differ.
bool SameRows(const std::string& a, const std::string& b) {
  Contents first = Everything(a), second = Everything(b);
  for (Contents* contents : {&first, &second}) {
    std::erase_if(*contents, [](const auto& item) { return item.first.starts_with("/checksums"); });
  }
  return first == second;
}

TEST(BadFile, FlippedByte_IsToldOrHarmless) {
  const std::string whole = FreshPath("sound.h5"), path = FreshPath("flipped.h5");
  RecordRun(whole, three_seat::ThreeSeatRow(), 4, 3000);
  EXPECT_EQ(Recording::Open(whole)->Verify(), 12000);
  const std::string bytes = Bytes(whole);
  Rng rng(1, StreamRole::kTest);
  int told = 0;
  for (int i = 0; i < 200; ++i) {
    std::string flipped = bytes;
    const std::size_t at = rng.Below(static_cast<std::uint32_t>(bytes.size()));
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << rng.Below(8)));
    Write(path, flipped);
    try {
      Recording::Open(path)->Verify();
      EXPECT_TRUE(SameRows(whole, path)) << "byte " << at;
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()).rfind(path, 0), 0u) << error.what();
      ++told;
    }
  }
  EXPECT_GT(told, 100);
}

TEST(BadFile, AlteredCell_NamesDatasetAndRows) {
  const std::string path = FreshPath("altered.h5");
  RecordRun(path, CartPoleRow(), 2, 5000);
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  const hid_t data = H5Dopen2(file, "plies/action", H5P_DEFAULT);
  std::vector<std::int32_t> actions(10000);
  H5Dread(data, H5T_NATIVE_INT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, actions.data());
  actions[8192] ^= 1;  // the first row of the second block
  H5Dwrite(data, H5T_NATIVE_INT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, actions.data());
  H5Dclose(data);
  H5Fclose(file);
  EXPECT_EQ(Message<FileError>([&] { Recording::Open(path)->Verify(); }),
            path + ": '/plies/action' is damaged in rows 8192 to 9999: their checksum is another");
}

TEST(BadFile, FileThatGrows_IsVerifiedByWholeBlocks) {
  const std::string path = FreshPath("growing.h5");
  RandomRun run(CartPoleRow(), 2);
  const auto recorder = MakeRecorder(path, run.Info());
  run.Until(10000, {recorder.get()});
  StateWriter ignored;
  recorder->OnCheckpoint(ignored);
  EXPECT_EQ(Recording::Open(path)->Verify(), 16384);  // of 20,000 plies: two blocks of 8,192
  recorder->OnEnd();
  EXPECT_EQ(Recording::Open(path)->Verify(), 20000);
}

// The state of a file whose writer was killed and which lost its end afterwards: what is told is
// either refused or true, never rows of zeros.
TEST(BadFile, KilledAndTruncated_GivesNoRowsThatWereNotWritten) {
  const std::string live = FreshPath("live.h5"), path = FreshPath("cut.h5");
  RandomRun run(CartPoleRow(), 4);
  const auto recorder = MakeRecorder(live, run.Info());
  run.Until(6000, {recorder.get()});
  StateWriter ignored;
  recorder->OnCheckpoint(ignored);
  const std::string bytes = Bytes(live);
  recorder->OnEnd();
  for (int i = 0; i <= 40; ++i) {
    Write(path, bytes.substr(0, bytes.size() * static_cast<std::size_t>(i) / 40));
    const std::string message = OpenMessage(path);
    if (i < 40) {
      EXPECT_EQ(message.rfind(path + ": ", 0), 0u) << i << ": " << message;
    } else {
      EXPECT_EQ(message, "");
      EXPECT_TRUE(Datasets(path) == Datasets(live));
    }
  }
}

TEST(BadFile, ExistingFile_IsNotOverwritten) {
  const std::string path = FreshPath("mine.h5");
  Write(path, "mine");
  EXPECT_EQ(Message<UsageError>([&] { MakeRecorder(path, RandomRun(CartPoleRow(), 2).Info()); }),
            path + ": exists already; a recording overwrites nothing");
  EXPECT_EQ(Bytes(path), "mine");
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
}

TEST(BadFile, FileOfALiveWriter_IsNotResumedByAnother) {
  const std::string path = FreshPath("taken.h5");
  RandomRun run(CartPoleRow(), 2);
  const auto first = MakeRecorder(path, run.Info());
  StateWriter state;
  first->OnCheckpoint(state);
  StateReader reader(state.bytes(), "checkpoint");
  EXPECT_EQ(Message<UsageError>([&] { ReopenRecorder(path, run.Info())->OnResume(reader); }),
            path + ": another process is writing this recording");
}

/// Without the rights of root while it lives, where the test runs as root.
class Unprivileged {
 public:
  Unprivileged() : root_(geteuid() == 0) {
    if (root_ && seteuid(65534) != 0) abort();
  }
  ~Unprivileged() {
    if (root_ && seteuid(0) != 0) abort();
  }

 private:
  bool root_;
};

TEST(BadFile, ReadOnlyFolder_IsToldAndAKilledFileInItStillRead) {
  const std::string folder = testing::TempDir() + "read_only", path = folder + "/file.h5";
  std::filesystem::create_directories(folder);
  chmod(testing::TempDir().c_str(), 0755);
  RandomRun run(CartPoleRow(), 4);
  const auto recorder = MakeRecorder(path, run.Info());
  run.Until(500, {recorder.get()});
  StateWriter ignored;
  recorder->OnCheckpoint(ignored);
  const std::string as_if_killed = folder + "/killed.h5";
  Write(as_if_killed, Bytes(path));
  recorder->OnEnd();
  chmod(folder.c_str(), 0555);
  {
    const Unprivileged user;
    const std::string other = folder + "/new.h5";
    EXPECT_EQ(Message<IoError>([&] { MakeRecorder(other, run.Info()); }),
              other + ".new: cannot be made: Permission denied");
    EXPECT_EQ(Recording::Open(path)->rows(), 2000);
    const auto killed = Recording::Open(as_if_killed);
    EXPECT_EQ(killed->rows(), 2000);
    EXPECT_FALSE(killed->live());
  }
  chmod(folder.c_str(), 0755);
}

}  // namespace
}  // namespace brasa::record_testing
