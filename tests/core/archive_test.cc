#include "brasa/core/archive.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>

namespace brasa {
namespace {

enum class Color8 : std::uint8_t { kRed = 3 };

std::string WriteAll() {
  StateWriter writer;
  writer.Write("flag", true);
  writer.Write("byte", std::uint8_t{200});
  writer.Write("small", std::int16_t{-5});
  writer.Write("id", std::int32_t{-70000});
  writer.Write("count", std::numeric_limits<std::int64_t>::min());
  writer.Write("bits", std::numeric_limits<std::uint64_t>::max());
  writer.Write("float", 0.1f);
  writer.Write("double", -0.1);
  writer.Write("color", Color8::kRed);
  writer.WriteVector("list", std::vector<double>{1.5, -2.5, 3.5});
  writer.WriteVector("empty", std::vector<float>{});
  writer.WriteText("text", std::string_view("a\0b", 3));
  return writer.bytes();
}

/// Reads everything of WriteAll in its order and checks the values.
void ReadAll(std::string_view bytes) {
  StateReader reader(bytes, "file.ckpt");
  bool flag = false;
  std::uint8_t byte = 0;
  std::int16_t small = 0;
  std::int32_t id = 0;
  std::int64_t count = 0;
  std::uint64_t bits = 0;
  float real = 0;
  double wide = 0;
  Color8 color{};
  std::vector<double> list;
  std::vector<float> empty = {1};
  reader.Read("flag", flag);
  reader.Read("byte", byte);
  reader.Read("small", small);
  reader.Read("id", id);
  reader.Read("count", count);
  reader.Read("bits", bits);
  reader.Read("float", real);
  reader.Read("double", wide);
  reader.Read("color", color);
  reader.ReadVector("list", list);
  reader.ReadVector("empty", empty);
  const std::string text = reader.ReadText("text");
  EXPECT_TRUE(reader.AtEnd());
  EXPECT_TRUE(flag);
  EXPECT_EQ(byte, 200);
  EXPECT_EQ(small, -5);
  EXPECT_EQ(id, -70000);
  EXPECT_EQ(count, std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(bits, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(real, 0.1f);
  EXPECT_EQ(wide, -0.1);
  EXPECT_EQ(color, Color8::kRed);
  EXPECT_EQ(list, (std::vector<double>{1.5, -2.5, 3.5}));
  EXPECT_TRUE(empty.empty());
  EXPECT_EQ(text, std::string("a\0b", 3));
}

std::string ErrorOf(const std::function<void()>& read) {
  try {
    read();
  } catch (const FileError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Archive, EveryType_ReadsBackEqual) { ReadAll(WriteAll()); }

TEST(Archive, Entry_HasTheDocumentedBytes) {
  StateWriter writer;
  writer.Write("ab", std::int16_t{0x0102});
  // Name length 2, name, type size 2 and kind 'i' (0x69), count 1, value; little-endian.
  const std::string expected(
      "\x02\x00"
      "ab"
      "\x02\x69"
      "\x01\0\0\0\0\0\0\0"
      "\x02\x01",
      16);
  EXPECT_EQ(writer.bytes(), expected);
}

TEST(Archive, CutAtEveryByte_IsAnErrorThatNamesTheFile) {
  const std::string bytes = WriteAll();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    // A copy of its own, so that a sanitizer sees a read behind the end.
    const std::vector<char> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    const std::string error = ErrorOf([&] { ReadAll({cut.data(), cut.size()}); });
    ASSERT_EQ(error.rfind("file.ckpt is truncated", 0), 0u) << size << ": " << error;
  }
}

TEST(Archive, AnotherName_IsNamedBesideTheExpectedOne) {
  StateWriter writer;
  writer.Write("gamma", 1.0);
  StateReader reader(writer.bytes(), "f");
  double value = 7;
  EXPECT_EQ(ErrorOf([&] { reader.Read("lambda", value); }),
            "f holds 'gamma' where this version expects 'lambda'");
  EXPECT_EQ(value, 7);
}

TEST(Archive, AnotherType_IsNamedBesideTheExpectedOne) {
  StateWriter writer;
  writer.Write("gamma", 1.0);
  float narrow = 0;
  std::int64_t whole = 0;
  std::vector<std::uint64_t> list;
  const std::string& bytes = writer.bytes();
  EXPECT_EQ(ErrorOf([&] { StateReader(bytes, "f").Read("gamma", narrow); }),
            "f holds 'gamma' of type f8 where this version expects f4");
  EXPECT_EQ(ErrorOf([&] { StateReader(bytes, "f").Read("gamma", whole); }),
            "f holds 'gamma' of type f8 where this version expects i8");
  EXPECT_EQ(ErrorOf([&] { StateReader(bytes, "f").ReadVector("gamma", list); }),
            "f holds 'gamma' of type f8 where this version expects u8");
}

TEST(Archive, AnotherCount_IsNamedBesideTheExpectedOne) {
  StateWriter writer;
  writer.WriteVector("list", std::vector<float>{1, 2, 3});
  std::vector<float> four(4, 9);
  EXPECT_EQ(
      ErrorOf([&] { StateReader(writer.bytes(), "f").ReadSpan("list", std::span<float>(four)); }),
      "f: 'list' has 3 values, expected 4");
  EXPECT_EQ(four, std::vector<float>(4, 9));
}

TEST(Archive, HugeCount_IsRefusedBeforeMemoryIsTaken) {
  StateWriter writer;
  writer.WriteVector("list", std::vector<double>{1});
  std::string bytes = writer.bytes();
  for (int i = 0; i < 8; ++i) bytes[8 + static_cast<std::size_t>(i)] = '\xff';  // the count
  std::vector<double> list;
  EXPECT_EQ(ErrorOf([&] { StateReader(bytes, "f").ReadVector("list", list); }),
            "f is truncated in 'list'");
}

TEST(Archive, ForeignBytes_AreAnError) {
  const std::string foreign(64, '\xff');
  std::int32_t value = 0;
  EXPECT_NE(ErrorOf([&] { StateReader(foreign, "f").Read("id", value); }), "no error");
}

}  // namespace
}  // namespace brasa
