// The guarded functions of the optional members.
#include "envs/core/guarded_call.h"

namespace brasa::guard {
namespace {

std::int32_t Draw(const brasa_batch* batch, std::int32_t world, const brasa_canvas* canvas,
                  brasa_error* error) {
  const Batch& own = Batch::Of(batch);
  // The canvas of the check throws at a fault of the drawing; that is not the environment's.
  Begin(*own.state, "Draw", &own, world);
  return own.table().draw(own.inner, world, canvas, error);
}

/// One of the calls that write a text.
template <typename Body>
std::int32_t Text(const Batch& own, const char* name, std::int32_t world, char* buffer,
                  std::int64_t capacity, std::int64_t* length, brasa_error* error, Body&& body) {
  Fenced<char> fenced(buffer, static_cast<std::size_t>(capacity));
  const std::int32_t code = Guarded(*own.state, name, &own, world, error,
                                    [&](brasa_error* e) { return body(fenced.data(), e); });
  if (code == BRASA_OK && (*length < 0 || *length > kMostBytes)) {
    return Broken(*own.state, error,
                  std::string("boundary: ") + name + " gives a text of length " +
                      std::to_string(*length) + Place(&own, world));
  }
  return Kept(*own.state, code, name, "room for the text", own, world, error, fenced);
}

std::int32_t StateText(const brasa_batch* batch, std::int32_t world, char* buffer,
                       std::int64_t capacity, std::int64_t* length, brasa_error* error) {
  const Batch& own = Batch::Of(batch);
  return Text(own, "ToText", world, buffer, capacity, length, error,
              [&](char* room, brasa_error* e) {
                return own.table().text(own.inner, world, room, capacity, length, e);
              });
}

std::int32_t FromText(brasa_batch* batch, std::int32_t world, const char* text,
                      brasa_error* error) {
  Batch& own = Batch::Of(batch);
  return Guarded(*own.state, "FromText", &own, world, error,
                 [&](brasa_error* e) { return own.table().from_text(own.inner, world, text, e); });
}

std::int32_t ActionText(const brasa_batch* batch, std::int32_t world, const void* action,
                        char* buffer, std::int64_t capacity, std::int64_t* length,
                        brasa_error* error) {
  const Batch& own = Batch::Of(batch);
  return Text(own, "ActionToText", world, buffer, capacity, length, error,
              [&](char* room, brasa_error* e) {
                return own.table().action_text(own.inner, world, action, room, capacity, length, e);
              });
}

std::int32_t ActionFromText(const brasa_batch* batch, std::int32_t world, const char* text,
                            void* action, brasa_error* error) {
  const Batch& own = Batch::Of(batch);
  return Guarded(*own.state, "ActionFromText", &own, world, error, [&](brasa_error* e) {
    return own.table().action_from_text(own.inner, world, text, action, e);
  });
}

std::int32_t Hash(const brasa_batch* batch, std::int32_t world, std::uint64_t* hash,
                  brasa_error* error) {
  const Batch& own = Batch::Of(batch);
  return Guarded(*own.state, "Hash", &own, world, error,
                 [&](brasa_error* e) { return own.table().hash(own.inner, world, hash, e); });
}

std::int32_t Measures(const brasa_batch* batch, std::int32_t world, float* values,
                      brasa_error* error) {
  const Batch& own = Batch::Of(batch);
  const brasa_env_spec* spec = own.table().spec(own.inner);
  Fenced<float> fenced(values, static_cast<std::size_t>(spec->measure_count));
  const std::int32_t code = Guarded(
      *own.state, "Measures", &own, world, error,
      [&](brasa_error* e) { return own.table().measures(own.inner, world, fenced.data(), e); });
  return Kept(*own.state, code, "Measures", "measures", own, world, error, fenced);
}

std::int32_t Controls(const brasa_batch* batch, const brasa_control** controls, std::int32_t* count,
                      brasa_error* error) {
  const Batch& own = Batch::Of(batch);
  return Guarded(*own.state, "Controls", &own, -1, error, [&](brasa_error* e) {
    return own.table().controls(own.inner, controls, count, e);
  });
}

std::int32_t ActionAt(const brasa_batch* batch, std::int32_t world, double x, double y,
                      std::int32_t* action, brasa_error* error) {
  const Batch& own = Batch::Of(batch);
  return Guarded(*own.state, "ActionAt", &own, world, error, [&](brasa_error* e) {
    return own.table().action_at(own.inner, world, x, y, action, e);
  });
}

std::int32_t ActionBetween(const brasa_batch* batch, std::int32_t world, const double* from_to,
                           std::int32_t* action, brasa_error* error) {
  const Batch& own = Batch::Of(batch);
  return Guarded(*own.state, "ActionAt", &own, world, error, [&](brasa_error* e) {
    return own.table().action_between(own.inner, world, from_to, action, e);
  });
}

std::int32_t Model(const brasa_batch* batch, const brasa_model_sink* sink, brasa_error* error) {
  const Batch& own = Batch::Of(batch);
  return Guarded(*own.state, "Model", &own, -1, error,
                 [&](brasa_error* e) { return own.table().model(own.inner, sink, e); });
}

std::int32_t Symmetries(const brasa_batch* batch, const brasa_symmetry_sink* sink,
                        brasa_error* error) {
  const Batch& own = Batch::Of(batch);
  return Guarded(*own.state, "Symmetries", &own, -1, error,
                 [&](brasa_error* e) { return own.table().symmetries(own.inner, sink, e); });
}

std::int32_t Resample(brasa_batch* batch, std::int32_t world, std::int32_t player, brasa_rng* rng,
                      brasa_error* error) {
  Batch& own = Batch::Of(batch);
  return Guarded(*own.state, "ResampleHidden", &own, world, error, [&](brasa_error* e) {
    return own.table().resample(own.inner, world, player, rng, e);
  });
}

}  // namespace

void GuardMembers(brasa_env_class& table) {
  Guard(table.draw, Draw);
  Guard(table.text, StateText);
  Guard(table.from_text, FromText);
  Guard(table.action_text, ActionText);
  Guard(table.action_from_text, ActionFromText);
  Guard(table.hash, Hash);
  Guard(table.measures, Measures);
  Guard(table.controls, Controls);
  Guard(table.action_at, ActionAt);
  Guard(table.action_between, ActionBetween);
  Guard(table.model, Model);
  Guard(table.symmetries, Symmetries);
  Guard(table.resample, Resample);
}

}  // namespace brasa::guard
