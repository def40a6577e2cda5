// Pictures, video and windows of what environments draw on a Canvas. Drawing off-screen needs no
// display; only Window does.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "brasa/canvas.h"

namespace brasa {

/// A drawing: calls a Canvas, `View` first.
using Drawing = std::function<void(Canvas&)>;

/// A picture of 8-bit red, green, blue.
struct Image {
  int width = 0, height = 0;      // [pixels]
  std::vector<std::uint8_t> rgb;  // [height, width, 3], top row first
};

/// A surface in memory to draw many frames on. Antialiased; lines are never thinner than one pixel
/// and end round. Before the first View, one unit is one pixel with (0, 0) at the lower left.
/// A View that is empty or not finite is ignored; so is a shape with a coordinate that is not
/// finite. Not thread-safe; different surfaces may be used by different threads.
class ImageSurface {
 public:
  virtual ~ImageSurface() = default;
  virtual Canvas& canvas() = 0;
  /// What has been drawn so far.
  virtual Image Snapshot() const = 0;
};

/// A surface of width x height pixels, each 1 .. 16384, in palette::kPaper. Throws ConfigError.
std::unique_ptr<ImageSurface> MakeImageSurface(int width, int height);

/// Writes `image` as PNG. The file appears whole or not at all. Throws FileError (the folder is
/// missing, `path` is no regular file) and IoError (disk full, read-only) naming the path.
void WritePng(const Image& image, const std::string& path);

/// Writes frames as an animated GIF that repeats for ever. A frame of up to 255 colours that
/// changed keeps them exactly; more are reduced, the most frequent staying exact. The file appears
/// whole at Close and not at all without. Errors as WritePng.
class GifWriter {
 public:
  /// Every frame is width x height pixels. `fps` frames are shown a second, in [0.01, 50] (viewers
  /// slow faster files down); GIF counts hundredths of a second and the rounding does not add up.
  /// Throws ConfigError for values out of range.
  GifWriter(const std::string& path, int width, int height, double fps);
  ~GifWriter();
  GifWriter(const GifWriter&) = delete;
  GifWriter& operator=(const GifWriter&) = delete;

  /// Appends a frame. Throws UsageError if its size differs or the writer is closed.
  void Add(const Image& frame);
  /// Finishes the file and gives it its name. Throws UsageError if no frame was added.
  void Close();

 private:
  class File;
  std::unique_ptr<File> file_;
};

enum class TextStyle {
  kAscii,  ///< darkness as one of " .:-=+*#%@", strong colours as a letter of their name (b, r, ..)
  kColour,  ///< two pixels a cell in 24-bit colour, by ANSI escape codes and the upper half block
};

/// The drawing as `rows` lines of `columns` terminal cells (each 1 .. 1000), every line ended by
/// a newline. Text lower than 3.5 lines is written as characters, in kAscii '?' for what is none.
/// Throws ConfigError for a size out of range.
std::string DrawAsText(const Drawing& draw, int columns, int rows, TextStyle style);

/// True if a window can be opened as far as the surroundings tell. Otherwise says why not in `why`,
/// unless that is null.
bool HasDisplay(std::string* why);

/// What happened in a window.
struct WindowEvent {
  enum class Kind { kKeyDown, kKeyUp, kClick };
  Kind kind = Kind::kKeyDown;
  /// Keys: SDL's name ("Left", "Space", "Return", "F1", "7"), letters in lower case. A key that is
  /// held down is told once.
  std::string key;
  double x = 0, y = 0;  ///< clicks: where, in units of the last drawing's View
  int button = 0;       ///< clicks: 1 left, 2 middle, 3 right
};

/// A window that shows drawings at whatever size the user gives it. One at a time; all calls on the
/// main thread.
class Window {
 public:
  virtual ~Window() = default;
  /// Throws IoError if there is no display or Brasa was built without SDL2.
  static std::unique_ptr<Window> Open(const std::string& title, int width, int height);
  /// Replaces `events` by what happened since the last call. False once the user closed the window.
  virtual bool Poll(std::vector<WindowEvent>& events) = 0;
  /// Draws and presents.
  virtual void Show(const Drawing& draw) = 0;
};

}  // namespace brasa
