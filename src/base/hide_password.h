// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace skol {

// `uri`, scheme://user:password@host/..., with *** for its password; anything else as it is. Where
// a password that was not encoded makes the address ambiguous, more is hidden than the password.
std::string hide_password(std::string_view uri);

// The same for every address in a message; an address ends at a blank.
std::string hide_passwords(std::string_view message);

}  // namespace skol
