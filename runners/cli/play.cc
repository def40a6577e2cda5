// brasa play: a person plays, against an agent or alone; in a window or in the terminal.
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>

#include "runners/cli/clicks.h"
#include "runners/cli/command.h"
#include "runners/cli/program.h"
#include "runners/cli/screen.h"
#include "runners/cli/seat.h"

namespace brasa::cli {
namespace {

struct PlayOptions {
  std::string env;
  std::vector<std::string> settings;
  std::string against;
  std::int64_t seat = 0;
  std::int64_t seed = 0;
  ScreenOptions screen;
};

/// One game between a person and an opponent.
class Game {
 public:
  Game(Program& program, const PlayOptions& options)
      : options_(options), row_(program.registry.FindEnv(options.env)) {
    Params params = DefaultParams(row_);
    for (const std::string& setting : options.settings) {
      const auto [key, value] = SplitSetting(setting);
      params.Set(key.starts_with("env.") ? key.substr(4) : key, value);
    }
    const auto seed = static_cast<std::uint64_t>(options.seed);
    params_ = params;
    env_ = NewWorld();
    clicks_ = std::make_unique<Clicks>(*env_);
    CheckSeats();
    if (!options_.against.empty() && options_.against != "human") {
      opponent_ =
          std::make_unique<Seat>(program.registry, options_.against, row_, env_->spec(), seed);
    }
    controls_ = env_->Controls();
    screen_ = std::make_unique<Screen>(options.screen, env_->spec());
  }

  void Play() {
    env_->Reset();
    ActionBuffer action(env_->spec());
    std::string told = "your move";
    while (!env_->done()) {
      clicks_->Forget();
      const bool person = opponent_ == nullptr || env_->PlayerToMove() == options_.seat;
      if (!person) {
        opponent_->Choose(*env_, action.data());
        told = options_.against + " played " + env_->ActionToText(action.data());
      } else {
        const Answer answer = AskPerson(action, told);
        if (answer == Answer::kLeave) {
          std::cout << "left the game\n";
          return Finish();
        }
        if (answer == Answer::kUndo) {
          told = TakeBack() ? "taken back" : "nothing to take back";
          continue;
        }
        if (!RealTime()) Remember();
        told = "played " + env_->ActionToText(action.data());
      }
      env_->StepAction(action.data());
    }
    screen_->Show(*env_, ResultText());
    if (!screen_->draws_in_terminal()) std::cout << ResultText() << '\n';
    if (screen_->has_window()) {
      while (screen_->Show(*env_, ResultText() + "  (close the window)") &&
             screen_->TakeEvents().empty()) {
      }
    }
    Finish();
  }

 private:
  void Finish() {
    for (const std::string& line : screen_->Finish()) std::cout << line << '\n';
  }

  /// What a person wants.
  enum class Answer { kMove, kUndo, kLeave };

  std::unique_ptr<Env> NewWorld() const {
    const auto seed = static_cast<std::uint64_t>(options_.seed);
    return std::make_unique<Env>(row_, params_, WorldStreams{seed, StreamRole::kPlayEnv, 0});
  }

  /// Keeps the state in which the person is about to move.
  void Remember() {
    before_.push_back(NewWorld());
    before_.back()->Reset();
    before_.back()->CopyFrom(*env_);
  }

  /// Goes back to the person's last move; false if there was none.
  bool TakeBack() {
    if (before_.empty()) return false;
    env_->CopyFrom(*before_.back());
    before_.pop_back();
    return true;
  }

  void CheckSeats() {
    const int players = env_->spec().players;
    if (options_.seat >= players) {
      throw UsageError("--seat = " + std::to_string(options_.seat) + " is not in " + row_.id +
                       "; give 0 to " + std::to_string(players - 1));
    }
    if (players == 1 && !options_.against.empty()) {
      throw UsageError("--against = '" + options_.against + "': " + row_.id + " has one player");
    }
  }

  std::string ResultText() const {
    std::string text =
        "the end after " + std::to_string(env_->plies()) + " steps: return " + ReturnsText(*env_);
    if (env_->spec().players == 2 && opponent_ != nullptr) {
      const double mine = env_->returns()[static_cast<std::size_t>(options_.seat)];
      text += mine > 0 ? ", you won" : (mine < 0 ? ", you lost" : ", a draw");
    }
    return text;
  }

  /// Overwrites `action` with the person's move, if that is the answer.
  Answer AskPerson(ActionBuffer& action, const std::string& told) {
    return screen_->has_window() ? AskWindow(action, told) : AskTerminal(action, told);
  }

  std::string Caption(const std::string& told) const {
    if (RealTime() && !started_) return "press a key to begin:" + KeysText();
    return told + "   return " + ReturnsText(*env_) + (RealTime() ? "" : "   u: undo");
  }

