// GIF89a by giflib. A frame stores the rectangle that changed, unchanged pixels in it transparent,
// with colours of its own.
#include <gif_lib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "brasa/core/config.h"
#include "brasa/core/error.h"
#include "brasa/view.h"
#include "runners/files/atomic_file.h"
#include "runners/view/gif_palette.h"

namespace brasa {
namespace {

constexpr int kMaxGifSize = 16384;              // [pixels]
constexpr double kMinFps = 0.01, kMaxFps = 50;  // delays of 10000 and 2 hundredths of a second
constexpr PackedRgb kUnchanged = 0xFFFFFFFF;    // no colour

/// [x0, x1) x [y0, y1).
struct Region {
  int x0 = 0, y0 = 0, x1 = 0, y1 = 0;
};

std::vector<PackedRgb> Pack(const Image& image) {
  std::vector<PackedRgb> pixels(image.rgb.size() / 3);
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const std::uint8_t* at = &image.rgb[3 * i];
    pixels[i] = static_cast<PackedRgb>(at[0] << 16 | at[1] << 8 | at[2]);
  }
  return pixels;
}

/// A failed write is kept by the file, which throws it from Check: giflib leaks when told.
int WriteBytes(GifFileType* gif, const GifByteType* data, int size) {
  static_cast<AtomicFile*>(gif->UserData)->Write(data, static_cast<std::size_t>(size));
  return size;
}

}  // namespace

class GifWriter::File {
 public:
  File(const std::string& path, int width, int height, double fps)
      : path_(path), width_(width), height_(height), fps_(fps), file_(path) {
    int error = 0;
    gif_ = EGifOpen(&file_, WriteBytes, &error);
    if (gif_ == nullptr) throw IoError(Message(GifErrorString(error)));
  }
  ~File() { Finish(); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  void Add(const Image& frame) {
    const auto pixels = static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_);
    if (frame.width != width_ || frame.height != height_ || frame.rgb.size() != 3 * pixels) {
      throw UsageError(Message("a frame of " + std::to_string(frame.width) + " x " +
                               std::to_string(frame.height) + " pixels does not fit " +
                               std::to_string(width_) + " x " + std::to_string(height_)));
    }
    if (frames_ == 0) PutHead();
    std::vector<PackedRgb> now = Pack(frame);
    const Region region = frames_ == 0 ? Region{0, 0, width_, height_} : Changed(now);
    PutImage(region, now);
    file_.Check();
    shown_ = std::move(now);
    ++frames_;
  }

  void Close() {
    if (frames_ == 0) throw UsageError(Message("it has no frames"));
    const bool finished = Finish();
    file_.Check();
    if (!finished) throw IoError(Message("giflib cannot finish the file"));
    file_.Commit();
  }

 private:
  std::string Message(const std::string& what) const {
    return "cannot write '" + path_ + "': " + what;
  }
  void Check(int result) {
    if (result == GIF_ERROR) throw IoError(Message(GifErrorString(gif_->Error)));
  }
  bool Finish() {
    GifFileType* gif = std::exchange(gif_, nullptr);
    return gif == nullptr || EGifCloseFile(gif, nullptr) == GIF_OK;
  }

  /// Screen size and, as browsers know it since Netscape 2.0, "repeat 0 = for ever".
  void PutHead() {
    EGifSetGifVersion(gif_, true);
    Check(EGifPutScreenDesc(gif_, width_, height_, 8, 0, nullptr));
    const GifByteType loop[] = {1, 0, 0};
    Check(EGifPutExtensionLeader(gif_, APPLICATION_EXT_FUNC_CODE));
    Check(EGifPutExtensionBlock(gif_, 11, "NETSCAPE2.0"));
    Check(EGifPutExtensionBlock(gif_, sizeof loop, loop));
    Check(EGifPutExtensionTrailer(gif_));
  }

  /// The smallest region outside of which `now` equals what is shown; one pixel if nothing changed.
  Region Changed(const std::vector<PackedRgb>& now) const {
    Region region{width_, height_, 0, 0};
    for (int y = 0; y < height_; ++y) {
      const auto row = static_cast<std::ptrdiff_t>(y) * width_;
      const auto first = now.begin() + row;
      const auto last = first + width_;
      const auto [from, from_shown] = std::mismatch(first, last, shown_.begin() + row);
      if (from == last) continue;
      int x1 = width_;
      while (now[static_cast<std::size_t>(row + x1 - 1)] ==
             shown_[static_cast<std::size_t>(row + x1 - 1)]) {
        --x1;
      }
      region = {std::min(region.x0, static_cast<int>(from - first)), std::min(region.y0, y),
                std::max(region.x1, x1), y + 1};
    }
    return region.x1 == 0 ? Region{0, 0, 1, 1} : region;
  }

