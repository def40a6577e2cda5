#include "agents/deep/action_box.h"

#include <algorithm>

namespace brasa {

ActionBox::ActionBox(const ActionSpec& spec) : low_(spec.low), high_(spec.high) {
  for (std::size_t k = 0; k < low_.size(); ++k) {
    centre_.push_back(0.5f * low_[k] + 0.5f * high_[k]);
    half_width_.push_back(0.5f * high_[k] - 0.5f * low_[k]);
  }
}

void ActionBox::ToBox(const float* u, int rows, float* action) const {
  for (int i = 0; i < rows; ++i) {
    for (std::size_t k = 0; k < centre_.size(); ++k) {
      *action++ = std::clamp(centre_[k] + half_width_[k] * *u++, low_[k], high_[k]);
    }
  }
}

void ActionBox::ToUnit(const float* action, float* u) const {
  for (std::size_t k = 0; k < centre_.size(); ++k) {
    u[k] = (action[k] - centre_[k]) / half_width_[k];
  }
}

}  // namespace brasa
