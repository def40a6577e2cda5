#include "envs/go/go_members.h"
#include "envs/go/go_rules.h"
#include "envs/go/go_sizes.h"

namespace brasa {

template struct Go<13>;
template struct Go<14>;
template struct Go<15>;
template struct Go<16>;
template struct Go<17>;
template struct Go<18>;
template struct Go<19>;

const brasa_env_class* go::LargeClass(int size) {
  switch (size) {
    case 13:
      return &EnvClassOf<Go<13>>();
    case 14:
      return &EnvClassOf<Go<14>>();
    case 15:
      return &EnvClassOf<Go<15>>();
    case 16:
      return &EnvClassOf<Go<16>>();
    case 17:
      return &EnvClassOf<Go<17>>();
    case 18:
      return &EnvClassOf<Go<18>>();
    case 19:
      return &EnvClassOf<Go<19>>();
    default:
      return nullptr;
  }
}

}  // namespace brasa
