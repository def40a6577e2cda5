#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "brasa/env_batch.h"
#include "envs/core/error_text.h"

namespace brasa {
namespace {

/// Passes a Canvas through the C callbacks of abi.h.
Canvas& Of(void* context) { return *static_cast<Canvas*>(context); }
Color Own(brasa_color c) { return {c.r, c.g, c.b, c.a}; }

brasa_canvas Callbacks(Canvas& canvas) {
  brasa_canvas calls{};
  calls.struct_size = sizeof calls;
  calls.context = &canvas;
  calls.view = [](void* c, double x0, double y0, double x1, double y1) {
    Of(c).View(x0, y0, x1, y1);
  };
  calls.clear = [](void* c, brasa_color color) { Of(c).Clear(Own(color)); };
  calls.line = [](void* c, const double* p, double width, brasa_color color) {
    Of(c).Line({p[0], p[1]}, {p[2], p[3]}, width, Own(color));
  };
  calls.polygon = [](void* c, const double* p, std::int32_t count, brasa_color color) {
    std::vector<Point> corners;
    for (std::int32_t i = 0; i < count; ++i) corners.push_back({p[2 * i], p[2 * i + 1]});
    Of(c).Polygon(corners, Own(color));
  };
  calls.circle = [](void* c, const double* p, double radius, brasa_color color) {
    Of(c).Circle({p[0], p[1]}, radius, Own(color));
  };
  calls.ring = [](void* c, const double* p, double radius, double width, brasa_color color) {
    Of(c).Ring({p[0], p[1]}, radius, width, Own(color));
  };
  calls.text = [](void* c, const double* p, double height, const char* text, std::int32_t align,
                  brasa_color color) {
    Of(c).Text({p[0], p[1]}, height, text, static_cast<TextAlign>(align), Own(color));
  };
  return calls;
}

/// Calls a function of the table that writes text, with room grown until it fits.
template <typename Call>
std::string ReadTableText(Call&& call) {
  std::string text(512, '\0');
  for (;;) {
    std::int64_t length = 0;
    call(text.data(), static_cast<std::int64_t>(text.size()), &length);
    const auto size = static_cast<std::size_t>(length);
    if (size <= text.size()) {
      text.resize(size);
      return text;
    }
    text.resize(size);
  }
}

std::string AllowedActionText(const ActionSpec& action) {
  if (action.kind == ActionKind::kDiscrete) {
    return "give 0 to " + std::to_string(action.count - 1);
  }
  return "give " + std::to_string(action.size()) + " numbers separated by commas";
}

}  // namespace

Env::Env(const EnvRow& row, const Params& params, WorldStreams streams, ChanceMode chance)
    : batch_(row, params, 1, streams, chance),
      rewards_(static_cast<std::size_t>(batch_.spec().players)),
      returns_(static_cast<std::size_t>(batch_.spec().players)) {}

void Env::Reset() {
  batch_.Reset(0, 1);
  std::fill(rewards_.begin(), rewards_.end(), 0.0f);
  std::fill(returns_.begin(), returns_.end(), 0.0);
  end_ = EpisodeEnd::kNone;
  started_ = true;
}

EpisodeEnd Env::Step(std::int32_t id) { return StepAction(&id); }

EpisodeEnd Env::StepAction(const void* action) {
  if (!started_) throw UsageError(spec().id + ": Step before Reset");
  if (done()) throw UsageError(batch_.Place(0) + ": Step after the episode ended; call Reset");
  if (spec().max_chance_outcomes > 0 && PlayerToMove() == kChance) {
    throw UsageError(batch_.Place(0) + ": Step at a chance node; call ApplyChance");
  }
  std::uint8_t end = 0;
  batch_.Step(0, 1, action, rewards_.data(), &end);
  end_ = static_cast<EpisodeEnd>(end);
  for (std::size_t p = 0; p < returns_.size(); ++p) returns_[p] += static_cast<double>(rewards_[p]);
  return end_;
}

int Env::PlayerToMove() const {
  std::int32_t player = 0;
  batch_.Players(0, 1, &player);
  return player;
}

void Env::Observe(int player, void* out) const {
  const std::int32_t viewer = player;
  batch_.Observe(0, 1, &viewer, out);
}

void Env::Check(std::int32_t code, const brasa_error& error) const {
  if (code != BRASA_OK) batch_.Throw(error);
}

std::vector<Env::Outcome> Env::ChanceOutcomes() const {
  std::vector<Outcome> outcomes;
  if (spec().max_chance_outcomes == 0 || PlayerToMove() != kChance) return outcomes;
  const auto most = static_cast<std::size_t>(spec().max_chance_outcomes);
  std::vector<std::int32_t> ids(most);
  std::vector<double> probabilities(most);
  std::int32_t count = 0;
  brasa_error error{};
  Check(batch_.table().chance(batch_.batch_, 0, ids.data(), probabilities.data(), &count, &error),
        error);
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    outcomes.push_back({ids[i], probabilities[i]});
  }
  return outcomes;
}

