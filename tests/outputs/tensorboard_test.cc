// Records and files for TensorBoard, against files that tensorboardX wrote.
#include <cstring>

#include "brasa/core/error.h"
#include "runners/loop/tensorboard_events.h"
#include "runners/loop/tensorboard_writer.h"
#include "tests/outputs/outputs_testing.h"
#include "tests/support/test_data.h"

namespace brasa {
namespace {

namespace tb = tensorboard;

const std::string kFolder = TestData("tfevents/");
const std::string kFixture = kFolder + "events.out.tfevents.1795227134.vm.fixture";
const std::string kHparamsFixture = kFolder + "hp/events.out.tfevents.1795227134.vm";

template <typename T>
T ValueAt(std::string_view bytes, std::size_t at) {
  T value;
  EXPECT_LE(at + sizeof value, bytes.size());
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

std::uint32_t SlowMaskedCrc(std::string_view bytes) {
  const std::uint32_t crc = SlowCrc32c(bytes);
  return ((crc >> 15) | (crc << 17)) + 0xA282EAD8u;
}

/// Whole records of a file, framing included, both checksums verified.
std::vector<std::string> SplitRecords(const std::string& file) {
  std::vector<std::string> records;
  for (std::size_t at = 0; at < file.size();) {
    const auto size = ValueAt<std::uint64_t>(file, at);
    const std::string_view data = std::string_view(file).substr(at + 12, size);
    EXPECT_EQ(ValueAt<std::uint32_t>(file, at + 8), SlowMaskedCrc(file.substr(at, 8)));
    EXPECT_EQ(ValueAt<std::uint32_t>(file, at + 12 + size), SlowMaskedCrc(data));
    records.push_back(file.substr(at, 16 + size));
    at += 16 + size;
  }
  return records;
}

/// Field 1 of an event comes first and has a key of one byte.
double WallTime(const std::string& record) {
  EXPECT_EQ(record[12], '\x09');
  return ValueAt<double>(record, 13);
}

TEST(TensorBoard, MaskedCrc_KnownAnswer) { EXPECT_EQ(tb::MaskedCrc("123456789"), 0xC78AB0E5u); }

// By hand: 09 <wall time> | 10 step | 2a summary { 0a value { 0a tag, 15 float32 1.5 } }.
TEST(TensorBoard, Scalar_IsTheseBytes) {
  const std::string tag = "charts/episodic_return";
  std::string event = "\x09";
  event += LittleEndianBytes(2.5);
  event += "\x10\x0a\x2a\x1f\x0a\x1d\x0a\x16";
  event += tag;
  event += std::string("\x15\x00\x00\xc0\x3f", 5);
  ASSERT_EQ(event.size(), 44u);
  const std::string length = LittleEndianBytes(std::uint64_t{44});
  EXPECT_EQ(tb::Scalar(tag, 10, 1.5f, 2.5), length + LittleEndianBytes(SlowMaskedCrc(length)) +
                                                event + LittleEndianBytes(SlowMaskedCrc(event)));
}

TEST(TensorBoard, LargeStep_IsAVarint) {
  // 300 = 0b10'0101100 -> ac 02; -1 is ten bytes, as protocol buffers store a negative int64.
  EXPECT_NE(tb::Scalar("t", 300, 0, 1).find(std::string("\x10\xac\x02\x2a")), std::string::npos);
  const std::string minus_one = std::string(9, '\xff') + "\x01";
  EXPECT_NE(tb::Scalar("t", -1, 0, 1).find(std::string("\x10").append(minus_one)),
            std::string::npos);
}

TEST(TensorBoard, ScalarsAndText_EqualTensorboardX) {
  const auto records = SplitRecords(Slurp(kFixture));
  ASSERT_EQ(records.size(), 7u);
  const std::string tag = "charts/episodic_return";
  EXPECT_EQ(tb::FileVersion(WallTime(records[0])), records[0]);
  EXPECT_EQ(tb::Scalar(tag, 0, 0.0f, WallTime(records[1])), records[1]);
  EXPECT_EQ(tb::Scalar(tag, 10, 1.5f, WallTime(records[2])), records[2]);
  EXPECT_EQ(tb::Scalar(tag, 20, 3.0f, WallTime(records[3])), records[3]);
  EXPECT_EQ(tb::Text("note", 0, "hello", WallTime(records[6])), records[6]);
}

TEST(TensorBoard, Hparams_EqualTensorboardX) {
  const auto records = SplitRecords(Slurp(kHparamsFixture));
  ASSERT_EQ(records.size(), 5u);
  const tb::Hparam lr = {"lr", 0.1}, algo = {"algo", std::string("ppo")}, flag = {"flag", true};
  const std::vector<tb::Hparam> columns = {lr, algo, flag};
  const std::vector<tb::Hparam> values = {flag, lr, algo};  // a map: the order has no meaning
  const std::vector<std::string> metrics = {"hparam/return"};
  EXPECT_EQ(tb::Experiment(columns, metrics, WallTime(records[1])), records[1]);
  EXPECT_EQ(tb::SessionStart(values, WallTime(records[2])), records[2]);
  EXPECT_EQ(tb::SessionEnd(tb::SessionStatus::kSuccess, WallTime(records[3])), records[3]);
  EXPECT_EQ(tb::Scalar("hparam/return", 0, 12.0f, WallTime(records[4])), records[4]);
}

TEST(TensorBoard, IntegersAndLists_AreNumbersAndText) {
  const std::vector<tb::Hparam> integer = {{"n", std::int64_t{2}}};
  const std::vector<tb::Hparam> real = {{"n", 2.0}};
  const std::vector<tb::Hparam> list = {{"n", std::vector<std::int64_t>{64, 64}}};
  const std::vector<tb::Hparam> text = {{"n", std::string("64,64")}};
  EXPECT_EQ(tb::SessionStart(integer, 1), tb::SessionStart(real, 1));
  EXPECT_EQ(tb::Experiment(integer, {}, 1), tb::Experiment(real, {}, 1));
  EXPECT_EQ(tb::SessionStart(list, 1), tb::SessionStart(text, 1));
  EXPECT_EQ(tb::Experiment(list, {}, 1), tb::Experiment(text, {}, 1));
}

TEST(TensorBoard, CleanTag_KeepsWhatTensorBoardTakes) {
  EXPECT_EQ(tb::CleanTag("charts/episodic_return-2.5"), "charts/episodic_return-2.5");
  EXPECT_EQ(tb::CleanTag("//loss (mean)"), "loss__mean_");
  EXPECT_EQ(tb::Scalar("/a b", 1, 2, 3), tb::Scalar("a_b", 1, 2, 3));
}

TEST(TensorBoardWriter, File_BeginsWithItsVersionAndHoldsTheRecords) {
  const TempFolder folder;
  const auto path = folder / "events.out.tfevents.1700000000.host";
  TensorBoardWriter writer = TensorBoardWriter::Create(path, 5);
  const std::vector<tb::Hparam> hparams = {{"lr", 0.1}};
  const std::vector<std::string> metrics = {"eval/return"};
  writer.Hparams(hparams, metrics, 6);
  writer.Text("config", 0, "| a | b |", 7);
  writer.Scalar("loss", 100, 0.25, 8);
  writer.SessionEnd(tb::SessionStatus::kFailure, 9);
  writer.Flush(Sync::kYes);
  EXPECT_EQ(Slurp(path), tb::FileVersion(5) + tb::Experiment(hparams, metrics, 6) +
                             tb::SessionStart(hparams, 6) + tb::Text("config", 0, "| a | b |", 7) +
                             tb::Scalar("loss", 100, 0.25f, 8) +
                             tb::SessionEnd(tb::SessionStatus::kFailure, 9));
  EXPECT_EQ(writer.length(), static_cast<std::int64_t>(std::filesystem::file_size(path)));
}

TEST(TensorBoardWriter, Resume_GivesTheFileOfAStraightRun) {
  const TempFolder folder;
  std::int64_t length = 0;
  {
    TensorBoardWriter killed = TensorBoardWriter::Create(folder / "resumed", 5);
    killed.Scalar("loss", 1, 0.5, 6);
    length = killed.length();
    killed.Scalar("lost", 2, 0.5, 7);
  }
  {
    TensorBoardWriter resumed = TensorBoardWriter::Resume(folder / "resumed", length, 99);
    resumed.Scalar("loss", 2, 0.25, 8);
    TensorBoardWriter straight = TensorBoardWriter::Create(folder / "straight", 5);
    straight.Scalar("loss", 1, 0.5, 6);
    straight.Scalar("loss", 2, 0.25, 8);
  }
  EXPECT_EQ(Slurp(folder / "resumed"), Slurp(folder / "straight"));
}

TEST(TensorBoardWriter, ResumeFromZero_StartsAnew) {
  const TempFolder folder;
  TensorBoardWriter::Resume(folder / "events", 0, 5).Flush(Sync::kNo);
  EXPECT_EQ(Slurp(folder / "events"), tb::FileVersion(5));
}

TEST(TensorBoardWriter, ResumeOfAForeignFile_IsRefusedAndChangesNothing) {
  const TempFolder folder;
  const std::string text(100, 'x');
  Spill(folder / "events", text);
  EXPECT_EQ(ErrorOf<FileError>([&] { TensorBoardWriter::Resume(folder / "events", 50, 5); }),
            (folder / "events").string() + " is not a TensorBoard event file");
  EXPECT_EQ(Slurp(folder / "events"), text);
}

}  // namespace
}  // namespace brasa
