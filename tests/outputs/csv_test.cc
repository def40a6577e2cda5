// CsvWriter and the CSV reader.
#include <bit>
#include <cmath>

#include "brasa/core/error.h"
#include "brasa/core/random.h"
#include "runners/loop/csv_reader.h"
#include "runners/loop/csv_writer.h"
#include "tests/outputs/outputs_testing.h"

namespace brasa {
namespace {

using Strings = std::vector<std::string>;
using Row = std::vector<CsvCell>;

const Strings kColumns = {"step", "loss"};

TEST(CsvWriter, Lines_AreHeaderAndShortestNumbers) {
  const TempFolder folder;
  CsvWriter csv = CsvWriter::Create(folder / "m.csv", kColumns);
  csv.Row(Row{std::int64_t{-3}, 0.1});
  csv.Row(Row{std::int64_t{9007199254740993}, 1e300});
  csv.Row(Row{std::int64_t{0}, std::nan("")});
  csv.Row(Row{std::int64_t{0}, -std::nan("")});
  csv.Row(Row{std::int64_t{0}, -INFINITY});
  csv.Row(Row{std::monostate(), -0.0});
  csv.Flush(Sync::kYes);
  const std::string expected =
      "step,loss\n-3,0.1\n9007199254740993,1e+300\n0,nan\n0,nan\n0,-inf\n,-0\n";
  EXPECT_EQ(Slurp(folder / "m.csv"), expected);
  EXPECT_EQ(csv.length(), static_cast<std::int64_t>(expected.size()));
}

// RFC 4180, section 2, rules 5 to 7.
TEST(CsvWriter, Text_IsQuotedWhereItMustBe) {
  const TempFolder folder;
  CsvWriter csv = CsvWriter::Create(folder / "m.csv", Strings{"a,b", "plain"});
  csv.Row(Row{"say \"hi\"", "two\nlines"});
  csv.Row(Row{"", "no need"});
  csv.Flush(Sync::kNo);
  EXPECT_EQ(Slurp(folder / "m.csv"),
            "\"a,b\",plain\n\"say \"\"hi\"\"\",\"two\nlines\"\n,no need\n");
}

TEST(CsvWriter, Create_DoesNotOverwrite) {
  const TempFolder folder;
  Spill(folder / "m.csv", "precious");
  ErrorOf<UsageError>([&] { CsvWriter::Create(folder / "m.csv", kColumns); });
  EXPECT_EQ(Slurp(folder / "m.csv"), "precious");
}

TEST(CsvWriter, Resume_GivesTheFileOfAStraightRun) {
  const TempFolder folder;
  const auto row = [](CsvWriter& csv, int i) { csv.Row(Row{std::int64_t{i}, i / 7.0}); };
  std::int64_t length = 0;
  {
    CsvWriter killed = CsvWriter::Create(folder / "resumed.csv", kColumns);
    for (int i = 0; i < 10; ++i) row(killed, i);
    length = killed.length();
    for (int i = 10; i < 13; ++i) row(killed, -i);
  }
  {
    CsvWriter resumed = CsvWriter::Resume(folder / "resumed.csv", kColumns, length);
    for (int i = 10; i < 20; ++i) row(resumed, i);
    CsvWriter straight = CsvWriter::Create(folder / "straight.csv", kColumns);
    for (int i = 0; i < 20; ++i) row(straight, i);
  }
  EXPECT_EQ(Slurp(folder / "resumed.csv"), Slurp(folder / "straight.csv"));
}

TEST(CsvWriter, ResumeFromZero_StartsAnew) {
  const TempFolder folder;
  Spill(folder / "m.csv", "half a head");
  CsvWriter::Resume(folder / "m.csv", kColumns, 0).Flush(Sync::kNo);
  EXPECT_EQ(Slurp(folder / "m.csv"), "step,loss\n");
}

TEST(CsvWriter, ResumeWithOtherColumns_IsRefusedAndChangesNothing) {
  const TempFolder folder;
  const std::string text = "step,lost\n1,2\n3,4\n";
  Spill(folder / "m.csv", text);
  EXPECT_EQ(ErrorOf<FileError>([&] { CsvWriter::Resume(folder / "m.csv", kColumns, 14); }),
            (folder / "m.csv").string() + " has other columns than this run writes");
  EXPECT_EQ(Slurp(folder / "m.csv"), text);
}

TEST(CsvReader, ColumnsAndRows) {
  const CsvTable table = ParseCsv("step,\"a,\"\"b\"\"\"\r\n1,-2.5\r\n,inf\n3,\"4\"\n", "m.csv");
  EXPECT_EQ(table.columns, (Strings{"step", "a,\"b\""}));
  ASSERT_EQ(table.rows(), 3u);
  EXPECT_EQ(table.Column("step")[0], 1);
  EXPECT_TRUE(std::isnan(table.Column("step")[1]));
  EXPECT_EQ(table.Column("step")[2], 3);
  EXPECT_EQ(table.Column("a,\"b\""), (std::vector<double>{-2.5, INFINITY, 4}));
  EXPECT_EQ(table.unfinished_bytes, 0u);
}

TEST(CsvReader, UnknownColumn_GetsNearMatches) {
  const CsvTable table = ParseCsv("step,mean_return\n", "m.csv");
  EXPECT_FALSE(table.Has("mean_retrun"));
  EXPECT_EQ(ErrorOf<UsageError>([&] { table.Column("mean_retrun"); }),
            "there is no column 'mean_retrun' (did you mean mean_return?)");
}

TEST(CsvReader, UnfinishedLastLine_IsNotARow) {
  for (const std::string rest : {"3", "3,", "3,4", "3,4\r", ",", "3,\"4\""}) {
    const CsvTable table = ParseCsv("a,b\n1,2\n" + rest, "m.csv");
    EXPECT_EQ(table.rows(), 1u) << rest;
    EXPECT_EQ(table.unfinished_bytes, rest.size()) << rest;
  }
}

TEST(CsvReader, BrokenFile_NamesTheLine) {
  const struct {
    std::string text, error;
  } cases[] = {
      {"", "m.csv has no line of column names"},
      {"a,b", "m.csv has no line of column names"},
      {"a,,b\n", "m.csv, line 1: column 2 has no name"},
      {"a,b,a\n", "m.csv, line 1: column 'a' is there twice"},
      {"a,b\n1,2\n3\n", "m.csv, line 3: 1 values, expected 2"},
      {"a,b\n1,2,3\n", "m.csv, line 2: 3 values, expected 2"},
      {"a,b\n1,2\n\n", "m.csv, line 3: 1 values, expected 2"},
      {"a,b\n1,x\n", "m.csv, line 2: 'x' in column 'b' is not a number"},
      {"a,b\n1, 2\n", "m.csv, line 2: ' 2' in column 'b' is not a number"},
      {"a,b\n1,2x\n", "m.csv, line 2: '2x' in column 'b' is not a number"},
      {"a,b\n1,1e999\n", "m.csv, line 2: '1e999' in column 'b' is not a number"},
      {"a,b\n1,\"2\n", "m.csv, line 2: a quote is not closed"},
      {"a,b\n1,2\"3\n", "m.csv, line 2: a quote inside a field without quotes"},
      {"a,b\n\"1\"2,3\n",
       "m.csv, line 2: a field is followed by other text than a comma or a line end"},
      {"a,b\n1,2\r3,4\n",
       "m.csv, line 2: a field is followed by other text than a comma or a line end"},
      {"\"a\nb\",c\n1,2\n1,x\n", "m.csv, line 4: 'x' in column 'c' is not a number"},
  };
  for (const auto& broken : cases) {
    EXPECT_EQ(ErrorOf<FileError>([&] { ParseCsv(broken.text, "m.csv"); }), broken.error);
  }
}

TEST(CsvReader, MissingFile_IsNamed) {
  EXPECT_EQ(ErrorOf<FileError>([] { ReadCsv("/no/such/m.csv"); }), "/no/such/m.csv does not exist");
}

TEST(CsvReader, EveryDouble_ReadsBackWithItsBits) {
  const TempFolder folder;
  Rng rng(1, StreamRole::kTest);
  std::vector<double> written;
  {
    CsvWriter csv = CsvWriter::Create(folder / "m.csv", Strings{"x"});
    while (written.size() < 5000) {
      const double value = std::bit_cast<double>(rng.Next());
      if (std::isnan(value)) continue;
      written.push_back(value);
      csv.Row(Row{value});
    }
  }
  const std::vector<double> read = ReadCsv(folder / "m.csv").Column("x");
  ASSERT_EQ(read.size(), written.size());
  for (std::size_t i = 0; i < read.size(); ++i) {
    ASSERT_EQ(std::bit_cast<std::uint64_t>(read[i]), std::bit_cast<std::uint64_t>(written[i]))
        << written[i];
  }
}

// Whatever the bytes, the answer is a FileError or a table with columns of one length in which no
// row was made up: a table has at most as many rows as the text has line ends.
TEST(CsvReader, RandomBytes_GiveAnErrorOrAWholeTable) {
  const std::string_view alphabet = "\"\",,\n\n\r1-.e0nai\xC3x ";
  Rng rng(2, StreamRole::kTest);
  int tables = 0, errors = 0;
  for (int round = 0; round < 50000; ++round) {
    std::string text = round % 2 == 0 ? "a,b\n1,2\n-3.5,\"4e1\"\n,nan\n" : "";
    const std::uint32_t changes = 1 + rng.Below(round % 2 == 0 ? 3 : 30);
    for (std::uint32_t i = 0; i < changes; ++i) {
      const char c = alphabet[rng.Below(static_cast<std::uint32_t>(alphabet.size()))];
      const std::size_t at = rng.Below(static_cast<std::uint32_t>(text.size() + 1));
      if (rng.Below(2) == 0 || at == text.size()) {
        text.insert(text.begin() + static_cast<std::ptrdiff_t>(at), c);
      } else {
        text[at] = c;
      }
    }
    try {
      const CsvTable table = ParseCsv(text, "m.csv");
      ++tables;
      ASSERT_EQ(table.values.size(), table.columns.size()) << text;
      for (const auto& column : table.values) ASSERT_EQ(column.size(), table.rows()) << text;
      ASSERT_LT(static_cast<std::ptrdiff_t>(table.rows()),
                std::count(text.begin(), text.end(), '\n'))
          << text;
    } catch (const FileError& error) {
      ++errors;
      ASSERT_TRUE(std::string(error.what()).starts_with("m.csv")) << error.what();
    }
  }
  EXPECT_GT(tables, 1000);
  EXPECT_GT(errors, 1000);
}

}  // namespace
}  // namespace brasa
