// What does not depend on the compiled size: Go's parameters, spec and symmetries.
#pragma once

#include <vector>

#include "brasa/env.h"

namespace brasa::go {

/// The parameters; `size` is 9 unless told otherwise.
std::vector<Field> FieldsOf(int size);
/// Throws ConfigError if the parameters do not say `size`.
EnvSpec SpecOf(int size, const Params& params);
/// The seven maps of the square but the identity, on `planes` planes of points.
std::vector<Symmetry> SymmetriesOf(int size, int planes);

}  // namespace brasa::go
