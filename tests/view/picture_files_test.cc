// PNG and GIF, read back with cairo and giflib.
#include <cairo.h>
#include <gif_lib.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <fstream>

#include "brasa/core/error.h"
#include "tests/view/drawings.h"

namespace brasa {
namespace {

using testing_view::Draw;
using testing_view::Folder;
using testing_view::PixelAt;

Image ReadPng(const std::string& path) {
  cairo_surface_t* surface = cairo_image_surface_create_from_png(path.c_str());
  EXPECT_EQ(cairo_surface_status(surface), CAIRO_STATUS_SUCCESS) << path;
  Image image{cairo_image_surface_get_width(surface), cairo_image_surface_get_height(surface), {}};
  for (int y = 0; y < image.height; ++y) {
    const unsigned char* row =
        cairo_image_surface_get_data(surface) + y * cairo_image_surface_get_stride(surface);
    for (int x = 0; x < image.width; ++x) {
      for (int channel = 2; channel >= 0; --channel) image.rgb.push_back(row[4 * x + channel]);
    }
  }
  cairo_surface_destroy(surface);
  return image;
}

struct Gif {
  std::vector<Image> frames;  // as shown, each over the ones before
  std::vector<int> delays;    // [s/100]
  bool repeats_for_ever = false;
  std::vector<int> stored_pixels;  // of each frame's rectangle
};

void Show(const SavedImage& saved, int transparent, Image& shown) {
  const GifImageDesc& at = saved.ImageDesc;
  ASSERT_NE(at.ColorMap, nullptr);
  for (int y = 0; y < at.Height; ++y) {
    for (int x = 0; x < at.Width; ++x) {
      const int index = saved.RasterBits[y * at.Width + x];
      if (index == transparent) continue;
      ASSERT_LT(index, at.ColorMap->ColorCount);
      const GifColorType color = at.ColorMap->Colors[index];
      auto* to =
          &shown.rgb[static_cast<std::size_t>(3 * ((at.Top + y) * shown.width + at.Left + x))];
      to[0] = color.Red;
      to[1] = color.Green;
      to[2] = color.Blue;
    }
  }
}

Gif ReadGif(const std::string& path) {
  Gif read;
  int error = 0;
  GifFileType* gif = DGifOpenFileName(path.c_str(), &error);
  EXPECT_NE(gif, nullptr) << path;
  if (gif == nullptr) return read;
  EXPECT_EQ(DGifSlurp(gif), GIF_OK);
  Image shown{gif->SWidth, gif->SHeight, {}};
  shown.rgb.resize(static_cast<std::size_t>(3 * gif->SWidth * gif->SHeight));
  for (int i = 0; i < gif->ImageCount; ++i) {
    const SavedImage& saved = gif->SavedImages[i];
    GraphicsControlBlock control;
    EXPECT_EQ(DGifSavedExtensionToGCB(gif, i, &control), GIF_OK);
    EXPECT_EQ(control.DisposalMode, DISPOSE_DO_NOT);
    Show(saved, control.TransparentColor, shown);
    read.frames.push_back(shown);
    read.delays.push_back(control.DelayTime);
    read.stored_pixels.push_back(saved.ImageDesc.Width * saved.ImageDesc.Height);
    for (int k = 0; k + 1 < saved.ExtensionBlockCount; ++k) {
      const ExtensionBlock& name = saved.ExtensionBlocks[k];
      const ExtensionBlock& loop = saved.ExtensionBlocks[k + 1];
      if (name.Function == APPLICATION_EXT_FUNC_CODE && loop.ByteCount == 3 &&
          std::string(reinterpret_cast<char*>(name.Bytes), 11) == "NETSCAPE2.0") {
        read.repeats_for_ever = loop.Bytes[0] == 1 && loop.Bytes[1] == 0 && loop.Bytes[2] == 0;
      }
    }
  }
  DGifCloseFile(gif, &error);
  return read;
}

/// Sum of the channels' differences in the worst pixel.
int WorstDifference(const Image& a, const Image& b) {
  int worst = 0;
  for (std::size_t i = 0; i < a.rgb.size(); i += 3) {
    int sum = 0;
    for (std::size_t channel = 0; channel < 3; ++channel) {
      sum += std::abs(a.rgb[i + channel] - b.rgb[i + channel]);
    }
    worst = std::max(worst, sum);
  }
  return worst;
}

Image CartPole(double angle) {
  return Draw(520, 210,
              [angle](Canvas& canvas) { testing_view::DrawCartPole(canvas, angle, angle); });
}

template <typename Expected>
std::string ErrorOf(const std::function<void()>& call) {
  try {
    call();
  } catch (const Expected& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing of the expected type was thrown";
  return "";
}

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Files may not grow beyond `bytes` while this lives: what a full disk looks like to a writer.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t bytes) : handler_(signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &limit_);
    const rlimit small{bytes, limit_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
  }
  ~SmallDisk() {
    setrlimit(RLIMIT_FSIZE, &limit_);
    signal(SIGXFSZ, handler_);
  }

