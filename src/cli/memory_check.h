// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "prediction/memory_plan.h"
#include "skol/options.h"
#include "skol/store.h"
#include "text/dataset.h"

namespace skol {

// What the store of a model says of it, its first bytes among it; fails as open_model() does.
StoreEntry look_at_model(const std::string& uri);

// The same for those who load the model next: a user of Redis who may GET a key and not look at it
// gets nothing here, and open_model() says what is wrong where something is.
StoreEntry look_before_loading(const std::string& uri);

// The memory model of predictions with the model at `uri`, of which no more than the beginning is
// read; fails as open_model() does.
MemoryPlan plan_before_loading(const std::string& uri, const PredictionOptions& options);

// What the two largest of the files take as documents. Pipes have no size: what comes from one
// counts when it is there.
std::uint64_t largest_documents(const std::vector<InputFile>& files, const MemoryPlan& plan);

// Before anything large is read: notes in `options` what the largest of the files will take as
// documents, and throws Error kMemory, with the least that would do, where not even one window at a
// time fits. What is no model is left to open_model(), which says what is wrong with it.
void check_memory(const std::string& uri, const StoreEntry& model,
                  const std::vector<InputFile>& files, PredictionOptions& options);

}  // namespace skol
