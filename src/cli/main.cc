// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <malloc.h>

#include <string>
#include <vector>

#include "base/hide_password.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/standard_output.h"
#include "cli/verbs.h"

namespace {

constexpr skol::Verb kVerbs[] = {
    {"train", "trains a model on annotated text", skol::train_command},
    {"predict", "labels text with a model", skol::predict_command},
    {"evaluate", "labels annotated text with a model and scores the labels",
     skol::evaluate_command},
    {"score", "scores annotated text against other annotated text", skol::score_command},
    {"tune", "measures which batch size is best on this machine", skol::tune_command},
    {"plan", "says which batch sizes fit in the memory there is", skol::plan_command},
    {"top", "shows the predictions that run on this host", skol::top_command},
    {"doctor", "says what this machine offers, what binds and what is missing",
     skol::doctor_command},
    {"serve", "owns a GPU, or one copy of a model, for all predictions of a user",
     skol::serve_command},
    {"models", "lists, shows, copies and removes models", skol::models_command},
    {"view", "shows labelled text on a page, gold beside prediction", skol::view_command},
    {"review", "finds likely slips in annotated text", skol::review_command},
};

constexpr const char* kSummary =
    "Labels every line of long documents, such as the parts of a taxonomic paper.";

// The C library gives each thread a heap of its own, which reserves 64 MiB of addresses, and learns
// from large blocks that are freed to keep the next ones. One heap that gives large blocks back
// makes what the process takes what its buffers take, as the memory model says. No thread here
// allocates in its loops.
void bound_heap() {
  constexpr int kLargeBlock = 256 << 10;
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_MMAP_THRESHOLD, kLargeBlock);
  ::mallopt(M_TRIM_THRESHOLD, kLargeBlock);
}

}  // namespace

int main(int argc, char** argv) {
  bound_heap();
  try {
    skol::reserve_standard_streams();
    skol::watch_interrupts();
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    return skol::run_verb("skol", kSummary, kVerbs, arguments);
  } catch (...) {
    const skol::Ending ending = skol::ending_of(std::current_exception());
    // What cannot be understood is repeated, and may hold an address.
    skol::print_to_stderr(fmt::format("skol: {}\n", skol::hide_passwords(ending.message)));
    return ending.status;
  }
}
