// SVG 1.1, written by hand so that text stays text: it can be searched, and edited in a vector
// program. (Cairo's SVG surface writes every letter as an outline.)
#include <charconv>
#include <cmath>

#include "runners/files/atomic_file.h"
#include "runners/view/clean_text.h"
#include "runners/view/plot_surface.h"

namespace brasa {
namespace {

/// Height of a capital in DejaVu Sans and Verdana, as a part of the font size.
constexpr double kSvgCapitalHeight = 0.729;

/// Hundredths of a pixel, without trailing zeros.
std::string Number(double value) {
  char text[64];
  const double rounded = std::round(value * 100) / 100 + 0.0;  // no "-0"
  return {text, std::to_chars(text, text + sizeof text, rounded).ptr};
}

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : CleanText(text)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

/// ` NAME="#rrggbb"`, with ` NAME-opacity` where it is transparent.
std::string Paint(const std::string& name, Color color) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text = " " + name + "=\"#";
  for (const int channel : {color.r, color.g, color.b}) {
    text += kDigits[channel / 16];
    text += kDigits[channel % 16];
  }
  text += '"';
  if (color.a < 255) text += " " + name + "-opacity=\"" + Number(color.a / 255.0) + "\"";
  return text;
}

std::string Points(std::span<const Point> points) {
  std::string text = " points=\"";
  for (const Point point : points) {
    if (text.back() != '"') text += ' ';
    text += Number(point.x) + "," + Number(point.y);
  }
  return text + "\"";
}

class SvgSurface final : public PlotSurface {
 public:
  SvgSurface(int width, int height) {
    const std::string w = std::to_string(width);
    const std::string h = std::to_string(height);
    text_ = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    text_ += "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + w + "\" height=\"" + h +
             "\" viewBox=\"0 0 " + w + " " + h +
             "\" font-family=\"DejaVu Sans, Verdana, Geneva, sans-serif\">\n";
    text_ +=
        "<rect width=\"" + w + "\" height=\"" + h + "\"" + Paint("fill", palette::kPaper) + "/>\n";
  }

  void Polyline(std::span<const Point> points, double width, Color color) override {
    text_ += "<polyline fill=\"none\" stroke-linecap=\"round\" stroke-linejoin=\"round\"" +
             Paint("stroke", color) + " stroke-width=\"" + Number(width) + "\"" + Points(points) +
             "/>\n";
  }
  void Polygon(std::span<const Point> corners, Color color) override {
    text_ += "<polygon" + Paint("fill", color) + Points(corners) + "/>\n";
  }
  void Circle(Point centre, double radius, Color color) override {
    text_ += "<circle" + Paint("fill", color) + " cx=\"" + Number(centre.x) + "\" cy=\"" +
             Number(centre.y) + "\" r=\"" + Number(radius) + "\"/>\n";
  }
  void Text(Point at, double height, std::string_view text, TextAlign align, Color color) override {
    const std::string anchor = align == TextAlign::kLeft     ? "start"
                               : align == TextAlign::kCentre ? "middle"
                                                             : "end";
    text_ += "<text x=\"" + Number(at.x) + "\" y=\"" + Number(at.y) + "\" font-size=\"" +
             Number(height / kSvgCapitalHeight) + "\" text-anchor=\"" + anchor + "\"" +
             Paint("fill", color) + ">" + Escaped(text) + "</text>\n";
  }
  void Write(const std::string& path) override {
    text_ += "</svg>\n";
    AtomicFile file(path);
    file.Write(text_.data(), text_.size());
    file.Commit();
  }

 private:
  std::string text_;
};

}  // namespace

std::unique_ptr<PlotSurface> MakeSvgSurface(int width, int height) {
  return std::make_unique<SvgSurface>(width, height);
}

}  // namespace brasa
