// Drawings in terminal cells.
#include <gtest/gtest.h>

#include <sstream>

#include "brasa/core/error.h"
#include "tests/view/drawings.h"

namespace brasa {
namespace {

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(Text, Ascii_HasItsSize_AndOnlyPrintableAscii) {
  const std::string text = DrawAsText(testing_view::DrawBoard, 44, 20, TextStyle::kAscii);
  const std::vector<std::string> lines = Lines(text);
  ASSERT_EQ(lines.size(), 20u);
  EXPECT_EQ(text.back(), '\n');
  for (const std::string& line : lines) {
    EXPECT_EQ(line.size(), 44u);
    for (const char c : line) EXPECT_TRUE(c >= ' ' && c <= '~') << int{c};
  }
}

TEST(Text, Ascii_TellsColoursApart) {
  // View 7 x 7 on 28 x 14 cells: a unit is 4 columns and 2 rows.
  const auto draw = [](Canvas& canvas) {
    canvas.View(0, 0, 7, 7);
    canvas.Clear(palette::kPaper);
    const Color colors[] = {palette::kBlue,  palette::kSky,    palette::kOrange, palette::kRed,
                            palette::kGreen, palette::kYellow, palette::kInk};
    for (int i = 0; i < 7; ++i) canvas.Rectangle({i + 0.0, 6}, {i + 1.0, 7}, colors[i]);
  };
  const std::vector<std::string> lines = Lines(DrawAsText(draw, 28, 14, TextStyle::kAscii));
  // Ink has luminance 36: 212 of 248 parts dark is 7.7 ninths.
  EXPECT_EQ(lines[0], "bbbbssssoooorrrrggggyyyy####");
  EXPECT_EQ(lines[1], lines[0]);
  EXPECT_EQ(lines[2], std::string(28, ' '));
}

TEST(Text, Ascii_DarkerGreys_ClimbTheRamp) {
  const auto draw = [](Canvas& canvas) {
    canvas.View(0, 0, 5, 2);
    const int greys[] = {250, 180, 120, 60, 0};
    for (int i = 0; i < 5; ++i) {
      const auto grey = static_cast<std::uint8_t>(greys[i]);
      canvas.Rectangle({i + 0.0, 0}, {i + 1.0, 2}, {grey, grey, grey, 255});
    }
  };
  // Darkness 248 - grey in ninths of 248: 0, 2.5, 4.6, 6.8, 9.
  EXPECT_EQ(DrawAsText(draw, 5, 1, TextStyle::kAscii), " :=*@\n");
}

TEST(Text, Colour_ShowsUpperAndLowerPixelInOneCell) {
  const auto draw = [](Canvas& canvas) {
    canvas.View(0, 0, 2, 2);
    canvas.Clear({1, 2, 3, 255});
    canvas.Rectangle({0, 1}, {2, 2}, {250, 128, 7, 255});
  };
  // Top colour in the foreground, bottom in the background, told once for equal neighbours.
  EXPECT_EQ(DrawAsText(draw, 2, 1, TextStyle::kColour),
            "\x1b[38;2;250;128;7m\x1b[48;2;1;2;3m\u2580\u2580\x1b[0m\n");
}

TEST(Text, Colour_EveryLineEndsReset) {
  for (const std::string& line :
       Lines(DrawAsText(testing_view::DrawBoard, 40, 20, TextStyle::kColour))) {
    EXPECT_TRUE(line.ends_with("\x1b[0m"));
    EXPECT_TRUE(line.starts_with("\x1b[38;2;"));
  }
}

TEST(Text, SmallText_IsWrittenAsCharacters) {
  // 20 x 4 cells are 20 x 8 pixels, one a unit; y = 5 and y = 1 are the lines 1 and 3.
  const auto draw = [](Canvas& canvas) {
    canvas.View(0, 0, 20, 8);
    canvas.Clear(palette::kPaper);
    canvas.Text({0, 5}, 1, "left", TextAlign::kLeft, palette::kRed);
    canvas.Text({20, 5}, 1, "right", TextAlign::kRight, palette::kInk);
    canvas.Text({10, 1}, 1, "mid\xC3\xA9", TextAlign::kCentre, palette::kInk);
    canvas.Text({18, 1}, 1, "cut off", TextAlign::kLeft, palette::kInk);
    canvas.Text({5, 9}, 1, "outside", TextAlign::kLeft, palette::kInk);
  };
  const std::vector<std::string> lines = Lines(DrawAsText(draw, 20, 4, TextStyle::kAscii));
  EXPECT_EQ(lines[0], "                    ");
  EXPECT_EQ(lines[1], "left           right");
  EXPECT_EQ(lines[2], "                    ");
  EXPECT_EQ(lines[3], "        mid?      cu");
  const std::vector<std::string> coloured = Lines(DrawAsText(draw, 20, 4, TextStyle::kColour));
  EXPECT_TRUE(coloured[1].starts_with("\x1b[38;2;213;94;0m\x1b[48;2;250;249;245mleft\x1b"));
  EXPECT_NE(coloured[3].find("mid\xC3\xA9"), std::string::npos);
}

TEST(Text, LargeText_IsDrawn) {
  const auto draw = [](Canvas& canvas) {
    canvas.View(0, 0, 40, 40);
    canvas.Clear(palette::kPaper);
    canvas.Text({20, 20}, 30, "I", TextAlign::kCentre, palette::kInk);
  };
  const std::vector<std::string> lines = Lines(DrawAsText(draw, 40, 20, TextStyle::kAscii));
  for (const std::size_t row : {4u, 9u, 15u}) {
    EXPECT_NE(lines[row].find_first_not_of(' '), std::string::npos) << row;
    EXPECT_EQ(lines[row].find('I'), std::string::npos) << row;
  }
}

TEST(Text, SizeOutOfRange_IsAConfigError) {
  EXPECT_THROW(DrawAsText(testing_view::DrawBoard, 0, 10, TextStyle::kAscii), ConfigError);
  EXPECT_THROW(DrawAsText(testing_view::DrawBoard, 10, 1001, TextStyle::kColour), ConfigError);
}

}  // namespace
}  // namespace brasa
