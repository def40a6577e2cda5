// Random streams in checkpoints.
#pragma once

#include "brasa/core/archive.h"
#include "brasa/core/random.h"

namespace brasa {

void SaveRng(StateWriter& writer, const char* name, const Rng& rng);
void LoadRng(StateReader& reader, const char* name, Rng& rng);

}  // namespace brasa
