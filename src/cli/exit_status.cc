// SPDX-License-Identifier: Apache-2.0
#include "cli/exit_status.h"

#include <csignal>
#include <new>

#include "cli/interrupt.h"
#include "cli/option_flags.h"
#include "skol/error.h"

namespace skol {
namespace {

int status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kParameter:
      return kExitUsage;
    case ErrorKind::kMemory:
      return kExitMemory;
    case ErrorKind::kModel:
      return kExitModel;
    case ErrorKind::kInput:
    case ErrorKind::kNotFound:
    case ErrorKind::kStorage:
    case ErrorKind::kDevice:
    case ErrorKind::kInternal:
      return kExitFailed;
  }
  return kExitFailed;
}

}  // namespace

Ending ending_of(const std::exception_ptr& error) {
  if (const int signal = interrupting_signal(); signal != 0) {
    return {128 + signal, signal == SIGTERM ? "terminated; no half-written file is left"
                                            : "interrupted; no half-written file is left"};
  }
  try {
    std::rethrow_exception(error);
  } catch (const CommandFailure& failure) {
    return {failure.status(), failure.what()};
  } catch (const Error& failure) {
    const bool names_options =
        failure.kind() == ErrorKind::kParameter || failure.kind() == ErrorKind::kMemory;
    return {status_of(failure.kind()), names_options ? with_flags(failure.what()) : failure.what()};
  } catch (const std::bad_alloc&) {
    return {kExitMemory, "out of memory: give it more, or fewer or smaller documents at a time"};
  } catch (const std::exception& failure) {
    return {kExitFailed, fmt::format("internal error: {}; please report it", failure.what())};
  }
}

}  // namespace skol
