// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <utility>

#include "base/hide_password.h"
#include "base/in_quotes.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/model_access.h"
#include "cli/models_report.h"
#include "cli/option_flags.h"
#include "cli/report_json.h"
#include "cli/standard_output.h"
#include "cli/tuned_table.h"
#include "cli/verbs.h"
#include "skol/store.h"

namespace skol {
namespace {

void add_json_flag(CommandLine& line, bool& json) {
  line.add_flag("--json", json, "Output", "print one JSON object");
}

// What the entry's first bytes say; where its header is longer than those, the whole is read.
ModelDescription description_of(const StoreEntry& entry, const ModelStore& store) {
  const bool cut =
      described_bytes(entry.start) > entry.start.size() && entry.start.size() < entry.bytes;
  return describe_model(cut ? store.get(entry.name) : entry.start);
}

ModelListing list_models(const std::string& uri) {
  const std::unique_ptr<ModelStore> store = open_store(uri, store_options());
  ModelListing listing;
  listing.store = hide_password(uri);
  for (StoreEntry& entry : store->list()) {
    if (!entry.problem.empty()) {
      listing.others.push_back({std::move(entry.name), std::move(entry.problem)});
      continue;
    }
    try {
      ModelDescription description = description_of(entry, *store);
      listing.models.push_back({std::move(entry.name), entry.bytes, std::move(description)});
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kModel && error.kind() != ErrorKind::kNotFound) throw;
      listing.others.push_back({std::move(entry.name), error.what()});
    }
  }
  return listing;
}

int list_command(Arguments arguments) {
  CommandLine line("skol models list",
                   "Lists the models in a folder, or in a database of a Redis server. What else is "
                   "there is counted and named, not listed.");
  std::string uri = ".";
  bool json = false;
  line.add_optional_positional("FOLDER", uri, "a folder, or redis://host:port/DB");
  add_json_flag(line, json);
  if (!line.parse(arguments)) return kExitDone;

  const ModelListing listing = reading_models([&] { return list_models(uri); });
  print_to_stdout(json ? listing_json(listing)
                       : listing_table(listing, terminal_of(STDOUT_FILENO)));
  if (const std::string others = others_line(listing); !json && !others.empty()) {
    print_to_stderr(fmt::format("{} (--json says why)\n", others));
  }
  return kExitDone;
}

int show_command(Arguments arguments) {
  CommandLine line("skol models show", "Shows the labels, sizes, options and tuning of a model.");
  std::string uri;
  bool json = false;
  add_model_argument(line, uri);
  add_json_flag(line, json);
  if (!line.parse(arguments)) return kExitDone;

  const StoredModel stored = open_stored_model(uri);
  const std::string name = hide_password(uri);
  if (json) {
    print_to_stdout(model_json(stored.model, name, stored.bytes.size()));
    return kExitDone;
  }
  std::string facts = model_facts(stored.model, name, stored.bytes.size());
  if (const auto& tuned = stored.model.tuned()) {
    facts += "\ntuned\n" + tuned_table(*tuned, terminal_of(STDOUT_FILENO));
  }
  print_to_stdout(facts);
  return kExitDone;
}

int copy_command(Arguments arguments) {
  CommandLine line("skol models copy",
                   "Copies a model, the same bytes, from a file or Redis to a file or Redis. What "
                   "was there is replaced, its expiry too.");
  std::string from, to;
  std::chrono::seconds expire{0};
  bool json = false;
  line.add_positional("FROM", from, "a model: the path of a file, or redis://host:port/DB/KEY");
  line.add_positional("TO", to, "where the copy goes, in the same form");
  add_expire_option(line, expire);
  add_json_flag(line, json);
  if (!line.parse(arguments)) return kExitDone;

  const ModelLocation place = parse_model_uri(to);
  const std::unique_ptr<ModelStore> target = open_store(place.store, store_options(expire));
  const StoredModel stored = open_stored_model(from);
  target->put(place.name, stored.bytes);
  const std::string name = hide_password(to);
  if (json) {
    print_to_stdout(model_json(stored.model, name, stored.bytes.size()));
  } else {
    print_to_stderr(fmt::format("copied {} to {}, {}\n", in_quotes(hide_password(from)),
                                in_quotes(name), as_bytes(stored.bytes.size())));
  }
  return kExitDone;
}

int remove_command(Arguments arguments) {
  CommandLine line("skol models remove",
                   "Removes a model from a folder or from Redis; what is no model stays.");
  std::string uri;
  bool json = false;
  add_model_argument(line, uri);
  add_json_flag(line, json);
  if (!line.parse(arguments)) return kExitDone;

  const std::string name = hide_password(uri);
  const ModelLocation place = reading_models([&] { return parse_model_uri(uri); });
  const std::unique_ptr<ModelStore> store =
      reading_models([&] { return open_store(place.store, store_options()); });
  const StoreEntry entry = reading_models([&] { return store->look(place.name); });
  if (described_bytes(entry.start) == 0) {
    throw CommandFailure(
        kExitModel,
        fmt::format("{} does not begin as a model does: nothing was removed", in_quotes(name)));
  }
  if (!store->remove(place.name)) {
    throw CommandFailure(kExitModel,
                         fmt::format("{}: there is no such model any more", in_quotes(name)));
  }
  if (json) {
    print_to_stdout(removed_json(name, entry.bytes));
  } else {
    print_to_stderr(fmt::format("removed {}\n", in_quotes(name)));
  }
  return kExitDone;
}

}  // namespace

int models_command(Arguments arguments) {
  constexpr Verb kVerbs[] = {
      {"list", "the models in a folder or in Redis", list_command},
      {"show", "what a model was made of", show_command},
      {"copy", "a model to another place", copy_command},
      {"remove", "a model from its place", remove_command},
  };
  return run_verb("skol models", "Models, in folders and in Redis.", kVerbs, arguments);
}

}  // namespace skol
