#include "brasa/core/config.h"

#include <gtest/gtest.h>

#include "brasa/core/random.h"
#include "tests/support/text_fuzz.h"

namespace brasa {
namespace {

Config MakeConfig() {
  return Config({
      BoolField("normalize", true, "h"),
      IntField("epochs", 4, 1, 64, "h"),
      FloatField("gamma", 0.99, 0, 1, "h"),
      TextField("note", "", "h"),
      ChoiceField("backend", "native", {"native", "torch"}, "h"),
      IntListField("hidden", {64, 64}, 1, 4096, "h"),
      IntField("seed", 0, 0, std::numeric_limits<double>::infinity(), "h"),
      FloatField("clip", 0.2, -std::numeric_limits<double>::infinity(), 10, "h"),
      FloatField("scale", 1, -std::numeric_limits<double>::infinity(),
                 std::numeric_limits<double>::infinity(), "h"),
  });
}

/// The words of the error that setting `name` to `text` throws; the config must stay as it was.
std::string ErrorOf(const std::string& name, const std::string& text) {
  Config config = MakeConfig();
  try {
    config.Set(name, text);
  } catch (const ConfigError& error) {
    for (const Field& field : config.fields()) {
      EXPECT_EQ(config.Get(field.name), field.default_value) << field.name;
    }
    return error.what();
  }
  return "no error; " + config.GetText(name);
}

TEST(Config, NewConfig_HoldsTheDefaults) {
  const Config config = MakeConfig();
  EXPECT_TRUE(config.GetBool("normalize"));
  EXPECT_EQ(config.GetInt("epochs"), 4);
  EXPECT_EQ(config.GetFloat("gamma"), 0.99);
  EXPECT_EQ(config.GetText("backend"), "native");
  EXPECT_EQ(config.GetIntList("hidden"), (std::vector<std::int64_t>{64, 64}));
  EXPECT_TRUE(config.Has("gamma"));
  EXPECT_FALSE(config.Has("gama"));
  EXPECT_EQ(config.fields().size(), 9u);
}

TEST(Config, TextOfEveryType_IsRead) {
  Config config = MakeConfig();
  config.Set("normalize", "false");
  config.Set("epochs", "64");
  config.Set("gamma", "1");
  config.Set("note", "any text, with = signs");
  config.Set("backend", "torch");
  config.Set("hidden", "256, 128,1");
  EXPECT_FALSE(config.GetBool("normalize"));
  EXPECT_EQ(config.GetInt("epochs"), 64);
  EXPECT_EQ(config.GetFloat("gamma"), 1.0);
  EXPECT_EQ(config.GetText("note"), "any text, with = signs");
  EXPECT_EQ(config.GetText("backend"), "torch");
  EXPECT_EQ(config.GetText("hidden"), "256,128,1");
}

TEST(Config, WholeNumbersInFloatSpelling_AreIntegers) {
  Config config = MakeConfig();
  for (const auto& [text, value] : {std::pair<const char*, std::int64_t>{"1e6", 1000000},
                                    {"2.0", 2},
                                    {"+7", 7},
                                    {"9007199254740993", 9007199254740993}}) {
    config.Set("seed", text);
    EXPECT_EQ(config.GetInt("seed"), value) << text;
  }
}

TEST(Config, EmptyList_IsAllowed) {
  Config config = MakeConfig();
  config.Set("hidden", "");
  EXPECT_TRUE(config.GetIntList("hidden").empty());
  EXPECT_EQ(config.GetText("hidden"), "");
}

TEST(Config, BadValues_NameFieldValueAndWhatIsAllowed) {
  EXPECT_EQ(ErrorOf("normalize", "yes"), "normalize = 'yes' is not allowed; give true or false");
  EXPECT_EQ(ErrorOf("epochs", "65"), "epochs = '65' is not allowed; give an integer in [1, 64]");
  EXPECT_EQ(ErrorOf("gamma", "1.5"), "gamma = '1.5' is not allowed; give a number in [0, 1]");
  EXPECT_EQ(ErrorOf("seed", "-1"), "seed = '-1' is not allowed; give an integer >= 0");
  EXPECT_EQ(ErrorOf("clip", "11"), "clip = '11' is not allowed; give a number <= 10");
  EXPECT_EQ(ErrorOf("scale", "big"), "scale = 'big' is not allowed; give a number");
  EXPECT_EQ(ErrorOf("hidden", "64,0"),
            "hidden = '64,0' is not allowed; give integers in [1, 4096] separated by commas");
  EXPECT_EQ(ErrorOf("backend", "torhc"),
            "backend = 'torhc' is unknown (did you mean torch?); give one of native, torch");
}

TEST(Config, UnknownKey_NamesNearAndKnownKeys) {
  EXPECT_EQ(ErrorOf("gama", "1"),
            "unknown key 'gama' (did you mean gamma?); known: normalize, epochs, gamma, note, "
            "backend, hidden, seed, clip, scale");
  Config empty;
  EXPECT_THROW(empty.Set("a", "1"), ConfigError);
  try {
    empty.Get("a");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(), "unknown key 'a'; known: none");
  }
}

TEST(Config, MalformedNumbers_AreRefused) {
  for (const char* text : {"", " 1", "1 ", "1x", "0x10", "1.5", "nan", "inf", "+-1", "--1", "++1",
                           "99999999999999999999", "1e300", "-1"}) {
    EXPECT_EQ(ErrorOf("seed", text).rfind("seed = '", 0), 0u) << text;
  }
  for (const char* text : {"", " 1", "1 ", "1..2", "nan", "inf", "-inf", "1e999", "0x1p3", "+-1"}) {
    EXPECT_EQ(ErrorOf("scale", text).rfind("scale = '", 0), 0u) << text;
  }
  for (const char* text : {",", "64,", ",64", "64,,64", "64;64", "64 64", "1.0", "9999"}) {
    EXPECT_EQ(ErrorOf("hidden", text).rfind("hidden = '", 0), 0u) << text;
  }
}

TEST(Config, SetDefault_MovesDefaultAndValue) {
  Config config = MakeConfig();
  config.Set("epochs", "5");
  config.SetDefault("epochs", "10");
  EXPECT_EQ(config.GetInt("epochs"), 10);
  EXPECT_EQ(std::get<std::int64_t>(config.fields()[1].default_value), 10);
  EXPECT_THROW(config.SetDefault("epochs", "0"), ConfigError);
  EXPECT_EQ(config.GetInt("epochs"), 10);
  EXPECT_EQ(std::get<std::int64_t>(config.fields()[1].default_value), 10);
}

TEST(Config, Copies_ShareNothing) {
  const Config first = MakeConfig();
  Config second = first;
  second.Set("epochs", "5");
  EXPECT_EQ(first.GetInt("epochs"), 4);
}

TEST(ValueText, Floats_ReadBackEqual) {
  Config config = MakeConfig();
  Rng rng(1, StreamRole::kTest);
  int finite = 0;
  for (int i = 0; i < 20000; ++i) {
    const double value = std::bit_cast<double>(rng.Next());
    if (!std::isfinite(value)) continue;
    ++finite;
    config.Set("scale", ValueText(FieldValue(value)));
    ASSERT_EQ(std::bit_cast<std::uint64_t>(config.GetFloat("scale")),
              std::bit_cast<std::uint64_t>(value))
        << ValueText(FieldValue(value));
  }
  EXPECT_GT(finite, 19900);  // 1 exponent in 2,048 is infinity or NaN
}

TEST(ValueText, Floats_AreTheShortestText) {
  EXPECT_EQ(ValueText(FieldValue(0.1)), "0.1");
  EXPECT_EQ(ValueText(FieldValue(2.5e-4)), "0.00025");
  EXPECT_EQ(ValueText(FieldValue(1e300)), "1e+300");
  EXPECT_EQ(ValueText(FieldValue(3.0)), "3");
}

TEST(AllowedText, FreeText_IsAny) { EXPECT_EQ(AllowedText(TextField("note", "", "")), "any text"); }

/// A value that is read lies in its range and reads back from what is written; one that is refused
/// changes nothing.
void FuzzValues(int count) {
  Config config = MakeConfig(), again = MakeConfig();
  std::size_t next = 0;
  testing::FuzzText<ConfigError>(
      {"true", "4", "64", "1e3", "-0.25", "native", "64,128, 7", "inf", "0x10"},
      "0123456789+-.,e truefalsinvtch", count, [&](const std::string& text) {
        const Field& field = config.fields()[next++ % config.fields().size()];
        const FieldValue before = config.Get(field.name);
        try {
          config.Set(field.name, text);
        } catch (const ConfigError&) {
          EXPECT_EQ(config.Get(field.name), before) << field.name << " = " << text;
          throw;
        }
        again.Set(field.name, config.GetText(field.name));
        EXPECT_EQ(again.Get(field.name), config.Get(field.name)) << field.name << " = " << text;
      });
}

TEST(Config, GarbageValues_AreRefusedInOneWay) { FuzzValues(100000); }
TEST(FullConfigFuzz, GarbageValues_AreRefusedInOneWay) { FuzzValues(1000000); }

}  // namespace
}  // namespace brasa
