// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "report/json_report.h"

namespace skol {

// Values of a JSON object that a page shows. They may come from anywhere: what is missing or not of
// its kind is an Error of kParameter that names the key.

// Finite and not negative; nothing where the key is missing or null.
std::optional<double> optional_number(const Json& json, const char* key);
double number_at(const Json& json, const char* key);

// A whole number of at most 2^53.
std::optional<std::uint64_t> optional_count(const Json& json, const char* key);
std::uint64_t count_at(const Json& json, const char* key);

std::string text_at(const Json& json, const char* key);

// The array under `key`, or an empty one where it is missing or null.
Json array_at(const Json& json, const char* key);

}  // namespace skol
