// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/file_descriptor.h"
#include "device/wire.h"

namespace skol {

// Where servers of this user are found: $XDG_RUNTIME_DIR/skol where that is the user's own, then
// /tmp/skol-UID; the one that SKOL_SERVE names instead; none where that is "off". Each is a folder
// of mode 0700.
std::vector<std::string> socket_folders();
// "cuda:0" -> FOLDER/serve-cuda0.sock
std::string socket_path(const std::string& folder, const std::string& device);

// Whether the folder is this user's and nobody else may enter it; made if it is not there and
// `make`.
bool is_private_folder(const std::string& folder, bool make);

// Connects; none where nobody listens there. Error kDevice where somebody else does.
FileDescriptor connect_to(const std::string& path);
// Whether the other end of the socket is a process of this user.
bool is_own_peer(const FileDescriptor& socket);

// Sends a message, with a file if there is one. False where the other end is gone, or has not read
// the hundreds before it: nobody waits for it.
bool send_message(const FileDescriptor& socket, const WireMessage& message, int file = -1);

struct ReceivedMessage {
  WireMessage message;
  FileDescriptor file;
};
// The next message; none where the other end is gone, sent something else, or, with a time limit
// on the socket, said nothing.
std::optional<ReceivedMessage> receive_message(const FileDescriptor& socket);

// Cut to what there is room for.
void set_text(WireMessage& message, const std::string& text);

}  // namespace skol
