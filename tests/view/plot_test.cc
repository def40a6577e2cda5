// Axes, and plots as files.
#include <cairo.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include "brasa/core/error.h"
#include "brasa/plot.h"
#include "runners/view/plot_axis.h"
#include "tests/view/drawings.h"

namespace brasa {
namespace {

using testing_view::Folder;

constexpr double kGap = std::numeric_limits<double>::quiet_NaN();

std::vector<std::string> Labels(const Axis& axis) {
  std::vector<std::string> labels;
  for (const double tick : axis.ticks) labels.push_back(TickLabel(tick, axis.step));
  return labels;
}

using Strings = std::vector<std::string>;

TEST(Axis, Steps_AreOneTwoOrFiveTimesAPowerOfTen) {
  EXPECT_EQ(Labels(MakeAxis(0, 500000, 6, AxisEnds::kAtValues)),
            (Strings{"0", "100k", "200k", "300k", "400k", "500k"}));
  EXPECT_EQ(Labels(MakeAxis(0, 2000000, 5, AxisEnds::kAtValues)),
            (Strings{"0", "500k", "1M", "1.5M", "2M"}));
  EXPECT_EQ(Labels(MakeAxis(-0.5, 0.5, 5, AxisEnds::kAtValues)),
            (Strings{"-0.4", "-0.2", "0", "0.2", "0.4"}));
  EXPECT_EQ(Labels(MakeAxis(950, 1050, 5, AxisEnds::kAtValues)),
            (Strings{"960", "980", "1k", "1.02k", "1.04k"}));
  EXPECT_EQ(Labels(MakeAxis(0, 4e-5, 4, AxisEnds::kAtValues)),
            (Strings{"0", "1e-05", "2e-05", "3e-05", "4e-05"}));
}

TEST(Axis, AtTicks_ReachesTheTickBeyondTheValues) {
  const Axis axis = MakeAxis(9.3, 487, 5, AxisEnds::kAtTicks);
  EXPECT_EQ(axis.low, 0);
  EXPECT_EQ(axis.high, 500);
  EXPECT_EQ(Labels(axis), (Strings{"0", "100", "200", "300", "400", "500"}));
  const Axis exact = MakeAxis(0, 500, 5, AxisEnds::kAtTicks);
  EXPECT_EQ(exact.high, 500) << "no empty step above a value on a tick";
}

TEST(Axis, OneValue_GetsRoomOnBothSides) {
  for (const double value : {0.0, 7.0, -1e9, 1e-30, 1e300}) {
    const Axis axis = MakeAxis(value, value, 5, AxisEnds::kAtTicks);
    EXPECT_LT(axis.low, value);
    EXPECT_GT(axis.high, value);
    EXPECT_GE(axis.ticks.size(), 2u) << value;
    EXPECT_LE(axis.ticks.size(), 9u) << value;
  }
}

/// A learning curve with a band, its x a step count.
Curve Learning(const std::string& label, double best, double speed) {
  Curve curve{label, {}, {}, {}, {}};
  for (int i = 0; i <= 100; ++i) {
    const double mean = best * (1 - std::exp(-speed * i)) + 6 * std::sin(0.9 * i);
    const double spread = 60 * std::exp(-0.02 * i) + 5;
    curve.x.push_back(5000.0 * i);
    curve.y.push_back(mean);
    curve.low.push_back(mean - spread);
    curve.high.push_back(std::min(mean + spread, 500.0));
  }
  return curve;
}

PlotSpec TwoCurves() {
  PlotSpec spec;
  spec.title = "PPO on CartPole-v1";
  spec.x_label = "environment steps";
  spec.y_label = "return, IQM of 5 seeds with 95 % interval";
  spec.curves = {Learning("native <Eigen> & co", 490, 0.08), Learning("torch", 470, 0.03)};
  spec.curves[1].y[40] = spec.curves[1].y[42] = kGap;
  spec.reference = 475;
  spec.reference_label = "threshold 475";
  return spec;
}

std::string ReadText(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::size_t Occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++count;
  return count;
}

TEST(Plot, Svg_HoldsItsTextsCurvesAndBands) {
  const Folder folder;
  WritePlot(TwoCurves(), folder.File("curves.svg"));
  const std::string svg = ReadText(folder.File("curves.svg"));
  EXPECT_TRUE(svg.starts_with("<?xml"));
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  for (const char* text :
       {">PPO on CartPole-v1<", ">environment steps<", ">native &lt;Eigen&gt; &amp; co<", ">torch<",
        ">threshold 475<", ">100k<", ">500k<", ">0<", ">500<"}) {
    EXPECT_EQ(Occurrences(svg, text), std::string(text) == ">0<" ? 2u : 1u) << text;
  }
  EXPECT_EQ(Occurrences(svg, "<polygon"), 2u);
  // Blue: the mark in the legend and one line. Red: two gaps make two lines and a dot between.
  EXPECT_EQ(Occurrences(svg, "stroke=\"#0072b2\""), 2u);
  EXPECT_EQ(Occurrences(svg, "stroke=\"#d55e00\""), 3u);
  EXPECT_EQ(Occurrences(svg, "<circle fill=\"#d55e00\""), 1u);
}

TEST(Plot, Svg_AnXmlReaderAcceptsIt) {
  const Folder folder;
  PlotSpec spec = TwoCurves();
  spec.title = "\"quotes\" & <tags> \xFF \x01 \xC3\xA9";
  WritePlot(spec, folder.File("odd.svg"));
  const std::string command =
      "python3 -c 'import sys, xml.dom.minidom as m; "
      "m.parse(sys.argv[1])' " +
      folder.File("odd.svg");
  EXPECT_EQ(std::system(command.c_str()), 0);
}

TEST(Plot, Png_HasItsSizeAndColours) {
  const Folder folder;
  PlotSpec spec = TwoCurves();
  spec.width = 1200;
  spec.height = 750;
  const std::string path = folder.File("curves.png");
  WritePlot(spec, path);
  cairo_surface_t* surface = cairo_image_surface_create_from_png(path.c_str());
  ASSERT_EQ(cairo_surface_status(surface), CAIRO_STATUS_SUCCESS);
  EXPECT_EQ(cairo_image_surface_get_width(surface), 1200);
  EXPECT_EQ(cairo_image_surface_get_height(surface), 750);
  int blue = 0;
  for (int y = 0; y < 750; ++y) {
    const auto* row =
        cairo_image_surface_get_data(surface) + y * cairo_image_surface_get_stride(surface);
    for (int x = 0; x < 1200; ++x) {
      blue += row[4 * x] == 178 && row[4 * x + 1] == 114 && row[4 * x + 2] == 0 ? 1 : 0;
    }
  }
  cairo_surface_destroy(surface);
  EXPECT_GT(blue, 1000);  // a line of 2.7 pixels across some 1000 columns, its core in pure colour
}

TEST(Plot, AMillionPoints_MakeASmallFileThatKeepsThePeaks) {
  const Folder folder;
  PlotSpec spec;
  spec.curves.push_back({"noise", {}, {}, {}, {}});
  for (int i = 0; i < 1000000; ++i) {
    spec.curves[0].x.push_back(i);
    spec.curves[0].y.push_back(i == 123456 ? 1000 : std::sin(0.1 * i));
  }
  WritePlot(spec, folder.File("noise.svg"));
  const std::string svg = ReadText(folder.File("noise.svg"));
  EXPECT_LT(svg.size(), 100000u);
  EXPECT_EQ(Occurrences(svg, ">1k<"), 1u);
  // The peak lies on the axis' upper end: its y is that of the line of the tick "1k".
  const std::size_t label = svg.find(">1k<");
  const std::size_t line = svg.rfind("points=\"", label);
  const std::size_t comma = svg.find(',', line);
  const std::string top = svg.substr(comma, svg.find(' ', comma) - comma);  // ",58"
  EXPECT_NE(svg.find(top + " ", svg.rfind("#0072b2")), std::string::npos) << top;
}

TEST(Plot, LegendOfTooManyCurves_SaysHowManyItLeavesOut) {
  const Folder folder;
  PlotSpec spec;
  for (int i = 0; i < 100; ++i)
    spec.curves.push_back(Learning("a name " + std::to_string(i), i, 1));
  WritePlot(spec, folder.File("hundred.svg"));
  const std::string svg = ReadText(folder.File("hundred.svg"));
  const std::size_t listed = Occurrences(svg, ">a name ");
  EXPECT_GT(listed, 20u);
  EXPECT_EQ(Occurrences(svg, ">and " + std::to_string(100 - listed) + " more<"), 1u);
}

TEST(Plot, SingleValueAndManyCurves_AreDrawn) {
  const Folder folder;
  PlotSpec spec;
  spec.curves.push_back({"one point", {3}, {7}, {}, {}});
  WritePlot(spec, folder.File("point.svg"));
  EXPECT_EQ(Occurrences(ReadText(folder.File("point.svg")), "<circle"), 1u);
  for (int i = 0; i < 12; ++i) {
    spec.curves.push_back(
        Learning("a curve with a long name, number " + std::to_string(i), 100.0 + 30 * i, 0.05));
  }
  WritePlot(spec, folder.File("many.png"));
  EXPECT_TRUE(std::filesystem::exists(folder.File("many.png")));
}

template <typename Expected>
std::string ErrorOf(const PlotSpec& spec, const std::string& path) {
  try {
    WritePlot(spec, path);
  } catch (const Expected& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing of the expected type was thrown";
  return "";
}

TEST(Plot, WrongInput_IsOneClearErrorAndWritesNothing) {
  const Folder folder;
  const std::string path = folder.File("a.svg");
  const auto contains = [](const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  };
  EXPECT_TRUE(contains(ErrorOf<ConfigError>({}, path), path)) << "empty";
  PlotSpec gaps;
  gaps.curves.push_back({"gaps", {1, 2}, {kGap, kGap}, {}, {}});
  EXPECT_TRUE(contains(ErrorOf<ConfigError>(gaps, path), "no curve has a finite point"));
  EXPECT_TRUE(contains(ErrorOf<ConfigError>(TwoCurves(), folder.File("a.pdf")), "a.pdf"));
  PlotSpec uneven = TwoCurves();
  uneven.curves[1].y.pop_back();
  EXPECT_TRUE(contains(ErrorOf<UsageError>(uneven, path), "torch"));
  PlotSpec half_band = TwoCurves();
  half_band.curves[0].low.clear();
  EXPECT_TRUE(contains(ErrorOf<UsageError>(half_band, path), "native"));
  PlotSpec tiny = TwoCurves();
  tiny.width = 10;
  EXPECT_TRUE(contains(ErrorOf<ConfigError>(tiny, path), "10 x 500"));
  const std::string nowhere = folder.File("none/a.svg");
  EXPECT_TRUE(contains(ErrorOf<FileError>(TwoCurves(), nowhere), nowhere));
  EXPECT_TRUE(std::getenv("BRASA_KEEP_PICTURES") != nullptr || folder.IsEmpty());
}

}  // namespace
}  // namespace brasa