  Answer AskWindow(ActionBuffer& action, const std::string& told) {
    const bool real_time = RealTime();
    const std::string caption = Caption(told);
    const auto marks = [&](Canvas& canvas, const ViewBox& view) { clicks_->Draw(canvas, view); };
    for (;;) {
      if (!screen_->Show(*env_, caption, real_time ? Overlay() : marks)) return Answer::kLeave;
      for (const WindowEvent& event : screen_->TakeEvents()) {
        const bool pressed = event.kind == WindowEvent::Kind::kKeyDown;
        if (pressed && event.key == "Escape") return Answer::kLeave;
        NoteHeld(event);
        if (FromClick(event, action)) return Answer::kMove;
        if (real_time || !pressed) continue;
        if (FromKey(event.key, action)) return Answer::kMove;
        if (event.key == "u" || event.key == "Backspace") return Answer::kUndo;
      }
      if (!real_time || !started_) continue;
      // Time goes on whatever the person does: the key held, the idle action, or the last action.
      if (held_.empty() || !FromKey(held_, action)) FromKey("", action);
      return Answer::kMove;
    }
  }

  /// True where the world goes on whether the person acts or not.
  bool RealTime() const {
    return screen_->has_window() && env_->spec().players == 1 && !controls_.empty() &&
           !env_->spec().observation.categorical();
  }

  std::string KeysText() const {
    std::string text;
    for (const Control& control : controls_) {
      if (!control.key.empty()) text += " " + control.key;
    }
    return text;
  }

  void NoteHeld(const WindowEvent& event) {
    if (event.kind == WindowEvent::Kind::kKeyDown) {
      held_ = event.key;
      started_ = true;
    }
    if (event.kind == WindowEvent::Kind::kKeyUp && event.key == held_) held_.clear();
  }

  bool FromClick(const WindowEvent& event, ActionBuffer& action) {
    if (event.kind != WindowEvent::Kind::kClick) return false;
    const std::optional<std::int32_t> id = clicks_->Click({event.x, event.y});
    if (!id || !IsLegal(*id)) return false;
    action.words[0] = *id;
    return true;
  }

  bool IsLegal(std::int32_t id) {
    const auto legal = env_->LegalActions();
    return std::binary_search(legal.begin(), legal.end(), id);
  }

  bool FromKey(const std::string& key, ActionBuffer& action) {
    for (const Control& control : controls_) {
      if (control.key != key) continue;
      for (std::size_t k = 0; k < control.action.size(); ++k) {
        if (env_->spec().action.kind == ActionKind::kBox) {
          static_cast<float*>(action.data())[k] = static_cast<float>(control.action[k]);
        } else {
          action.words[k] = static_cast<std::int32_t>(control.action[k]);
        }
      }
      return env_->spec().action.kind != ActionKind::kDiscrete || IsLegal(action.words[0]);
    }
    return false;
  }

  Answer AskTerminal(ActionBuffer& action, const std::string& told) {
    screen_->Show(*env_, told);
    for (std::string line;;) {
      std::cout << "player " << env_->PlayerToMove() << " (" << LegalText()
                << "; undo; q leaves): " << std::flush;
      if (!std::getline(std::cin, line) || line == "q" || line == "quit") return Answer::kLeave;
      if (line == "undo") return Answer::kUndo;
      try {
        env_->ActionFromText(line, action.data());
        if (env_->spec().action.kind != ActionKind::kDiscrete || IsLegal(action.words[0])) {
          return Answer::kMove;
        }
        std::cout << "'" << line << "' is illegal here\n";
      } catch (const UsageError& error) {
        std::cout << error.what() << '\n';
      }
    }
  }

  std::string LegalText() {
    if (env_->spec().action.kind != ActionKind::kDiscrete) return "numbers separated by commas";
    std::string text;
    const auto legal = env_->LegalActions();
    for (std::size_t i = 0; i < legal.size() && i < 12; ++i) {
      text += (i > 0 ? " " : "") + env_->ActionToText(&legal[i]);
    }
    return legal.size() > 12 ? text + " .." : text;
  }

  PlayOptions options_;
  const EnvRow& row_;
  Params params_;
  std::unique_ptr<Env> env_;
  std::vector<std::unique_ptr<Env>> before_;  // states in which the person moved
  std::unique_ptr<Clicks> clicks_;
  std::unique_ptr<Seat> opponent_;
  std::vector<Control> controls_;
  std::unique_ptr<Screen> screen_;
  std::string held_;      // key held down, or ""
  bool started_ = false;  // where time goes on: it begins with the first key
};

}  // namespace

void AddPlayCommand(CLI::App& app, Program& program) {
  const auto options = std::make_shared<PlayOptions>();
  Command command(
      app, "play",
      "Play an environment yourself. In the window: click a marked cell, or a piece and "
      "where it goes; or the keys of the environment (arrows, Space, digits; it names "
      "them where time goes on). u or Backspace takes a move back, Escape leaves. In "
      "the terminal: moves in the game's notation, undo, q",
      "brasa play ConnectFour-v0 --against mcts");
  command.Argument("ENV", &options->env, "The environment's id, or a plugin's absolute path")
      .Texts("--set", &options->settings, "KEY=VALUE", "A parameter of the environment; repeatable")
      .Text("--against", &options->against, "WHO",
            "Who takes the other seats: human, random, mcts, a run directory (default human)")
      .Integer("--seat", &options->seat, 0, 63, "Your seat")
      .Integer("--seed", &options->seed, 0, 9e15, "Seed of the game");
  AddScreenOptions(command, &options->screen);
  command.Run([options, &program] { Game(program, *options).Play(); });
}

}  // namespace brasa::cli