  /// The region's pixels, kUnchanged where the last frame shows the same.
  std::vector<PackedRgb> Cut(const Region& region, const std::vector<PackedRgb>& now) const {
    std::vector<PackedRgb> cut;
    for (int y = region.y0; y < region.y1; ++y) {
      for (int x = region.x0; x < region.x1; ++x) {
        const auto i = static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
                       static_cast<std::size_t>(x);
        cut.push_back(!shown_.empty() && shown_[i] == now[i] ? kUnchanged : now[i]);
      }
    }
    return cut;
  }

  void PutImage(const Region& region, const std::vector<PackedRgb>& now) {
    const std::vector<PackedRgb> pixels = Cut(region, now);
    std::vector<PackedRgb> changed;
    std::copy_if(pixels.begin(), pixels.end(), std::back_inserter(changed),
                 [](PackedRgb pixel) { return pixel != kUnchanged; });
    const GifPalette palette = MakeGifPalette(changed);
    const auto transparent = static_cast<GifByteType>(palette.colors.size());
    PutControl(transparent);

    PutDescription(region, palette);
    const int width = region.x1 - region.x0;
    std::vector<GifByteType> row;
    for (std::size_t at = 0; at < pixels.size(); at += row.size()) {
      row.clear();
      for (std::size_t i = at; i < at + static_cast<std::size_t>(width); ++i) {
        row.push_back(pixels[i] == kUnchanged ? transparent : palette.entries.at(pixels[i]));
      }
      Check(EGifPutLine(gif_, row.data(), width));
    }
  }

  /// Place and colours of the frame's image.
  void PutDescription(const Region& region, const GifPalette& palette) {
    std::array<GifColorType, 256> colors{};
    std::transform(palette.colors.begin(), palette.colors.end(), colors.begin(), [](Color color) {
      return GifColorType{color.r, color.g, color.b};
    });
    const auto count = std::max<std::size_t>(2, std::bit_ceil(palette.colors.size() + 1));
    ColorMapObject* map = GifMakeMapObject(static_cast<int>(count), colors.data());
    if (map == nullptr) throw IoError(Message("no memory"));
    const int result = EGifPutImageDesc(gif_, region.x0, region.y0, region.x1 - region.x0,
                                        region.y1 - region.y0, false, map);
    GifFreeMapObject(map);
    Check(result);
  }

  /// Delay and transparency of the frame that follows; it stays when the next one is drawn.
  void PutControl(int transparent) {
    const auto shown_until = [this](std::int64_t frame) {  // [s/100]
      return std::llround(static_cast<double>(frame) * 100 / fps_);
    };
    const auto delay = static_cast<int>(shown_until(frames_ + 1) - shown_until(frames_));
    const GraphicsControlBlock control{DISPOSE_DO_NOT, false, delay, transparent};
    GifByteType bytes[4];
    EGifGCBToExtension(&control, bytes);
    Check(EGifPutExtension(gif_, GRAPHICS_EXT_FUNC_CODE, sizeof bytes, bytes));
  }

  const std::string path_;
  const int width_, height_;
  const double fps_;
  AtomicFile file_;
  GifFileType* gif_ = nullptr;
  std::vector<PackedRgb> shown_;  // the last frame, [height, width]
  std::int64_t frames_ = 0;
};

GifWriter::GifWriter(const std::string& path, int width, int height, double fps) {
  if (!(fps >= kMinFps && fps <= kMaxFps)) {
    throw ConfigError("cannot write '" + path + "': " + ValueText(FieldValue(fps)) +
                      " frames per second are not allowed; a GIF takes 0.01 to 50");
  }
  if (width < 1 || width > kMaxGifSize || height < 1 || height > kMaxGifSize) {
    throw ConfigError("cannot write '" + path + "': " + std::to_string(width) + " x " +
                      std::to_string(height) + " pixels are not allowed; give 1 to " +
                      std::to_string(kMaxGifSize) + " each");
  }
  file_ = std::make_unique<File>(path, width, height, fps);
}

GifWriter::~GifWriter() = default;

void GifWriter::Add(const Image& frame) {
  if (!file_) throw UsageError("a frame was added to a GIF that is closed");
  file_->Add(frame);
}

void GifWriter::Close() {
  if (!file_) throw UsageError("a GIF was closed twice");
  const std::unique_ptr<File> file = std::move(file_);
  file->Close();
}

}  // namespace brasa