 private:
  rlimit limit_;
  sighandler_t handler_;
};

TEST(Png, ReadBack_HasEveryPixel) {
  const Folder folder;
  const Image board = Draw(350, 340, [](Canvas& canvas) {
    testing_view::DrawConnectFour(canvas, testing_view::kBoard);
  });
  WritePng(board, folder.File("connect_four.png"));
  const Image read = ReadPng(folder.File("connect_four.png"));
  EXPECT_EQ(read.width, 350);
  EXPECT_EQ(read.height, 340);
  EXPECT_EQ(read.rgb, board.rgb);
  EXPECT_EQ(PixelAt(read, 175, 130), palette::kRed);     // the disc of the fourth column, third row
  EXPECT_EQ(PixelAt(read, 175, 180), palette::kYellow);  // the one below
}

TEST(Png, ExistingFile_IsReplaced) {
  const Folder folder;
  const std::string path = folder.File("cart_pole.png");
  std::ofstream(path) << "old";
  WritePng(CartPole(0.1), path);
  EXPECT_EQ(ReadPng(path).rgb, CartPole(0.1).rgb);
  EXPECT_FALSE(std::filesystem::exists(path + ".tmp"));
}

TEST(Png, MissingFolder_IsAFileErrorThatNamesThePath) {
  const std::string path = Folder().File("none/a.png");
  const std::string error = ErrorOf<FileError>([&] { WritePng(CartPole(0), path); });
  EXPECT_TRUE(Contains(error, path)) << error;
  EXPECT_TRUE(Contains(error, "No such file or directory")) << error;
}

TEST(Png, FolderOrDeviceInTheWay_IsAFileErrorAndStays) {
  const Folder folder;
  std::filesystem::create_directory(folder.File("taken.png"));
  for (const std::string& path : {folder.File("taken.png"), std::string("/dev/null")}) {
    const std::string error = ErrorOf<FileError>([&] { WritePng(CartPole(0), path); });
    EXPECT_TRUE(Contains(error, path) && Contains(error, "regular file")) << error;
  }
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST(Png, FullDisk_IsAnIoErrorAndLeavesNothing) {
  const Folder folder;
  const SmallDisk disk(100);
  const std::string error =
      ErrorOf<IoError>([&] { WritePng(CartPole(0), folder.File("full.png")); });
  EXPECT_TRUE(Contains(error, "full.png")) << error;
  EXPECT_TRUE(Contains(error, "File too large")) << error;
  EXPECT_FALSE(std::filesystem::exists(folder.File("full.png")));
  EXPECT_FALSE(std::filesystem::exists(folder.File("full.png.tmp")));
}

TEST(Png, ImageWithoutItsBytes_IsAUsageError) {
  const Folder folder;
  EXPECT_THROW(WritePng({4, 4, {1, 2, 3}}, folder.File("bad.png")), UsageError);
  EXPECT_FALSE(std::filesystem::exists(folder.File("bad.png")));
}

TEST(Gif, ReadBack_HasFramesDelaysLoopAndColours) {
  const Folder folder;
  const std::string path = folder.File("cart_pole.gif");
  GifWriter writer(path, 520, 210, 30);
  constexpr int kFrames = 30;
  for (int i = 0; i < kFrames; ++i) writer.Add(CartPole(0.02 * i));
  EXPECT_FALSE(std::filesystem::exists(path)) << "before Close";
  writer.Close();

  const Gif gif = ReadGif(path);
  ASSERT_EQ(gif.frames.size(), 30u);
  EXPECT_TRUE(gif.repeats_for_ever);
  int total = 0;
  for (const int delay : gif.delays) {
    EXPECT_TRUE(delay == 3 || delay == 4) << delay;
    total += delay;
  }
  EXPECT_EQ(total, 100);  // 30 frames at 30 a second are one second
  for (int i = 0; i < kFrames; ++i) {
    const Image& shown = gif.frames[static_cast<std::size_t>(i)];
    // With the edges of text and pole a frame has some 300 colours, so a few edge pixels are off.
    EXPECT_LE(WorstDifference(shown, CartPole(0.02 * i)), 6) << "frame " << i;
    EXPECT_EQ(PixelAt(shown, 5, 205), palette::kPaper);
    EXPECT_EQ(PixelAt(shown, 20, 160), palette::kInk);  // the track
  }
  EXPECT_LT(gif.stored_pixels[1], 520 * 210 / 2) << "the unchanged surroundings are stored";
}

TEST(Gif, FrameThatDidNotChange_IsOnePixel) {
  const Folder folder;
  GifWriter writer(folder.File("still.gif"), 520, 210, 10);
  writer.Add(CartPole(0));
  writer.Add(CartPole(0));
  writer.Close();
  const Gif gif = ReadGif(folder.File("still.gif"));
  EXPECT_EQ(gif.stored_pixels, (std::vector<int>{520 * 210, 1}));
  EXPECT_EQ(gif.frames[1].rgb, gif.frames[0].rgb);
  EXPECT_EQ(gif.delays, (std::vector<int>{10, 10}));
}

TEST(Gif, MoreColoursThanAPalette_StayClose_TheFrequentOnesExact) {
  // 64 x 64 colours in the left half, one flat colour in the right.
  Image image{128, 64, {}};
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 128; ++x) {
      const Color color = x < 64 ? Color{static_cast<std::uint8_t>(4 * x),
                                         static_cast<std::uint8_t>(4 * y), 128, 255}
                                 : palette::kOrange;
      image.rgb.insert(image.rgb.end(), {color.r, color.g, color.b});
    }
  }
  const Folder folder;
  GifWriter writer(folder.File("gradient.gif"), 128, 64, 10);
  writer.Add(image);
  writer.Close();
  const Gif gif = ReadGif(folder.File("gradient.gif"));
  ASSERT_EQ(gif.frames.size(), 1u);
  EXPECT_EQ(PixelAt(gif.frames[0], 100, 30), palette::kOrange);
  // Halving 4032 colours 7 times gives 128 groups, at most 8 x 8 steps of 4: 4 steps off a channel.
  EXPECT_LE(WorstDifference(gif.frames[0], image), 2 * 4 * 4);
}

