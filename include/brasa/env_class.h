// Makes the C table of an environment (abi.h) from its struct (env.h). The loops over worlds stand
// here, so the compiler inlines the struct's rules into them; nothing of C++ crosses the table.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "brasa/abi.h"
#include "brasa/env.h"
#include "brasa/member_names.h"

namespace brasa::internal {

/// The C strings of `texts`, which must outlive the result.
inline std::vector<const char*> CStrings(const std::vector<std::string>& texts) {
  std::vector<const char*> out;
  for (const std::string& text : texts) out.push_back(text.c_str());
  return out;
}

/// An EnvSpec and its C view.
class SpecHolder {
 public:
  explicit SpecHolder(EnvSpec env_spec)
      : spec_(std::move(env_spec)),
        axes_(CStrings(spec_.observation.axes)),
        elements_(CStrings(spec_.observation.names)),
        actions_(CStrings(spec_.action.names)),
        players_(CStrings(spec_.player_names)) {
    CheckSpec(spec_);
    if (spec_.observation.shape.size() > 8) {
      throw ConfigError("environment '" + spec_.id + "': observations have at most 8 axes");
    }
    for (const MeasureSpec& measure : spec_.measures) {
      measures_.push_back({measure.name.c_str(), measure.unit.c_str()});
    }
    view_.struct_size = sizeof view_;
    view_.id = spec_.id.c_str();
    view_.summary = spec_.summary.c_str();
    view_.players = spec_.players;
    FillObservation();
    FillAction();
    view_.max_episode_steps = spec_.max_episode_steps;
    view_.max_legal = spec_.max_legal;
    view_.min_return = spec_.min_return;
    view_.max_return = spec_.max_return;
    view_.reward_threshold = spec_.reward_threshold;
    view_.zero_sum = spec_.zero_sum;
    view_.perfect_information = spec_.perfect_information;
    view_.max_chance_outcomes = spec_.max_chance_outcomes;
    view_.clone_cost = static_cast<std::int32_t>(spec_.clone_cost);
    view_.measures = measures_.data();
    view_.measure_count = static_cast<std::int32_t>(measures_.size());
    view_.player_names = players_.empty() ? nullptr : players_.data();
  }
  SpecHolder(const SpecHolder&) = delete;
  SpecHolder& operator=(const SpecHolder&) = delete;

  const EnvSpec& spec() const { return spec_; }
  const brasa_env_spec* view() const { return &view_; }

 private:
  void FillObservation() {
    const ObservationSpec& seen = spec_.observation;
    view_.observation_type = static_cast<std::int32_t>(seen.type);
    view_.observation_rank = static_cast<std::int32_t>(seen.shape.size());
    for (std::size_t i = 0; i < seen.shape.size(); ++i) view_.observation_shape[i] = seen.shape[i];
    view_.axis_names = axes_.empty() ? nullptr : axes_.data();
    view_.element_names = elements_.empty() ? nullptr : elements_.data();
    // Both bounds travel at one length.
    if (seen.low.size() != seen.high.size()) {
      const auto size = static_cast<std::size_t>(seen.size());
      ObservationSpec& wide = spec_.observation;
      if (wide.low.size() == 1) wide.low.assign(size, wide.low[0]);
      if (wide.high.size() == 1) wide.high.assign(size, wide.high[0]);
    }
    view_.observation_bounds = static_cast<std::int32_t>(seen.low.size());
    view_.observation_low = seen.low.data();
    view_.observation_high = seen.high.data();
    view_.categories = seen.categories.empty() ? nullptr : seen.categories.data();
  }
  void FillAction() {
    const ActionSpec& action = spec_.action;
    view_.action_kind = static_cast<std::int32_t>(action.kind);
    view_.action_count = action.kind == ActionKind::kDiscrete ? action.count : action.size();
    view_.action_counts = action.counts.empty() ? nullptr : action.counts.data();
    view_.action_low = action.low.empty() ? nullptr : action.low.data();
    view_.action_high = action.high.empty() ? nullptr : action.high.data();
    view_.action_names = actions_.empty() ? nullptr : actions_.data();
  }

