// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

namespace skol {

// The rest of this process' work is done by a process that outlives it, belongs to no terminal and
// has none of the files that this one has open but standard error. In that process: nothing. In
// this one, once tell_background_parent() was called there, or that process ended before: the
// status to end with. To be called while this process has one thread.
std::optional<int> go_into_background();

// From here on the process in the background is on its own: nobody hears it.
void tell_background_parent();

}  // namespace skol
