// brasa gallery: every environment on one sheet.
#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "brasa/contract_check.h"
#include "brasa/core/error.h"
#include "brasa/view.h"
#include "runners/cli/command.h"
#include "runners/cli/json_text.h"
#include "runners/cli/program.h"
#include "runners/cli/screen.h"

namespace brasa::cli {
namespace {

using Json = nlohmann::ordered_json;

struct GalleryOptions {
  std::string png;
  std::vector<std::string> envs;
  std::int64_t columns = 6, width = 240, plies = 60, seed = 0;
  bool json = false;
};

/// Where everything lies on the sheet [pixels], y down.
struct Layout {
  Layout(const GalleryOptions& options, std::size_t pictures)
      : columns(std::min(static_cast<int>(options.columns), static_cast<int>(pictures))),
        rows((static_cast<int>(pictures) + columns - 1) / columns),
        width(static_cast<int>(options.width)),
        height(width * 2 / 3),
        gutter(width / 12),
        label(width / 9),
        title(width / 4) {}
  int sheet_width() const { return gutter + columns * (width + gutter); }
  int sheet_height() const { return title + rows * (height + label + gutter); }
  /// The upper left corner of a picture.
  int left(std::size_t i) const {
    return gutter + static_cast<int>(i) % columns * (width + gutter);
  }
  int top(std::size_t i) const {
    return title + static_cast<int>(i) / columns * (height + label + gutter);
  }

  int columns, rows;
  int width, height;  // of a picture
  int gutter, label, title;
};

/// One environment in the middle of a random game.
class Scene {
 public:
  /// Plays a game to see how long it is, then the same game again up to a place where something is
  /// to be seen: 3/5 of it, at most `plies`.
  /// The stream of the game is number `index`.
  Scene(const EnvRow& row, const GalleryOptions& options, std::size_t index)
      : row_(row),
        seed_(static_cast<std::uint64_t>(options.seed)),
        index_(static_cast<std::uint32_t>(index)) {
    const int most = static_cast<int>(options.plies);
    const int length = Play(2 * most)->plies();
    env_ = Play(std::clamp(length * 3 / 5, std::min(most, 1), most));
  }

  const std::string& id() const { return row_.id; }
  int plies() const { return env_->plies(); }
  Image Picture(int width, int height) const {
    const auto surface = MakeImageSurface(width, height);
    DrawEnv(surface->canvas(), *env_);
    return surface->Snapshot();
  }

 private:
  std::unique_ptr<Env> Play(int plies) const {
    auto env = std::make_unique<Env>(row_, DefaultParams(row_),
                                     WorldStreams{seed_, StreamRole::kPlayEnv, index_});
    Rng rng(seed_, StreamRole::kPlayActor, index_);
    env->Reset();
    std::vector<std::int32_t> action(static_cast<std::size_t>(env->spec().action.size()));
    while (!env->done() && env->plies() < plies) {
      RandomAction(env->spec(), env->LegalActions(), rng, action.data());
      env->StepAction(action.data());
    }
    return env;
  }

