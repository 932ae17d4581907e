// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "skol/tuned.h"

namespace skol {

// A record with the keys that scripts and the model file know it by.
nlohmann::ordered_json tuned_json(const TuningRecord& record);

// The record in `in`, checked. Unknown keys, as of a later skol, are passed over. Error kModel or,
// from check(), kParameter for anything else that tuned_json would not have written.
TuningRecord tuned_from_json(const nlohmann::json& in);

}  // namespace skol