  EnvSpec spec_;
  std::vector<const char*> axes_, elements_, actions_, players_;
  std::vector<brasa_measure> measures_;
  brasa_env_spec view_{};
};

/// Fields and their C views.
class FieldsHolder {
 public:
  explicit FieldsHolder(std::vector<Field> fields) : fields_(std::move(fields)) {
    for (const Field& field : fields_) {
      defaults_.push_back(ValueText(field.default_value));
      choices_.push_back(CStrings(field.choices));
    }
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      const Field& field = fields_[i];
      if (field.type == FieldType::kIntList) {
        throw ConfigError("environment field '" + field.name + "': lists cannot cross the table");
      }
      views_.push_back({field.name.c_str(), static_cast<std::int32_t>(field.type),
                        defaults_[i].c_str(), field.min, field.max,
                        choices_[i].empty() ? nullptr : choices_[i].data(),
                        static_cast<std::int32_t>(choices_[i].size()), field.help.c_str()});
    }
  }
  FieldsHolder(const FieldsHolder&) = delete;
  FieldsHolder& operator=(const FieldsHolder&) = delete;

  const std::vector<Field>& fields() const { return fields_; }
  const std::vector<brasa_field>& views() const { return views_; }

 private:
  std::vector<Field> fields_;
  std::vector<std::string> defaults_;
  std::vector<std::vector<const char*>> choices_;
  std::vector<brasa_field> views_;
};

/// A Canvas that draws through callbacks.
class CallbackCanvas final : public Canvas {
 public:
  explicit CallbackCanvas(const brasa_canvas& calls) : calls_(calls) {}
  void View(double x0, double y0, double x1, double y1) override {
    calls_.view(calls_.context, x0, y0, x1, y1);
  }
  void Clear(Color color) override { calls_.clear(calls_.context, Plain(color)); }
  void Line(Point a, Point b, double width, Color color) override {
    const double ends[] = {a.x, a.y, b.x, b.y};
    calls_.line(calls_.context, ends, width, Plain(color));
  }
  void Polygon(std::span<const Point> corners, Color color) override {
    static_assert(sizeof(Point) == 2 * sizeof(double));
    calls_.polygon(calls_.context, &corners[0].x, static_cast<std::int32_t>(corners.size()),
                   Plain(color));
  }
  void Circle(Point centre, double radius, Color color) override {
    calls_.circle(calls_.context, &centre.x, radius, Plain(color));
  }
  void Ring(Point centre, double radius, double width, Color color) override {
    calls_.ring(calls_.context, &centre.x, radius, width, Plain(color));
  }
  void Text(Point at, double height, std::string_view text, TextAlign align, Color color) override {
    calls_.text(calls_.context, &at.x, height, std::string(text).c_str(),
                static_cast<std::int32_t>(align), Plain(color));
  }

 private:
  static brasa_color Plain(Color c) { return {c.r, c.g, c.b, c.a}; }
  const brasa_canvas& calls_;
};

inline void FillError(brasa_error* error, std::int32_t code, std::int32_t world,
                      const char* message) {
  error->code = code;
  error->world = world;
  std::snprintf(error->message, sizeof error->message, "%s", message);
}

/// Runs `body`; an exception becomes an error code. `world` is read when one is caught.
template <typename Body>
std::int32_t Guard(brasa_error* error, const std::int32_t& world, Body&& body) {
  try {
    body();
    return BRASA_OK;
  } catch (const ConfigError& e) {
    FillError(error, BRASA_ERROR_CONFIG, world, e.what());
  } catch (const UsageError& e) {
    FillError(error, BRASA_ERROR_USAGE, world, e.what());
  } catch (const std::exception& e) {
    FillError(error, BRASA_ERROR_RULES, world, e.what());
  } catch (...) {
    FillError(error, BRASA_ERROR_RULES, world, "threw something that is not a std::exception");
  }
  return error->code;
}

inline void CopyText(const std::string& text, char* buffer, std::int64_t capacity,
                     std::int64_t* length) {
  *length = static_cast<std::int64_t>(text.size());
  const auto room = static_cast<std::size_t>(capacity > 0 ? capacity : 0);
  if (room > 0) std::memcpy(buffer, text.data(), std::min(room, text.size()));
}

