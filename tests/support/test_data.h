// Where the reference data of the tests lie.
#pragma once

#include <string>

namespace brasa {

/// Path of `name` below tests/data, e.g. "go/open_spiel_facts.csv".
std::string TestData(const std::string& name);

}  // namespace brasa
