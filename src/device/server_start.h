// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace skol {

// How long a server that was started for a run outlives its last client: tasks of one job follow
// each other faster, and a card is not held for nobody.
inline constexpr int kIdleSeconds = 60;

// The program `skol` that came with this code: this process itself, or bin/skol beside the module
// of Python. Empty: neither.
std::string server_command();

// Sees to it that a server of `device` ("cuda:0") of this user runs on this machine: where none
// does, starts `command serve` in the background and waits until it listens. Whoever comes while
// one is being started waits for it. Why there is none, in one line; empty: there is one.
// Thread-safe.
std::string start_server(const std::string& command, const std::string& device);

}  // namespace skol
