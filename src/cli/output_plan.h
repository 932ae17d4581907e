// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/dataset.h"

namespace skol {

// Where the result of each input goes: below `folder`, the path below INPUT without a final `.ann`
// or `.txt`, and `extension`. Error of kStorage, before anything is written, where a result would
// overwrite one of the inputs or `model`, or two results have one path; files are compared by what
// they are, not by name alone.
std::vector<std::string> plan_outputs(std::span<const InputFile> inputs, const std::string& model,
                                      const std::string& folder, std::string_view extension);

// Error of kStorage where writing `output` would overwrite an input. "" stands for standard output.
void refuse_to_overwrite(std::span<const InputFile> inputs, const std::string& output);

// The same for the page of `option`, which may take the place of no input, nor of `model`, of a
// result in `outputs` or of what standard output goes to.
void refuse_page_over(std::span<const InputFile> inputs, const std::string& model,
                      std::span<const std::string> outputs, const std::string& page,
                      std::string_view option = "--report");

}  // namespace skol