/// Room of `size` elements, not set to anything; on the stack for up to 64 of them.
template <typename Element>
class ShortBuffer {
 public:
  explicit ShortBuffer(std::size_t size) : size_(size) {
    if (size > kShort) long_.resize(size);
  }
  std::span<Element> span() { return {size_ > kShort ? long_.data() : short_, size_}; }

 private:
  static constexpr std::size_t kShort = 64;
  std::size_t size_;
  Element short_[kShort];
  std::vector<Element> long_;
};

/// n worlds of T: what `brasa_batch*` points at for C++ environments.
template <contract::Environment T>
class WorldBatch {
 public:
  WorldBatch(const Params& params, std::int32_t n)
      : spec_(T::Spec(params)), worlds_(static_cast<std::size_t>(n), T(params)) {
    const EnvSpec& spec = spec_.spec();
    action_stride_ = static_cast<std::size_t>(spec.action.bytes());
    components_ = spec.action.size();
    players_ = static_cast<std::size_t>(spec.players);
    elements_ = static_cast<std::size_t>(spec.observation.size());
    max_legal_ = static_cast<std::size_t>(spec.max_legal > 0 ? spec.max_legal : spec.action.count);
    if constexpr (contract::HasControls<T>) {
      controls_ = worlds_.front().Controls();
      for (const Control& control : controls_) {
        control_views_.push_back({control.key.c_str(), control.action.data()});
      }
    }
  }

  static WorldBatch& Of(brasa_batch* batch) { return *reinterpret_cast<WorldBatch*>(batch); }
  static const WorldBatch& Of(const brasa_batch* batch) {
    return *reinterpret_cast<const WorldBatch*>(batch);
  }

  const SpecHolder& spec() const { return spec_; }
  T& world(std::int32_t i) { return worlds_[static_cast<std::size_t>(i)]; }
  const T& world(std::int32_t i) const { return worlds_[static_cast<std::size_t>(i)]; }
  ActionRef action(const void* rows, std::int32_t row) const {
    return {static_cast<const char*>(rows) + static_cast<std::size_t>(row) * action_stride_,
            components_};
  }
  std::span<float> rewards(float* rows, std::int32_t row) const {
    return {rows + static_cast<std::size_t>(row) * players_, players_};
  }
  std::size_t elements() const { return elements_; }
  std::size_t max_legal() const { return max_legal_; }
  std::size_t max_chance() const {
    return static_cast<std::size_t>(spec_.spec().max_chance_outcomes);
  }
  const std::vector<brasa_control>& controls() const { return control_views_; }

 private:
  SpecHolder spec_;
  std::vector<T> worlds_;
  std::size_t action_stride_, players_, elements_, max_legal_;
  int components_;
  std::vector<Control> controls_;
  std::vector<brasa_control> control_views_;
};

/// The functions of T's table.
template <contract::Environment T>
struct EnvFunctions {
  using Batch = WorldBatch<T>;

  static const FieldsHolder& Fields() {
    static const FieldsHolder holder([] {
      if constexpr (contract::HasFields<T>) return T::Fields();
      return std::vector<Field>{};
    }());
    return holder;
  }
  static const EnvSpec& DefaultSpec() {
    static const EnvSpec spec = T::Spec(Params(Fields().fields()));
    return spec;
  }

