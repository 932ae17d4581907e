// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace skol {

// The script of a page of lines, as it stands between <script> and </script>, and how a
// Content-Security-Policy allows it: the base64 of its SHA-256 (tests/cli/test_view.py says which,
// where the script was changed).
extern const char* const kViewScript;
extern const char* const kViewScriptHash;

}  // namespace skol
