// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "skol/options.h"
#include "skol/store.h"
#include "text/dataset.h"

namespace skol {

// What the store of a model says of it, its first bytes among it; fails as open_model() does.
StoreEntry look_at_model(const std::string& uri);

// Before anything large is read: notes in `options` what the largest of the files will take as a
// document, and throws Error kMemory, with the least that would do, where not even one window at a
// time fits. What is no model is left to open_model(), which says what is wrong with it.
void check_memory(const std::string& uri, const StoreEntry& model,
                  const std::vector<InputFile>& files, PredictionOptions& options);

}  // namespace skol