  static std::int32_t Create(const brasa_param* params, std::int32_t count, std::int32_t n,
                             brasa_batch** out, brasa_error* error) {
    const std::int32_t world = -1;
    return Guard(error, world, [&] {
      Params values(Fields().fields());
      for (std::int32_t i = 0; i < count; ++i) values.Set(params[i].name, params[i].value);
      if (n < 1) throw ConfigError("a batch needs at least one world");
      *out = reinterpret_cast<brasa_batch*>(new Batch(values, n));
    });
  }
  static void Destroy(brasa_batch* batch) { delete &Batch::Of(batch); }
  static const brasa_env_spec* Spec(const brasa_batch* batch) {
    return Batch::Of(batch).spec().view();
  }
  static std::int32_t Reset(brasa_batch* batch, std::int32_t begin, std::int32_t end,
                            brasa_rng* rng, brasa_error* error) {
    std::int32_t i = begin;
    return Guard(error, i, [&] {
      Rng* streams = static_cast<Rng*>(rng);
      for (; i < end; ++i) Batch::Of(batch).world(i).Reset(streams[i - begin]);
    });
  }
  static std::int32_t Step(brasa_batch* batch, std::int32_t begin, std::int32_t end,
                           const void* actions, brasa_rng* rng, float* rewards, std::uint8_t* ends,
                           brasa_error* error) {
    std::int32_t i = begin;
    return Guard(error, i, [&] {
      Batch& worlds = Batch::Of(batch);
      Rng* streams = static_cast<Rng*>(rng);
      if constexpr (contract::HasStepMany<T>) {
        T::StepMany(std::span<T>(&worlds.world(begin), static_cast<std::size_t>(end - begin)),
                    actions, streams, rewards, ends);
      } else {
        for (; i < end; ++i) {
          const std::int32_t row = i - begin;
          ends[row] = static_cast<std::uint8_t>(worlds.world(i).Step(
              worlds.action(actions, row), streams[row], worlds.rewards(rewards, row)));
        }
      }
    });
  }
  static std::int32_t Observe(const brasa_batch* batch, std::int32_t begin, std::int32_t end,
                              const std::int32_t* players, void* rows, brasa_error* error) {
    using Element = std::conditional_t<contract::ObservesFloat<T>, float, std::uint8_t>;
    std::int32_t i = begin;
    return Guard(error, i, [&] {
      const Batch& worlds = Batch::Of(batch);
      const std::size_t size = worlds.elements();
      auto* out = static_cast<Element*>(rows);
      for (; i < end; ++i, out += size) {
        worlds.world(i).Observe(players ? players[i - begin] : 0, std::span<Element>(out, size));
      }
    });
  }
  static std::int32_t Copy(brasa_batch* to, std::int32_t j, const brasa_batch* from, std::int32_t i,
                           brasa_error* error) {
    return Guard(error, j, [&] { Batch::Of(to).world(j) = Batch::Of(from).world(i); });
  }
  static std::string Saved(const T& world) {
    StateWriter writer;
    world.Save(writer);
    return writer.bytes();
  }
  static std::int64_t SnapshotSize(const brasa_batch* batch, std::int32_t i) {
    if constexpr (contract::Flat<T>) {
      static_cast<void>(batch);
      static_cast<void>(i);
      return sizeof(T);
    } else {
      return static_cast<std::int64_t>(Saved(Batch::Of(batch).world(i)).size());
    }
  }
  static std::int32_t Save(const brasa_batch* batch, std::int32_t i, void* bytes,
                           brasa_error* error) {
    return Guard(error, i, [&] {
      const T& world = Batch::Of(batch).world(i);
      if constexpr (contract::Flat<T>) {
        std::memcpy(bytes, &world, sizeof(T));
      } else {
        const std::string saved = Saved(world);
        std::memcpy(bytes, saved.data(), saved.size());
      }
    });
  }
  static std::int32_t Load(brasa_batch* batch, std::int32_t i, const void* bytes, std::int64_t size,
                           brasa_error* error) {
    return Guard(error, i, [&] {
      T& world = Batch::Of(batch).world(i);
      if constexpr (contract::Flat<T>) {
        if (size != sizeof(T)) throw UsageError("a world's snapshot has the wrong size");
        std::memcpy(&world, bytes, sizeof(T));
      } else {
        const std::string_view view(static_cast<const char*>(bytes),
                                    static_cast<std::size_t>(size));
        StateReader reader(view, "world snapshot");
        world.Load(reader);
      }
    });
  }
  static std::int32_t Legal(const brasa_batch* batch, std::int32_t begin, std::int32_t end,
                            std::int32_t* ids, std::int32_t* counts,
                            brasa_error* error) requires contract::HasLegalActions<T> {
    std::int32_t i = begin;
    return Guard(error, i, [&] {
      const Batch& worlds = Batch::Of(batch);
      const std::size_t most = worlds.max_legal();
      for (; i < end; ++i, ids += most) {
        counts[i - begin] = worlds.world(i).LegalActions(std::span<std::int32_t>(ids, most));
      }
    });
  }
  static std::int32_t Player(const brasa_batch* batch, std::int32_t begin, std::int32_t end,
                             std::int32_t* players,
                             brasa_error* error) requires contract::HasPlayerToMove<T> {
    std::int32_t i = begin;
    return Guard(error, i, [&] {
      for (; i < end; ++i) players[i - begin] = Batch::Of(batch).world(i).PlayerToMove();
    });
  }
  static std::int32_t Chance(const brasa_batch* batch, std::int32_t i, std::int32_t* ids,
                             double* probabilities, std::int32_t* count,
                             brasa_error* error) requires contract::HasChance<T> {
    return Guard(error, i, [&] {
      const Batch& worlds = Batch::Of(batch);
      const std::size_t most = worlds.max_chance();
      *count = worlds.world(i).ChanceOutcomes(std::span<std::int32_t>(ids, most),
                                              std::span<double>(probabilities, most));
    });
  }
  static std::int32_t ApplyChance(brasa_batch* batch, std::int32_t i, std::int32_t id,
                                  float* rewards, std::uint8_t* end,
                                  brasa_error* error) requires contract::HasChance<T> {
    return Guard(error, i, [&] {
      Batch& worlds = Batch::Of(batch);
      *end = static_cast<std::uint8_t>(worlds.world(i).ApplyChance(id, worlds.rewards(rewards, 0)));
    });
  }
  static std::int32_t Roll(brasa_batch* batch, std::int32_t begin, std::int32_t end, brasa_rng* rng,
                           float* rewards, std::uint8_t* ends, const brasa_chance_sink* sink,
                           brasa_error* error) requires contract::HasChance<T> {
    std::int32_t i = begin;
    return Guard(error, i, [&] {
      Batch& worlds = Batch::Of(batch);
      ShortBuffer<std::int32_t> id_room(worlds.max_chance());
      ShortBuffer<double> probability_room(worlds.max_chance());
      ShortBuffer<float> unused(static_cast<std::size_t>(worlds.spec().spec().players));
      const auto ids = id_room.span();
      const auto probabilities = probability_room.span();
      std::fill(unused.span().begin(), unused.span().end(), 0.0f);
      for (; i < end; ++i) {
        const std::int32_t row = i - begin;
        const auto sums = rewards != nullptr ? worlds.rewards(rewards, row) : unused.span();
        T& world = worlds.world(i);
        auto over = ends != nullptr ? static_cast<EpisodeEnd>(ends[row]) : EpisodeEnd::kNone;
        while (over == EpisodeEnd::kNone && world.PlayerToMove() == kChance) {
          const auto count = static_cast<std::size_t>(world.ChanceOutcomes(ids, probabilities));
          const int drawn = static_cast<Rng&>(rng[row]).Categorical(probabilities.first(count));
          const std::int32_t id = ids[static_cast<std::size_t>(drawn)];
          sink->drawn(sink->context, i, id);
          over = world.ApplyChance(id, sums);
        }
        if (ends != nullptr) ends[row] = static_cast<std::uint8_t>(over);
      }
    });
  }
  static std::int32_t Draw(const brasa_batch* batch, std::int32_t i, const brasa_canvas* canvas,
                           brasa_error* error) requires contract::HasDraw<T> {
    return Guard(error, i, [&] {
      CallbackCanvas surface(*canvas);
      Batch::Of(batch).world(i).Draw(surface);
    });
  }
  static std::int32_t Text(const brasa_batch* batch, std::int32_t i, char* buffer,
                           std::int64_t capacity, std::int64_t* length,
                           brasa_error* error) requires contract::HasText<T> {
    return Guard(error, i,
                 [&] { CopyText(Batch::Of(batch).world(i).ToText(), buffer, capacity, length); });
  }
  static std::int32_t FromText(brasa_batch* batch, std::int32_t i, const char* text,
                               brasa_error* error) requires contract::HasText<T> {
    return Guard(error, i, [&] { Batch::Of(batch).world(i).FromText(text); });
  }
  static std::int32_t ActionText(const brasa_batch* batch, std::int32_t i, const void* action,
                                 char* buffer, std::int64_t capacity, std::int64_t* length,
                                 brasa_error* error) requires contract::HasActionText<T> {
    return Guard(error, i, [&] {
      const Batch& worlds = Batch::Of(batch);
      CopyText(worlds.world(i).ActionToText(worlds.action(action, 0)), buffer, capacity, length);
    });
  }
  static std::int32_t ActionFromText(const brasa_batch* batch, std::int32_t i, const char* text,
                                     void* action,
                                     brasa_error* error) requires contract::HasActionText<T> {
    return Guard(error, i, [&] {
      const Batch& worlds = Batch::Of(batch);
      const std::vector<double> values = worlds.world(i).ActionFromText(text);
      for (std::size_t k = 0; k < values.size(); ++k) {
        if (worlds.spec().spec().action.kind == ActionKind::kBox) {
          static_cast<float*>(action)[k] = static_cast<float>(values[k]);
        } else {
          static_cast<std::int32_t*>(action)[k] = static_cast<std::int32_t>(values[k]);
        }
      }
    });
  }
  static std::int32_t Hash(const brasa_batch* batch, std::int32_t i, std::uint64_t* hash,
                           brasa_error* error) requires contract::HasHash<T> {
    return Guard(error, i, [&] { *hash = Batch::Of(batch).world(i).Hash(); });
  }
  static std::int32_t Measures(const brasa_batch* batch, std::int32_t i, float* values,
                               brasa_error* error) requires contract::HasMeasures<T> {
    return Guard(error, i, [&] {
      const Batch& worlds = Batch::Of(batch);
      worlds.world(i).Measures(std::span<float>(values, worlds.spec().spec().measures.size()));
    });
  }
  static std::int32_t Controls(const brasa_batch* batch, const brasa_control** controls,
                               std::int32_t* count,
                               brasa_error*) requires contract::HasControls<T> {
    *controls = Batch::Of(batch).controls().data();
    *count = static_cast<std::int32_t>(Batch::Of(batch).controls().size());
    return BRASA_OK;
  }
  static std::int32_t ActionAt(const brasa_batch* batch, std::int32_t i, double x, double y,
                               std::int32_t* action,
                               brasa_error* error) requires contract::HasActionAt<T> {
    return Guard(error, i, [&] { *action = Batch::Of(batch).world(i).ActionAt({x, y}); });
  }
  static std::int32_t ActionBetween(const brasa_batch* batch, std::int32_t i, const double* from_to,
                                    std::int32_t* action,
                                    brasa_error* error) requires contract::HasActionBetween<T> {
    return Guard(error, i, [&] {
      const Point from = {from_to[0], from_to[1]}, to = {from_to[2], from_to[3]};
      *action = Batch::Of(batch).world(i).ActionAt(from, to);
    });
  }
  static std::int32_t Model(const brasa_batch* batch, const brasa_model_sink* sink,
                            brasa_error* error) requires contract::HasModel<T> {
    const std::int32_t world = 0;
    return Guard(error, world, [&] {
      const TransitionModel model = Batch::Of(batch).world(0).Model();
      sink->sizes(sink->context, model.states, model.actions);
      for (std::int32_t s = 0; s < model.states; ++s) {
        const auto at = static_cast<std::size_t>(s);
        if (model.start[at] > 0) sink->start(sink->context, s, model.start[at]);
        for (std::int32_t a = 0; a < model.actions; ++a) {
          for (const ModelOutcome& o : model.outcomes[at][static_cast<std::size_t>(a)]) {
            sink->outcome(sink->context, s, a, o.probability, o.next, o.reward, o.terminated);
          }
        }
      }
    });
  }
  static std::int32_t Symmetries(const brasa_batch* batch, const brasa_symmetry_sink* sink,
                                 brasa_error* error) requires contract::HasSymmetries<T> {
    const std::int32_t world = 0;
    return Guard(error, world, [&] {
      const Batch& worlds = Batch::Of(batch);
      const auto actions = static_cast<std::size_t>(worlds.spec().spec().action.count);
      for (const Symmetry& s : worlds.world(0).Symmetries()) {
        if (s.observation.size() != worlds.elements() || s.action.size() != actions) {
          throw Error("a symmetry maps " + std::to_string(s.observation.size()) +
                      " observation elements and " + std::to_string(s.action.size()) +
                      " actions, not all");
        }
        sink->symmetry(sink->context, s.observation.data(), s.action.data(),
                       s.chance.empty() ? nullptr : s.chance.data(),
                       static_cast<std::int32_t>(s.chance.size()));
      }
    });
  }
  static std::int32_t Resample(brasa_batch* batch, std::int32_t i, std::int32_t player,
                               brasa_rng* rng,
                               brasa_error* error) requires contract::HasResampleHidden<T> {
    return Guard(error, i, [&] {
      Batch::Of(batch).world(i).ResampleHidden(player, static_cast<Rng&>(*rng));
    });
  }
};

