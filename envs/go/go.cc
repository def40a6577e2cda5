#include "envs/go/go.h"

#include "brasa/registry.h"
#include "envs/go/go_sizes.h"

namespace brasa {
namespace {

const brasa_env_class* ClassOf(const Params& params) {
  const auto size = static_cast<int>(params.GetInt("size"));
  const brasa_env_class* small = go::SmallClass(size);
  return small != nullptr ? small : go::LargeClass(size);
}

}  // namespace

EnvRow GoRow() {
  EnvRow row;
  row.id = "Go-v0";
  row.env_class = go::SmallClass(9);
  row.select = &ClassOf;
  return row;
}

}  // namespace brasa
