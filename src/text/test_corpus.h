// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>

namespace skol {

// For tests: where the corpus of annotated papers lies, SKOL_CORPUS or ../shared/corpus beside the
// repository. Empty where there is none; such a test skips.
inline std::filesystem::path corpus_folder() {
  namespace fs = std::filesystem;
  const char* named = std::getenv("SKOL_CORPUS");
  const fs::path repository = fs::path(__FILE__).parent_path().parent_path().parent_path();
  const fs::path folder =
      named != nullptr ? fs::path(named) : repository.parent_path() / "shared" / "corpus";
  return fs::is_directory(folder) ? folder : fs::path();
}

}  // namespace skol