template <contract::Environment T>
brasa_env_class MakeEnvClass() {
  using F = EnvFunctions<T>;
  if constexpr (contract::Flat<T>) {
    static_assert(std::is_trivially_copyable_v<T>, "kFlat needs a trivially copyable struct");
  } else {
    static_assert(contract::HasSave<T>, "a struct that is not kFlat needs Save and Load");
  }
  static_assert(!contract::HasChance<T> || contract::HasPlayerToMove<T>,
                "a game with chance nodes needs PlayerToMove");
  brasa_env_class c{};
  c.abi_version = BRASA_ABI_VERSION;
  c.struct_size = sizeof c;
  c.id = F::DefaultSpec().id.c_str();
  c.summary = F::DefaultSpec().summary.c_str();
  c.fields = F::Fields().views().data();
  c.field_count = static_cast<std::int32_t>(F::Fields().views().size());
  c.flat = contract::Flat<T>;
  c.create = F::Create;
  c.destroy = F::Destroy;
  c.spec = F::Spec;
  c.reset = F::Reset;
  c.step = F::Step;
  c.observe = F::Observe;
  c.copy = F::Copy;
  c.snapshot_size = F::SnapshotSize;
  c.save = F::Save;
  c.load = F::Load;
  if constexpr (contract::HasLegalActions<T>) c.legal = F::Legal;
  if constexpr (contract::HasPlayerToMove<T>) c.player = F::Player;
  if constexpr (contract::HasChance<T>) {
    c.chance = F::Chance;
    c.apply_chance = F::ApplyChance;
    c.roll = F::Roll;
  }
  if constexpr (contract::HasDraw<T>) c.draw = F::Draw;
  if constexpr (contract::HasText<T>) {
    c.text = F::Text;
    c.from_text = F::FromText;
  }
  if constexpr (contract::HasActionText<T>) {
    c.action_text = F::ActionText;
    c.action_from_text = F::ActionFromText;
  }
  if constexpr (contract::HasHash<T>) c.hash = F::Hash;
  if constexpr (contract::HasMeasures<T>) c.measures = F::Measures;
  if constexpr (contract::HasControls<T>) c.controls = F::Controls;
  if constexpr (contract::HasActionAt<T>) c.action_at = F::ActionAt;
  if constexpr (contract::HasActionBetween<T>) c.action_between = F::ActionBetween;
  if constexpr (contract::HasModel<T>) c.model = F::Model;
  if constexpr (contract::HasSymmetries<T>) c.symmetries = F::Symmetries;
  if constexpr (contract::HasResampleHidden<T>) c.resample = F::Resample;
  return c;
}

}  // namespace brasa::internal

namespace brasa {

/// The C table of T; one object per T and module, alive until the program ends.
template <contract::Environment T>
const brasa_env_class& EnvClassOf() {
  static const brasa_env_class env_class = internal::MakeEnvClass<T>();
  return env_class;
}

}  // namespace brasa

/// Makes the shared library a plugin that offers the environments given (at least one).
#define BRASA_PLUGIN(...)                                                \
  extern "C" BRASA_EXPORT const brasa_plugin* brasa_plugin_entry(void) { \
    return ::brasa::internal::MakePlugin<__VA_ARGS__>();                 \
  }

namespace brasa::internal {

template <typename T>
constexpr bool CheckMemberNames();

template <typename... Ts>
const brasa_plugin* MakePlugin() {
  static_assert((CheckMemberNames<Ts>() && ...));
  try {
    static const brasa_env_class* const classes[] = {&EnvClassOf<Ts>()...};
    static const brasa_plugin plugin{BRASA_ABI_VERSION, sizeof(brasa_plugin), classes,
                                     static_cast<std::int32_t>(sizeof...(Ts))};
    return &plugin;
  } catch (...) {
    return nullptr;
  }
}

}  // namespace brasa::internal