TEST(Gif, NeverClosed_LeavesNothing) {
  const Folder folder;
  {
    GifWriter writer(folder.File("open.gif"), 520, 210, 10);
    writer.Add(CartPole(0));
  }
  EXPECT_FALSE(std::filesystem::exists(folder.File("open.gif")));
  EXPECT_FALSE(std::filesystem::exists(folder.File("open.gif.tmp")));
}

TEST(Gif, WrongUse_IsOneClearError) {
  const Folder folder;
  const std::string path = folder.File("wrong.gif");
  EXPECT_TRUE(Contains(ErrorOf<ConfigError>([&] { GifWriter(path, 10, 10, 60); }), "60"));
  EXPECT_THROW(GifWriter(path, 10, 10, 0), ConfigError);
  EXPECT_THROW(GifWriter(path, 0, 10, 10), ConfigError);
  EXPECT_THROW(GifWriter(path, 10, 10, 10).Close(), UsageError) << "no frame";
  EXPECT_THROW(GifWriter(path, 10, 10, 10).Add(CartPole(0)), UsageError) << "size";
  GifWriter writer(path, 520, 210, 10);
  writer.Add(CartPole(0));
  writer.Close();
  EXPECT_THROW(writer.Add(CartPole(0)), UsageError);
  EXPECT_THROW(writer.Close(), UsageError);
  EXPECT_THROW(GifWriter(folder.File("none/a.gif"), 10, 10, 10), FileError);
}

TEST(Gif, FullDisk_IsAnIoErrorAndLeavesNothing) {
  const Folder folder;
  const SmallDisk disk(500);
  const std::string path = folder.File("full.gif");
  const std::string error = ErrorOf<IoError>([&] {
    GifWriter writer(path, 520, 210, 10);
    for (int i = 0; i < 10; ++i) writer.Add(CartPole(0.1 * i));
    writer.Close();
  });
  EXPECT_TRUE(Contains(error, path) && Contains(error, "File too large")) << error;
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_FALSE(std::filesystem::exists(path + ".tmp"));
}

}  // namespace
}  // namespace brasa
