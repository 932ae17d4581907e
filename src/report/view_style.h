// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace skol {

// The style sheet of a page of lines, after kPageStyle and kLabelStyle. It has no '<' and no '&'.
extern const char* const kViewStyle;

}  // namespace skol
