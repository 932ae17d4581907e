// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace skol {

// What an error of a Redis server, such as "OOM command not allowed ...", means for a user of
// models, and what to do about it. Fit to be printed; where the server repeats `secret`, *** stands
// in its place.
std::string explain_redis_error(std::string_view error, std::string_view secret = {});

// The same for why connecting failed: `reason` as the system or the resolver words it.
std::string explain_no_connection(std::string_view reason, bool unknown_host);

}  // namespace skol
