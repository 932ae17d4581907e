// SPDX-License-Identifier: Apache-2.0
#include "device/wire_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/fail.h"
#include "base/in_quotes.h"

namespace skol {
namespace {

// A socket's control message with one file descriptor.
struct FileControl {
  alignas(cmsghdr) char bytes[CMSG_SPACE(sizeof(int))] = {};
};

template <class Call>
auto repeated(const Call& call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

}  // namespace

std::vector<std::string> socket_folders() {
  if (const char* const set = std::getenv("SKOL_SERVE"); set != nullptr && *set != '\0') {
    if (std::string_view(set) == "off") return {};
    return {set};
  }
  std::vector<std::string> folders;
  const char* const runtime = std::getenv("XDG_RUNTIME_DIR");
  if (runtime != nullptr && *runtime == '/' && is_private_folder(runtime, false)) {
    folders.push_back(std::string(runtime) + "/skol");
  }
  folders.push_back(fmt::format("/tmp/skol-{}", ::geteuid()));
  return folders;
}

std::string socket_path(const std::string& folder, const std::string& device) {
  std::string name = device;
  name.erase(std::remove(name.begin(), name.end(), ':'), name.end());
  return folder + "/serve-" + name + ".sock";
}

bool is_private_folder(const std::string& folder, bool make) {
  if (make) ::mkdir(folder.c_str(), 0700);
  struct stat status = {};
  return ::lstat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
         status.st_uid == ::geteuid() && (status.st_mode & 077) == 0;
}

bool is_own_peer(const FileDescriptor& socket) {
  struct ucred peer = {};
  socklen_t size = sizeof(peer);
  return ::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         peer.uid == ::geteuid();
}

FileDescriptor connect_to(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return {};
  path.copy(address.sun_path, path.size());
  FileDescriptor socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  if (!socket) return {};
  const int connected = repeated([&] {
    return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  });
  if (connected != 0) return {};
  if (!is_own_peer(socket)) {
    fail(ErrorKind::kDevice, "the server at {} is of another user: not used", in_quotes(path));
  }
  return socket;
}

bool send_message(const FileDescriptor& socket, const WireMessage& message, int file) {
  iovec part = {const_cast<WireMessage*>(&message), sizeof(message)};
  msghdr header = {};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  FileControl control;
  if (file >= 0) {
    header.msg_control = control.bytes;
    header.msg_controllen = sizeof(control.bytes);
    cmsghdr* const head = CMSG_FIRSTHDR(&header);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(head), &file, sizeof(int));
  }
  const auto sent =
      repeated([&] { return ::sendmsg(socket.get(), &header, MSG_NOSIGNAL | MSG_DONTWAIT); });
  return sent == static_cast<ssize_t>(sizeof(message));
}

std::optional<ReceivedMessage> receive_message(const FileDescriptor& socket) {
  ReceivedMessage received;
  iovec part = {&received.message, sizeof(received.message)};
  FileControl control;
  msghdr header = {};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.bytes;
  header.msg_controllen = sizeof(control.bytes);
  const auto size = repeated([&] { return ::recvmsg(socket.get(), &header, MSG_CMSG_CLOEXEC); });
  // Taken in any case, so that it is closed where the message is not wanted.
  cmsghdr* const head = size >= 0 ? CMSG_FIRSTHDR(&header) : nullptr;
  if (head != nullptr && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS &&
      head->cmsg_len == CMSG_LEN(sizeof(int))) {
    int file = -1;
    std::memcpy(&file, CMSG_DATA(head), sizeof(int));
    received.file = FileDescriptor(file);
  }
  if (size != static_cast<ssize_t>(sizeof(WireMessage)) || (header.msg_flags & MSG_TRUNC) != 0 ||
      received.message.version != kWireVersion) {
    return std::nullopt;
  }
  received.message.text[sizeof(received.message.text) - 1] = '\0';
  return received;
}

void set_text(WireMessage& message, const std::string& text) {
  std::memset(message.text, 0, sizeof(message.text));
  text.copy(message.text, sizeof(message.text) - 1);
}

}  // namespace skol
