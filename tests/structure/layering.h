// The layering of the tree, and a check of every `#include` against it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace brasa::structure {

/// What the files of one folder may include, besides the standard library and their own folder.
struct Layer {
  std::string folder;
  std::vector<std::string> may_include;  ///< files or folders of this tree, from its root
  std::vector<std::string> libraries;    ///< names of ThirdParty(); in .cc and .c files only
};

/// The table of the design, most special folder first: the first that holds a file rules it.
const std::vector<Layer>& Layers();

/// One include that the table forbids: where, and why.
struct Finding {
  std::string file;
  int line = 0;
  std::string reason;
};

/// Whether the tree has a file of this path, from its root.
using FileExists = std::function<bool(const std::string&)>;

/// Every forbidden include of the file `path` (from the root) whose content is `text`.
std::vector<Finding> CheckIncludes(const std::string& path, std::string_view text,
                                   const FileExists& exists);

}  // namespace brasa::structure
