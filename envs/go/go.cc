#include "envs/go/go.h"

#include "envs/go/go_sizes.h"

namespace brasa {

const brasa_env_class* GoClass(const Params& params) {
  const auto size = static_cast<int>(params.GetInt("size"));
  const brasa_env_class* small = go::SmallClass(size);
  return small != nullptr ? small : go::LargeClass(size);
}

}  // namespace brasa