EpisodeEnd Env::ApplyChance(std::int32_t id) {
  bool known = false;
  for (const Outcome& outcome : ChanceOutcomes()) known = known || outcome.id == id;
  if (done() || !known) {
    throw UsageError(batch_.Place(0) + ": chance cannot draw " + std::to_string(id) + " here");
  }
  std::fill(rewards_.begin(), rewards_.end(), 0.0f);
  std::uint8_t end = 0;
  brasa_error error{};
  Check(batch_.table().apply_chance(batch_.batch_, 0, id, rewards_.data(), &end, &error), error);
  if (batch_.has_legal()) batch_.legal_counts_[0] = -1;
  end_ = static_cast<EpisodeEnd>(end);
  for (std::size_t p = 0; p < returns_.size(); ++p) returns_[p] += static_cast<double>(rewards_[p]);
  return end_;
}

void Env::CopyFrom(const Env& other) {
  batch_.CopyWorld(0, other.batch_, 0);
  rewards_ = other.rewards_;
  returns_ = other.returns_;
  end_ = other.end_;
  started_ = other.started_;
}

void Env::CopyFrom(const EnvBatch& batch, int i) {
  batch_.CopyWorld(0, batch, i);
  std::fill(rewards_.begin(), rewards_.end(), 0.0f);
  std::fill(returns_.begin(), returns_.end(), 0.0);
  end_ = EpisodeEnd::kNone;
  started_ = true;
}

void Env::Draw(Canvas& canvas) const {
  if (!CanDraw()) throw UsageError(spec().id + " has no drawing");
  const brasa_canvas calls = Callbacks(canvas);
  brasa_error error{};
  Check(batch_.table().draw(batch_.batch_, 0, &calls, &error), error);
}

std::string Env::ToText() const {
  if (!HasText()) throw UsageError(spec().id + " has no text form");
  return ReadTableText([&](char* buffer, std::int64_t capacity, std::int64_t* length) {
    brasa_error error{};
    Check(batch_.table().text(batch_.batch_, 0, buffer, capacity, length, &error), error);
  });
}

void Env::FromText(std::string_view text) {
  if (batch_.table().from_text == nullptr) throw UsageError(spec().id + " cannot read a text form");
  brasa_error error{};
  const std::string copy(text);
  if (batch_.table().from_text(batch_.batch_, 0, copy.c_str(), &error) != BRASA_OK) {
    throw UsageError(OneLine(error));
  }
  if (batch_.has_legal()) batch_.legal_counts_[0] = -1;
  const bool over = batch_.has_legal() && PlayerToMove() != kChance && LegalActions().empty();
  end_ = over ? EpisodeEnd::kTerminated : EpisodeEnd::kNone;
  started_ = true;
}

std::string Env::ActionToText(const void* action) const {
  if (batch_.table().action_text != nullptr) {
    return ReadTableText([&](char* buffer, std::int64_t capacity, std::int64_t* length) {
      brasa_error error{};
      Check(batch_.table().action_text(batch_.batch_, 0, action, buffer, capacity, length, &error),
            error);
    });
  }
  const ActionSpec& known = spec().action;
  if (known.kind == ActionKind::kDiscrete && !known.names.empty()) {
    return known.names.at(static_cast<std::size_t>(*static_cast<const std::int32_t*>(action)));
  }
  std::string text;
  for (int k = 0; k < spec().action.size(); ++k) {
    if (k > 0) text += ",";
    if (spec().action.kind == ActionKind::kBox) {
      text += ValueText(static_cast<double>(static_cast<const float*>(action)[k]));
    } else {
      text += std::to_string(static_cast<const std::int32_t*>(action)[k]);
    }
  }
  return text;
}

