#include "envs/go/go_members.h"
#include "envs/go/go_rules.h"
#include "envs/go/go_sizes.h"

namespace brasa {

template struct Go<2>;
template struct Go<3>;
template struct Go<4>;
template struct Go<5>;
template struct Go<6>;
template struct Go<7>;
template struct Go<8>;
template struct Go<9>;
template struct Go<10>;
template struct Go<11>;
template struct Go<12>;

const brasa_env_class* go::SmallClass(int size) {
  switch (size) {
    case 2:
      return &EnvClassOf<Go<2>>();
    case 3:
      return &EnvClassOf<Go<3>>();
    case 4:
      return &EnvClassOf<Go<4>>();
    case 5:
      return &EnvClassOf<Go<5>>();
    case 6:
      return &EnvClassOf<Go<6>>();
    case 7:
      return &EnvClassOf<Go<7>>();
    case 8:
      return &EnvClassOf<Go<8>>();
    case 9:
      return &EnvClassOf<Go<9>>();
    case 10:
      return &EnvClassOf<Go<10>>();
    case 11:
      return &EnvClassOf<Go<11>>();
    case 12:
      return &EnvClassOf<Go<12>>();
    default:
      return nullptr;
  }
}

}  // namespace brasa