  EnvRow row_;
  std::uint64_t seed_;
  std::uint32_t index_;
  std::unique_ptr<Env> env_;
};

/// The environments asked for; else all, with one line to stderr for each that cannot be shown.
std::vector<Scene> MakeScenes(Registry& registry, const GalleryOptions& options) {
  std::vector<Scene> scenes;
  for (const std::string& id : options.envs) {
    scenes.emplace_back(registry.FindEnv(id), options, scenes.size());
  }
  if (!options.envs.empty()) return scenes;
  for (const std::string& fault : registry.LoadPluginPath()) {
    std::cerr << "brasa: " << fault << '\n';
  }
  for (const EnvRow& row : registry.envs()) {
    try {
      scenes.emplace_back(row, options, scenes.size());
    } catch (const Error& error) {
      std::cerr << "brasa: " << error.what() << '\n';
    }
  }
  if (scenes.empty()) throw ConfigError("brasa gallery: there is no environment to draw");
  return scenes;
}

std::string CountText(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " environment" : " environments");
}

/// Paper, title, frames and names.
Image Frames(const std::vector<Scene>& scenes, const Layout& layout) {
  const auto surface = MakeImageSurface(layout.sheet_width(), layout.sheet_height());
  Canvas& canvas = surface->canvas();
  const double height = layout.sheet_height();
  canvas.View(0, 0, layout.sheet_width(), height);
  canvas.Clear(palette::kWhite);
  const double left = layout.gutter, line = height - layout.title * 0.5;
  canvas.Text({left, line}, layout.title * 0.36, "Brasa", TextAlign::kLeft, palette::kInk);
  canvas.Text({layout.sheet_width() - left, line}, layout.title * 0.2, CountText(scenes.size()),
              TextAlign::kRight, palette::kGrey);
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    const double x = layout.left(i), y = height - layout.top(i);
    canvas.Rectangle({x - 1, y + 1}, {x + layout.width + 1, y - layout.height - 1},
                     palette::kLight);
    const double high = std::min(layout.label * 0.38,
                                 1.1 * layout.width / static_cast<double>(scenes[i].id().size()));
    canvas.Text({x + layout.width / 2.0, y - layout.height - layout.label * 0.55}, high,
                scenes[i].id(), TextAlign::kCentre, palette::kInk);
  }
  return surface->Snapshot();
}

void Paste(const Image& picture, int left, int top, Image& sheet) {
  const auto row_bytes = static_cast<std::ptrdiff_t>(3) * picture.width;
  for (std::ptrdiff_t row = 0; row < picture.height; ++row) {
    const auto from = picture.rgb.begin() + row * row_bytes;
    std::copy(from, from + row_bytes, sheet.rgb.begin() + 3 * ((top + row) * sheet.width + left));
  }
}

void PrintAsJson(const GalleryOptions& options, const std::vector<Scene>& scenes,
                 const Layout& layout) {
  Json pictures = Json::array();
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    pictures.push_back({{"env", scenes[i].id()},
                        {"plies", scenes[i].plies()},
                        {"x", layout.left(i)},
                        {"y", layout.top(i)}});
  }
  PrintJson(Json{{"png", options.png},
                 {"width", layout.sheet_width()},
                 {"height", layout.sheet_height()},
                 {"picture_width", layout.width},
                 {"picture_height", layout.height},
                 {"seed", options.seed},
                 {"pictures", pictures}});
}

void MakeGallery(Registry& registry, const GalleryOptions& options) {
  if (options.png.empty()) throw UsageError("brasa gallery: --png FILE is required");
  const std::vector<Scene> scenes = MakeScenes(registry, options);
  const Layout layout(options, scenes.size());
  Image sheet = Frames(scenes, layout);
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    Paste(scenes[i].Picture(layout.width, layout.height), layout.left(i), layout.top(i), sheet);
  }
  WritePng(sheet, options.png);
  if (options.json) return PrintAsJson(options, scenes, layout);
  std::cout << "wrote " << options.png << " (" << CountText(scenes.size()) << ", " << sheet.width
            << " x " << sheet.height << " pixels)\n";
}

}  // namespace

void AddGalleryCommand(CLI::App& app, Program& program) {
  const auto options = std::make_shared<GalleryOptions>();
  Command command(app, "gallery",
                  "Draws every environment, each in the middle of a random game, on one sheet",
                  "brasa gallery --png gallery.png");
  command.Text("--png", &options->png, "FILE", "The picture to write; needed")
      .Texts("--env", &options->envs, "ENV", "Draw this one, an id or a plugin's path; repeatable")
      .Integer("--columns", &options->columns, 1, 100, "Pictures in a row")
      .Integer("--width", &options->width, 60, 1200,
               "Of a picture [pixels]; 2/3 of it is its height")
      .Integer("--plies", &options->plies, 0, 100000, "Play at most so far")
      .Integer("--seed", &options->seed, 0, 9e15, "Of the random games")
      .Flag("--json", &options->json, "Print JSON: what stands where");
  command.Run([&program, options] { MakeGallery(program.registry, *options); });
}

}  // namespace brasa::cli