void Env::ActionFromText(std::string_view text, void* action) {
  const ActionSpec& allowed = spec().action;
  if (batch_.table().action_from_text != nullptr) {
    brasa_error error{};
    const std::string copy(text);
    if (batch_.table().action_from_text(batch_.batch_, 0, copy.c_str(), action, &error) !=
        BRASA_OK) {
      throw UsageError(OneLine(error));
    }
    return;
  }
  const auto named = std::find(allowed.names.begin(), allowed.names.end(), text);
  if (allowed.kind == ActionKind::kDiscrete && named != allowed.names.end()) {
    *static_cast<std::int32_t*>(action) = static_cast<std::int32_t>(named - allowed.names.begin());
    return;
  }
  std::string_view rest = text;
  for (int k = 0; k < allowed.size(); ++k) {
    const std::string_view part = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    bool ok = false;
    if (allowed.kind == ActionKind::kBox) {
      float& value = static_cast<float*>(action)[k];
      const auto result = std::from_chars(part.data(), part.data() + part.size(), value);
      ok = result.ec == std::errc() && result.ptr == part.data() + part.size() &&
           std::isfinite(value);
    } else {
      std::int32_t& value = static_cast<std::int32_t*>(action)[k];
      const auto result = std::from_chars(part.data(), part.data() + part.size(), value);
      ok = result.ec == std::errc() && result.ptr == part.data() + part.size();
    }
    if (!ok || (k + 1 == allowed.size() && !rest.empty())) {
      throw UsageError("action '" + std::string(text) + "' is not understood; " +
                       AllowedActionText(allowed));
    }
  }
}

std::uint64_t Env::Hash() const {
  if (!HasHash()) throw UsageError(spec().id + " has no hash");
  std::uint64_t hash = 0;
  brasa_error error{};
  Check(batch_.table().hash(batch_.batch_, 0, &hash, &error), error);
  return hash;
}

std::vector<Control> Env::Controls() const {
  std::vector<Control> out;
  if (batch_.table().controls == nullptr) return out;
  const brasa_control* controls = nullptr;
  std::int32_t count = 0;
  brasa_error error{};
  Check(batch_.table().controls(batch_.batch_, &controls, &count, &error), error);
  const auto size = static_cast<std::size_t>(spec().action.size());
  for (std::int32_t i = 0; i < count; ++i) {
    out.push_back({controls[i].key, {controls[i].action, controls[i].action + size}});
  }
  return out;
}

int Env::ActionAt(Point at) const {
  if (batch_.table().action_at == nullptr) return -1;
  std::int32_t action = -1;
  brasa_error error{};
  Check(batch_.table().action_at(batch_.batch_, 0, at.x, at.y, &action, &error), error);
  return action;
}

int Env::ActionAt(Point from, Point to) const {
  if (batch_.table().action_between == nullptr) return -1;
  std::int32_t action = -1;
  brasa_error error{};
  const double points[] = {from.x, from.y, to.x, to.y};
  Check(batch_.table().action_between(batch_.batch_, 0, points, &action, &error), error);
  return action;
}

TransitionModel Env::Model() const {
  if (!HasModel()) throw UsageError(spec().id + " offers no transition model");
  TransitionModel model;
  brasa_model_sink sink{};
  sink.context = &model;
  sink.sizes = [](void* context, std::int32_t states, std::int32_t actions) {
    auto& m = *static_cast<TransitionModel*>(context);
    m.states = states;
    m.actions = actions;
    m.start.assign(static_cast<std::size_t>(states), 0.0);
    m.outcomes.assign(static_cast<std::size_t>(states),
                      std::vector<std::vector<ModelOutcome>>(static_cast<std::size_t>(actions)));
  };
  sink.start = [](void* context, std::int32_t state, double probability) {
    static_cast<TransitionModel*>(context)->start.at(static_cast<std::size_t>(state)) = probability;
  };
  sink.outcome = [](void* context, std::int32_t state, std::int32_t action, double probability,
                    std::int32_t next, double reward, std::int32_t terminated) {
    static_cast<TransitionModel*>(context)
        ->outcomes.at(static_cast<std::size_t>(state))
        .at(static_cast<std::size_t>(action))
        .push_back({probability, next, reward, terminated != 0});
  };
  brasa_error error{};
  Check(batch_.table().model(batch_.batch_, &sink, &error), error);
  return model;
}

std::vector<Symmetry> Env::Symmetries() const {
  if (batch_.table().symmetries == nullptr) return {};
  struct Collected {
    std::size_t elements, actions;
    std::vector<Symmetry> all;
  };
  Collected collected{static_cast<std::size_t>(spec().observation.size()),
                      static_cast<std::size_t>(spec().action.count),
                      {}};
  const brasa_symmetry_sink sink{
      &collected, [](void* context, const std::int32_t* observation, const std::int32_t* action,
                     const std::int32_t* chance, std::int32_t chance_count) {
        auto& c = *static_cast<Collected*>(context);
        c.all.push_back({{observation, observation + c.elements},
                         {action, action + c.actions},
                         {chance, chance + chance_count}});
      }};
  brasa_error error{};
  Check(batch_.table().symmetries(batch_.batch_, &sink, &error), error);
  return collected.all;
}

}  // namespace brasa
